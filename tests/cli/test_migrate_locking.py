"""`holdfast migrate locking`: a stage is shown, stored, refused, done, and led back."""

import json
import re
import shutil
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.cli.locked_fleet import ANN, ROOT, lock_text, put_file, put_item
from tests.support.real_terraform import Finished
from tests.support.worlds import World

DECLARATION = f"""\
version: 1
accounts:
  fleet: {{id: "111111111111"}}
backends:
  af: {{account: fleet, region: {AF_SOUTH.name}, locking: dynamodb, bucket: {AF_SOUTH.bucket}, lock_table: {AF_SOUTH.table}}}
"""
STAGE = ("migrate", "locking", "--backend", AF_SOUTH.bucket)
TO_LOCKFILE = (*STAGE, "--to", "lockfile")
ORPHAN = f"{AF_SOUTH.bucket}/regions/af-south-1/layers/02-platform/production/terraform.tfstate-md5"
UNSEEN = ("--accept", "state-not-seen")
ROLES = ("--accept", "role-not-checked", "--accept", "writer-too-old")
FIRST = (*TO_LOCKFILE, *ROLES, "--auto-approve")


@pytest.fixture
def world(own_fleet: World, cli: CommandLine, tmp_path: Path) -> World:
    cli.join(own_fleet, XDG_STATE_HOME=str(tmp_path / "home"))
    return own_fleet


def locking_of(world: World) -> set[str]:
    """Return how the code of the region's roots locks, by a look of the test's own."""
    found = set()
    for file in sorted(world.repository.rglob("backend.hcl")):
        text = file.read_text(encoding="utf-8")
        if AF_SOUTH.bucket in text:
            words = [
                *(["table"] if f'"{AF_SOUTH.table}"' in text else []),
                *(["file"] if "use_lockfile" in text else []),
            ]
            found.add(" ".join(words))
    return found


def digests(world: World) -> set[str]:
    items = world.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)["Items"]
    return {item["LockID"]["S"] for item in items}


def moment_of(said: str) -> tuple[str, str]:
    """Return the time from which on the first stage says that writers are judged, as an option."""
    (moment,) = re.findall(r"--to lockfile --since (\S+)", said)
    return "--since", moment


def both_then_lockfile(cli: CommandLine) -> Finished:
    """Do the first two stages; nobody is seen in between."""
    first = cli(*FIRST)
    return cli(*TO_LOCKFILE, *moment_of(first.output), *UNSEEN, "--auto-approve")


def test_the_first_stage_is_written_down_and_done_from_its_file(
    world: World, cli: CommandLine
) -> None:
    before = digests(world)
    written = cli(*TO_LOCKFILE, "--out", "stage.json")
    assert (written.status, locking_of(world)) == (0, {"table"})
    assert "to `both`, on the way to `lockfile`" in written.output
    done = cli(*STAGE, "--plan", "stage.json", *ROLES, "--auto-approve")
    assert (done.status, locking_of(world), digests(world)) == (0, {"table file"}, before)
    assert "initialise the roots before they are used:" in done.output
    again = cli(*STAGE, "--plan", "stage.json", *ROLES, "--auto-approve")
    assert again.status == 0
    assert again.output.startswith(
        "every file is as the plan makes it; nothing to change\n"
        "initialise the roots before they are used:\n"
    )


def test_the_first_stage_waits_until_engines_and_roles_are_known_to_take_lock_files(
    world: World, cli: CommandLine
) -> None:
    refused = cli(*TO_LOCKFILE, "--auto-approve")
    assert (refused.status, locking_of(world)) == (3, {"table"})
    assert refused.errors == (
        "error[locking-checks]: the next stage may not be safe\n"
        f"  {AF_SOUTH.bucket} writer-too-old    an engine before 1.10 wrote 8 states last; whether it"
        " still runs is not known\n"
        f"  {AF_SOUTH.bucket} role-not-checked  whether everybody may put, read and delete lock files is"
        " not known\n"
        "nothing was changed\n"
        "\n"
        "hint: whoever knows better accepts it: `--accept writer-too-old --accept role-not-checked`\n"
    )


def test_a_declaration_that_a_killed_run_has_left_behind_comes_first(
    world: World, cli: CommandLine
) -> None:
    Path("holdfast.yaml").write_text(DECLARATION, encoding="utf-8")
    cli(*FIRST)
    assert "locking: both" in Path("holdfast.yaml").read_text(encoding="utf-8")
    Path("holdfast.yaml").write_text(DECLARATION, encoding="utf-8")
    again = cli(*TO_LOCKFILE, "--auto-approve")
    assert (again.status, locking_of(world)) == (0, {"table file"}), again.errors
    assert "locking: both" in Path("holdfast.yaml").read_text(encoding="utf-8")


def test_digests_that_are_left_where_the_code_came_by_itself_are_removed_by_the_plan(
    world: World, cli: CommandLine
) -> None:
    first = cli(*FIRST)
    before = digests(world)
    since = moment_of(first.output)
    cli(*TO_LOCKFILE, *since, "--out", "stage.json")
    for file in world.repository.rglob("backend.hcl"):
        text = file.read_text(encoding="utf-8")
        if AF_SOUTH.bucket in text:
            lines = [
                each for each in text.splitlines(keepends=True) if "dynamodb_table" not in each
            ]
            file.write_text("".join(lines), encoding="utf-8")
    assert digests(world) == before
    done = cli(*STAGE, "--plan", "stage.json", "--auto-approve")
    assert (done.status, digests(world)) == (0, {ORPHAN}), done.errors
    assert f"{len(before) - 1} digests removed" in done.output


