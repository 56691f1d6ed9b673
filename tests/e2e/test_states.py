"""States of real Terraform: listed, checked, restored after a bad apply, and what refuses whom."""

import json
import re

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")
ORPHAN = "regions/af-south-1/layers/02-platform/production/terraform.tfstate"
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
NOTHING_TO_DO = 0


def initialised(world: World) -> Terraform:
    engine = world.terraform(LAYER)
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    return engine


def write_digest(world: World, text: str) -> None:
    world.clients.dynamodb(AF_SOUTH.name).put_item(
        TableName=AF_SOUTH.table,
        Item={"LockID": {"S": f"{AF_SOUTH.bucket}/{KEY}-md5"}, "Digest": {"S": text}},
    )


def test_the_orphan_and_its_twin_are_found(two_regions: World) -> None:
    done = two_regions.holdfast("states", "--format", "json")
    assert (done.status, done.errors) == (0, "")
    states = {state["key"]: state for state in json.loads(done.output)["states"]}
    assert len(states) == 17
    marks = {key: [each["mark"] for each in state["marks"]] for key, state in states.items()}
    assert {key: found for key, found in marks.items() if found} == {
        KEY: ["twin"],
        ORPHAN: ["twin", "orphan"],
    }
    assert states[KEY]["roots"] == [LAYER]
    assert states[KEY]["lineage"] == states[ORPHAN]["lineage"]
    text = two_regions.holdfast("states").output
    assert text.splitlines()[-1] == "17 states: 2 twin, 1 orphan"


def test_a_restore_after_a_bad_apply_leaves_nothing_to_plan(two_regions: World) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    before = json.loads(engine.succeed("state", "pull").output)
    old_plan = ("plan", "-input=false", "-no-color", "-out=old.plan")
    mistake = engine.directory / "mistake.tf"
    mistake.write_text('resource "terraform_data" "mistake" {}\n', encoding="utf-8")
    engine.succeed(*old_plan)
    engine.succeed(*APPLY)
    mistake.unlink()
    assert engine.run(*PLAN).status == 2  # the mistake would be destroyed, which it need not be

    serial = str(before["serial"])
    done = two_regions.holdfast("states", "restore", LAYER, "--serial", serial, "--auto-approve")
    assert (done.status, done.errors) == (0, "")
    assert done.output.splitlines()[-1].startswith(
        f"{KEY} is restored (serial {before['serial'] + 2}"
    )
    assert engine.run(*PLAN).status == NOTHING_TO_DO
    after = json.loads(engine.succeed("state", "pull").output)
    assert after | {"serial": 0} == before | {"serial": 0}
    # What was planned before does not fit any more, and is refused.
    stale = engine.run("apply", "-input=false", "-no-color", "old.plan")
    assert stale.status == 1
    assert "Saved plan is stale" in stale.errors


