"""What `holdfast generate backend` makes of roots that are no components, and of code that nobody can read.

They stop what is asked for them, or for all of the fleet. Beside what else is asked for they are a warning.
"""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import DECLARATION, tree_of

PACKAGE = ("--package", "holdfast>=0.1,<0.2")
DECLARED = """\
version: 1
naming:
  key: "{component}/{environment}/terraform.tfstate"
accounts:
  one: {id: "111111111111"}
backends:
  one: {account: one, region: eu-west-1, locking: lockfile, bucket: states-one}
environments: {dev: one}
layout:
  roots: ["live/{component}/{environment}", "old/{component}/{environment}"]
"""
CODE = 'terraform {\n  backend "s3" {}\n}\n'
BROKEN = 'terraform {\n  backend "s3" {\n    bucket = "x\n'
NET = ("--set", "component=net", "--set", "environment=dev")
ODD = "live/odd/qa: root `live/odd/qa`: `qa` is not a known `environment`; there are `dev`\n"
UNREADABLE = "live/bad/dev/main.tf:1: not valid HCL at `terraform {`\n"
TWIN = (
    "old/db/dev: root `old/db/dev` has the key `db/dev/terraform.tfstate` of component `db/dev` in"
    " root `live/db/dev`\n"
)


@pytest.fixture
def odd_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sound roots; one of an unknown environment, one with a key of another, one that is not valid HCL."""
    (tmp_path / DECLARATION).write_text(DECLARED, encoding="utf-8")
    for root in ("live/net/dev", "live/db/dev", "live/odd/qa", "old/db/dev"):
        write(tmp_path, root, CODE)
    write(tmp_path, "live/bad/dev", BROKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(directory: Path, root: str, text: str) -> None:
    """Write the code of one root."""
    (directory / root).mkdir(parents=True, exist_ok=True)
    (directory / root / "main.tf").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("odd_repository")
@pytest.mark.parametrize("asked", [NET, ("live/net/dev",), ("net-dev",), ("live/net",)])
def test_odd_roots_are_a_warning_beside_another_component(
    cli: CommandLine, asked: tuple[str, ...]
) -> None:
    found = cli("generate", "backend", *asked)
    assert found.status == 0
    assert 'key                 = "net/dev/terraform.tfstate"\n' in found.output
    assert found.errors == f"warning: {ODD}warning: {TWIN}warning: {UNREADABLE}"


@pytest.mark.parametrize("options", [("--write",), ("--check",), ()])
def test_odd_roots_stop_a_run_for_the_whole_fleet(
    cli: CommandLine, odd_repository: Path, options: tuple[str, ...]
) -> None:
    before = tree_of(odd_repository)
    found = cli("generate", "backend", *options)
    assert (found.status, found.output) == (2, "")
    assert found.errors == (
        f"error[components-invalid]: `{DECLARATION}` has 2 mistakes in its components\n"
        f"  {ODD.replace(': root', '  root', 1)}"
        f"  {TWIN.replace(': root', '   root', 1)}"
        "nothing was written\n"
    )
    assert tree_of(odd_repository) == before


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        (("live/odd/qa",), "`qa` is not a known `environment`"),
        (("live/odd",), "`qa` is not a known `environment`"),
        # Two roots with one key are mistaken both, whichever of them is the component.
        (("live/db/dev",), "has the key `db/dev/terraform.tfstate` of component"),
        (("old/db/dev",), "has the key `db/dev/terraform.tfstate` of component"),
        (("db-dev",), "has the key `db/dev/terraform.tfstate` of component"),
        (
            ("--set", "component=db", "--set", "environment=dev"),
            "has the key `db/dev/terraform.tfstate` of component",
        ),
    ],
)
def test_an_odd_root_stops_what_is_asked_for_it(
    cli: CommandLine, odd_repository: Path, asked: tuple[str, ...], mistake: str
) -> None:
    before = tree_of(odd_repository)
    found = cli("generate", "backend", *asked)
    assert (found.status, found.output) == (2, "")
    assert found.errors.startswith(
        f"error[components-invalid]: `{DECLARATION}` has 1 mistake in its components\n"
    )
    assert mistake in found.errors
    assert tree_of(odd_repository) == before


@pytest.mark.usefixtures("odd_repository")
def test_odd_roots_are_told_beside_pipelines_and_permissions_of_another_component(
    cli: CommandLine,
) -> None:
    found = cli(
        "generate", "ci", *PACKAGE, "--system", "gitlab", "--engine", "terraform", "live/net/dev"
    )
    assert found.errors.startswith(f"warning: {ODD}")
    found = cli("generate", "iam", "net-dev", "--role", "plan")
    assert found.status == 0
    assert (
        "note: `live/odd/qa` is left out: root `live/odd/qa`: `qa` is not a known" in found.errors
    )
    assert cli("generate", "iam", "db-dev", "--role", "plan").status == 2


# Code that nobody can read ------------------------------------------------------------------------


@pytest.fixture
def unreadable_root(odd_repository: Path) -> Path:
    """A fleet whose only oddity is a listed component with a file that is not valid HCL."""
    for root in ("live/odd/qa", "old/db/dev"):
        (odd_repository / root / "main.tf").unlink()
    listed = "components:\n  - {component: bad, environment: dev}\n"
    (odd_repository / DECLARATION).write_text(DECLARED + listed, encoding="utf-8")
    return odd_repository


def test_nothing_is_written_beside_code_that_nobody_can_read(
    cli: CommandLine, unreadable_root: Path
) -> None:
    before = tree_of(unreadable_root)
    for asked in ((), ("live/bad/dev",)):
        found = cli("generate", "backend", *asked, "--write")
        assert (found.status, found.output) == (1, "")
        assert found.errors == (
            f"warning: {UNREADABLE}"
            "error[roots-unreadable]: 1 file of the roots cannot be read\n"
            "  live/bad/dev/main.tf:1  not valid HCL at `terraform {`\n"
            "nothing was written\n"
            "\n"
            "hint: mend the code: the engine refuses it as well\n"
            "hint: write all the same, by what the other files say, with `--write --force`\n"
        )
    assert tree_of(unreadable_root) == before


def test_other_components_are_written_and_with_force_all(
    cli: CommandLine, unreadable_root: Path
) -> None:
    found = cli("generate", "backend", "live/net/dev", "--write")
    assert found.status == 0
    assert found.errors.startswith(f"warning: {UNREADABLE}")
    assert cli("generate", "backend", "--write", "--force").status == 0
    assert (unreadable_root / "live/bad/dev/backend.hcl").exists()
    checked = cli("generate", "backend", "--check")
    assert (checked.status, checked.output) == (0, "")
    assert checked.errors.startswith(f"warning: {UNREADABLE}")


def test_only_so_many_odd_places_are_shown(cli: CommandLine, odd_repository: Path) -> None:
    for number in range(12):
        write(odd_repository, f"live/odd{number:02}/qa", CODE)
    lines = cli("generate", "backend", *NET).errors.splitlines()
    assert (len(lines), lines[-1]) == (11, "warning: and 5 more")


def test_a_root_whose_backend_cannot_be_resolved_stops_nothing(
    cli: CommandLine, odd_repository: Path
) -> None:
    for root in ("live/odd/qa", "old/db/dev", "live/bad/dev"):
        (odd_repository / root / "main.tf").unlink()
    code = 'terraform {\n  backend "s3" {\n    bucket = var.bucket\n    key = local.key\n  }\n}\n'
    write(odd_repository, "live/db/dev", code)
    found = cli("generate", "backend", *NET)
    assert (found.status, found.errors) == (0, "")
