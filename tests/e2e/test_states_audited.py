"""The audit of states: what real Terraform and real moves leave behind is found, and gone when it is mended."""

import json
import shutil
from collections.abc import Mapping

from holdfast.sandbox.scenarios.two_regions import (
    AF_SOUTH,
    LAYERS,
    ORPHAN_KEY,
    US_EAST,
    layer_directory,
    layer_key,
)
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")
NEW_KEY = "platform/production/terraform.tfstate"
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
INIT = ("init", "-input=false", "-no-color", "-backend-config=backend.hcl")
RULES = (
    "digest-left-behind",
    "digest-stale",
    "digest-without-state",
    "lockfile-versions-unbounded",
    "state-lineage-twice",
    "state-orphaned",
)
LOCKING_RULES = (
    "cached-backend-differs",
    "engine-too-old-for-lockfile",
    "locking-mixed-in-backend",
    "state-locking-split",
)
REGIONS = (AF_SOUTH.name, US_EAST.name)
AS_SEEDED = {("critical", "state-lineage-twice", KEY), ("low", "state-orphaned", ORPHAN_KEY)}

Found = set[tuple[str, str, str | None]]


def audited(world: World) -> Mapping[str, object]:
    """Audit the region that is complete, states and all."""
    done = world.holdfast("audit", "--states", "--backend", AF_SOUTH.bucket, "--format", "json")
    assert (done.status in {0, 3}, done.errors) == (True, "")
    document: Mapping[str, object] = json.loads(done.output)
    assert (document["states_read"], document["unknown"]) == (True, [])
    return document


def findings(world: World) -> Found:
    """Return severity, rule and subject of what is said of states."""
    found = audited(world)["findings"]
    assert isinstance(found, list)
    return {
        (each["severity"], each["rule"], each["subject"]) for each in found if each["rule"] in RULES
    }


def initialised(world: World) -> Terraform:
    engine = world.terraform(LAYER)
    engine.succeed(*INIT)
    return engine


def with_lock_file(world: World) -> Terraform:
    """Return the layer as somebody has it who went on to the lock file alone."""
    copy = world.repository.with_name("lock-file")
    shutil.copytree(world.repository / LAYER, copy, ignore=shutil.ignore_patterns(".terraform"))
    to_lock_file(Terraform(copy, world.environment()))
    engine = Terraform(copy, world.environment())
    engine.succeed(*INIT)
    return engine


def to_lock_file(engine: Terraform) -> None:
    file = engine.directory / "backend.hcl"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("dynamodb_table", "use_lockfile"))]
    file.write_text("\n".join([*kept, "use_lockfile = true", ""]), encoding="utf-8")


def repair(world: World, answer: str) -> None:
    journal = world.repository.with_name("journal.jsonl")
    done = world.holdfast("states", "check", "--with", answer, "--journal", str(journal))
    assert (done.status, done.errors) == (0, "")


def test_the_orphan_and_the_shared_lineage_are_found_when_asked_for(two_regions: World) -> None:
    unasked = two_regions.holdfast("audit", "--backend", AF_SOUTH.bucket)
    assert (unasked.status, unasked.errors) == (0, "")
    assert unasked.output.splitlines()[1].endswith("GOOD")
    assert "not read  states: `holdfast audit --states` reads them" in unasked.output
    assert findings(two_regions) == AS_SEEDED
    asked = two_regions.holdfast("audit", "--states", "--backend", AF_SOUTH.bucket)
    assert asked.status == 3
    assert asked.output.splitlines()[1].endswith("NEEDS FIX")
    assert "states: `holdfast" not in asked.output


def test_a_writer_without_the_table_leaves_a_stale_digest(two_regions: World) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    stranger = with_lock_file(two_regions)
    (stranger.directory / "more.tf").write_text('resource "terraform_data" "more" {}\n', "utf-8")
    stranger.succeed(*APPLY)
    assert findings(two_regions) == {*AS_SEEDED, ("high", "digest-stale", KEY)}
    repair(two_regions, "write")
    assert findings(two_regions) == AS_SEEDED
    assert engine.run("plan", "-input=false", "-no-color").status == 0


def test_a_state_that_was_removed_by_hand_leaves_a_digest_that_blocks_init(
    two_regions: World,
) -> None:
    two_regions.clients.s3(AF_SOUTH.name).delete_object(Bucket=AF_SOUTH.bucket, Key=KEY)
    engine = two_regions.terraform(LAYER)
    blocked = engine.run(*INIT)
    assert blocked.status == 1
    assert "does not have the expected content" in blocked.errors
    alone = ("low", "state-orphaned", ORPHAN_KEY)
    assert findings(two_regions) == {("high", "digest-without-state", KEY), alone}
    repair(two_regions, "restore")
    assert findings(two_regions) == AS_SEEDED
    engine.succeed(*INIT)


