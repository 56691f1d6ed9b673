"""Directories that are not there, hold nothing, or have names that are no text."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.support.worlds import World, run_holdfast

READING_COMMANDS = ("audit", "plan", "prove")
BACKEND = """\
terraform {
  backend "s3" {
    bucket       = "cptwn-terraform-state-ezra"
    key          = "named/terraform.tfstate"
    region       = "af-south-1"
    use_lockfile = true
  }
}
"""


@pytest.mark.parametrize("command", READING_COMMANDS)
def test_a_directory_that_is_not_there_is_named(
    cli: CommandLine, tmp_path: Path, command: str
) -> None:
    missing = tmp_path / "infrastructure"
    refused = cli(command, str(missing))
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith(
        f"error[path-not-found]: `{missing}` cannot be read: No such file or directory\n"
    )


@pytest.mark.parametrize("command", READING_COMMANDS)
def test_a_file_is_no_repository(cli: CommandLine, tmp_path: Path, command: str) -> None:
    (tmp_path / "main.tf").write_text(BACKEND, encoding="utf-8")
    refused = cli(command, str(tmp_path / "main.tf"))
    assert (refused.status, refused.output) == (2, "")
    assert "cannot be read: Not a directory" in refused.errors


@pytest.mark.parametrize("command", READING_COMMANDS)
def test_a_directory_without_backends_is_a_mistake(
    cli: CommandLine, tmp_path: Path, command: str
) -> None:
    (tmp_path / "README.md").write_text("Nothing here.\n", encoding="utf-8")
    refused = cli(command, str(tmp_path))
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith("error[nothing-found]: no S3 backend was found below")


def test_names_that_are_no_text_are_audited_and_shown(fleet: World, tmp_path: Path) -> None:
    directory = tmp_path / os.fsdecode(b"caf\xe9-\x1b[31m")
    directory.mkdir()
    (directory / "main.tf").write_text(BACKEND, encoding="utf-8")
    for form in ("text", "json", "markdown"):
        shown = run_holdfast(
            *("audit", "--format", form, "--fail-on", "low"),
            directory=tmp_path,
            environment=fleet.environment(),
        )
        assert (shown.status, shown.errors) == (3, "")
        assert "caf" in shown.output
        assert "\x1b" not in shown.output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_terminal_that_knows_few_characters_gets_what_it_can_show(
    fleet: World, encoding: str, form: str
) -> None:
    shown = fleet.holdfast("audit", "--format", form, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (shown.status, shown.errors) == (3, "")
    assert "lock-table-missing" in shown.output
