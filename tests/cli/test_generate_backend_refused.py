"""What `holdfast generate backend` refuses, and what is in its way: nothing is written then."""

from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.shared_table import COMPONENTS, OLD_ROOT
from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import AKS, AKS_ROOT, DECLARATION, declare, pin, tree_of


def refused(cli: CommandLine, repository: Path, *arguments: str) -> str:
    """Return what is said of a command line that is refused and leaves everything as it was."""
    before = tree_of(repository)
    found = cli("generate", "backend", *arguments)
    assert (found.status, found.output) == (2, "")
    assert tree_of(repository) == before
    return found.errors


# What does not fit ------------------------------------------------------------------------------


def test_a_value_that_is_not_known_is_refused_with_those_that_are(
    cli: CommandLine, declared_repository: Path
) -> None:
    arguments = ("--set", "platform=azur", "--set", "component=aks", "--set", "environment=prod")
    assert refused(cli, declared_repository, *arguments) == (
        "error[component-unknown]: 2 things about the component are not known\n"
        "  `platform`     `azur` is not a known `platform`; there are `azure`, `shared`, `aws`\n"
        "  `environment`  `prod` is not a known `environment`; there are `dev`\n"
        "nothing was written\n"
        "\n"
        "hint: did you mean `azure`?\n"
    )


def test_a_component_that_is_not_known_is_refused_with_the_nearest(
    cli: CommandLine, declared_repository: Path
) -> None:
    arguments = ("--set", "platform=azure", "--set", "component=akz", "--set", "environment=dev")
    said = refused(cli, declared_repository, *arguments)
    assert said.startswith(
        "error[component-unknown]: `akz` is not a known `component`; there are `aks`, "
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("infrastructure/azure/ask/dev", AKS_ROOT),
        ("azure-aks-dev", "azure-addons-dev"),
        ("azur-network-dev", "azure-network-dev"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(
    cli: CommandLine, declared_repository: Path, name: str, nearest: str
) -> None:
    said = refused(cli, declared_repository, name)
    first = said.partition("\n")[0]
    assert first.startswith(f"error[component-unknown]: `{name}` is not a component; there are ")
    assert nearest in first
    assert "hint: did you mean `" in said


def test_every_name_that_is_none_is_said_at_once(
    cli: CommandLine, declared_repository: Path
) -> None:
    said = refused(cli, declared_repository, OLD_ROOT, AKS, "nope")
    assert said.startswith("error[component-unknown]: 2 things about the component are not known\n")
    assert f"`{OLD_ROOT}` is not a component" in said
    assert "`nope` is not a component" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "platform"), "`--set platform` sets no field"),
        (("--set", "=azure"), "`--set =azure` sets no field"),
        (("--set", "a=1", "--set", "a=2"), "`--set` gives the field `a` twice"),
        ((AKS, "--set", "a=1"), "`--set` names a component by its fields"),
        (("--check", "--write"), "`--check` and `--write` exclude each other"),
        (("--force",), "`--force` is for `--write`"),
        (("--no-profile", "--write"), "`--no-profile` is for stdout"),
        (("--format", "dotenv"), "`--format dotenv` is for one component, and 3 are meant"),
        (("--format", "arguments", "--check", AKS), "`--format arguments` is for stdout"),
        (("--format", "dotenv", "--write", AKS), "`--format dotenv` is for stdout"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    cli: CommandLine, declared_repository: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert refused(cli, declared_repository, *arguments).startswith(f"error[usage]: {words}")


def test_outputs_without_a_job_are_refused(
    cli: CommandLine, declared_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    said = refused(cli, declared_repository, AKS, "--format", "github-output", "--write")
    assert said.startswith("error[usage]: `GITHUB_OUTPUT` is not set")


def test_outputs_that_cannot_be_appended_are_said(
    cli: CommandLine, declared_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(declared_repository))
    found = cli("generate", "backend", AKS, "--format", "github-output", "--write")
    assert (found.status, found.output) == (1, "")
    assert found.errors.startswith(f"error[file-not-written]: `{declared_repository}` cannot be")


def test_without_a_declaration_nothing_can_be_generated(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(cli, tmp_path)
    assert said.startswith(
        "error[declaration-missing]: there is no `holdfast.yaml` in `.` or above"
    )


def test_two_components_with_one_key_are_refused(
    cli: CommandLine, declared_repository: Path
) -> None:
    declare(
        declared_repository,
        "{platform}/{component}/{environment}[/{instance}]",
        "{platform}/{environment}",
    )
    said = refused(cli, declared_repository, "--write")
    assert said.startswith("error[")
    assert "has the key `azure/dev/terraform.tfstate`" in said


def test_an_engine_that_cannot_lock_as_declared_is_refused(
    cli: CommandLine, declared_repository: Path
) -> None:
    declare(declared_repository, "locking: dynamodb", "locking: lockfile")
    pin(declared_repository, "1.9.8")
    assert refused(cli, declared_repository, "--write") == (
        "error[engine-unfit]: the engines that are pinned do not fit 3 components\n"
        + "".join(
            f"  {name:<29}  terraform 1.9.8 is pinned by .terraform-version:1, and does not know"
            " `use_lockfile`, the only lock of backend `dev`\n"
            for name in ("azure-network-dev", AKS, "azure-addons-dev")
        )
        + "nothing was written\n"
        "\n"
        "hint: pin terraform 1.10.0 or newer, or declare the backend with `locking: both` and a table\n"
    )


# What is on the disk ----------------------------------------------------------------------------


def test_a_root_that_is_not_there_is_said_and_gets_no_file(
    cli: CommandLine, declared_repository: Path
) -> None:
    (declared_repository / AKS_ROOT / "main.tf").unlink()
    (declared_repository / AKS_ROOT).rmdir()
    found = cli("generate", "backend", "--write")
    assert found.status == 0
    assert found.errors.startswith(
        f"note: there is no such directory; no file is written\n  {AKS_ROOT}\n"
    )
    assert not (declared_repository / AKS_ROOT).exists()


def test_a_root_that_would_leave_the_file_alone_is_said(
    cli: CommandLine, declared_repository: Path
) -> None:
    main = declared_repository / AKS_ROOT / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace('backend "s3" {}', ""), encoding="utf-8")
    found = cli("generate", "backend", "--write", AKS)
    assert found.errors.startswith(
        'note: without a `backend "s3" {}` block the file is left alone, and the state stays local\n'
        f"  {AKS_ROOT}\n"
    )


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("tf", "backend.tf"),
        ("tf-json", "backend.tf.json"),
        ("terragrunt", "backend.terragrunt.hcl"),
    ],
)
def test_a_second_backend_block_is_not_written(
    cli: CommandLine, declared_repository: Path, name: str, file: str
) -> None:
    before = tree_of(declared_repository)
    found = cli("generate", "backend", "--write", AKS, "--format", name)
    assert found.status == 1
    assert (
        f"  {AKS_ROOT}/{file}  {AKS_ROOT}/main.tf:4 has a backend block already, and an engine"
        " takes one of them only\n"
    ) in found.errors
    assert tree_of(declared_repository) == before


