"""A state of real Terraform moves: its plan stays empty, an old checkout is refused, and the old place is forgotten."""

import json
import os
import shutil

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST, layer_directory, layer_key
from tests.support.real_terraform import Terraform, write_terraform_command
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")
NEW_KEY = "platform/production/terraform.tfstate"
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
RECONFIGURE = ("init", "-reconfigure", "-input=false", "-backend-config=backend.hcl")
NOTHING_TO_DO = 0


def initialised(world: World) -> Terraform:
    engine = world.terraform(LAYER)
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    return engine


def old_checkout(world: World) -> Terraform:
    """Return the layer as somebody has it who was on holiday."""
    copy = world.repository.with_name("old-checkout")
    shutil.copytree(world.repository / LAYER, copy)
    return Terraform(copy, world.environment())


def pulled(engine: Terraform) -> dict[str, object]:
    state: dict[str, object] = json.loads(engine.succeed("state", "pull").output)
    return state


def lock_keys(world: World, bucket: str, region: str) -> list[str]:
    answer = world.clients.s3(region).list_objects_v2(Bucket=bucket)
    return [each["Key"] for each in answer["Contents"] if each["Key"].endswith(".tflock")]


def test_to_another_key_and_an_old_checkout_is_refused(two_regions: World) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    before = pulled(engine)
    old = old_checkout(two_regions)

    done = two_regions.holdfast("states", "move", LAYER, NEW_KEY, "--auto-approve")
    assert (done.status, done.errors) == (0, "")
    assert f'-key            = "{KEY}"' in done.output
    assert f'+key            = "{NEW_KEY}"' in done.output

    refused = old.run(*APPLY)
    assert refused.status == 1
    assert f"moved to {AF_SOUTH.bucket}/{NEW_KEY}" in refused.errors
    assert old.run(*PLAN).status == 1

    engine.succeed(*RECONFIGURE)
    assert pulled(engine) == before
    assert engine.run(*PLAN).status == NOTHING_TO_DO
    assert lock_keys(two_regions, AF_SOUTH.bucket, AF_SOUTH.name) == [f"{KEY}.tflock"]

    again = two_regions.holdfast(
        "states", "move", f"{AF_SOUTH.bucket}/{KEY}", NEW_KEY, "--auto-approve"
    )
    assert (again.status, again.errors) == (0, "")
    assert pulled(engine) == before

    unsettled = two_regions.holdfast("states", "forget", KEY, "--auto-approve")
    assert unsettled.status == 1
    assert unsettled.errors.startswith("error[move-not-settled]")
    (engine.directory / "more.tf").write_text('resource "terraform_data" "more" {}\n', "utf-8")
    engine.succeed(*APPLY)
    forgotten = two_regions.holdfast("states", "forget", KEY, "--auto-approve")
    assert (forgotten.status, forgotten.errors) == (0, "")
    assert "the bucket keeps it as an older version" in forgotten.output
    assert lock_keys(two_regions, AF_SOUTH.bucket, AF_SOUTH.name) == []
    assert engine.run(*PLAN).status == NOTHING_TO_DO


def test_to_another_region_with_its_workspaces(two_regions: World) -> None:
    two_regions.clients.create_lock_table(US_EAST.table, region=US_EAST.name)
    engine = initialised(two_regions)
    engine.succeed("workspace", "new", "blue")
    engine.succeed(*APPLY)
    blue = pulled(engine)
    engine.succeed("workspace", "select", "default")
    default = pulled(engine)
    old = old_checkout(two_regions)

    target = f"{US_EAST.bucket}/{NEW_KEY}"
    done = two_regions.holdfast("states", "move", LAYER, target, "--auto-approve")
    assert (done.status, done.errors) == (0, "")
    for workspace, path in (("default", NEW_KEY), ("blue", f"env:/blue/{NEW_KEY}")):
        old.succeed("workspace", "select", workspace)
        refused = old.run(*APPLY)
        assert refused.status == 1
        assert f"moved to {US_EAST.bucket}/{path}" in refused.errors

    engine.succeed(*RECONFIGURE)
    assert engine.succeed("workspace", "list").output.split()[-3:] == ["*", "default", "blue"]
    assert pulled(engine) == default
    assert engine.run(*PLAN).status == NOTHING_TO_DO
    engine.succeed("workspace", "select", "blue")
    assert pulled(engine) == blue
    assert engine.run(*PLAN).status == NOTHING_TO_DO
    assert lock_keys(two_regions, US_EAST.bucket, US_EAST.name) == []

    now = ("states", "forget", f"{AF_SOUTH.bucket}/{KEY}", "--now")
    assert two_regions.holdfast(*now).status == 2
    assert two_regions.holdfast(*now, "--key", "another").status == 2
    forgotten = two_regions.holdfast(*now, "--key", KEY)
    assert (forgotten.status, forgotten.errors) == (0, "")
    assert lock_keys(two_regions, AF_SOUTH.bucket, AF_SOUTH.name) == []
    gone = two_regions.holdfast(*now, "--key", KEY)
    assert gone.errors.startswith("error[state-not-moved]")


def test_the_roots_are_initialised_where_that_is_wanted(two_regions: World) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    before = pulled(engine)
    programs = two_regions.repository.with_name("programs")
    programs.mkdir()

    move = ("states", "move", LAYER, NEW_KEY, "--init", "--auto-approve")
    without = two_regions.holdfast(*move, PATH=str(programs))
    assert without.status != 0
    assert without.errors.startswith("error[")
    assert f"{AF_SOUTH.bucket}/{NEW_KEY}" in without.output
    assert (
        engine.run(*PLAN).status == 1
    )  # the code names the new place, and the root is not initialised

    write_terraform_command(programs)
    done = two_regions.holdfast(*move, PATH=f"{programs}:{os.environ['PATH']}")
    assert done.status == 0, done.errors
    assert "Terraform has been successfully initialized!" in done.output
    assert pulled(engine) == before
    assert engine.run(*PLAN).status == NOTHING_TO_DO


def test_bad_input_moves_nothing(two_regions: World) -> None:
    move = ("states", "move", LAYER)
    other = layer_key(AF_SOUTH.name, "01-foundation")
    for arguments, error in (
        ((*move, NEW_KEY), "error[approval-missing]"),
        ((*move, KEY, "--auto-approve"), "error[move-target-invalid]"),
        ((*move, "s3://unknown/key", "--auto-approve"), "error[move-target-invalid]"),
        ((*move, f"{NEW_KEY}.tflock", "--auto-approve"), "error[move-target-invalid]"),
        ((*move, other, "--auto-approve"), "error[target-not-empty]"),
        ((*move, f"{US_EAST.bucket}/{NEW_KEY}", "--auto-approve"), "error[lock-impossible]"),
        (("states", "forget", KEY, "--auto-approve"), "error[state-not-moved]"),
    ):
        refused = two_regions.holdfast(*arguments)
        assert refused.status in {1, 2}, refused
        assert refused.errors.startswith(error), refused.errors
    assert lock_keys(two_regions, AF_SOUTH.bucket, AF_SOUTH.name) == []
