"""`holdfast init`: what it writes, what it says, and what it refuses."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.core.declaration import DECLARATION_NAME
from holdfast.errors import ExitCode
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST
from tests.app.adopted_declarations import SHARED_TABLE, TWO_REGIONS
from tests.app.adoption import ACCOUNT, settings_of, write, write_roots, write_scenario
from tests.cli.conftest import CommandLine
from tests.support.worlds import World, running_world

OFFLINE = ("init", "--offline", "--account", ACCOUNT)
COVERED = f"`{DECLARATION_NAME}` covers every backend, lock table and root of the code\n"
OLD_ROOT = """\
did not fit:
  infrastructure/addons/aws-dev
    bucket      msdp-terraform-state
    key         addons/aws-dev/terraform.tfstate
    lock table  msdp-terraform-locks
    why         its key is not of the form `{platform}/{component}/{environment}[/{instance}]/terraform.tfstate`
  msdp-terraform-state
    bucket      msdp-terraform-state
    lock table  msdp-terraform-locks
    why         {why}

3 roots fit, 2 things did not
"""


def old_root(why: str) -> str:
    return OLD_ROOT.replace("{why}", why)


@pytest.fixture(scope="module")
def shared_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The shared-table fleet in its cloud, for tests that only read it."""
    with running_world("shared-table", tmp_path_factory.mktemp("shared")) as world:
        yield world


@pytest.fixture
def repository(cli: CommandLine, tmp_path: Path) -> Path:
    """An empty directory, in which the command line is."""
    cli.environment.chdir(tmp_path)
    return tmp_path


def declaration(directory: Path) -> str:
    return (directory / DECLARATION_NAME).read_text(encoding="utf-8")


def test_the_shared_table_is_declared_and_the_old_root_is_told(
    cli: CommandLine, repository: Path
) -> None:
    write_scenario("shared-table", repository)
    done = cli(*OFFLINE)
    assert (done.status, done.errors) == (0, f"written: {DECLARATION_NAME}\n")
    assert done.output == old_root(
        "no root that uses it fits the patterns, and the cloud did not say whether it exists"
    )
    assert settings_of(declaration(repository)) == SHARED_TABLE


def test_with_credentials_the_account_and_what_exists_come_from_the_cloud(
    cli: CommandLine, shared_table: World, tmp_path: Path
) -> None:
    cli.join(shared_table)
    repository = shutil.copytree(shared_table.repository, tmp_path / "copy")
    cli.environment.chdir(repository)
    done = cli("init")
    assert (done.status, done.errors) == (0, f"written: {DECLARATION_NAME}\n")
    assert done.output == old_root(
        "the bucket does not exist, and no root that uses it fits the patterns"
    )
    text = declaration(repository)
    assert settings_of(text) == SHARED_TABLE
    assert "# Known from: the credentials that `init` ran with (sts:GetCallerIdentity)." in text
    assert (
        "# 3 of 3 roots in the code fit the patterns; the bucket exists; the lock table exists."
        in text
    )


def test_a_table_that_the_code_expects_is_declared_though_it_is_missing(
    in_fleet: CommandLine,
) -> None:
    done = in_fleet("init", "--print")
    assert (done.status, done.errors) == (0, "16 roots fit, 0 things did not\n")
    assert settings_of(done.output) == TWO_REGIONS
    assert "the bucket exists; the lock table does not exist yet" in done.output


def test_what_is_generated_from_it_is_what_the_roots_have_to_the_byte(
    cli: CommandLine, repository: Path
) -> None:
    write_scenario("two-regions", repository)
    assert cli(*OFFLINE).status == 0
    assert cli("generate", "backend", "--write", "--force").status == 0
    (repository / DECLARATION_NAME).unlink()
    again = cli("init", "--offline")  # the generated files say which account it is
    assert (again.status, again.output) == (0, "16 roots fit, 0 things did not\n")
    assert settings_of(declaration(repository)) == TWO_REGIONS
    checked = cli("generate", "backend", "--check")
    assert (checked.status, checked.output) == (0, "")


