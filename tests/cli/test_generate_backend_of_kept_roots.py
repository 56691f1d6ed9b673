"""What `holdfast generate backend` keeps of a root that has backends of its own: where its states are."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import DECLARATION

ROOT = "live/net"
BUCKET = "states-one"
DECLARED = f"""\
version: 1
naming:
  key: "{{component}}/{{environment}}/terraform.tfstate"
accounts:
  one: {{id: "111111111111"}}
backends:
  one: {{account: one, region: eu-west-1, locking: lockfile, bucket: {BUCKET}}}
environments: {{dev: one, prod: one, test: one}}
layout:
  roots: ["live/{{component}}"]
  file: backend.hcl
components:
  - {{component: net, environment: dev}}
  - {{component: net, environment: prod}}
"""
NO_PREFIX_WRITTEN = (
    "note: the root has several values of `workspace_key_prefix`, and none is written:"
    " say it in the code\n"
)


@pytest.fixture
def kept_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a partial file for each of two environments, one of them with a prefix of workspaces."""
    directory = tmp_path / ROOT
    directory.mkdir(parents=True)
    (tmp_path / DECLARATION).write_text(DECLARED, encoding="utf-8")
    (directory / "main.tf").write_text(
        'terraform {\n  required_version = "1.15.5"\n  backend "s3" {}\n}\n', encoding="utf-8"
    )
    write_partial_file(directory / "dev.tfbackend", "net/dev", 'workspace_key_prefix = "ws"\n')
    write_partial_file(directory / "prod.tfbackend", "net/prod")
    monkeypatch.chdir(tmp_path)
    return directory


def write_partial_file(path: Path, name: str, more: str = "") -> None:
    """Write one by hand."""
    text = f'bucket = "{BUCKET}"\nkey    = "{name}/terraform.tfstate"\nregion = "eu-west-1"\n'
    path.write_text(text + more, encoding="utf-8")


def prefix_lines(directory: Path) -> dict[str, list[str]]:
    """Return the prefix of workspaces in each generated file."""
    return {
        path.name: [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if "workspace_key_prefix" in line
        ]
        for path in sorted(directory.glob("*.backend.hcl"))
    }


def test_each_component_has_the_prefix_of_its_own_configuration(
    cli: CommandLine, kept_root: Path
) -> None:
    found = cli("generate", "backend", "--write")
    assert (found.status, "several values" in found.errors) == (0, False)
    assert prefix_lines(kept_root) == {
        "net-dev.backend.hcl": ['workspace_key_prefix = "ws"'],
        "net-prod.backend.hcl": [],
    }
    assert cli("generate", "backend", "--check").status == 0


def test_a_component_of_its_own_place_has_no_prefix_while_the_root_has_one_and_none(
    cli: CommandLine, kept_root: Path
) -> None:
    found = cli("generate", "backend", "--set", "component=net", "--set", "environment=test")
    assert found.status == 0
    assert "workspace_key_prefix" not in found.output
    assert NO_PREFIX_WRITTEN + f"  {ROOT}\n" in found.errors
    (kept_root / "prod.tfbackend").unlink()
    found = cli("generate", "backend", "--set", "component=net", "--set", "environment=test")
    assert 'workspace_key_prefix = "ws"\n' in found.output


def test_permissions_are_for_the_prefix_that_each_component_has(
    cli: CommandLine, kept_root: Path
) -> None:
    assert cli("generate", "backend", "--write").status == 0
    for each in kept_root.glob("*.tfbackend"):
        each.unlink()
    found = cli("generate", "iam", "--role", "plan-no-lock", "--workspace", "blue")
    assert (found.status, found.errors) == (0, "")
    statements = {each["Sid"]: each for each in json.loads(found.output)["Statement"]}
    assert statements["ListStates"]["Condition"]["StringEquals"]["s3:prefix"] == [
        "env:/",
        "net/dev/terraform.tfstate",
        "net/prod/terraform.tfstate",
        "ws/",
    ]
    assert statements["WorkspaceStates"]["Resource"] == [
        f"arn:aws:s3:::{BUCKET}/env:/blue/net/prod/terraform.tfstate",
        f"arn:aws:s3:::{BUCKET}/ws/blue/net/dev/terraform.tfstate",
    ]


def test_encryption_that_is_left_to_the_bucket_is_not_taken_over_without_a_word(
    cli: CommandLine, kept_root: Path
) -> None:
    note = (
        "note: `encrypt` is added, which asks for AES256: declare `kms_key` if the bucket's default is a"
        f" KMS key\n  {ROOT}\n"
    )
    assert cli("generate", "backend", "net-dev").errors == note
    with (kept_root / "dev.tfbackend").open("a", encoding="utf-8") as file:
        file.write("encrypt = true\n")
    assert cli("generate", "backend", "net-dev").errors == ""
    assert cli("generate", "backend", "net-prod").errors == note
    key = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-4333-8444-555555555555"
    text = DECLARED.replace(f"bucket: {BUCKET}", f'bucket: {BUCKET}, kms_key: "{key}"')
    (kept_root.parents[1] / DECLARATION).write_text(text, encoding="utf-8")
    assert cli("generate", "backend").errors == ""


