"""`holdfast locks break` as it is typed: by the id, on a terminal and without one."""

import json
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.cli.locked_fleet import (
    ANN,
    BEN,
    EMPTY_HASH,
    KEY,
    PATH,
    kinds_left,
    lock_text,
    put_file,
    put_item,
)
from tests.cli.screens import on_screen
from tests.support.fault_proxy import FaultProxy
from tests.support.real_terraform import Finished
from tests.support.worlds import World


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


# Breaking ---------------------------------------------------------------------------------------


def test_a_lock_is_removed_by_its_id(
    in_own_fleet: CommandLine, own_fleet: World, journal: Path
) -> None:
    put_item(own_fleet, ANN)
    broken = in_own_fleet("locks", "break", KEY, "--lock-id", ANN, "--journal", str(journal))
    assert broken.status == 0
    assert broken.output == (
        f"`{PATH}` in table `{AF_SOUTH.table}` in {AF_SOUTH.name} was removed\n"
        f"1 lock removed; the text is in {journal}\n"
    )
    assert "If that run still goes on" in broken.errors
    assert kinds_left(own_fleet) == []
    intent, outcome = (json.loads(line) for line in journal.read_text().splitlines())
    assert (intent["text"], outcome["standing"]) == (lock_text(ANN), "gone")
    assert intent["caller"] == "arn:aws:iam::111111111111:root"


def test_nothing_to_remove_is_no_failure(in_fleet: CommandLine) -> None:
    assert in_fleet("locks", "break", KEY, "--lock-id", ANN) == Finished(
        status=0, output=f"there is no lock on `{KEY}`: nothing was removed\n", errors=""
    )


def test_without_a_terminal_the_id_is_required_and_named(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    put_item(own_fleet, ANN)
    put_file(own_fleet, "")
    refused = in_own_fleet("locks", "break", KEY)
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.endswith(
        f"error[lock-id-missing]: the id of the lock on `{KEY}` must be given\n"
        f"  lock file  {EMPTY_HASH}\n"
        f"  lock item  {ANN}\n"
        "no lock was removed\n"
        "\n"
        "hint: if you know that the run is dead: `holdfast locks break"
        f" {KEY} --backend {AF_SOUTH.bucket} --lock-id {EMPTY_HASH} --lock-id {ANN}`\n"
    )
    assert kinds_left(own_fleet) == ["lockfile", "dynamodb"]


def test_a_wrong_id_removes_nothing(in_own_fleet: CommandLine, own_fleet: World) -> None:
    put_item(own_fleet, ANN)
    refused = in_own_fleet("locks", "break", KEY, "--lock-id", BEN)
    assert (refused.status, refused.output) == (5, "")
    assert "error[lock-id-wrong]" in refused.errors
    assert kinds_left(own_fleet) == ["dynamodb"]


def test_there_is_no_force(in_fleet: CommandLine) -> None:
    refused = in_fleet("locks", "break", KEY, "--force")
    assert refused.status == 2
    assert "no such option" in refused.errors


def test_a_store_that_may_not_be_read_is_not_free(
    cli: CommandLine, own_fleet: World, proxy: FaultProxy, journal: Path
) -> None:
    put_item(own_fleet, ANN)
    proxy.deny("dynamodb:GetItem")
    cli.join(own_fleet, through=proxy.url)
    refused = cli("locks", "break", KEY, "--lock-id", ANN, "--journal", str(journal))
    assert (refused.status, refused.output) == (1, "")
    assert refused.errors.startswith(
        f"error[lock-unseen]: the locks on `{KEY}` are not all known\n"
    )
    assert kinds_left(own_fleet) == ["dynamodb"]
    assert not journal.exists()


def test_a_store_in_which_nobody_locks_this_state_is_no_obstacle(
    cli: CommandLine, own_fleet: World, proxy: FaultProxy, journal: Path
) -> None:
    put_item(own_fleet, ANN)
    proxy.deny("s3:GetObject")
    cli.join(own_fleet, through=proxy.url)
    broken = cli("locks", "break", KEY, "--lock-id", ANN, "--journal", str(journal))
    assert broken.status == 0
    assert "unknown  bucket" in broken.errors
    assert kinds_left(own_fleet) == []


def test_another_account_than_the_declared_one_removes_nothing(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    put_item(own_fleet, ANN)
    (own_fleet.repository / "holdfast.yaml").write_text(
        "version: 1\n"
        'accounts: {other: {id: "999999999999"}}\n'
        f"backends: {{af: {{account: other, region: {AF_SOUTH.name}, bucket: {AF_SOUTH.bucket},"
        f" lock_table: {AF_SOUTH.table}, locking: dynamodb}}}}\n",
        encoding="utf-8",
    )
    refused = in_own_fleet("locks", "break", KEY, "--lock-id", ANN)
    assert (refused.status, refused.output) == (1, "")
    assert refused.errors.startswith("error[account-mismatch]: ")
    assert kinds_left(own_fleet) == ["dynamodb"]


# On a terminal ----------------------------------------------------------------------------------


def typed(world: World, journal: Path, *answers: str) -> tuple[int, str]:
    """Break the locks on a terminal of the test's own, and type the answers; return the exit code and the screen."""
    with on_screen(world, "locks", "break", KEY, "--journal", str(journal)) as screen:
        for answer in answers:
            screen.read_until("lock ID to remove")
            screen.write(f"{answer}\n")
        return screen.status(), screen.seen


def test_the_typed_id_removes_the_lock(own_fleet: World, journal: Path) -> None:
    put_item(own_fleet, ANN)
    status, screen = typed(own_fleet, journal, ANN)
    assert status == 0, screen
    assert kinds_left(own_fleet) == []


@pytest.mark.parametrize(("answer", "expected"), [("", 1), ("yes", 5), (BEN, 5)])
def test_anything_else_removes_nothing(
    own_fleet: World, journal: Path, answer: str, expected: int
) -> None:
    put_item(own_fleet, ANN)
    status, screen = typed(own_fleet, journal, answer)
    assert status == expected, screen
    assert kinds_left(own_fleet) == ["dynamodb"]
    assert not journal.exists()