@pytest.mark.parametrize("scenario", ["shared-table", "two-regions", "single"])
def test_nothing_is_new_after_it_was_declared(
    scenario: str, cli: CommandLine, repository: Path
) -> None:
    write_scenario(scenario, repository)
    assert cli(*OFFLINE).status == 0
    checked = cli("init", "--check")
    assert (checked.status, checked.output, checked.errors) == (0, COVERED, "")


def test_what_is_new_since_is_told(cli: CommandLine, repository: Path) -> None:
    write_scenario("shared-table", repository)
    assert cli(*OFFLINE).status == 0
    states = {"bucket": "msdp-terraform-state-dev", "dynamodb_table": "msdp-terraform-locks-dev"}
    write_roots(
        repository,
        {
            "infrastructure/azure/dns/dev": {**states, "key": "azure/dns/dev/terraform.tfstate"},
            "infrastructure/azure/vm/dev": {
                **states,
                "key": "azure/vm/dev/terraform.tfstate",
                "dynamodb_table": "second-locks",
            },
            "infrastructure/azure/db/dev": {**states, "key": "azure/database/dev.tfstate"},
            "infrastructure/azure/web/prod": {**states, "bucket": "msdp-prod", "key": "web/prod"},
        },
    )
    checked = cli("init", "--check")
    assert checked.status == ExitCode.CHANGES_PENDING
    assert checked.output == (
        "backends that are not declared:\n"
        "  msdp-prod\n"
        "    roots       1\n"
        "    lock table  msdp-terraform-locks-dev\n"
        "    why         no backend is declared for this bucket\n"
        "\n"
        "lock tables that are not declared:\n"
        "  second-locks\n"
        "    bucket  msdp-terraform-state-dev\n"
        "    why     roots lock with this table, and backend `dev` has `msdp-terraform-locks-dev`\n"
        "\n"
        "roots that are not covered:\n"
        "  infrastructure/azure/db/dev\n"
        "    bucket      msdp-terraform-state-dev\n"
        "    key         azure/database/dev.tfstate\n"
        "    lock table  msdp-terraform-locks-dev\n"
        "    why         its component has the key `azure/db/dev/terraform.tfstate` in `msdp-terraform-state-dev`\n"
        "  infrastructure/azure/web/prod\n"
        "    bucket      msdp-prod\n"
        "    key         web/prod\n"
        "    lock table  msdp-terraform-locks-dev\n"
        "    why         root `infrastructure/azure/web/prod`: `prod` is not a known `environment`; there are `dev`\n"
        "\n"
        f"`{DECLARATION_NAME}` does not cover 1 backend, 1 lock table and 2 roots\n"
    )


def test_what_was_accepted_is_no_news(cli: CommandLine, repository: Path) -> None:
    write_scenario("two-regions", repository)
    assert cli(*OFFLINE).status == 0
    write_roots(repository, {"scratch": {"bucket": "scratch-states", "key": "x"}})
    assert cli("init", "--check").status == ExitCode.CHANGES_PENDING
    with (repository / DECLARATION_NAME).open("a", encoding="utf-8") as file:
        file.write("ignore: [{rule: root-undeclared, root: scratch, reason: it is thrown away}]\n")
    assert cli("init", "--check").output == COVERED


def test_a_declaration_that_is_there_is_not_touched_without_force(
    cli: CommandLine, repository: Path
) -> None:
    write_scenario("shared-table-declared", repository)
    before = declaration(repository)
    done = cli(*OFFLINE)
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith(f"error[declaration-exists]: `{DECLARATION_NAME}` exists\n")
    assert declaration(repository) == before
    forced = cli("init", "--offline", "--force")
    assert forced.errors == (
        f"written: {DECLARATION_NAME} (the one before is {DECLARATION_NAME}.orig)\n"
    )
    assert (repository / f"{DECLARATION_NAME}.orig").read_text(encoding="utf-8") == before


def test_a_declaration_with_mistakes_is_not_replaced(cli: CommandLine, repository: Path) -> None:
    write_scenario("shared-table", repository)
    write(repository, DECLARATION_NAME, "version: 1\nbackend: {}\n")
    for option in ("--force", "--print", "--check"):
        done = cli("init", "--offline", option)
        assert (done.status, done.output) == (2, "")
        assert f"{DECLARATION_NAME}:2:1" in done.errors
    assert declaration(repository) == "version: 1\nbackend: {}\n"