def test_a_prefix_that_nothing_says_is_noted(cli: CommandLine, kept_root: Path) -> None:
    for each in kept_root.glob("*.tfbackend"):
        each.unlink()
    (kept_root / "main.tf").write_text(HAND_WRITTEN.replace('"ws"', "var.prefix"), "utf-8")
    found = cli("generate", "iam", ROOT, "--role", "plan-no-lock", "--account", "111111111111")
    assert found.status == 0
    assert found.errors.endswith(
        f"note: the `workspace_key_prefix` of `{ROOT}` is an expression:"
        " its workspaces are allowed below `env:/` only\n"
    )


# A state that would be left behind ------------------------------------------------------------------

HAND_WRITTEN = """\
terraform {
  required_version = "1.15.5"
  backend "s3" {
    bucket               = "states-old"
    key                  = "net/terraform.tfstate"
    region               = "eu-west-1"
    workspace_key_prefix = "ws"
  }
}
"""
BEHIND = (
    f"  {ROOT}  {ROOT}/main.tf:4: `bucket` would be `{BUCKET}` instead of `states-old`\n"
    f"  {ROOT}  {ROOT}/main.tf:5: `key` would be `net/dev/terraform.tfstate`"
    " instead of `net/terraform.tfstate`\n"
)
BEHIND_NOTE = (
    "note: the state is in another place than the generated backend says;"
    " `holdfast states move` moves it first\n"
)


@pytest.fixture
def literal_root(kept_root: Path) -> Path:
    """The root with one component, and with everything in its block."""
    for each in kept_root.glob("*.tfbackend"):
        each.unlink()
    (kept_root / "main.tf").write_text(HAND_WRITTEN, encoding="utf-8")
    text = DECLARED.replace("  - {component: net, environment: prod}\n", "")
    (kept_root.parents[1] / DECLARATION).write_text(text, encoding="utf-8")
    return kept_root


def test_a_state_is_not_left_behind_without_a_word(cli: CommandLine, literal_root: Path) -> None:
    found = cli("generate", "backend", "--write")
    assert (found.status, found.output) == (1, "")
    assert found.errors == (
        "error[state-left-behind]: 1 root has its state in another place than the generated backend"
        f" says\n{BEHIND}"
        "nothing was written\n"
        "\n"
        "hint: move the state first: `holdfast states move`\n"
        "hint: or declare where it is, with `naming.key` or the backend's `bucket`\n"
        "hint: write the file all the same, and move the state yourself, with `--write --force`\n"
    )
    assert not (literal_root / "backend.hcl").exists()


@pytest.mark.parametrize(
    ("options", "status"), [((), 0), (("--format", "json"), 0), (("--check",), 4)]
)
def test_what_writes_nothing_notes_it(
    cli: CommandLine, literal_root: Path, options: tuple[str, ...], status: int
) -> None:
    found = cli("generate", "backend", *options)
    assert found.status == status
    assert found.errors.startswith(BEHIND_NOTE + BEHIND)
    assert not (literal_root / "backend.hcl").exists()


def test_with_force_it_is_written_and_said_once(cli: CommandLine, literal_root: Path) -> None:
    found = cli("generate", "backend", "--write", "--force")
    assert found.status == 0
    assert found.errors.startswith(BEHIND_NOTE + BEHIND)
    assert (literal_root / "backend.hcl").exists()
    again = cli("generate", "backend", "--write")
    assert (again.status, again.errors) == (0, "0 of 1 files written, 1 up to date before\n")


@pytest.mark.usefixtures("literal_root")
def test_a_place_that_is_declared_as_it_is_moves_nothing(cli: CommandLine) -> None:
    path = Path(DECLARATION)
    text = path.read_text(encoding="utf-8").replace(BUCKET, "states-old")
    path.write_text(text.replace("{component}/{environment}/", "{component}/"), encoding="utf-8")
    found = cli("generate", "backend", "--write")
    assert (found.status, "in another place" in found.errors) == (0, False)


def test_the_configuration_of_another_component_is_not_left_behind(
    cli: CommandLine, kept_root: Path
) -> None:
    script = "terraform init -backend-config=dev.tfbackend\n"
    (kept_root / "init.sh").write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    (kept_root / "prod.tfbackend").unlink()
    assert cli("generate", "backend", "--write").status == 0
    write_partial_file(kept_root / "dev.tfbackend", "net/old")
    for each in kept_root.glob("*.backend.hcl"):
        each.unlink()
    found = cli("generate", "backend", "--write", "--format", "hcl")
    assert found.status == 1
    assert f"  {ROOT}  {ROOT}/dev.tfbackend:2: `key` would be `net/dev/" in found.errors
