"""What the code of a component needs for its backend, whatever block it has: planned as files, or refused with its place."""

from pathlib import Path

import pytest

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.local_migration_code import OTHER_FORMAT, WITHOUT_BLOCK
from holdfast.app.local_migration_targets import LocalRoots, find_local_roots
from holdfast.errors import CodeChangedError, FilesRefusedError
from holdfast.sandbox.scenarios.model import state_body

ROOT = "apps/network/production"
DECLARATION = """\
version: 1
organization: acme
naming:
  bucket: "{organization}-states"
  lock_table: "{organization}-locks"
  key: "{component}/{environment}/terraform.tfstate"
accounts: {dev: {id: "111111111111"}}
backends: {dev: {account: dev, region: eu-west-1, locking: both}}
environments: {production: dev}
layout:
  roots: ["apps/{component}/{environment}"]
  file: LAYOUT_FILE
"""
VERSIONS = 'terraform {\n  required_version = ">= 1.10"\n}\n'
LOCAL = 'terraform {\n  backend "local" {}\n}\n'
S3 = 'terraform {\n  backend "s3" {\n    encrypt = true\n  }\n}\n'
WORK = 'resource "terraform_data" "a" {}\n'


def found(directory: Path, code: dict[str, str], *, layout_file: str = "backend.hcl") -> LocalRoots:
    """Write the root with a local state, declare it and look for it."""
    root = directory / ROOT
    root.mkdir(parents=True, exist_ok=True)
    for name, text in code.items():
        (root / name).write_text(text, encoding="utf-8")
    state = root / "terraform.tfstate"
    if not state.exists():
        state.write_text(state_body(subject="network", serial=3, facts={}), encoding="utf-8")
    (directory / "holdfast.yaml").write_text(
        DECLARATION.replace("LAYOUT_FILE", layout_file), encoding="utf-8"
    )
    return look(directory)


def look(directory: Path) -> LocalRoots:
    return find_local_roots(
        read_code(FleetRequest(directory=directory)),
        (),
        directory=directory,
        file=directory / "holdfast.yaml",
        start=directory,
    )


@pytest.mark.parametrize(
    ("code", "layout_file", "edited", "generated"),
    [
        ({"main.tf": WORK}, "backend.tf", None, "backend.tf"),
        ({"main.tf": WORK}, "backend.tf.json", None, "backend.tf.json"),
        ({"main.tf": WORK, "z.tf": VERSIONS}, "backend.hcl", "z.tf", "backend.hcl"),
        ({"main.tf": LOCAL + WORK}, "backend.hcl", "main.tf", "backend.hcl"),
        ({"main.tf": LOCAL + WORK}, "backend.tf", "main.tf", "backend.tf"),
        ({"main.tf": S3 + WORK}, "backend.hcl", None, "backend.hcl"),
    ],
)
def test_a_component_is_given_what_it_needs_and_no_more(
    tmp_path: Path, code: dict[str, str], layout_file: str, edited: str | None, generated: str
) -> None:
    (local,) = found(tmp_path, code, layout_file=layout_file).roots
    switch = local.switch
    assert [each.path for each in switch.edits] == ([f"{ROOT}/{edited}"] if edited else [])
    assert [each.file.path for each in switch.files] == [f"{ROOT}/{generated}"]
    assert (local.backend.bucket, local.use.key) == (
        "acme-states",
        "network/production/terraform.tfstate",
    )
    assert (local.use.table, local.use.locking, local.use.encrypt) == ("acme-locks", "both", True)

    written = switch.make(tmp_path)
    assert sorted(written) == sorted(
        f"{ROOT}/{name}" for name in (edited, generated) if name is not None
    )
    (after,) = look(tmp_path).roots
    assert after.switch.edits == ()
    assert after.switch.files == ()
    assert (after.backend.bucket, after.use.key) == ("acme-states", local.use.key)


@pytest.mark.parametrize(
    ("code", "layout_file", "obstacle"),
    [
        (
            {"main.tf": WORK},
            "backend.hcl",
            (
                ROOT,
                WITHOUT_BLOCK,
            ),
        ),
        (
            {"main.tf.json": '{"terraform": {"backend": {"local": {}}}}'},
            "backend.hcl",
            (f"{ROOT}/main.tf.json:1", 'change its `backend "local"` to `backend "s3"` by hand'),
        ),
        (
            {"main.tf": WORK},
            "terragrunt.hcl",
            (
                ROOT,
                f"`terragrunt.hcl` {OTHER_FORMAT}",
            ),
        ),
        (
            {"main.tf": LOCAL.replace("{}", "{\n    path = var.path\n  }") + WORK},
            "backend.hcl",
            None,
        ),
    ],
)
def test_what_cannot_be_edited_is_told_with_its_place(
    tmp_path: Path, code: dict[str, str], layout_file: str, obstacle: tuple[str, str] | None
) -> None:
    result = found(tmp_path, code, layout_file=layout_file)
    assert result.roots == []
    assert result.obstacles == ([obstacle] if obstacle else [])
    if obstacle is None:
        assert result.left == [
            (f"{ROOT}/main.tf:2", 'an argument of its `backend "local"` is an expression')
        ]


def test_a_file_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(FilesRefusedError):
        found(tmp_path, {"backend.tf": LOCAL, "main.tf": WORK}, layout_file="backend.tf")


def test_code_that_was_changed_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    (local,) = found(tmp_path, {"main.tf": LOCAL + WORK}).roots
    (tmp_path / ROOT / "main.tf").write_text(f"# mine\n{LOCAL}{WORK}", encoding="utf-8")
    with pytest.raises(CodeChangedError):
        local.switch.make(tmp_path)
    assert sorted(each.name for each in (tmp_path / ROOT).iterdir()) == [
        "main.tf",
        "terraform.tfstate",
    ]


def test_a_directory_of_states_is_no_root_of_its_own(tmp_path: Path) -> None:
    block = LOCAL.replace("{}", '{\n    path = "states/terraform.tfstate"\n  }')
    states = tmp_path / ROOT / "states"
    states.mkdir(parents=True)
    (states / "terraform.tfstate").write_text(
        state_body(subject="network", serial=3, facts={}), encoding="utf-8"
    )
    (tmp_path / ROOT / "terraform.tfstate").touch()
    result = found(tmp_path, {"main.tf": block + WORK})
    assert [each.root.path for each in result.roots] == [ROOT]
    assert [each.shown for each in result.roots[0].files] == [f"{ROOT}/states/terraform.tfstate"]
    assert (result.left, result.obstacles) == ([], [])
