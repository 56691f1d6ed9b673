"""Every declaration that is shown to somebody is one: for the reader, and for an editor with the JSON Schema."""

import re
from pathlib import Path

import pytest

from docs.declaration_page import EXAMPLE
from holdfast.core.components import components_of
from holdfast.declaration.reading import read_declaration
from holdfast.sandbox.scenarios.shared_table import DECLARATION as SHARED_TABLE
from tests.declaration.files import NAME, WHOLE, declared
from tests.declaration.test_settings import schema_accepts

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
FENCE = re.compile(r"^```yaml\n(version: .*?)^```$", re.MULTILINE | re.DOTALL)
FLEETS = ROOT / "docs/how-to/declare-a-fleet.md"
TWO_REGIONS = "terraform/providers/aws/regions"


def examples() -> list[tuple[str, str]]:
    found = [
        (f"{page.relative_to(ROOT)}:{number}", text)
        for page in sorted(PAGES)
        for number, text in enumerate(FENCE.findall(page.read_text(encoding="utf-8")), start=1)
    ]
    return [*found, ("tests", WHOLE), ("sandbox", SHARED_TABLE)]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in examples()])
def test_an_example_is_read_without_mistakes_and_warnings(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    declaration = read_declaration(tmp_path / NAME, directory=tmp_path)
    assert declaration.warnings == ()
    assert components_of(declaration).mistakes == ()
    assert schema_accepts(text)


def test_the_pages_have_examples() -> None:
    shown = {name.rpartition(":")[0] for name, _ in examples()}
    assert shown >= {"README.md", "docs/how-to/declare-a-fleet.md", "docs/reference/declaration.md"}
    assert FENCE.search(EXAMPLE)


def test_the_examples_of_fleets_give_the_names_that_those_fleets_have(tmp_path: Path) -> None:
    shared, convention, regions = (
        declared(tmp_path, text) for text in FENCE.findall(FLEETS.read_text(encoding="utf-8"))
    )
    assert [
        (each.backend.bucket, each.backend.table, each.key, each.pipeline)
        for each in components_of(shared).components
    ] == [
        ("msdp-terraform-state-dev", "msdp-terraform-locks-dev", key, pipeline)
        for key, pipeline in [
            ("azure/network/dev/terraform.tfstate", "azure-network-dev"),
            (
                "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
                "azure-aks-dev-aks-msdp-dev-01",
            ),
            ("azure/addons/dev/terraform.tfstate", "azure-addons-dev"),
        ]
    ]
    (backend,) = convention.backends
    assert re.fullmatch(r"tf-state-msdp-dev-euw1-[0-9a-f]{8}", backend.bucket)
    assert backend.table == "tf-locks-msdp-dev-euw1"
    roots = [
        f"{TWO_REGIONS}/{region}/{rest}"
        for region in ("af-south-1", "us-east-1")
        for rest in ("backend-setup", "layers/03.5-observability/production")
    ]
    assert [
        (each.backend.bucket, each.key) for each in components_of(regions, roots).components
    ] == [
        (
            bucket,
            f"providers/aws/regions/{region}/layers/03.5-observability/production/terraform.tfstate",
        )
        for bucket, region in [
            ("cptwn-terraform-state-ezra", "af-south-1"),
            ("usest1-terraform-state-ezra", "us-east-1"),
        ]
    ]