def test_a_stale_digest_blocks_the_engine_until_it_is_repaired(two_regions: World) -> None:
    engine = initialised(two_regions)
    write_digest(two_regions, "0" * 32)
    checked = two_regions.holdfast("states", "check")
    assert checked.status == 3
    assert re.search(rf"^stale  {AF_SOUTH.bucket}/{KEY}$", checked.output, re.MULTILINE)
    repaired = two_regions.holdfast(
        "states", "check", "--with", "write", "--journal", str(two_regions.repository / "j.jsonl")
    )
    assert (repaired.status, repaired.errors) == (0, "")
    assert engine.run("plan", "-input=false", "-no-color").status == 0
    assert two_regions.holdfast("states", "check").output.splitlines()[-1] == (
        "17 states: 9 right, 8 none"
    )
    (line,) = (two_regions.repository / "j.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["digest"] == "0" * 32


def test_while_an_engine_works_nothing_is_restored(two_regions: World) -> None:
    engine = initialised(two_regions)
    engine.succeed(*APPLY)
    with engine.held_apply() as held:
        refused = two_regions.holdfast(
            "states", "restore", LAYER, "--serial", "7", "--auto-approve"
        )
        assert held.release().status == 0
    assert refused.status == 5
    assert refused.errors.startswith("error[lock-held]")


def test_the_versions_and_one_state_are_shown(two_regions: World) -> None:
    versions = two_regions.holdfast("states", "versions", KEY)
    assert (versions.status, versions.errors) == (0, "")
    assert versions.output.splitlines()[-1] == f"{KEY}: 1 version"
    shown = two_regions.holdfast("states", "show", ORPHAN)
    assert (shown.status, shown.errors) == (0, "")
    assert shown.output.splitlines()[:2] == [
        f"{AF_SOUTH.bucket}/{ORPHAN}",
        "  root       no root in this directory uses it",
    ]
    assert "terraform_data" not in shown.output


def test_two_states_are_compared_by_addresses_and_never_by_value(two_regions: World) -> None:
    engine = initialised(two_regions)
    (engine.directory / "more.tf").write_text(
        'resource "terraform_data" "more" {\n  input = "hunter2"\n}\n', encoding="utf-8"
    )
    engine.succeed(*APPLY)
    done = two_regions.holdfast("states", "diff", ORPHAN, KEY)
    assert (done.status, done.errors) == (0, "")
    assert done.output.splitlines()[3:] == [
        "+ terraform_data.more",
        "",
        "1 difference: 1 added, 0 removed, 0 changed, 1 the same",
    ]
    assert "hunter2" not in done.output
    versions = two_regions.holdfast("states", "versions", KEY).output.splitlines()
    oldest = versions[-3].split()[0]
    again = two_regions.holdfast("states", "diff", KEY, "--from", oldest)
    assert again.output.splitlines()[3:] == done.output.splitlines()[3:]


def test_values_are_shown_when_they_are_asked_for_and_sensitive_ones_never(
    two_regions: World,
) -> None:
    engine = initialised(two_regions)
    more = engine.directory / "more.tf"
    code = """\
resource "terraform_data" "open" {{
  input = "open-{number}"
}}

resource "terraform_data" "hidden" {{
  input = sensitive("hunter{number}")
}}

output "seen" {{
  value = "seen-{number}"
}}

output "unseen" {{
  value     = sensitive("hunter{number}")
  sensitive = true
}}
"""
    for number in (1, 2):
        more.write_text(code.format(number=number), encoding="utf-8")
        engine.succeed(*APPLY)
    versions = two_regions.holdfast("states", "versions", KEY).output.splitlines()
    older = versions[2].split()[0]
    plain = two_regions.holdfast("states", "diff", KEY, "--from", older)
    assert (plain.status, plain.errors) == (0, "")
    assert "open-" not in plain.output
    assert "~ output.seen  (value)" in plain.output
    shown = two_regions.holdfast("states", "diff", KEY, "--from", older, "--values")
    assert (shown.status, shown.errors) == (0, "")
    lines = shown.output.splitlines()
    seen = lines.index("~ output.seen  (value)")
    assert lines[seen + 1] == '    value  "seen-1" -> "seen-2"'
    unseen = lines.index("~ output.unseen  (value)")
    assert lines[unseen + 1] == "    value  (sensitive) -> (sensitive)"
    assert any('"open-1"' in line and '"open-2"' in line for line in lines)
    assert "hunter" not in shown.output


def test_bad_input_changes_nothing(two_regions: World) -> None:
    restore = ("states", "restore", KEY)
    for arguments, error in (
        ((*restore, "--auto-approve"), "error[usage]: say which version"),
        ((*restore, "--serial", "99", "--auto-approve"), "error[version-missing]"),
        ((*restore, "--serial", "7"), "error[approval-missing]"),
        ((*restore, "--at", "yesterday", "--auto-approve"), "error[usage]: `yesterday`"),
        (("states", "show", "no/such/key"), "error[state-unknown]"),
        (("states", "diff", KEY), "error[usage]: say what"),
        (("states", "diff", KEY, "--from", "none"), "error[version-missing]"),
    ):
        refused = two_regions.holdfast(*arguments)
        assert refused.status == 2, refused
        assert refused.errors.startswith(error), refused.errors
    assert (
        two_regions.holdfast("states", "versions", KEY)
        .output.splitlines()[-1]
        .endswith(": 1 version")
    )
