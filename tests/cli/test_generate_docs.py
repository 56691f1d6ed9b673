"""`holdfast generate docs` as it is typed, in the fleet of two regions and in the one that shares a table."""

import os
import re
import shlex
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, LAYERS, US_EAST, layer_directory
from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import AKS, AKS_KEY, AKS_ROOT, declare, tree_of
from tests.support.source_tree import ROOT
from tests.support.worlds import APPLY_ALL_STEPS, World

PAGE = "docs/terraform-backends.md"
LOCK_COMMAND = re.compile(r"`(holdfast locks (?:show|break) [^`]*)`")


def section(text: str, heading: str) -> str:
    _, _, rest = text.partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def test_the_status_table_has_both_regions_without_a_declaration(in_fleet: CommandLine) -> None:
    done = in_fleet("generate", "docs")
    assert (done.status, done.errors) == (0, "")
    rows = [
        line for line in section(done.output, "Status").splitlines() if "terraform-locks" in line
    ]
    assert rows[:2] == [
        (
            "| cptwn-terraform-state-ezra | af-south-1 | `cptwn-terraform-state-ezra` (exists)"
            " | `terraform-locks-af-south` (exists)"
            " | complete (terraform/providers/aws/regions/af-south-1/backend-setup)"
            " | dynamodb | **GOOD** |"
        ),
        (
            "| usest1-terraform-state-ezra | us-east-1 | `usest1-terraform-state-ezra` (exists)"
            " | `terraform-locks-us-east-1` (missing)"
            " | empty (terraform/providers/aws/regions/us-east-1/backend-setup)"
            " | dynamodb | **NEEDS FIX** |"
        ),
    ]
    assert "**critical** `lock-table-missing` (usest1-terraform-state-ezra)" in done.output


def test_the_how_to_shows_the_page_of_this_fleet(in_fleet: CommandLine) -> None:
    how_to = (ROOT / "docs/how-to/publish-a-team-page.md").read_text(encoding="utf-8")
    assert section(how_to, "Status").strip() in in_fleet("generate", "docs").output


def test_every_state_and_root_of_both_regions_is_listed(in_fleet: CommandLine) -> None:
    text = in_fleet("generate", "docs", "--offline").output
    states, init = section(text, "States"), section(text, "Initialise a root")
    for region in (AF_SOUTH, US_EAST):
        for layer in LAYERS:
            directory = layer_directory(region.name, layer)
            key = f"providers/aws/regions/{region.name}/layers/{layer}/production/terraform.tfstate"
            assert f"| `{key}` | `{directory}` |  | dynamodb, `{region.table}` |\n" in states
            assert f"terraform -chdir={directory} init -backend-config=backend.hcl\n" in init


def test_without_the_cloud_the_page_says_what_is_not_known(in_fleet: CommandLine) -> None:
    status = section(in_fleet("generate", "docs", "--offline").output, "Status")
    assert status.count("(not asked)") == 4
    assert status.count("**UNKNOWN**") == 2
    assert "The cloud was not asked" in status


def test_every_command_for_locks_is_one_that_works(in_fleet: CommandLine) -> None:
    text = in_fleet("generate", "docs", "--offline").output
    commands = LOCK_COMMAND.findall(section(text, "Break a lock"))
    assert len(commands) == 2 * 2 * len(LAYERS)
    for line in commands[:2]:
        _, *arguments = shlex.split(line)
        done = in_fleet(*arguments)
        assert (done.status, done.errors) == (0, "")
        assert "there is no lock on" in done.output or "not locked" in done.output


def test_the_page_is_up_to_date_until_the_fleet_changes(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    assert in_own_fleet("generate", "docs", "--check").status == 4
    assert in_own_fleet("generate", "docs", "--write").status == 0
    assert in_own_fleet("generate", "docs", "--check").status == 0
    assert own_fleet.holdfast(*APPLY_ALL_STEPS).status == 0
    changed = in_own_fleet("generate", "docs", "--check")
    assert changed.status == 4
    assert "**NEEDS FIX** |\n" in changed.output
    assert in_own_fleet("generate", "docs", "--write").status == 0
    text = (own_fleet.repository / PAGE).read_text(encoding="utf-8")
    assert text.count("**GOOD**") == 2
    assert "What needs a fix" not in text


def test_a_declaration_names_backends_and_components(
    cli: CommandLine, declared_repository: Path
) -> None:
    text = cli("generate", "docs", "--offline").output
    assert f"| `{AKS_KEY}` | no code | azure-aks-dev-aks-msdp-dev-01 | dynamodb |" in text
    first = f"holdfast generate backend {AKS} --write && terraform -chdir={AKS_ROOT} init"
    assert f"{first} -backend-config=backend.hcl\n" in text
    assert cli("generate", "backend", "--write").status == 0
    text = cli("generate", "docs", "--offline").output
    assert f"| `{AKS_KEY}` | `{AKS_ROOT}` | azure-aks-dev-aks-msdp-dev-01 |" in text
    assert f"\nterraform -chdir={AKS_ROOT} init -backend-config=backend.hcl\n" in text
    declare(declared_repository, "locking: dynamodb", "locking: both")
    assert "generated-file-outdated" not in cli("generate", "docs", "--offline").output


def test_the_page_is_that_of_the_nearest_declaration_above(
    cli: CommandLine, declared_repository: Path
) -> None:
    cli.environment.chdir(declared_repository / AKS_ROOT)
    done = cli("generate", "docs", "--offline", "--write", "--file", "BACKENDS.md")
    assert (done.status, done.errors) == (
        0,
        "written: BACKENDS.md\n1 of 1 files written, 0 up to date before\n",
    )
    assert "azure-network-dev" in (declared_repository / "BACKENDS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["../page.md", "/tmp/page.md", "docs", ""])
def test_a_page_outside_of_the_tree_is_refused(
    cli: CommandLine, declared_repository: Path, page: str
) -> None:
    (declared_repository / "docs").mkdir(exist_ok=True)
    before = tree_of(declared_repository)
    done = cli("generate", "docs", "--offline", "--write", "--file", page)
    assert done.status == 1
    assert "error[files-refused]" in done.errors
    assert tree_of(declared_repository) == before


def test_a_page_by_hand_is_kept(cli: CommandLine, declared_repository: Path) -> None:
    page = declared_repository / PAGE
    page.parent.mkdir(exist_ok=True)
    page.write_text("# Ours\n", encoding="utf-8")
    refused = cli("generate", "docs", "--offline", "--write")
    assert refused.status == 1
    assert page.read_text(encoding="utf-8") == "# Ours\n"
    assert cli("generate", "docs", "--offline", "--write", "--force").status == 0
    assert page.with_name("terraform-backends.md.orig").read_text(encoding="utf-8") == "# Ours\n"


def test_a_directory_without_code_has_no_page(cli: CommandLine, tmp_path: Path) -> None:
    cli.environment.chdir(tmp_path)
    done = cli("generate", "docs", "--offline", "--write")
    assert (done.status, list(tmp_path.iterdir())) == (2, [])
    assert "error[nothing-found]" in done.errors


def test_without_answers_nothing_is_taken_for_good(in_fleet: CommandLine) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_ENDPOINT_URL")]:
        in_fleet.environment.setenv(name, "http://127.0.0.1:9")
    status = section(in_fleet("generate", "docs", "--timeout", "1").output, "Status")
    assert status.count("**UNKNOWN**") == 2
    assert "What could not be read:\n\n- " in status