def test_a_stage_that_stops_says_which_roots_are_changed_and_which_are_not(
    world: World, cli: CommandLine
) -> None:
    since = moment_of(cli(*FIRST).output)
    put_item(world, ANN)
    put_file(world, lock_text(ANN))
    stopped = cli(*TO_LOCKFILE, *since, *UNSEEN, "--auto-approve")
    assert stopped.status == 5
    assert f"not changed: {ROOT}" in stopped.output
    assert "\nchanged: " in stopped.output
    assert "roots before this one are changed; at this one: " in stopped.errors


def test_a_plan_whose_code_is_other_code_by_now_is_refused(world: World, cli: CommandLine) -> None:
    cli(*TO_LOCKFILE, "--out", "stage.json")
    path = next(iter(json.loads(Path("stage.json").read_text())["stages"][0]["groups"]))["files"][0]
    file = world.repository / path["path"]
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    refused = cli(*STAGE, "--plan", "stage.json", *ROLES, "--auto-approve")
    assert (refused.status, locking_of(world)) == (1, {"table"})
    assert f"{path['path']}  was changed since the plan was made" in refused.errors


def test_the_second_stage_waits_until_everybody_was_seen_with_a_lock_file(
    world: World, cli: CommandLine
) -> None:
    first = cli(*FIRST)
    before = digests(world)
    since = moment_of(first.output)
    unseen = cli(*TO_LOCKFILE, *since, "--auto-approve")
    assert (unseen.status, locking_of(world), digests(world)) == (3, {"table file"}, before)
    assert "--accept state-not-seen" in unseen.errors
    done = cli(*TO_LOCKFILE, *since, *UNSEEN, "--auto-approve")
    assert (done.status, locking_of(world), digests(world)) == (0, {"file"}, {ORPHAN}), done.errors


def test_only_what_is_unknown_can_be_accepted(world: World, cli: CommandLine) -> None:
    cli(*FIRST)
    refused = cli(*TO_LOCKFILE, "--accept", "digest-stalled", "--auto-approve")
    assert (refused.status, locking_of(world)) == (2, {"table file"})
    assert "error[usage]: there is nothing to accept by the name `digest-stalled`" in refused.errors
    # What had to be accepted once, or at another stage, is no mistake.
    known = ("--accept", "digest-stale")
    unsafe = cli(*TO_LOCKFILE, *known, "--auto-approve")
    assert (unsafe.status, locking_of(world)) == (3, {"table file"})
    assert unsafe.errors.startswith("note: there is nothing to accept by the name `digest-stale`\n")
    assert cli(*TO_LOCKFILE, *known, *UNSEEN, "--auto-approve").status == 0


def test_a_fleet_that_went_comes_back_with_every_digest(world: World, cli: CommandLine) -> None:
    before = digests(world)
    assert both_then_lockfile(cli).status == 0
    assert (locking_of(world), digests(world)) == ({"file"}, {ORPHAN})
    back = cli(*STAGE, "--to", "dynamodb", "--table", AF_SOUTH.table, "--auto-approve")
    # Whoever has the old code still writes no digest: one that is not there is in nobody's way.
    assert (back.status, locking_of(world), digests(world)) == (0, {"table file"}, {ORPHAN})
    # Nobody has applied since: whether everybody has the table again nobody can tell.
    unknown = cli(*STAGE, "--to", "dynamodb", "--auto-approve")
    assert (unknown.status, locking_of(world)) == (3, {"table file"})
    # A state that no root uses still has its digest, and nobody has written it since.
    accepted = ("--accept", "state-without-digest", "--accept", "client-not-seen")
    end = cli(*STAGE, "--to", "dynamodb", *accepted, "--auto-approve")
    assert (end.status, locking_of(world), digests(world)) == (0, {"table"}, before), end.errors


def test_the_retirement_of_the_table_is_described_and_never_done(
    world: World, cli: CommandLine
) -> None:
    assert both_then_lockfile(cli).status == 0
    shutil.rmtree(world.repository / "terraform/providers/aws/regions/us-east-1")
    table = ("--table", AF_SOUTH.table, "--quiet-days", "0")
    waiting = cli(*TO_LOCKFILE, *table)
    assert waiting.status == 0
    assert f"the table {AF_SOUTH.table} is still needed, or may be" in waiting.output
    unknown = ("state-not-written", "digest-of-orphan", "table-not-quiet")
    accepted = [word for name in unknown for word in ("--accept", name)]
    described = cli(*TO_LOCKFILE, *table, *accepted, "--out", "end.json")
    assert described.status == 4, described.output
    assert f"--table-name {AF_SOUTH.table}" in described.output
    (retirement,) = json.loads(Path("end.json").read_text())["retirements"]
    assert retirement["commands"][-1].startswith("aws dynamodb delete-table")
    assert AF_SOUTH.table in world.clients.dynamodb(AF_SOUTH.name).list_tables()["TableNames"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say where to go"),
        (("--to", "both", "--plan", "x.json"), "it"),
        (("--to", "none"), "'none' is not one of"),
        (("--to", "lockfile", "--since", "2999-01-01T00:00:00Z"), "is in the future"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(
    world: World, cli: CommandLine, arguments: tuple[str, ...], words: str
) -> None:
    refused = cli(*STAGE, *arguments)
    assert (refused.status, words in refused.errors) == (2, True), refused.errors
    assert locking_of(world) == {"table"}
