"""Two engines on one layer at once: what happens without the lock table, and what happens once it is there."""

import json
import shutil

from holdfast.sandbox.scenarios.two_regions import US_EAST, layer_directory, layer_key
from tests.support.real_terraform import Terraform
from tests.support.worlds import APPLY_ALL_STEPS, World

LAYER = layer_directory(US_EAST.name, "01-foundation")
KEY = layer_key(US_EAST.name, "01-foundation")
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")


def colleague(world: World, name: str) -> Terraform:
    """Return an engine in a checkout of the layer that has a change of its own: a resource called `name`."""
    directory = world.repository.with_name(name)
    shutil.copytree(world.repository / LAYER, directory)
    resource = f'resource "terraform_data" "{name}" {{\n  input = "{name}"\n}}\n'
    (directory / f"{name}.tf").write_text(resource, encoding="utf-8")
    engine = Terraform(directory, world.environment())
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    return engine


def resources(body: bytes) -> set[str]:
    return {resource["name"] for resource in json.loads(body)["resources"]}


def state_body(world: World) -> bytes:
    found = world.clients.s3(US_EAST.name).get_object(Bucket=US_EAST.bucket, Key=KEY)
    return found["Body"].read()


def test_without_the_lock_table_nobody_can_apply(two_regions: World) -> None:
    before = state_body(two_regions)
    refused = colleague(two_regions, "ann").run(*APPLY)
    assert refused.status == 1
    assert "Error acquiring the state lock" in refused.errors
    assert "ResourceNotFoundException" in refused.errors
    assert state_body(two_regions) == before


def test_without_the_lock_table_two_applies_run_at_once_and_one_is_lost(two_regions: World) -> None:
    """`-lock=false` is what people add when the table is missing and the work has to go on."""
    before = json.loads(state_body(two_regions))
    ann, ben = colleague(two_regions, "ann"), colleague(two_regions, "ben")
    with ann.held_apply("-lock=false") as first, ben.held_apply("-lock=false") as second:
        # Both have read the same state, and both are in the middle of their changes.
        finished = [first.release(), second.release()]
    assert [(run.status, run.errors) for run in finished] == [(0, ""), (0, "")]
    assert all("Apply complete! Resources: 2 added" in run.output for run in finished)
    body = state_body(two_regions)
    # Only the change of the one who wrote last is left.
    assert resources(body) == {"component", "holding", "ben"}
    # Nothing tells: the lineage is the same, and the serial has grown as after one apply.
    after = json.loads(body)
    assert after["lineage"] == before["lineage"]
    assert after["serial"] == before["serial"] + 1


def test_after_one_command_the_second_engine_is_refused_until_the_first_is_through(
    two_regions: World,
) -> None:
    applied = two_regions.holdfast(*APPLY_ALL_STEPS)
    assert (applied.status, applied.errors) == (0, "")
    ann, ben = colleague(two_regions, "ann"), colleague(two_regions, "ben")
    with ann.held_apply() as held:
        refused = ben.run(*APPLY)
        finished = held.release()
    assert (finished.status, finished.errors) == (0, "")
    assert refused.status == 1
    assert "Error acquiring the state lock" in refused.errors
    assert f"Path:      {US_EAST.bucket}/{KEY}" in refused.errors
    assert "Operation: OperationTypeApply" in refused.errors
    assert resources(state_body(two_regions)) == {"component", "holding", "ann"}

    # Ben's code lacks what ann made, so his apply removes it: that is Terraform's business. He may run now.
    again = ben.run(*APPLY)
    assert (again.status, again.errors) == (0, "")
    assert resources(state_body(two_regions)) == {"component", "ben"}
