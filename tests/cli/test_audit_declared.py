"""The audit of the fleet whose components share one table, once its names are declared."""

import json
from pathlib import Path

import pytest

from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.shared_table import OLD_ROOT, shared_table_declared
from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import AKS_ROOT, declare

KEY = "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
OLD_ROOT_FINDINGS = {
    (
        "backend-not-declared",
        OLD_ROOT,
        f"`{OLD_ROOT}` uses `msdp-terraform-state`, which `holdfast.yaml` does not declare",
    ),
    (
        "key-off-pattern",
        OLD_ROOT,
        (
            f"the key `addons/aws-dev/terraform.tfstate` of `{OLD_ROOT}` is off the pattern `{KEY}`:"
            " it has no `{platform}` or `{component}` or `{environment}`"
        ),
    ),
    (
        "names-off-pattern",
        OLD_ROOT,
        (
            "`msdp-terraform-state` is off the pattern `{organization}-terraform-state-{account}`:"
            " it has no `{account}`"
        ),
    ),
    (
        "names-off-pattern",
        OLD_ROOT,
        (
            "`msdp-terraform-locks` is off the pattern `{organization}-terraform-locks-{account}`:"
            " it has no `{account}`"
        ),
    ),
    (
        "root-undeclared",
        OLD_ROOT,
        f"`{OLD_ROOT}` is the root of no component that `holdfast.yaml` declares",
    ),
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: the fleet as it is, with its declaration."""
    directory = tmp_path / "repository"
    write_repository(shared_table_declared(), directory)
    monkeypatch.chdir(directory)
    return directory


def findings(cli: CommandLine, *arguments: str) -> set[tuple[str, str, str]]:
    found = cli("audit", "--offline", "--format", "json", *arguments)
    assert found.errors == ""
    return {
        (each["rule"], each["subject"], each["message"])
        for each in json.loads(found.output)["findings"]
        if each["rule"] != "lock-argument-deprecated"
    }


@pytest.mark.usefixtures("repository")
def test_all_that_is_wrong_with_the_old_root_is_said_and_nothing_else(cli: CommandLine) -> None:
    assert findings(cli) == OLD_ROOT_FINDINGS


@pytest.mark.usefixtures("repository")
def test_the_components_of_the_declared_backend_are_as_they_should_be(cli: CommandLine) -> None:
    assert findings(cli, "--backend", "dev") == set()


def test_generated_files_are_told_from_those_that_were_edited_or_left_behind(
    cli: CommandLine, repository: Path
) -> None:
    assert cli("generate", "backend", "--write", "--force").status == 0
    assert findings(cli, "--backend", "dev") == set()
    file = repository / AKS_ROOT / "backend.hcl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("encrypt             = true\n", "encrypt = true\n"), "utf-8")
    declare(repository, "locking: dynamodb", "locking: both")
    others = ("azure/network/dev", "azure/addons/dev")
    assert {each for each in findings(cli, "--backend", "dev") if "file" in each[0]} == {
        (
            "generated-file-edited",
            f"{AKS_ROOT}/backend.hcl",
            f"`{AKS_ROOT}/backend.hcl` was generated, and edited by hand since",
        ),
        *(
            (
                "generated-file-outdated",
                f"infrastructure/{each}/backend.hcl",
                f"`infrastructure/{each}/backend.hcl` is not what the declaration yields now",
            )
            for each in others
        ),
    }


def test_a_component_whose_code_is_gone_and_a_root_that_nobody_declared_are_named(
    cli: CommandLine, repository: Path
) -> None:
    (repository / AKS_ROOT).rename(repository / "infrastructure" / "aks")
    found = {(rule, subject) for rule, subject, _ in findings(cli) if subject != OLD_ROOT}
    assert found == set()  # the root has moved, and keeps the key of its component
    declare(repository, "aks-msdp-dev-01", "aks-msdp-dev-02")
    found = {(rule, subject) for rule, subject, _ in findings(cli) if subject != OLD_ROOT}
    assert found == {
        ("component-without-root", AKS_ROOT),
        ("root-undeclared", "infrastructure/aks"),
    }


def test_a_declaration_elsewhere_says_nothing_of_these_paths(
    cli: CommandLine, repository: Path
) -> None:
    (repository / "names").mkdir()
    (repository / "holdfast.yaml").rename(repository / "names" / "holdfast.yaml")
    found = findings(cli, "--declaration", "names/holdfast.yaml")
    assert {rule for rule, _, _ in found} == {"backend-not-declared", "names-off-pattern"} | {
        "key-off-pattern"
    }


def test_a_layout_whose_files_have_no_known_format_is_audited_all_the_same(
    cli: CommandLine, repository: Path
) -> None:
    declare(repository, "file: backend.hcl", "file: backend.cfg")
    assert findings(cli) == OLD_ROOT_FINDINGS
    declare(repository, "file: backend.cfg", "file: backend.tf")
    assert findings(cli) == OLD_ROOT_FINDINGS  # every root has a block of its own


def test_a_component_that_no_engine_takes_is_no_obstacle(
    cli: CommandLine, repository: Path
) -> None:
    (repository / ".terraform-version").write_text("1.9.8\n", encoding="utf-8")
    declare(repository, "locking: dynamodb", "locking: lockfile")
    assert cli("generate", "backend").status != 0
    assert findings(cli) >= OLD_ROOT_FINDINGS
