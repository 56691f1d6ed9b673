"""Holds of several states: all or none, in one order, under one id."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from holdfast.app.lock_holding import Hold, holding, in_fixed_order
from holdfast.core.lock_info import read_lock
from holdfast.core.locks import LockKind
from holdfast.errors import (
    HoldLeftError,
    LockHeldError,
    LockLostError,
)
from tests.app.lock.holds import (
    FIRST_ID,
    KEYS,
    both,
    engine_lock,
    locked_keys,
    release,
    states_of,
    take,
)
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied
from tests.support.locking import Site

# Taking -----------------------------------------------------------------------------------------


def test_every_state_is_held_in_both_stores_under_one_id_with_the_reason(place: Site) -> None:
    with holding(
        states_of(place),
        connections=place.connections,
        identity=place.identity,
        reason="moving <eu>",
    ) as hold:
        assert locked_keys(place) == both(KEYS)
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
    assert locked_keys(place) == both(KEYS)


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


def contend(place: Site, keys: Sequence[str], together: threading.Barrier) -> str:
    """Hold the states as soon as everybody is there; return the id, or who has them."""
    together.wait()
    try:
        return take(place, keys).identifier
    except LockHeldError as error:
        return error.who


def test_of_two_holds_at_once_exactly_one_gets_everything(place: Site) -> None:
    for _ in range(10):
        together = threading.Barrier(2)
        with ThreadPoolExecutor(2) as threads:
            contenders = [
                threads.submit(contend, place, keys, together)
                for keys in (KEYS, tuple(reversed(KEYS)))
            ]
            answers = {each.result() for each in contenders}
        (kept,) = answers - {"ann@laptop"}
        assert len(answers) == 2
        assert locked_keys(place) == both(KEYS)
        assert release(place, identifier=kept).error is None
        assert place.is_empty()


# What cannot be given back ----------------------------------------------------------------------


def test_what_could_not_be_given_back_after_a_refusal_is_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    engine_lock(faulty, KEYS[2])

    def is_first(request: Request) -> bool:
        return f"{KEYS[0]}.tflock" in request.target

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
    hold = Hold(
        states_of(place),
        connections=place.connections,
        identity=place.identity,
        reason="freeze",
    )
    hold.take()
    release(place, KEYS[1:2], identifier=hold.identifier)
    theirs = engine_lock(place, KEYS[1])
    with pytest.raises(LockLostError) as lost:
        hold.give_back()
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
