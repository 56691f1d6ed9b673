"""What a hold took is given back by its id, from any process, and nothing else is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.app.lock_hold_release import states_of_hold, unread_of
from holdfast.app.lock_listing import list_locks
from holdfast.app.state_lock import StateLock
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.locks import LockKind, StoredLock
from holdfast.errors import (
    HoldForeignError,
    HoldMissingError,
    JournalNotWrittenError,
    LockNotReleasedError,
    LockUnseenError,
)
from tests.app.lock.holds import KEYS, ME, both, engine_lock, locked_keys, release, states_of, take
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied
from tests.support.locking import Site


def test_a_hold_is_found_in_the_fleet_and_given_back_by_its_id_alone(place: Site) -> None:
    hold = take(place)
    engine_lock(place, "d/terraform.tfstate")
    backends = [place.backend(Locking.BOTH)]
    board = list_locks(backends, connections=place.connections, onlooker=ME)
    assert states_of_hold(board, hold.identifier, backends) == states_of(place)
    result = release(place, identifier=hold.identifier)
    assert [each.state.key for each in result.given_back] == list(KEYS)
    assert (result.error, result.others) == (None, ())
    assert locked_keys(place) == {"d/terraform.tfstate": set(LockKind)}


def test_an_id_that_no_hold_has_removes_nothing(place: Site) -> None:
    take(place)
    backends = [place.backend(Locking.BOTH)]
    board = list_locks(backends, connections=place.connections, onlooker=ME)
    with pytest.raises(HoldMissingError, match="with the id `other`"):
        states_of_hold(board, "other", backends)
    with pytest.raises(HoldForeignError):
        release(place, identifier="other")
    assert locked_keys(place) == both(KEYS)


def test_the_lock_of_an_engine_is_not_released_even_by_its_id(place: Site) -> None:
    engine_lock(place, KEYS[0], identifier="engine")
    with pytest.raises(HoldForeignError) as refused:
        release(place, KEYS[:1], identifier="engine")
    assert refused.value.facts == ((KEYS[0], "not a hold: ben@ci with engine"),)
    with pytest.raises(HoldForeignError):
        release(place, KEYS[:1])
    assert locked_keys(place) == {KEYS[0]: set(LockKind)}


def test_a_library_lock_is_not_a_hold(place: Site) -> None:
    lock = StateLock(
        stores=[place.objects(), place.items()],
        bucket=place.bucket,
        key=KEYS[0],
        identity=place.identity,
    )
    with lock, pytest.raises(HoldForeignError):
        release(place, KEYS[:1])


def test_without_an_id_only_ones_own_hold_is_released(place: Site) -> None:
    take(place, KEYS[:2])
    with pytest.raises(HoldForeignError):
        release(place, KEYS[:2], onlooker=replace(ME, who="eve@laptop"))
    assert locked_keys(place) == both(KEYS[:2])
    assert release(place).error is None
    assert place.is_empty()


def test_two_own_holds_need_the_id(place: Site) -> None:
    first = take(place, KEYS[:1])
    take(place, KEYS[1:])
    with pytest.raises(HoldForeignError):
        release(place)
    result = release(place, identifier=first.identifier)
    assert [each.state.key for each in result.given_back] == [KEYS[0]]
    assert [key for key, _ in result.others] == list(KEYS[1:])
    assert set(locked_keys(place)) == set(KEYS[1:])


def test_a_table_that_is_not_there_is_no_reason_to_keep_a_hold(place: Site) -> None:
    hold = take(place, KEYS[:1])
    place.account.clients.dynamodb().delete_table(TableName=place.table)
    result = release(place, identifier=hold.identifier)
    assert [each.state.key for each in result.given_back] == [KEYS[0]]
    assert result.error is None
    assert place.lock_object_keys() == []


def test_nothing_to_release_is_an_error(place: Site) -> None:
    with pytest.raises(HoldMissingError):
        release(place)


@pytest.mark.parametrize("operation", ["s3:GetObject", "dynamodb:GetItem"])
def test_a_store_that_nobody_may_read_is_unknown_and_nothing_is_released(
    faulty: Site, fault_proxy: FaultProxy, operation: str
) -> None:
    hold = take(faulty)
    fault_proxy.add(Rule(action=access_denied(operation), operation=operation))
    with pytest.raises(LockUnseenError):
        release(faulty, identifier=hold.identifier)
    assert locked_keys(faulty) == both(KEYS)


def test_a_lock_that_could_not_be_removed_is_said(faulty: Site, fault_proxy: FaultProxy) -> None:
    hold = take(faulty, KEYS[:1])
    fault_proxy.add(Rule(action=access_denied("s3:DeleteObject"), operation="s3:DeleteObject"))
    fault_proxy.add(
        Rule(action=access_denied("dynamodb:DeleteItem"), operation="dynamodb:DeleteItem")
    )
    assert isinstance(
        release(faulty, KEYS[:1], identifier=hold.identifier).error, LockNotReleasedError
    )
    assert locked_keys(faulty) == {KEYS[0]: set(LockKind)}


def test_the_journal_has_every_lock_of_a_hold_before_the_first_one_goes(
    place: Site, tmp_path: Path
) -> None:
    hold = take(place, KEYS[:2], reason="moving")
    texts = {
        (key, kind.value): lock.body.decode()
        for key in KEYS[:2]
        for kind in LockKind
        if (lock := lock_there(place, kind, key)) is not None
    }
    journal = tmp_path / "journal.jsonl"
    assert release(place, identifier=hold.identifier, journal=journal).journal_problem == ""
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [each["event"] for each in lines] == ["intent"] * 4 + ["outcome"] * 4
    intents, outcomes = lines[:4], lines[4:]
    assert {(each["key"], each["lock"]): each["text"] for each in intents} == texts
    assert {(each["command"], each["by"]) for each in intents} == {("locks release", ME.who)}
    assert [each["removal"] for each in outcomes] == [each["removal"] for each in intents]
    assert {each["standing"] for each in outcomes} == {"gone"}


def lock_there(place: Site, kind: LockKind, key: str) -> StoredLock | None:
    seen = place.store(kind).read(key)
    assert isinstance(seen, Known)
    return seen.value


def test_nothing_is_released_when_the_journal_cannot_be_written(
    place: Site, tmp_path: Path
) -> None:
    hold = take(place)
    with pytest.raises(JournalNotWrittenError):
        release(place, identifier=hold.identifier, journal=tmp_path)
    assert locked_keys(place) == both(KEYS)


def test_what_could_not_be_listed_may_hold_more_of_it(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    hold = take(faulty)
    backends = [faulty.backend(Locking.BOTH)]
    fault_proxy.add(Rule(action=access_denied("dynamodb:Scan"), operation="dynamodb:Scan"))
    board = list_locks(backends, connections=faulty.connections, onlooker=ME)
    assert states_of_hold(board, hold.identifier, backends) == states_of(faulty)
    table = f"table `{faulty.table}` in us-east-1"
    assert any(each.startswith(f"{table}: ") for each in unread_of(board))
    with pytest.raises(HoldMissingError) as missing:
        states_of_hold(board, "other", backends)
    assert ("not read", unread_of(board)[0]) in missing.value.facts
