"""`holdfast generate setup` as it is typed, without a cloud."""

from pathlib import Path

import pytest

from holdfast.core.generated import MARK, SEALED_MARK, GeneratedFile
from tests.cli.conftest import CommandLine
from tests.hcl.trees import written
from tests.support.real_terraform import Finished

ROOT = """terraform {
  backend "s3" {
    bucket         = "acme-state"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-locks"
  }
}
"""
DECLARATION = """version: 1
accounts:
  dev: {id: "111111111111"}
backends:
  dev: {account: dev, region: eu-west-1, locking: lockfile, bucket: acme-state-dev}
layout:
  setup: "setup/{backend}"
"""
NAMES = ("versions.tf", "variables.tf", "main.tf", "outputs.tf", "imports.tf", "README.md")
OFFLINE = ("generate", "setup", "--offline")


@pytest.fixture
def repository(cli: CommandLine, tmp_path: Path) -> Path:
    """A repository with one root, in which the command line is."""
    written(tmp_path, {"network/backend.tf": ROOT})
    cli.environment.chdir(tmp_path)
    cli.environment.delenv("AWS_REGION", raising=False)
    cli.environment.delenv("AWS_DEFAULT_REGION", raising=False)
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_everything_goes_to_stdout_under_its_name(cli: CommandLine) -> None:
    found = cli(*OFFLINE)
    assert (found.status, found.errors) == (0, "")
    heads = [line for line in found.output.splitlines() if line.startswith("==> ")]
    assert heads == [f"==> backend-setup/{name} <==" for name in NAMES]


def test_files_are_written_once(cli: CommandLine, repository: Path) -> None:
    assert cli(*OFFLINE, "--write") == Finished(
        status=0,
        output="",
        errors=(
            "".join(f"written: backend-setup/{name}\n" for name in NAMES)
            + "6 of 6 files written, 0 up to date before\n"
        ),
    )
    # The record of what was there is written once, while nothing better is known.
    assert cli(*OFFLINE, "--write").errors == "0 of 5 files written, 5 up to date before\n"
    assert cli(*OFFLINE, "--check").status == 0
    main = repository / "backend-setup" / "main.tf"
    main.write_text(main.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    checked = cli(*OFFLINE, "--check")
    assert (checked.status, "-# mine" in checked.output) == (4, True)
    refused = cli(*OFFLINE, "--write")
    assert refused.status == 1
    assert "edited by hand" in refused.errors
    assert cli(*OFFLINE, "--write", "--force").status == 0
    assert (repository / "backend-setup" / "main.tf.orig").is_file()


def test_a_module_of_what_is_not_known_now_is_not_made_again(
    cli: CommandLine, repository: Path
) -> None:
    assert cli(*OFFLINE, "--write").status == 0
    main = repository / "backend-setup" / "main.tf"
    adopted = GeneratedFile(
        path="main.tf", text=SEALED_MARK.sub(MARK, main.read_text(encoding="utf-8")) + "# adopted\n"
    )
    main.write_text(adopted.content, encoding="utf-8")
    for option in ("--write", "--check"):
        assert cli(*OFFLINE, option) == Finished(
            status=6,
            output="",
            errors=(
                "acme-state: has its module in `backend-setup`, made of what its bucket and table"
                " had; what they have now is not known, so it is not made again; left as it is\n"
            ),
        )
    assert main.read_text(encoding="utf-8") == adopted.content


def test_a_module_by_hand_is_left_and_never_mixed_with_ours(
    cli: CommandLine, repository: Path
) -> None:
    code = 'resource "aws_s3_bucket" "b" {\n  bucket = "acme-state"\n}\n'
    written(repository, {"bootstrap/bucket.tf": code})
    assert cli(*OFFLINE) == Finished(
        status=0,
        output="",
        errors="acme-state: has a module that lacks a part in `bootstrap`; left as it is\n",
    )
    refused = cli(*OFFLINE, "acme-state", "--write", "--force")
    assert refused == Finished(
        status=2,
        output="",
        errors=(
            "error[setup-not-possible]: the setup of `acme-state` cannot be made:"
            " `bootstrap` holds a module by hand\n"
            "  files  `bucket.tf`\n"
            "nothing was written\n"
            "\n"
            "hint: print a whole one to take from: `holdfast generate setup acme-state`\n"
        ),
    )
    assert [each.name for each in (repository / "bootstrap").iterdir()] == ["bucket.tf"]
    assert cli(*OFFLINE, "acme-state").output.startswith("==> bootstrap/versions.tf <==\n")


def test_the_nearest_declaration_says_where_the_files_go(
    cli: CommandLine, repository: Path
) -> None:
    written(repository, {"holdfast.yaml": DECLARATION})
    cli.environment.chdir(repository / "network")
    assert cli(*OFFLINE, "dev", "--write").status == 0
    assert sorted(each.name for each in (repository / "setup" / "dev").iterdir()) == sorted(NAMES)
    named = cli(*OFFLINE, "dev", "--check", "--declaration", str(repository / "holdfast.yaml"))
    assert named.status == 0


@pytest.mark.usefixtures("repository")
def test_a_backend_that_there_is_not_is_refused_with_those_that_there_are(
    cli: CommandLine,
) -> None:
    refused = cli(*OFFLINE, "acme")
    assert (refused.status, refused.output) == (2, "")
    assert "there is no backend called `acme`" in refused.errors
    assert "acme-state" in refused.errors


def test_a_layout_without_a_value_for_its_field_is_said_with_the_place(
    cli: CommandLine, repository: Path
) -> None:
    declaration = DECLARATION.replace("setup/{backend}", "setup/{account}")
    written(repository, {"holdfast.yaml": declaration})
    refused = cli(*OFFLINE, "acme-state")
    assert (refused.status, refused.output) == (2, "")
    assert "`layout.setup` of the declaration gives no path" in refused.errors
    assert "column 7" in refused.errors


def test_a_region_that_nothing_names_can_come_from_the_environment(
    cli: CommandLine, repository: Path
) -> None:
    text = ROOT.replace('    region         = "eu-west-1"\n', "")
    written(repository, {"network/backend.tf": text})
    refused = cli(*OFFLINE)
    assert (refused.status, refused.output) == (2, "")
    assert "its region is not known" in refused.errors
    cli.environment.setenv("AWS_REGION", "eu-west-3")
    assert 'default     = "eu-west-3"' in cli(*OFFLINE).output


def test_an_empty_directory_has_no_backend_to_set_up(cli: CommandLine, tmp_path: Path) -> None:
    cli.environment.chdir(tmp_path)
    refused = cli(*OFFLINE)
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith("error[nothing-found]: ")


def test_broken_code_in_a_pattern_is_not_copied(cli: CommandLine, repository: Path) -> None:
    other = ROOT.replace("acme-", "other-").replace("network/", "other/")
    module = (
        'resource "aws_s3_bucket" "b" {\n  bucket = "other-state"\n}\n'
        'resource "aws_dynamodb_table" "t" {\n  name = "other-locks"\n}\n'
        'output "x" { value = = }\n'
    )
    written(repository, {"other/backend.tf": other, "setup/other-state/main.tf": module})
    found = cli(*OFFLINE, "acme-state")
    assert found.status == 0
    assert (
        "note: `setup/other-state` is not followed: `setup/other-state/main.tf:7`: not valid HCL"
    ) in found.errors
    assert "==> setup/acme-state/main.tf <==" in found.output
