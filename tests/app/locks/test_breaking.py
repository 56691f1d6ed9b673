"""Breaking locks: what was confirmed goes, what was not stays, and whatever changed is left alone."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdfast.core.backends import Locking
from holdfast.core.lock_board import confirmation_of
from holdfast.core.lock_info import UnreadableLock
from holdfast.core.lock_outcomes import Standing
from holdfast.core.locks import LockKind
from holdfast.errors import (
    ExitCode,
    LockChangedError,
    LockIdWrongError,
    LockTooLargeError,
    LockUnseenError,
)
from tests.app.locks.boards import ANN, BEN, lock_of
from tests.app.locks.breaking import Breaker, breaker, standings
from tests.support.locking import KEY, Site

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

EMPTY_HASH = "sha256:e3b0c44298fc"
KINDS = (LockKind.OBJECT, LockKind.ITEM)
GONE = [Standing.GONE, Standing.GONE]


@pytest.fixture
def ann(place: Site, tmp_path: Path) -> Breaker:
    return breaker(place, tmp_path)


def put(place: Site, *kinds: LockKind, identifier: str = ANN) -> None:
    for kind in kinds:
        place.put_lock(kind, KEY, lock_of(place, KEY, identifier).text)


def kinds_left(place: Site) -> list[LockKind]:
    """Return which locks of the state are there, by a look of the test's own."""
    files, items = place.lock_object_keys(), place.item_paths()
    there = {
        LockKind.OBJECT: f"{KEY}.tflock" in files,
        LockKind.ITEM: f"{place.bucket}/{KEY}" in items,
    }
    return [kind for kind in KINDS if there[kind]]


# What goes --------------------------------------------------------------------------------------