def test_an_unknown_account_is_asked_for_and_nothing_is_written(
    cli: CommandLine, repository: Path
) -> None:
    write_scenario("single", repository)
    done = cli("init", "--offline")
    assert (done.status, done.output) == (2, "")
    assert done.errors == (
        "error[accounts-missing]: the account of 1 backend is not known\n"
        "  ajaz-unique-terraform-bucket-for-state  the cloud was not read, and neither a role nor"
        " `allowed_account_ids` names it\n"
        "nothing was written\n"
        "\n"
        "hint: name it: `holdfast init --account 111111111111`\n"
        "hint: or run it with credentials of the account, and without `--offline`\n"
    )
    assert not (repository / DECLARATION_NAME).exists()


def test_without_credentials_the_reason_is_told(
    cli: CommandLine, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            cli.environment.delenv(name)
    nothing = tmp_path_factory.mktemp("home")
    cli.environment.setenv("HOME", str(nothing))
    cli.environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    write_scenario("single", repository)
    done = cli("init")
    assert done.status == 2
    assert "the caller could not be asked: credentials: " in done.errors
    assert not (repository / DECLARATION_NAME).exists()


@pytest.mark.parametrize(
    "options",
    [("--check", "--force"), ("--print", "--force"), ("--check", "--print")],
)
def test_options_that_exclude_each_other_are_refused(
    options: tuple[str, ...], cli: CommandLine, repository: Path
) -> None:
    write_scenario("single", repository)
    assert cli("init", *options).errors.startswith("error[usage]: `--check`, `--print`")
    assert list(repository.glob("holdfast*")) == []


def test_without_a_backend_there_is_nothing_to_declare(cli: CommandLine, repository: Path) -> None:
    write(repository, "a/main.tf", 'terraform {\n  backend "gcs" {}\n}\n')
    done = cli(*OFFLINE)
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith("error[nothing-found]: no S3 backend was found below `.`\n")
    assert list(repository.glob("holdfast*")) == []


def test_there_must_be_a_declaration_to_check(cli: CommandLine, repository: Path) -> None:
    write_scenario("single", repository)
    done = cli("init", "--check")
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith(f"error[declaration-missing]: there is no `{DECLARATION_NAME}`")


def test_a_directory_that_is_not_there_is_told(cli: CommandLine, repository: Path) -> None:
    done = cli("init", str(repository / "nowhere"), "--offline")
    assert done.status == 2
    assert done.errors.startswith("error[path-not-found]")


def test_files_that_cannot_be_read_are_told_and_the_others_are_declared(
    cli: CommandLine, repository: Path
) -> None:
    write_scenario("single", repository)
    write(repository, "open/main.tf", 'terraform {\n  backend "s3" {\n')
    (repository / "binary").mkdir()
    (repository / "binary" / "main.tf").write_bytes(
        b'terraform {\n  backend "s3" {\n    key = "\xff"'
    )
    (repository / "loop").mkdir()
    (repository / "loop" / "again").symlink_to("../loop")
    (repository / "loop" / "main.tf").symlink_to("main.tf")
    done = cli(*OFFLINE)
    assert (done.status, done.output) == (0, "1 root fit, 0 things did not\n")
    assert done.errors.startswith("could not be read:\n")
    assert "open/main.tf" in done.errors
    assert "binary/main.tf" in done.errors
    assert "Traceback" not in done.errors
    assert cli("init", "--check").output == COVERED


def test_regions_of_the_cloud_stand_for_those_that_the_code_leaves_open(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    for path in own_fleet.repository.rglob("backend.hcl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(
            "".join(each for each in lines if not each.startswith("region")), encoding="utf-8"
        )
    done = in_own_fleet("init", "--print")
    assert done.status == 0
    for region in (AF_SOUTH, US_EAST):
        assert f"    region: {region.name}\n    locking: dynamodb\n" in done.output
