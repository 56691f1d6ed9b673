"""Breaking locks is stopped anywhere: nothing but what was confirmed is gone, and running it again completes it."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.locked_fleet import ANN, KEY, kinds_left, lock_text, put_file, put_item
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule
from tests.support.worlds import World, holdfast_command

PATIENCE_SECONDS = 30.0
REQUESTS_MAX = 30


def put_both(world: World) -> None:
    put_file(world, lock_text(ANN))
    put_item(world, ANN)


def broken_while(
    world: World,
    proxy: FaultProxy,
    journal: Path,
    act: Callable[[Request, "subprocess.Popen[bytes]"], None],
) -> int:
    """Break the locks in a process of its own, and act on each of its requests before the server does."""
    process = subprocess.Popen(
        holdfast_command("locks", "break", KEY, "--lock-id", ANN, "--journal", str(journal)),
        cwd=world.repository,
        env=dict(world.environment(through=proxy.url)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def on_request(request: Request) -> bool:
        act(request, process)
        return False

    proxy.add(Rule(action=Delay(), when=on_request))
    status = process.wait(timeout=PATIENCE_SECONDS)
    proxy.allow_all()
    return status


def kill_at(number: int) -> Callable[[Request, "subprocess.Popen[bytes]"], None]:
    """Kill the command at its n-th request; the server acts on it all the same."""
    numbers = iter(range(REQUESTS_MAX))

    def act(request: Request, process: "subprocess.Popen[bytes]") -> None:
        del request
        if next(numbers) == number:
            process.kill()

    return act


def intended(journal: Path) -> list[str]:
    """Return the kinds of lock of which the journal has the text."""
    if not journal.exists():
        return []
    records = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    return [each["lock"] for each in records if each["event"] == "intent"]


def test_a_kill_at_any_request_is_completed_by_running_it_again(
    cli: CommandLine, own_fleet: World, proxy: FaultProxy, tmp_path: Path
) -> None:
    cli.join(own_fleet)
    left_behind = []
    for number in range(REQUESTS_MAX):
        journal = tmp_path / f"{number}.jsonl"
        put_both(own_fleet)
        status = broken_while(own_fleet, proxy, journal, kill_at(number))
        left = kinds_left(own_fleet)
        left_behind.append(left)
        # Whatever is gone stands in the journal.
        assert {"lockfile", "dynamodb"} - set(left) <= set(intended(journal))
        again = cli("locks", "break", KEY, "--lock-id", ANN, "--journal", str(journal))
        assert (again.status, kinds_left(own_fleet)) == (0, [])
        if status == 0:
            break
        assert status == -signal.SIGKILL
    # It was killed before, between and after the two deletes, and at last not at all.
    assert left_behind[0] == ["lockfile", "dynamodb"]
    assert ["dynamodb"] in left_behind
    assert left_behind[-2:] == [[], []]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_removal_waits_until_it_is_known_what_became_of_each(
    own_fleet: World, proxy: FaultProxy, tmp_path: Path, number: signal.Signals
) -> None:
    put_both(own_fleet)
    journal = tmp_path / "journal.jsonl"

    def interrupt(request: Request, process: "subprocess.Popen[bytes]") -> None:
        if request.operation == "s3:DeleteObject":
            process.send_signal(number)

    status = broken_while(own_fleet, proxy, journal, interrupt)

    assert status == (130 if number is signal.SIGINT else -number)
    assert kinds_left(own_fleet) == []
    records = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [each.get("standing") for each in records] == [None, None, "gone", "gone"]