def test_one_id_removes_both_locks_of_one_run(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    breaking = ann.remove(ann.look(), ANN)
    assert standings(breaking) == GONE
    assert (breaking.error, breaking.left) == (None, ())
    assert kinds_left(ann.place) == []
    assert ann.told == list(breaking.parts)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_lock_is_removed(ann: Breaker, kind: LockKind) -> None:
    put(ann.place, kind)
    breaking = ann.remove(ann.look(), ANN)
    assert standings(breaking) == [Standing.GONE]
    assert breaking.error is None
    assert kinds_left(ann.place) == []


def test_each_of_two_owners_goes_by_its_own_id(ann: Breaker) -> None:
    put(ann.place, LockKind.OBJECT, identifier=ANN)
    put(ann.place, LockKind.ITEM, identifier=BEN)

    first = ann.remove(ann.look(), BEN)
    assert (standings(first), first.left) == ([Standing.GONE], (ANN,))
    assert kinds_left(ann.place) == [LockKind.OBJECT]

    second = ann.remove(ann.look(), ANN)
    assert (standings(second), second.left) == ([Standing.GONE], ())
    assert kinds_left(ann.place) == []


def test_two_owners_go_at_once_when_both_are_named(ann: Breaker) -> None:
    put(ann.place, LockKind.OBJECT, identifier=ANN)
    put(ann.place, LockKind.ITEM, identifier=BEN)
    assert standings(ann.remove(ann.look(), ANN, BEN)) == GONE


def test_an_empty_lock_file_goes_by_the_hash_of_its_bytes(ann: Breaker) -> None:
    ann.place.put_object(f"{KEY}.tflock", b"")
    assert standings(ann.remove(ann.look(), EMPTY_HASH)) == [Standing.GONE]
    assert kinds_left(ann.place) == []


def test_an_item_without_its_text_goes_by_the_hash_of_nothing(ann: Breaker) -> None:
    ann.place.put_item(f"{ann.place.bucket}/{KEY}", None)
    assert standings(ann.remove(ann.look(), EMPTY_HASH)) == [Standing.GONE]
    assert kinds_left(ann.place) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_that_is_not_json_goes_by_the_hash_of_its_bytes(
    ann: Breaker, kind: LockKind
) -> None:
    ann.place.put_lock(kind, KEY, "not JSON")
    assert standings(ann.remove(ann.look(), "sha256:62b8125a6f6d")) == [Standing.GONE]


def test_a_lock_of_another_tool_goes_although_its_text_is_not_canonical(ann: Breaker) -> None:
    text = json.dumps(json.loads(lock_of(ann.place, KEY).text), indent=2)
    for kind in KINDS:
        ann.place.put_lock(kind, KEY, text)
    assert standings(ann.remove(ann.look(), ANN)) == GONE


def test_a_second_run_finds_nothing_to_do(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    ann.remove(ann.look(), ANN)
    assert ann.look().view.locks.held == ()


# What stays -------------------------------------------------------------------------------------


def test_a_wrong_id_removes_nothing(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    with pytest.raises(LockIdWrongError) as caught:
        ann.remove(ann.look(), BEN)
    assert caught.value.exit_code is ExitCode.LOCKED
    assert caught.value.facts == (
        ("lock file", f"{ANN} (ann@ci-runner-7)"),
        ("lock item", f"{ANN} (ann@ci-runner-7)"),
    )
    assert kinds_left(ann.place) == list(KINDS)
    assert ann.lines() == []


def test_a_wrong_id_beside_a_right_one_removes_nothing(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    with pytest.raises(LockIdWrongError):
        ann.remove(ann.look(), ANN, BEN)
    assert kinds_left(ann.place) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_else_took_meanwhile_stays(ann: Breaker, kind: LockKind) -> None:
    put(ann.place, *KINDS)
    looked = ann.look()
    put(ann.place, kind, identifier=BEN)

    with pytest.raises(LockChangedError) as caught:
        ann.remove(looked, ANN)

    assert caught.value.facts == (
        ("shown", f"{ANN} (ann@ci-runner-7)"),
        ("now", f"{BEN} (ann@ci-runner-7)"),
    )
    assert caught.value.exit_code is ExitCode.LOCKED
    # The other one is as it was shown, and stays as well: nothing is known of what goes on.
    assert kinds_left(ann.place) == list(KINDS)
    assert ann.lines() == []


def test_a_lock_that_was_given_back_meanwhile_is_said_to_be_gone(ann: Breaker) -> None:
    put(ann.place, LockKind.ITEM)
    looked = ann.look()
    ann.place.account.clients.dynamodb().delete_item(
        TableName=ann.place.table, Key={"LockID": {"S": f"{ann.place.bucket}/{KEY}"}}
    )
    with pytest.raises(LockChangedError) as caught:
        ann.remove(looked, ANN)
    assert caught.value.facts[1] == ("now", "no lock")


def test_an_empty_lock_file_that_was_written_again_is_another_one(ann: Breaker) -> None:
    ann.place.put_object(f"{KEY}.tflock", b"")
    looked = ann.look()
    ann.place.put_object(f"{KEY}.tflock", b"")  # the same bytes, another version
    with pytest.raises(LockChangedError):
        ann.remove(looked, EMPTY_HASH)
    assert kinds_left(ann.place) == [LockKind.OBJECT]


@pytest.mark.parametrize(
    ("info", "problem", "body"),
    [
        (None, "it has no `Info` text", b""),
        ({"N": "5"}, "its `Info` is not a text", b'{"N":"5"}'),
        ({"NULL": True}, "its `Info` is not a text", b'{"NULL":true}'),
        ({"B": b"\xff\x00"}, "its `Info` is not a text", b'{"B":"/wA="}'),
        ({"M": {"ID": {"S": "a"}}}, "its `Info` is not a text", b'{"M":{"ID":{"S":"a"}}}'),
    ],
    ids=["none", "number", "null", "bytes", "map"],
)
def test_an_item_without_an_information_text_goes_by_its_hash(
    ann: Breaker, info: "AttributeValueTypeDef | None", problem: str, body: bytes
) -> None:
    path = f"{ann.place.bucket}/{KEY}"
    if info is None:
        ann.place.put_item(path, None)
    else:
        ann.place.put_typed_item(path, info)
    looked = ann.look()
    (side,) = looked.view.locks.held
    assert side.lock is not None
    assert side.lock.content == UnreadableLock(body=body, problem=problem)
    shown = confirmation_of(side.lock)
    assert shown == f"sha256:{hashlib.sha256(body).hexdigest()[:12]}"

    ann.place.put_typed_item(path, {"N": "6"})
    with pytest.raises(LockChangedError):
        ann.remove(looked, shown)
    assert kinds_left(ann.place) == [LockKind.ITEM]

    (now,) = ann.look().view.locks.held
    assert now.lock is not None
    assert standings(ann.remove(ann.look(), confirmation_of(now.lock))) == [Standing.GONE]
    assert ann.lines()[0]["text"] == '{"N":"6"}'
    assert kinds_left(ann.place) == []


def test_what_is_too_large_to_be_a_lock_is_left_alone(ann: Breaker) -> None:
    ann.place.put_object(f"{KEY}.tflock", b"x" * 70_000)
    looked = ann.look()
    (side,) = looked.view.locks.held
    assert side.lock is not None
    with pytest.raises(LockTooLargeError):
        ann.remove(looked, confirmation_of(side.lock))
    assert kinds_left(ann.place) == [LockKind.OBJECT]


# Stores that are not there ----------------------------------------------------------------------


def test_nothing_is_removed_while_the_table_is_missing(ann: Breaker) -> None:
    put(ann.place, LockKind.OBJECT)
    gone = replace(ann, place=replace(ann.place, table="no-such-table"))
    with pytest.raises(LockUnseenError) as caught:
        gone.remove(gone.look(), ANN)
    assert caught.value.facts[1][1].endswith(": the table does not exist")
    assert kinds_left(ann.place) == [LockKind.OBJECT]


def test_a_missing_table_in_which_nobody_locks_is_no_obstacle(ann: Breaker) -> None:
    put(ann.place, LockKind.OBJECT)
    gone = replace(ann, place=replace(ann.place, table="no-such-table"), locking=Locking.LOCKFILE)
    assert standings(gone.remove(gone.look(), ANN)) == [Standing.GONE]


# The journal ------------------------------------------------------------------------------------


def test_the_journal_has_both_locks_before_the_first_one_goes(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    ann.remove(ann.look(), ANN)
    assert ann.events() == [
        ("intent", "lockfile"),
        ("intent", "dynamodb"),
        ("outcome", "gone"),
        ("outcome", "gone"),
    ]


def test_what_was_removed_can_be_put_back_by_the_journal(ann: Breaker) -> None:
    put(ann.place, *KINDS)
    before = [side.lock for side in ann.look().view.locks.held]
    ann.remove(ann.look(), ANN)
    for each in ann.lines():
        if each["event"] == "intent":
            kind = LockKind(str(each["lock"]))
            assert each["bucket"] == ann.place.bucket
            ann.place.put_lock(kind, str(each["key"]), str(each["text"]))
    after = [side.lock for side in ann.look().view.locks.held]
    assert [lock.body for lock in after if lock] == [lock.body for lock in before if lock]
