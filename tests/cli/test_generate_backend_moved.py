"""What `holdfast generate backend` does when the declaration gives another place than the files that it wrote."""

import os
from pathlib import Path

import pytest

from holdfast.generate.backend_formats import FILE_NAMES, BackendFormat
from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import (
    AKS,
    AKS_KEY,
    AKS_ROOT,
    declare,
    tree_of,
)

KEYS = "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
OTHER_KEYS = "v2/{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
HINTS = (
    "nothing was written\n"
    "\n"
    "hint: move the state first: `holdfast states move`\n"
    "hint: or declare where it is, with `naming.key` or the backend's `bucket`\n"
    "hint: write the file all the same, and move the state yourself, with `--write --force`\n"
)
NOTE = (
    "note: the state is in another place than the generated backend says;"
    " `holdfast states move` moves it first\n"
)


@pytest.fixture
def generated(cli: CommandLine, declared_repository: Path) -> Path:
    """A fleet whose files are generated."""
    assert cli("generate", "backend", "--write").status == 0
    return declared_repository


def test_a_generated_file_is_not_pointed_at_another_key_without_a_word(
    cli: CommandLine, generated: Path
) -> None:
    declare(generated, KEYS, OTHER_KEYS)
    before = tree_of(generated)
    found = cli("generate", "backend", AKS, "--write")
    assert (found.status, found.output) == (1, "")
    assert found.errors == (
        "error[state-left-behind]: 1 root has its state in another place than the generated backend"
        " says\n"
        f"  {AKS_ROOT}  {AKS_ROOT}/backend.hcl:4: `key` would be `v2/{AKS_KEY}` instead of"
        f" `{AKS_KEY}`\n{HINTS}"
    )
    every = cli("generate", "backend", "--write").errors
    assert every.startswith("error[state-left-behind]: 3 roots have their states in another place")
    assert tree_of(generated) == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "{organization}-terraform-state-{account}",
            "states-two",
            "`bucket` would be `states-two`",
        ),
        ("eu-west-1", "eu-west-2", "`region` would be `eu-west-2` instead of `eu-west-1`"),
    ],
)
def test_another_bucket_or_region_is_refused_too(
    cli: CommandLine, generated: Path, old: str, new: str, words: str
) -> None:
    declare(generated, old, new)
    before = tree_of(generated)
    found = cli("generate", "backend", AKS, "--write")
    assert found.status == 1, found
    assert words in found.errors
    assert found.errors.endswith(HINTS)
    assert tree_of(generated) == before


def test_another_prefix_of_workspaces_is_refused_too(cli: CommandLine, generated: Path) -> None:
    code = generated / AKS_ROOT / "main.tf"
    text = code.read_text(encoding="utf-8")
    code.write_text(
        text.replace('"s3" {}', '"s3" {\n    workspace_key_prefix = "ws"\n  }'), "utf-8"
    )
    assert cli("generate", "backend", AKS, "--write").status == 0
    file = generated / AKS_ROOT / "backend.hcl"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert 'workspace_key_prefix = "ws"' in lines
    # A second file says another prefix, so that none is written any more.
    others = "\n".join(lines[1:]).replace('"ws"', '"other"')
    file.with_name("other.tfbackend").write_text(f"{others}\n", encoding="utf-8")
    found = cli("generate", "backend", AKS, "--write")
    assert found.status == 1
    assert "backend.hcl:5: `workspace_key_prefix` would be `env:` instead of `ws`\n" in found.errors


@pytest.mark.parametrize("options", [(), ("--check",), ("--format", "arguments")])
def test_what_writes_nothing_notes_the_generated_file(
    cli: CommandLine, generated: Path, options: tuple[str, ...]
) -> None:
    declare(generated, KEYS, OTHER_KEYS)
    found = cli("generate", "backend", AKS, *options)
    assert found.status == (4 if "--check" in options else 0)
    assert found.errors.startswith(
        f"{NOTE}  {AKS_ROOT}  {AKS_ROOT}/backend.hcl:4: `key` would be `v2/{AKS_KEY}`"
    )


def test_with_force_the_generated_file_is_replaced_and_said(
    cli: CommandLine, generated: Path
) -> None:
    declare(generated, KEYS, OTHER_KEYS)
    found = cli("generate", "backend", "--write", "--force")
    assert found.status == 0
    assert found.errors.startswith(NOTE)
    assert cli("generate", "backend", "--check").errors == "3 of 3 generated files up to date\n"
    assert cli("generate", "backend", "--write").status == 0


def test_what_leaves_the_state_where_it_is_is_written(cli: CommandLine, generated: Path) -> None:
    declare(generated, "locking: dynamodb", "locking: both")
    found = cli("generate", "backend", "--write")
    assert (found.status, "note:" in found.errors) == (0, False)


@pytest.mark.parametrize("backend_format", sorted(FILE_NAMES))
def test_the_place_is_found_in_the_file_of_every_format(
    cli: CommandLine, declared_repository: Path, backend_format: BackendFormat
) -> None:
    code = declared_repository / AKS_ROOT / "main.tf"
    code.write_text('terraform {\n  required_version = ">= 1.10"\n}\n', encoding="utf-8")
    arguments = ("generate", "backend", AKS, "--write", "--format", backend_format.value)
    assert cli(*arguments).status == 0
    declare(declared_repository, KEYS, OTHER_KEYS)
    before = tree_of(declared_repository)
    found = cli(*arguments)
    assert (found.status, found.output) == (1, "")
    name = FILE_NAMES[backend_format]
    assert f"{AKS_ROOT}/{name}:" in found.errors
    assert f"`key` would be `v2/{AKS_KEY}` instead of `{AKS_KEY}`\n" in found.errors
    assert tree_of(declared_repository) == before


def test_each_of_several_components_of_a_root_is_compared_with_its_own_file(
    cli: CommandLine, declared_repository: Path
) -> None:
    one = "{platform: azure, component: aks, environment: dev, instance: aks-msdp-dev-01}"
    declare(declared_repository, one, f"{one}\n  - {one.replace('-01', '-02')}")
    assert cli("generate", "backend", "--write").status == 0
    declare(declared_repository, KEYS, OTHER_KEYS)
    said = cli("generate", "backend", "--write").errors.splitlines()
    assert [each for each in said if AKS[:-2] in each] == [
        f"  {AKS_ROOT}      {AKS_ROOT}/{AKS[:-1]}{number}.backend.hcl:4: `key` would be"
        f" `v2/{AKS_KEY.replace('-01', f'-0{number}')}` instead of"
        f" `{AKS_KEY.replace('-01', f'-0{number}')}`"
        for number in (1, 2)
    ]


def test_a_pipe_under_the_name_of_a_generated_file_holds_nobody_up(
    cli: CommandLine, generated: Path
) -> None:
    file = generated / AKS_ROOT / "backend.hcl"
    file.unlink()
    os.mkfifo(file)
    found = cli("generate", "backend", AKS, "--write")
    assert (found.status, "not a plain file" in found.errors) == (1, True)
    forced = cli("generate", "backend", AKS, "--write", "--force")
    assert (forced.status, "it is no plain file" in forced.errors) == (1, True)
