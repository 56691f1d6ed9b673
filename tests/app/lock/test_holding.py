"""Holds of several states: all or none, in one order, under one id, given back by it."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from holdfast.app.lock_hold_release import HoldRelease, release_hold, states_of_hold
from holdfast.app.lock_holding import Hold, holding, in_fixed_order
from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_lookup import StateName
from holdfast.app.state_lock import StateLock
from holdfast.core.backends import Locking
from holdfast.core.lock_info import read_lock
from holdfast.core.lock_marks import Onlooker
from holdfast.core.locks import LockKind
from holdfast.errors import (
    HoldForeignError,
    HoldLeftError,
    HoldMissingError,
    LockHeldError,
    LockLostError,
    LockNotReleasedError,
    LockUnseenError,
)
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied
from tests.support.locking import Site

KEYS = ("a/terraform.tfstate", "b/terraform.tfstate", "c/terraform.tfstate")
ME = Onlooker(who="ann@laptop", now=datetime(2026, 11, 20, 16, tzinfo=UTC))
FIRST_ID = "00000000-0000-0000-0000-000000000001"


def states_of(place: Site, keys: Sequence[str] = KEYS) -> tuple[StateName, ...]:
    backend = place.backend(Locking.BOTH)
    return tuple(StateName(backend=backend, key=key) for key in keys)


def take(place: Site, keys: Sequence[str] = KEYS, *, reason: str = "freeze") -> Hold:
    """Hold states as a process would that ended and left its locks."""
    with holding(
        states_of(place, keys),
        connections=place.connections,
        identity=place.identity,
        reason=reason,
    ) as hold:
        hold.keep()
    return hold


def release(
    place: Site,
    keys: Sequence[str] = KEYS,
    *,
    identifier: str | None = None,
    onlooker: Onlooker = ME,
) -> HoldRelease:
    return release_hold(
        states_of(place, keys),
        identifier=identifier,
        backends=[place.backend(Locking.BOTH)],
        connections=place.connections,
        onlooker=onlooker,
    )


def locked_keys(place: Site) -> dict[str, set[LockKind]]:
    """Return which states have which locks, without the code under test."""
    found: dict[str, set[LockKind]] = {}
    for name in place.lock_object_keys():
        found.setdefault(name.removesuffix(".tflock"), set()).add(LockKind.OBJECT)
    for path in place.item_paths():
        found.setdefault(path.removeprefix(f"{place.bucket}/"), set()).add(LockKind.ITEM)
    return found


def engine_lock(place: Site, key: str, identifier: str = "engine") -> str:
    """Put the lock of an engine there, in both stores."""
    text = replace(
        place.sign(), identifier=identifier, who="ben@ci", path=f"{place.bucket}/{key}"
    ).text
    for kind in LockKind:
        place.put_lock(kind, key, text)
    return text


# Taking -----------------------------------------------------------------------------------------


def test_every_state_is_held_in_both_stores_under_one_id_with_the_reason(place: Site) -> None:
    with holding(
        states_of(place),
        connections=place.connections,
        identity=place.identity,
        reason="moving <eu>",
    ) as hold:
        assert locked_keys(place) == dict.fromkeys(KEYS, set(LockKind))
        body = (
            place.account.clients.s3()
            .get_object(Bucket=place.bucket, Key=f"{KEYS[2]}.tflock")["Body"]
            .read()
        )
        assert read_lock(body) == replace(
            place.sign("moving <eu>"),
            identifier=hold.identifier,
            operation="holdfast-hold",
            path=f"{place.bucket}/{KEYS[2]}",
        )
    assert place.is_empty()


def test_a_hold_that_is_kept_stays(place: Site) -> None:
    assert take(place).identifier == FIRST_ID
    assert locked_keys(place) == dict.fromkeys(KEYS, set(LockKind))


def test_one_state_that_somebody_holds_leaves_none_held(place: Site) -> None:
    engine_lock(place, KEYS[1])
    taken: list[str] = []
    with (
        pytest.raises(LockHeldError) as refused,
        holding(
            states_of(place),
            connections=place.connections,
            identity=place.identity,
            reason="freeze",
            on_taken=lambda state: taken.append(state.key),
        ),
    ):
        pytest.fail("not all of it was held")
    assert (refused.value.who, taken) == ("ben@ci", [KEYS[0]])
    assert locked_keys(place) == {KEYS[1]: set(LockKind)}


def test_an_error_inside_gives_everything_back_and_stays_the_error(place: Site) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        holding(
            states_of(place),
            connections=place.connections,
            identity=place.identity,
            reason="freeze",
        ),
    ):
        _ = 1 // 0
    assert place.is_empty()


def test_states_are_taken_in_one_order_and_each_once_whatever_was_typed(place: Site) -> None:
    mixed = states_of(place, [KEYS[2], KEYS[0], KEYS[1], KEYS[0]])
    assert in_fixed_order(mixed) == states_of(place)


def test_of_two_holds_at_once_exactly_one_gets_everything(place: Site) -> None:
    for _ in range(10):
        together = threading.Barrier(2)
        kept: list[str] = []
        refused: list[str] = []

        def contend(keys: Sequence[str]) -> None:
            together.wait()  # noqa: B023 - the thread ends inside this turn
            try:
                kept.append(take(place, keys).identifier)  # noqa: B023
            except LockHeldError as error:
                refused.append(error.who)  # noqa: B023

        threads = [
            threading.Thread(target=contend, args=(keys,)) for keys in (KEYS, tuple(reversed(KEYS)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(kept), refused) == (1, ["ann@laptop"])
        assert locked_keys(place) == dict.fromkeys(KEYS, set(LockKind))
        assert release(place, identifier=kept[0]).error is None
        assert place.is_empty()


# What cannot be given back ----------------------------------------------------------------------


def test_what_could_not_be_given_back_after_a_refusal_is_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    engine_lock(faulty, KEYS[2])

    def is_first(request: Request) -> bool:
        return f"{KEYS[0]}.tflock" in request.path

    fault_proxy.add(
        Rule(action=access_denied("s3:DeleteObject"), operation="s3:DeleteObject", when=is_first)
    )
    with pytest.raises(HoldLeftError) as left:
        take(faulty)
    assert left.value.headline == (
        f"1 of 2 locks was not given back, after this: `{KEYS[2]}` is locked by ben@ci"
    )
    assert left.value.facts[:2] == (
        ("lock ID", left.value.identifier),
        (
            KEYS[0],
            f"half a lock is left on `{KEYS[0]}`: the other one is gone, and this one was not released",
        ),
    )
    assert isinstance(left.value.__cause__, LockHeldError)
    assert locked_keys(faulty) == {KEYS[0]: {LockKind.OBJECT}, KEYS[2]: set(LockKind)}


def test_a_lock_that_was_lost_while_it_was_held_is_said_and_the_others_are_given_back(
    place: Site,
) -> None:
    with (
        pytest.raises(LockLostError) as lost,
        holding(
            states_of(place),
            connections=place.connections,
            identity=place.identity,
            reason="freeze",
        ) as hold,
    ):
        release(place, KEYS[1:2], identifier=hold.identifier)
        theirs = engine_lock(place, KEYS[1])
    assert KEYS[1] in lost.value.headline
    assert locked_keys(place) == {KEYS[1]: set(LockKind)}
    body = place.account.clients.s3().get_object(Bucket=place.bucket, Key=f"{KEYS[1]}.tflock")
    assert body["Body"].read().decode() == theirs


def test_several_lost_locks_are_one_error_that_leaves_nothing(place: Site) -> None:
    with (
        pytest.raises(HoldLeftError) as lost,
        holding(
            states_of(place),
            connections=place.connections,
            identity=place.identity,
            reason="freeze",
        ) as hold,
    ):
        release(place, KEYS[:2], identifier=hold.identifier)
    assert lost.value.headline == "2 of 3 locks were lost while they were held"
    assert place.is_empty()


# Releasing --------------------------------------------------------------------------------------


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
    assert locked_keys(place) == dict.fromkeys(KEYS, set(LockKind))


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
    assert locked_keys(place) == dict.fromkeys(KEYS[:2], set(LockKind))
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
    assert locked_keys(faulty) == dict.fromkeys(KEYS, set(LockKind))


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
