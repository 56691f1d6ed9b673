"""Local states of real Terraform come into a backend: lineage and serial stay, and the next plan is empty."""

import hashlib
import json
import shutil

import pytest

from tests.e2e.local_roots import KEY, NOTHING_TO_DO, PLAN, LocalWorld
from tests.support.worlds import World

RECONFIGURE = ("init", "-reconfigure", "-input=false")


@pytest.fixture
def local(two_regions: World) -> LocalWorld:
    return LocalWorld(world=two_regions)


def md5_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def test_a_root_whose_code_names_the_backend_already(local: LocalWorld) -> None:
    local.begin("blue")
    before = local.local_files()
    default = before["terraform.tfstate"]
    blue = before["terraform.tfstate.d/blue/terraform.tfstate"]
    local.name_backend()

    done = local.world.holdfast(*local.migrate())
    assert (done.status, done.errors) == (0, "")
    assert local.objects() == {KEY: default, f"env:/blue/{KEY}": blue}
    assert local.items() == {f"{KEY}-md5": md5_of(default), f"env:/blue/{KEY}-md5": md5_of(blue)}
    kept = local.local_files()
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


def test_an_init_afterwards_does_not_ask_to_migrate(local: LocalWorld) -> None:
    local.begin()
    local.name_backend()
    assert local.world.holdfast(*local.migrate()).status == 0
    shutil.rmtree(local.directory / ".terraform", ignore_errors=True)
    local.engine.succeed("init", "-input=false")
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO


def test_an_apply_that_holds_the_local_lock_is_respected(local: LocalWorld) -> None:
    local.begin()
    body = local.local_files()["terraform.tfstate"]
    with local.engine.held_apply() as apply:
        local.name_backend()
        refused = local.world.holdfast(*local.migrate())
        assert refused.status == 5
        assert refused.errors.startswith(
            "error[local-state-locked]: the local state `network/terraform.tfstate` is locked\n"
        )
        assert "OperationTypeApply" in refused.errors
        assert local.objects() == {}
        assert local.items() == {}
        assert local.local_files()["terraform.tfstate"] == body
        assert apply.release().status == 0
    assert local.world.holdfast(*local.migrate()).status == 0
    local.engine.succeed(*RECONFIGURE)
    assert local.engine.run(*PLAN).status == NOTHING_TO_DO
