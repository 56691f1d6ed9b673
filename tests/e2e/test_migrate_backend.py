"""A backend of real Terraform moves to another region: plans stay empty, old checkouts are refused, and what is left is told."""

import json
import shutil

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST, layer_directory, layer_key
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

LAYERS = ("01-foundation", "02-platform")
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
INIT = ("init", "-input=false", "-backend-config=backend.hcl")
ORPHAN = "regions/af-south-1/layers/02-platform/production/terraform.tfstate"
MIGRATE = ("migrate", "backend", AF_SOUTH.bucket, US_EAST.bucket)
NOTHING_TO_DO = 0
DECLARATION = f"""\
version: 1
backends:
  old: {{account: main, region: {AF_SOUTH.name}, locking: dynamodb, bucket: "{AF_SOUTH.bucket}",
        lock_table: "{AF_SOUTH.table}"}}
accounts:
  main: {{id: "111111111111"}}
"""


def engine(world: World, layer: str) -> Terraform:
    return world.terraform(layer_directory(AF_SOUTH.name, layer))


def pulled(terraform: Terraform) -> dict[str, object]:
    state: dict[str, object] = json.loads(terraform.succeed("state", "pull").output)
    return state


def lock_keys(world: World, bucket: str, region: str) -> list[str]:
    answer = world.clients.s3(region).list_objects_v2(Bucket=bucket)
    return [each["Key"] for each in answer["Contents"] if each["Key"].endswith(".tflock")]


def two_layers(world: World) -> None:
    """Leave two roots of the old region, and the other region as it is."""
    layers = (world.repository / layer_directory(AF_SOUTH.name, LAYERS[0])).parents[1]
    for root in layers.iterdir():
        if root.name not in LAYERS:
            shutil.rmtree(root)
    world.clients.create_lock_table(US_EAST.table, region=US_EAST.name)


def test_to_another_region_with_every_root_and_workspace(two_regions: World) -> None:
    two_layers(two_regions)
    for layer in LAYERS:
        engine(two_regions, layer).succeed(*INIT)
        engine(two_regions, layer).succeed(*APPLY)
    platform = engine(two_regions, LAYERS[1])
    platform.succeed("workspace", "new", "blue")
    platform.succeed(*APPLY)
    blue = pulled(platform)
    platform.succeed("workspace", "select", "default")
    before = {layer: pulled(engine(two_regions, layer)) for layer in LAYERS}
    old = {}
    for layer in LAYERS:
        copy = two_regions.repository.with_name(f"old-{layer}")
        shutil.copytree(two_regions.repository / layer_directory(AF_SOUTH.name, layer), copy)
        old[layer] = Terraform(copy, two_regions.environment())

    left = two_regions.holdfast(*MIGRATE, "--check")
    assert (left.status, left.errors) == (4, "")
    unapproved = two_regions.holdfast(*MIGRATE)
    assert unapproved.errors.startswith("error[approval-missing]")
    # An engine works: what is before it is done, and it and the rest are not.
    with platform.held_apply() as held:
        stopped = two_regions.holdfast(*MIGRATE, "--auto-approve")
        assert held.release().status == 0
    assert stopped.status == 5
    assert stopped.errors.startswith("error[lock-held]")
    assert "1 state with all workspaces moved, 1 not:" in stopped.output
    (platform.directory / "holding.tf").unlink()
    platform.succeed(*APPLY)
    before[LAYERS[1]] = pulled(platform)

    done = two_regions.holdfast(*MIGRATE, "--auto-approve")
    assert (done.status, done.errors) == (0, "")
    assert "2 states moved, 1 file of code changed" in done.output
    for layer in LAYERS:
        refused = old[layer].run(*APPLY)
        assert refused.status == 1
        assert f"moved to {US_EAST.bucket}/{layer_key(AF_SOUTH.name, layer)}" in refused.errors
        moved = engine(two_regions, layer)
        moved.succeed(*INIT, "-reconfigure")
        assert pulled(moved) == before[layer]
        assert moved.run(*PLAN).status == NOTHING_TO_DO
        moved.succeed(*APPLY)
    platform.succeed("workspace", "select", "blue")
    assert pulled(platform) == blue
    assert lock_keys(two_regions, US_EAST.bucket, US_EAST.name) == []

    # No code names the old bucket any more: what is left in it is seen when it is declared.
    unknown = two_regions.holdfast(*MIGRATE, "--check")
    assert (unknown.status, unknown.errors.splitlines()[0]) == (
        2,
        f"error[backend-unknown]: there is no one backend called `{AF_SOUTH.bucket}`",
    )


def test_with_the_old_backend_declared_what_is_left_is_told(two_regions: World) -> None:
    two_layers(two_regions)
    (two_regions.repository / "holdfast.yaml").write_text(DECLARATION, encoding="utf-8")
    migrate = ("migrate", "backend", "old", US_EAST.bucket)
    first = two_regions.holdfast(*migrate, "--auto-approve")
    assert (first.status, first.errors) == (0, "")
    assert "in `holdfast.yaml`, point the environments of `old`" in first.output
    nothing = two_regions.holdfast(*migrate, "--check")
    assert (nothing.status, nothing.errors) == (0, "")
    assert "to be moved" not in nothing.output
    assert "stays: no code uses it" in nothing.output
    orphans = two_regions.holdfast(*migrate, "--orphans", "--auto-approve")
    assert (orphans.status, orphans.errors) == (0, "")
    s3 = two_regions.clients.s3
    body = s3(AF_SOUTH.name).get_object(Bucket=AF_SOUTH.bucket, Key=ORPHAN)["Body"].read()
    there = s3(US_EAST.name).get_object(Bucket=US_EAST.bucket, Key=ORPHAN)["Body"].read()
    assert there == body
    key = layer_key(AF_SOUTH.name, LAYERS[0])
    now = ("states", "forget", f"{AF_SOUTH.bucket}/{key}", "--now", "--key", key)
    forgotten = two_regions.holdfast(*now)
    assert (forgotten.status, forgotten.errors) == (0, "")


def test_bad_input_moves_nothing(two_regions: World) -> None:
    move_all = ("states", "move", "--all")
    keys = "providers/aws/regions/{region}/layers/{layer}/{environment}/terraform.tfstate"
    for arguments, error in (
        (("migrate", "backend", AF_SOUTH.bucket, AF_SOUTH.bucket), "error[usage]"),
        (("migrate", "backend", "unknown", US_EAST.bucket), "error[backend-unknown]"),
        ((*move_all, "providers/x", "a"), "error[move-pattern-invalid]"),
        ((*move_all, "nothing/*", "a/*"), "error[move-pattern-unmatched]"),
        ((*move_all, keys, "{region}/{environment}.tfstate"), "error[moves-refused]"),
        (("states", "move", ORPHAN, "a/b", "--check"), "error[usage]"),
        (MIGRATE, "error[approval-missing]"),
    ):
        refused = two_regions.holdfast(*arguments)
        assert refused.status in {1, 2}, refused
        assert refused.errors.startswith(error), refused.errors
    assert lock_keys(two_regions, AF_SOUTH.bucket, AF_SOUTH.name) == []