def test_whoever_leaves_the_table_leaves_a_digest_that_blocks_the_way_back(
    two_regions: World,
) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    to_lock_file(engine)
    engine.succeed(*INIT, "-reconfigure")
    (engine.directory / "more.tf").write_text('resource "terraform_data" "more" {}\n', "utf-8")
    engine.succeed(*APPLY)
    lock_files = ("low", "lockfile-versions-unbounded", None)
    left = ("low", "digest-left-behind", KEY)
    assert findings(two_regions) == {*AS_SEEDED, left, lock_files}
    versions = two_regions.clients.s3(AF_SOUTH.name).list_object_versions(
        Bucket=AF_SOUTH.bucket, Prefix=f"{KEY}.tflock"
    )
    assert (len(versions["Versions"]), len(versions["DeleteMarkers"])) == (1, 1)

    applied = two_regions.holdfast(
        "apply",
        "--auto-approve",
        *("--account", two_regions.scenario.account),
        *("--only", "lockfile-versions-unbounded"),
        *("--confirm", f"add-lifecycle-rules:{AF_SOUTH.bucket}"),
    )
    assert (applied.status, applied.errors) == (0, "")
    assert findings(two_regions) == {*AS_SEEDED, left}


def test_half_a_change_of_locking_is_told_by_the_code_and_by_what_init_left(
    two_regions: World,
) -> None:
    engine = initialised(two_regions)
    copy = engine.directory.with_name("staging")
    shutil.copytree(engine.directory, copy, ignore=shutil.ignore_patterns(".terraform"))
    to_lock_file(engine)
    (engine.directory / ".terraform-version").write_text("1.9.8\n", encoding="utf-8")
    assert locking_findings(two_regions) == {
        ("critical", "state-locking-split", KEY),
        ("high", "cached-backend-differs", LAYER),
        ("high", "locking-mixed-in-backend", None),
        ("medium", "engine-too-old-for-lockfile", LAYER),
    }
    shutil.rmtree(copy)
    (engine.directory / ".terraform-version").write_text("1.15.5\n", encoding="utf-8")
    engine.succeed(*INIT, "-reconfigure")
    assert locking_findings(two_regions) == {("high", "locking-mixed-in-backend", None)}
    for region in REGIONS:
        for layer in LAYERS:
            to_lock_file(two_regions.terraform(layer_directory(region, layer)))
    # The other roots admit engines of before lock files (`required_version`), and that is all that is left.
    left = {rule for _, rule, _ in locking_findings(two_regions)}
    assert left == {"engine-too-old-for-lockfile"}


def locking_findings(world: World) -> Found:
    done = world.holdfast("audit", "--offline", "--format", "json")
    document: Mapping[str, list[Mapping[str, str]]] = json.loads(done.output)
    return {
        (each["severity"], each["rule"], each["subject"])
        for each in document["findings"]
        if each["rule"] in LOCKING_RULES
    }


def test_the_old_place_of_a_move_is_neither_orphan_nor_twin(two_regions: World) -> None:
    initialised(two_regions)
    before = {("critical", "state-lineage-twice", NEW_KEY), ("low", "state-orphaned", ORPHAN_KEY)}
    moved = two_regions.holdfast("states", "move", LAYER, NEW_KEY, "--auto-approve")
    assert (moved.status, moved.errors) == (0, "")
    # `.terraform` still names the old key, and that is said by a rule of its own.
    assert findings(two_regions) == before
    document = json.dumps(audited(two_regions))
    assert f"`{AF_SOUTH.bucket}/{KEY}`: serial" not in document


def test_no_value_of_a_state_is_in_any_report(two_regions: World) -> None:
    engine = initialised(two_regions)
    (engine.directory / "more.tf").write_text(
        'resource "terraform_data" "more" {\n  input = "hunter2"\n}\n', encoding="utf-8"
    )
    engine.succeed(*APPLY)
    for form in ("text", "json", "markdown"):
        done = two_regions.holdfast("audit", "--states", "--verbose", "--format", form)
        assert "state-lineage-twice" in done.output
        assert "hunter2" not in done.output + done.errors
        assert "terraform_data" not in done.output + done.errors
