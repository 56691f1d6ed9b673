"""Local states of real Terraform come into a backend: lineage and serial stay, and the next plan is empty."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.app.lock_identity import identity_of_process
from holdfast.engine.local_state_files import held_local_state
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.e2e.local_roots import MAIN, NOTHING_TO_DO, PLAN, LocalRoot, md5_of
from tests.support.real_terraform import write_terraform_command
from tests.support.worlds import World

RECONFIGURE = ("init", "-reconfigure", "-input=false")
BLOCK = 'terraform {\n  # where it is\n  backend "local" {\n    path = "states/own.tfstate" # ours\n  }\n}\n'


@pytest.fixture
def local(two_regions: World) -> LocalRoot:
    return LocalRoot(world=two_regions)


def test_a_root_whose_code_names_the_backend_already(local: LocalRoot) -> None:
    local.begin("blue")
    before = local.files()
    default = before["terraform.tfstate"]
    blue = before["terraform.tfstate.d/blue/terraform.tfstate"]
    local.name_backend()

    done = local.world.holdfast(*local.migrate())
    assert (done.status, done.errors) == (0, "")
    key = local.key
    assert local.objects() == {key: default, f"env:/blue/{key}": blue}
    assert local.items() == {f"{key}-md5": md5_of(default), f"env:/blue/{key}-md5": md5_of(blue)}
    kept = local.files()
    assert kept["terraform.tfstate.migrated-to-s3-serial-1"] == default
    assert kept["terraform.tfstate.d/blue/terraform.tfstate.migrated-to-s3-serial-1"] == blue
    assert [name for name in kept if name.endswith(("tfstate", "info"))] == []

    local.engine.succeed(*RECONFIGURE)
    for workspace, body in (("default", default), ("blue", blue)):
        local.engine.succeed("workspace", "select", workspace)
        assert local.pulled() == json.loads(body)
        assert local.engine.run(*PLAN).status == NOTHING_TO_DO

    again = local.world.holdfast(*local.migrate())
    assert (again.status, again.output) == (0, "there is no local state to migrate\n")


def test_an_init_afterwards_does_not_ask_to_migrate(local: LocalRoot) -> None:
    local.begin()
    local.name_backend()
    assert local.world.holdfast(*local.migrate()).status == 0
    shutil.rmtree(local.directory / ".terraform", ignore_errors=True)
    local.engine.succeed("init", "-input=false")
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO


@pytest.mark.parametrize(
    ("layout_file", "main", "code"),
    [
        ("backend.tf", MAIN, MAIN),
        ("backend.hcl", MAIN, MAIN.replace("{\n", '{\n  backend "s3" {}\n', 1)),
        ("backend.hcl", BLOCK + MAIN, None),
        ("backend.tf.json", BLOCK + MAIN, "terraform {\n  # where it is\n}\n" + MAIN),
    ],
)
def test_a_component_gets_its_backend(
    local: LocalRoot, tmp_path: Path, layout_file: str, main: str, code: str | None
) -> None:
    local.begin("blue", main=main)
    name = "terraform.tfstate" if main == MAIN else "states/own.tfstate"
    before = local.files()
    default, blue = before[name], before["terraform.tfstate.d/blue/terraform.tfstate"]
    local.declare(layout_file)
    write_terraform_command(tmp_path)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"

    done = local.world.holdfast(
        *local.migrate("--init"), PATH=path, TF_CLI_CONFIG_FILE=os.devnull, CHECKPOINT_DISABLE="1"
    )
    assert (done.status, done.errors) == (0, "")
    key = local.key
    assert local.objects() == {key: default, f"env:/blue/{key}": blue}
    files = local.files()
    assert files[f"{name}.migrated-to-s3-serial-1"] == default
    assert [each for each in files if each.endswith(("tfstate", "info"))] == []
    replaced = BLOCK.replace('"local"', '"s3"').replace(
        'path = "states/own.tfstate" # ours', "# ours"
    )
    assert files["main.tf"].decode() == (code or replaced + MAIN)
    assert local.pulled() == json.loads(default)
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO
    local.engine.succeed("workspace", "select", "blue")
    assert local.pulled() == json.loads(blue)
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO
    current = local.world.holdfast("generate", "backend", local.path, "--check")
    assert (current.status, current.output) == (0, "")


def test_an_apply_that_holds_the_local_lock_is_respected(local: LocalRoot) -> None:
    local.begin()
    body = local.files()["terraform.tfstate"]
    with local.engine.held_apply() as apply:
        local.name_backend()
        refused = local.world.holdfast(*local.migrate())
        assert refused.status == 5
        assert refused.errors.startswith(
            f"error[local-state-locked]: the local state `{local.path}/terraform.tfstate` is locked\n"
        )
        assert "OperationTypeApply" in refused.errors
        assert local.objects() == {}
        assert local.items() == {}
        assert local.files()["terraform.tfstate"] == body
        assert apply.release().status == 0
    assert local.world.holdfast(*local.migrate()).status == 0
    local.engine.succeed(*RECONFIGURE)
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO


def test_an_apply_is_refused_while_a_local_state_is_migrated(local: LocalRoot) -> None:
    local.begin()
    path = local.directory / "terraform.tfstate"
    before = path.read_bytes()
    info = identity_of_process("0.1.0").sign(
        operation="holdfast-migrate", info="moved to states/network", path="terraform.tfstate"
    )
    with held_local_state(path, info):
        refused = local.engine.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert refused.status == 1
    assert "Error acquiring the state lock" in refused.errors
    assert "moved to states/network" in refused.errors
    assert path.read_bytes() == before
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO


def test_what_was_done_before_another_root_went_wrong_is_said(local: LocalRoot) -> None:
    local.begin()
    local.name_backend()
    other = replace(local, component="routes")
    shutil.copytree(local.directory, other.directory)
    other.name_backend()
    info = identity_of_process("0.1.0").sign(operation="an apply", info="", path="")
    with held_local_state(other.directory / "terraform.tfstate", info):
        done = local.world.holdfast("migrate", "local", "--auto-approve")
    assert done.status == 5
    said, _, error = done.errors.partition("\n")
    assert said == "1 of 2 roots were migrated before"
    assert error.startswith("error[local-state-locked]")
    assert done.output.endswith(
        "initialise the roots before they are used:\n"
        f"  terraform -chdir={local.path} init -reconfigure\n"
    )
    assert list(local.objects()) == [local.key]
    assert other.objects() == {}


def test_bad_input_migrates_nothing(local: LocalRoot) -> None:
    local.begin()
    body = local.files()["terraform.tfstate"]
    migrate = ("migrate", "local", local.path)
    for arguments, error in (
        ((*migrate, "--auto-approve"), "error[local-migration-refused]"),
        (("migrate", "local", "nowhere"), "error[usage]"),
        (("migrate",), "Usage: holdfast migrate"),
    ):
        refused = local.world.holdfast(*arguments)
        assert refused.status == 2, refused
        assert refused.errors.startswith(error), refused.errors
    every = local.world.holdfast("migrate", "local", "--auto-approve")
    assert (every.status, every.output) == (0, "there is no local state to migrate\n")
    assert every.errors == (
        f"left alone: `{local.path}`: its code names no S3 backend, and no component of a"
        " declaration is there\n"
    )
    local.name_backend()
    waiting = local.world.holdfast(*migrate)
    assert waiting.status == 2
    assert waiting.errors.startswith("error[approval-missing]")
    assert f"  to        {AF_SOUTH.bucket}/{local.key}\n" in waiting.output
    assert local.files()["terraform.tfstate"] == body
    assert (local.objects(), local.items()) == ({}, {})
