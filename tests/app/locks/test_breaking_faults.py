"""Breaking locks while answers get lost, permissions are missing and somebody else is at work."""

from pathlib import Path

import pytest

from holdfast.core.facts import Known
from holdfast.core.lock_outcomes import Standing
from holdfast.core.locks import LockKind
from holdfast.errors import LockChangedError, LockNotBrokenError, LockUnseenError
from tests.app.locks.boards import ANN, BEN, lock_of
from tests.app.locks.breaking import Breaker, breaker, standings
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, DropAfter, DropBefore, Refuse, Rule
from tests.support.locking import KEY, Site

KINDS = (LockKind.OBJECT, LockKind.ITEM)
READ = {LockKind.OBJECT: "s3:GetObject", LockKind.ITEM: "dynamodb:GetItem"}
DELETE = {LockKind.OBJECT: "s3:DeleteObject", LockKind.ITEM: "dynamodb:DeleteItem"}
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)


@pytest.fixture
def ann(faulty: Site, tmp_path: Path) -> Breaker:
    """Somebody in front of both locks of one run."""
    for kind in KINDS:
        faulty.put_lock(kind, KEY, lock_of(faulty, KEY, ANN).text)
    return breaker(faulty, tmp_path)


def other(kind: LockKind) -> LockKind:
    return KINDS[1 - KINDS.index(kind)]


def kinds_left(place: Site) -> list[LockKind]:
    there = {
        LockKind.OBJECT: f"{KEY}.tflock" in place.lock_object_keys(),
        LockKind.ITEM: f"{place.bucket}/{KEY}" in place.item_paths(),
    }
    return [kind for kind in KINDS if there[kind]]


def owner_at(place: Site, kind: LockKind) -> str:
    """Return whose lock is there, by its id."""
    seen = place.store(kind).read(KEY)
    assert isinstance(seen, Known)
    assert seen.value is not None
    assert seen.value.holder is not None
    return seen.value.holder.identifier


# Permissions ------------------------------------------------------------------------------------


@every_kind
def test_a_store_that_may_not_be_read_stops_everything(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.deny(READ[kind])
    looked = ann.look()
    with pytest.raises(LockUnseenError) as caught:
        ann.remove(looked, ANN)
    facts = dict(caught.value.facts)
    assert facts[kind.words].endswith(f"unknown: permission `{READ[kind]}` is missing")
    assert kinds_left(ann.place) == list(KINDS)
    assert ann.lines() == []


@every_kind
def test_a_lock_that_may_not_be_deleted_stays_and_the_other_is_reported_apart(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.deny(DELETE[kind])

    breaking = ann.remove(ann.look(), ANN)

    assert kinds_left(ann.place) == [kind]
    error = breaking.error
    assert isinstance(error, LockNotBrokenError)
    assert error.headline == f"1 of 2 locks on `{KEY}` was removed"
    facts = dict(error.facts)
    assert facts[kind.words].endswith(f"is still there: permission `{DELETE[kind]}` is missing")
    assert facts[other(kind).words].endswith(" was removed")
    assert sorted(str(what) for event, what in ann.events() if event == "outcome") == [
        "gone",
        "left",
    ]


@every_kind
def test_running_it_again_with_the_permission_removes_the_rest(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.deny(DELETE[kind])
    ann.remove(ann.look(), ANN)
    fault_proxy.allow_all()
    assert standings(ann.remove(ann.look(), ANN)) == [Standing.GONE]
    assert kinds_left(ann.place) == []


# Lost answers -----------------------------------------------------------------------------------


@every_kind
def test_a_delete_whose_answer_was_lost_is_seen_to_have_happened(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=DELETE[kind], times=1))
    breaking = ann.remove(ann.look(), ANN)
    assert (standings(breaking), breaking.error) == ([Standing.GONE] * 2, None)
    assert kinds_left(ann.place) == []


@every_kind
def test_a_delete_that_never_arrived_is_asked_for_again(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropBefore(), operation=DELETE[kind], times=1))
    assert ann.remove(ann.look(), ANN).error is None
    assert kinds_left(ann.place) == []


@every_kind
def test_a_store_that_is_out_of_order_keeps_its_lock_and_nobody_claims_otherwise(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=Refuse(code="InternalError", status=500), operation=DELETE[kind]))
    breaking = ann.remove(ann.look(), ANN)
    assert sorted(standings(breaking)) == [Standing.GONE, Standing.LEFT]
    assert isinstance(breaking.error, LockNotBrokenError)
    assert kinds_left(ann.place) == [kind]


@every_kind
def test_an_answer_that_was_lost_for_good_leaves_it_open(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    looked = ann.look()
    fault_proxy.add(Rule(action=DropBefore(), operation=DELETE[kind]))
    # The look before the delete is answered, those after it are not.
    fault_proxy.add(Rule(action=DropBefore(), operation=READ[kind], skip=1))
    breaking = ann.remove(looked, ANN)
    assert sorted(standings(breaking)) == [Standing.GONE, Standing.UNKNOWN]
    assert isinstance(breaking.error, LockNotBrokenError)


# Somebody else ----------------------------------------------------------------------------------


@every_kind
def test_whoever_takes_the_lock_in_the_last_moment_keeps_it(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    looked = ann.look()

    def take_over(_: object) -> bool:
        ann.place.put_lock(kind, KEY, lock_of(ann.place, KEY, BEN).text)
        return False

    # After the last look, before the server sees the delete.
    fault_proxy.add(Rule(action=Delay(), operation=DELETE[kind], when=take_over, times=1))

    breaking = ann.remove(looked, ANN)

    assert sorted(standings(breaking)) == [Standing.GONE, Standing.LOST]
    assert owner_at(ann.place, kind) == BEN
    assert kinds_left(ann.place) == [kind]
    error = breaking.error
    assert isinstance(error, LockNotBrokenError)
    assert dict(error.facts)[kind.words].endswith(
        f"had changed and was left alone; now: {BEN} (ann@ci-runner-7)"
    )


def test_when_all_of_it_changed_nothing_was_removed(ann: Breaker, fault_proxy: FaultProxy) -> None:
    looked = ann.look()

    def take_over(_: object) -> bool:
        for kind in KINDS:
            ann.place.put_lock(kind, KEY, lock_of(ann.place, KEY, BEN).text)
        return False

    fault_proxy.add(Rule(action=Delay(), operation="s3:DeleteObject", when=take_over, times=1))

    breaking = ann.remove(looked, ANN)

    assert standings(breaking) == [Standing.LOST, Standing.LOST]
    assert isinstance(breaking.error, LockChangedError)
    assert [owner_at(ann.place, kind) for kind in KINDS] == [BEN, BEN]


@every_kind
def test_a_lock_that_is_taken_right_after_the_removal_is_not_called_left(
    ann: Breaker, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    looked = ann.look()

    def take_it_when_free(_: object) -> bool:
        if kind not in kinds_left(ann.place):
            ann.place.put_lock(kind, KEY, lock_of(ann.place, KEY, BEN).text)
        return False

    fault_proxy.add(Rule(action=Delay(), operation=READ[kind], when=take_it_when_free))

    breaking = ann.remove(looked, ANN)

    assert (standings(breaking), breaking.error) == ([Standing.GONE] * 2, None)
    assert owner_at(ann.place, kind) == BEN
