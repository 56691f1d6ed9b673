"""`locks hold` and `locks release` as processes: held while a command runs, after a crash, against real Terraform."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.two_regions import (
    AF_SOUTH,
    LAYERS,
    US_EAST,
    layer_directory,
    layer_key,
)
from tests.support.real_terraform import Terraform
from tests.support.worlds import World, holdfast_command, running_world

KEY = layer_key(AF_SOUTH.name, "01-foundation")
OTHER_KEY = layer_key(AF_SOUTH.name, "02-platform")
ALL_KEYS = {layer_key(AF_SOUTH.name, layer) for layer in LAYERS}
FREEZE = ("locks", "hold", "--backend", AF_SOUTH.bucket, "--all", "--reason")
PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world("two-regions", tmp_path_factory.mktemp("held")) as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """A fleet without a lock; a test that leaves one has failed."""
    yield shared
    left = locked(shared)
    clear(shared)
    assert left == (set(), set())


def locked(world: World) -> tuple[set[str], set[str]]:
    """Return the states with a lock file and those with a lock item, without the code under test."""
    objects = world.clients.s3(AF_SOUTH.name).list_objects_v2(Bucket=AF_SOUTH.bucket)
    items = world.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)["Items"]
    names = [found["Key"] for found in objects.get("Contents", [])]
    paths = [item["LockID"]["S"] for item in items if "Info" in item]
    return (
        {name.removesuffix(".tflock") for name in names if name.endswith(".tflock")},
        {path.removeprefix(f"{AF_SOUTH.bucket}/") for path in paths},
    )


def clear(world: World) -> None:
    objects, items = locked(world)
    for key in objects:
        world.clients.s3(AF_SOUTH.name).delete_object(Bucket=AF_SOUTH.bucket, Key=f"{key}.tflock")
    for key in items:
        world.clients.dynamodb(AF_SOUTH.name).delete_item(
            TableName=AF_SOUTH.table, Key={"LockID": {"S": f"{AF_SOUTH.bucket}/{key}"}}
        )


@contextmanager
def started(world: World, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command line in a session of its own; it is ended with the block."""
    with subprocess.Popen(
        holdfast_command(*arguments),
        cwd=world.repository,
        env=dict(world.environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the first line that is written to standard output."""
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.stderr.read() if process.stderr else ""
    return line


# While a command runs ---------------------------------------------------------------------------


def test_the_command_runs_while_the_state_is_held_and_its_exit_code_is_returned(
    world: World, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    inside = f"{' '.join(holdfast_command('locks', '--format', 'json'))} > {seen}; exit 7"
    done = world.holdfast("locks", "hold", KEY, "--reason", "why", "--", "sh", "-c", inside)
    assert (done.status, done.output) == (7, "")
    assert done.errors.startswith("1 state held under ")
    text = seen.read_text(encoding="utf-8")
    assert text.count('"holdfast-hold"') == 2
    assert KEY in text


def test_what_follows_the_dashes_is_not_read_as_options(world: World) -> None:
    done = world.holdfast(
        "locks", "hold", KEY, "--reason", "why", "--", "echo", "--reason", "--", "--help"
    )
    assert (done.status, done.output) == (0, "--reason -- --help\n")


def test_a_command_that_does_not_exist_leaves_nothing_locked(world: World) -> None:
    done = world.holdfast("locks", "hold", KEY, "--reason", "why", "--", "holdfast-no-such-command")
    assert done.status == 2
    assert "error[command-not-found]" in done.errors


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda each: each.name
)
def test_a_signal_reaches_the_command_and_the_locks_are_released(
    world: World, number: signal.Signals
) -> None:
    code = (
        "import signal\n"
        "def stop(number, frame): raise SystemExit(40)\n"
        f"signal.signal({int(number)}, stop)\n"
        "print('started', flush=True)\n"
        "signal.pause()\n"
    )
    with started(world, *FREEZE, "why", "--", "python3", "-c", code) as process:
        assert first_line(process) == "started"
        assert locked(world) == (ALL_KEYS, ALL_KEYS)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 40


def test_a_lock_that_was_lost_while_the_command_ran_is_said(world: World) -> None:
    release = " ".join(holdfast_command("locks", "release", KEY))
    done = world.holdfast("locks", "hold", KEY, "--reason", "why", "--", "sh", "-c", release)
    assert done.status == 5
    assert "error[lock-lost]" in done.errors
    failing = world.holdfast(
        "locks", "hold", KEY, "--reason", "why", "--", "sh", "-c", f"{release}; exit 9"
    )
    assert failing.status == 9
    assert "error[lock-lost]" in failing.errors


# Without a command ------------------------------------------------------------------------------


def test_without_a_command_the_locks_stay_and_another_process_releases_them_by_the_id(
    world: World,
) -> None:
    held = world.holdfast(*FREEZE, "until Monday")
    assert held.status == 0
    identifier = held.output.strip()
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", identifier)
    assert locked(world) == (ALL_KEYS, ALL_KEYS)
    released = world.holdfast("locks", "release", "--id", identifier)
    assert (released.status, released.errors) == (0, "")
    assert released.output.splitlines()[-1] == f"8 states released from {identifier}"
    assert released.output.count(" was removed\n") == 16
    kept = Path(world.environment()["XDG_STATE_HOME"]) / "holdfast" / "journal.jsonl"
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    intents = [each for each in lines if identifier in (each.get("text") or "")]
    assert {(each["event"], each["command"]) for each in intents} == {("intent", "locks release")}
    assert len(intents) == 16


def test_a_killed_hold_stays_and_is_released_by_its_id_alone(world: World) -> None:
    with started(world, *FREEZE, "why", "--for", "1h") as process:
        identifier = first_line(process)
        process.kill()
        process.wait(PATIENCE_SECONDS)
    assert locked(world) == (ALL_KEYS, ALL_KEYS)
    assert world.holdfast("locks", "release", "--id", identifier).status == 0
    again = world.holdfast("locks", "release", "--id", identifier)
    assert (again.status, again.errors.partition("\n")[0]) == (
        5,
        f"error[hold-missing]: there is no hold with the id `{identifier}`",
    )


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 130)],
    ids=["SIGTERM", "SIGHUP", "SIGINT"],
)
def test_whatever_ends_a_hold_that_waits_releases_it(
    world: World, number: signal.Signals, status: int
) -> None:
    with started(world, *FREEZE, "why", "--for", "1h") as process:
        first_line(process)
        assert locked(world) == (ALL_KEYS, ALL_KEYS)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == status


def test_a_hold_that_waits_releases_when_its_time_is_over(world: World) -> None:
    held = world.holdfast("locks", "hold", KEY, "--reason", "why", "--for", "1s")
    assert held.status == 0
    assert locked(world) == (set(), set())


# All or none ------------------------------------------------------------------------------------


def test_one_state_of_somebody_else_refuses_the_whole_freeze(world: World) -> None:
    first = world.holdfast("locks", "hold", OTHER_KEY, "--reason", "mine").output.strip()
    refused = world.holdfast(*FREEZE, "why")
    assert refused.status == 5
    assert f"error[lock-held]: `{OTHER_KEY}` is locked by " in refused.errors
    assert "reason     mine\n" in refused.errors
    assert (
        f"hint: if it may be given back: `holdfast locks release --id {first}`\n" in refused.errors
    )
    assert "locks break" not in refused.errors
    assert locked(world) == ({OTHER_KEY}, {OTHER_KEY})
    assert world.holdfast("locks", "release", "--id", first).status == 0


def test_of_two_freezes_at_once_one_gets_everything_and_the_other_nothing(world: World) -> None:
    with started(world, *FREEZE, "one") as one, started(world, *FREEZE, "two") as two:
        results = [process.communicate(timeout=PATIENCE_SECONDS) for process in (one, two)]
    assert sorted([one.returncode, two.returncode]) == [0, 5]
    assert locked(world) == (ALL_KEYS, ALL_KEYS)
    identifier = next(output.strip() for output, _ in results if output)
    assert world.holdfast("locks", "release", "--id", identifier).status == 0


def test_a_backend_without_its_table_is_not_frozen_by_half(world: World) -> None:
    refused = world.holdfast("locks", "hold", "--backend", US_EAST.bucket, "--all", "--reason", "a")
    assert refused.status == 1
    assert refused.errors.startswith("error[lock-impossible]")
    objects = world.clients.s3(US_EAST.name).list_objects_v2(Bucket=US_EAST.bucket)
    assert [o["Key"] for o in objects["Contents"] if o["Key"].endswith(".tflock")] == []


# Bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hold", KEY), "missing option '--reason'"),
        (("hold", KEY, "--reason", " "), "`--reason` must be one line of text"),
        (("hold", KEY, "--reason", "\x1b[31m"), "`--reason` must be one line of text"),
        (("hold", KEY, "--reason", "a", "--for", "30"), "'30' is no duration"),
        (("hold", KEY, "--reason", "a", "--for", "0m"), "'0m' is no duration"),
        (("hold", KEY, "--reason", "a", "--"), "there is no command after `--`"),
        (("hold", "--reason", "a"), "give the states to lock, or `--all`"),
        (("hold", "--all", "--reason", "a"), "`--all` needs `--backend NAME`"),
        (("hold", "no/such/*", "--reason", "a"), "no state and no lock is called `no/such/*`"),
        (("hold", KEY.replace("01-", "1-"), "--reason", "a"), f"did you mean `{KEY}`?"),
        (("hold", KEY, "nope", "--reason", "a"), "no state and no lock is called `nope`"),
        (("release",), "give the states to release, or `--id ID`"),
    ],
)
def test_bad_input_is_said_and_nothing_is_locked(
    world: World, arguments: tuple[str, ...], words: str
) -> None:
    refused = world.holdfast("locks", *arguments)
    assert (refused.status, refused.output) == (2, "")
    assert words in refused.errors


# Real Terraform ---------------------------------------------------------------------------------


def test_terraform_is_refused_and_prints_the_reason(world: World, tmp_path: Path) -> None:
    directory = tmp_path / "layer"
    shutil.copytree(world.repository / layer_directory(AF_SOUTH.name, "01-foundation"), directory)
    engine = Terraform(directory, world.environment())
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    held = world.holdfast("locks", "hold", KEY, "--reason", "moving <eu> & co").output.strip()

    refused = engine.run("plan", "-input=false", "-no-color")

    assert refused.status == 1
    for label, value in (
        ("ID", held),
        ("Operation", "holdfast-hold"),
        ("Info", "moving <eu> & co"),
    ):
        assert re.search(rf"{label}: +{re.escape(value)}\s", refused.errors), refused.errors
    assert world.holdfast("locks", "release", KEY).status == 0
    engine.succeed("plan", "-input=false", "-no-color")


def test_terraform_works_on_a_held_state_without_a_lock_of_its_own(
    world: World, tmp_path: Path
) -> None:
    directory = tmp_path / "layer"
    shutil.copytree(world.repository / layer_directory(AF_SOUTH.name, "01-foundation"), directory)
    engine = Terraform(directory, world.environment())
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    held = world.holdfast("locks", "hold", KEY, "--reason", "mine")
    engine.succeed("plan", "-input=false", "-no-color", "-lock=false")
    assert world.holdfast("locks", "release", "--id", held.output.strip()).status == 0