def test_components_that_share_a_root_have_files_of_their_own(
    cli: CommandLine, declared_repository: Path
) -> None:
    listed = "  - {platform: azure, component: addons, environment: dev}\n"
    another = "  - {platform: azure, component: aks, environment: dev, instance: blue}\n"
    declare(declared_repository, listed, listed + another)
    assert cli("generate", "backend", "--write", AKS_ROOT).status == 0
    assert sorted(path.name for path in (declared_repository / AKS_ROOT).glob("*.hcl")) == [
        f"{AKS}.backend.hcl",
        "azure-aks-dev-blue.backend.hcl",
    ]


def test_a_directory_where_the_file_should_be_stops_everything(
    cli: CommandLine, declared_repository: Path
) -> None:
    (declared_repository / AKS_ROOT / "backend.hcl").mkdir()
    before = tree_of(declared_repository)
    for option in ("--check", "--write"):
        found = cli("generate", "backend", option)
        assert (found.status, found.output) == (1, "")
        assert f"  {AKS_ROOT}/backend.hcl  it is a directory\nnothing was written\n" in found.errors
    assert tree_of(declared_repository) == before


def test_bytes_that_are_no_text_are_somebodys(cli: CommandLine, declared_repository: Path) -> None:
    file = declared_repository / AKS_ROOT / "backend.hcl"
    file.write_bytes(b"\x00\xff\xfe")
    checked = cli("generate", "backend", "--check", AKS)
    assert checked.status == 4
    assert checked.output == f"Binary file {AKS_ROOT}/backend.hcl differs\n"
    assert cli("generate", "backend", "--write").status == 1
    assert file.read_bytes() == b"\x00\xff\xfe"


def test_a_link_that_leads_round_in_circles_stops_everything(
    cli: CommandLine, declared_repository: Path
) -> None:
    (declared_repository / AKS_ROOT / "backend.hcl").symlink_to("backend.hcl")
    found = cli("generate", "backend", "--write")
    assert found.status == 1
    assert not (declared_repository / COMPONENTS[0].directory / "backend.hcl").exists()


def test_a_declaration_that_is_no_text_is_said(cli: CommandLine, declared_repository: Path) -> None:
    (declared_repository / DECLARATION).write_bytes(b"version: 1\n\xff\n")
    said = refused(cli, declared_repository, "--write")
    assert said.startswith("error[declaration-invalid]: `holdfast.yaml` has 1 mistake\n")
    assert "holdfast.yaml:2:1" in said
