"""Both lock stores when answers get lost or are refused: nothing is taken for granted, nothing is locked out."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.locks import (
    Acquired,
    CannotLock,
    Held,
    LockKind,
    Obstacle,
    Refused,
    Released,
    Unclear,
    Vanished,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, DropBefore, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, acquired, site

WRITE = {LockKind.OBJECT: "s3:PutObject", LockKind.ITEM: "dynamodb:PutItem"}
READ = {LockKind.OBJECT: "s3:GetObject", LockKind.ITEM: "dynamodb:GetItem"}
DELETE = {LockKind.OBJECT: "s3:DeleteObject", LockKind.ITEM: "dynamodb:DeleteItem"}
CONFLICT = {
    LockKind.OBJECT: Refuse(code="PreconditionFailed", status=412, message="did not hold"),
    LockKind.ITEM: Refuse(code="ConditionalCheckFailedException", status=400, message="failed"),
}
BUSY = {
    LockKind.OBJECT: Refuse(code="InternalError", status=500),
    LockKind.ITEM: Refuse(code="InternalServerError", status=500),
}

pytestmark = pytest.mark.parametrize("kind", list(LockKind), ids=lambda kind: kind.value)


@pytest.fixture
def waits() -> list[float]:
    """What would have been waited for."""
    return []


@pytest.fixture
def connections(waits: list[float]) -> Iterator[Connections]:
    with Connections(attempts_max=1, pause=waits.append) as opened:
        yield opened


@pytest.fixture
def faulty(member: FreshAccount, fault_proxy: FaultProxy, connections: Connections) -> Site:
    """A bucket and a table behind the fault proxy."""
    return site(member, connections, through=fault_proxy.url)


# Lost answers -----------------------------------------------------------------------------------


def test_a_lock_whose_answer_was_lost_is_recognised_as_ours(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=WRITE[kind], times=1))
    info = faulty.sign()

    outcome = faulty.store(kind).acquire(KEY, info)

    assert isinstance(outcome, Acquired)
    assert outcome.recognised is True
    assert outcome.lock.content == info
    assert fault_proxy.counts() == {WRITE[kind]: 1, READ[kind]: 1}


def test_a_lock_that_never_reached_the_server_is_asked_for_again(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropBefore(), operation=WRITE[kind], times=1))
    info = faulty.sign()

    assert acquired(faulty, kind, info).content == info
    assert fault_proxy.counts() == {WRITE[kind]: 2, READ[kind]: 1}


def test_a_lost_answer_to_a_refusal_names_the_holder(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    first = acquired(faulty, kind, faulty.sign())
    fault_proxy.add(Rule(action=DropAfter(), operation=WRITE[kind], times=1))

    assert faulty.store(kind).acquire(KEY, faulty.sign()) == Held(holder=Known(first), late=True)


def test_without_any_answer_it_is_unclear_who_holds_the_lock(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropBefore()))

    outcome = faulty.store(kind).acquire(KEY, faulty.sign())

    assert isinstance(outcome, Unclear)
    assert outcome.write.reason is Reason.UNREACHABLE
    assert outcome.read is not None
    assert outcome.read.reason is Reason.UNREACHABLE


def test_a_server_that_keeps_failing_leaves_it_unclear(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind, waits: list[float]
) -> None:
    fault_proxy.add(Rule(action=BUSY[kind], operation=WRITE[kind]))

    outcome = faulty.store(kind).acquire(KEY, faulty.sign())

    assert isinstance(outcome, Unclear)
    assert outcome.write.reason is Reason.ERROR
    assert outcome.read is None
    assert fault_proxy.counts() == {WRITE[kind]: 3, READ[kind]: 3}
    assert waits == [0.2, 0.8]


def test_nothing_is_unclear_when_no_connection_came_about(
    faulty: Site, kind: LockKind, unreachable: str
) -> None:
    outcome = replace(faulty, url=unreachable).store(kind).acquire(KEY, faulty.sign())

    assert isinstance(outcome, Refused)
    assert outcome.withheld.reason is Reason.UNREACHABLE


@pytest.fixture
def unreachable() -> str:
    """An address at which nobody listens: the discard port."""
    return "http://127.0.0.1:9"


def test_a_lock_that_is_gone_when_it_is_looked_at_is_asked_for_again(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=CONFLICT[kind], operation=WRITE[kind], times=1))
    info = faulty.sign()

    assert acquired(faulty, kind, info).content == info


def test_a_store_that_refuses_without_a_lock_is_not_asked_for_ever(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=CONFLICT[kind], operation=WRITE[kind]))

    outcome = faulty.store(kind).acquire(KEY, faulty.sign())

    assert outcome == Vanished(detail=f"{CONFLICT[kind].code}: {CONFLICT[kind].message}")
    assert fault_proxy.counts()[WRITE[kind]] == 3


def test_a_release_whose_answer_was_lost_is_looked_into(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    lock = acquired(faulty, kind, faulty.sign())
    fault_proxy.add(Rule(action=DropAfter(), operation=DELETE[kind], times=1))

    assert faulty.store(kind).release(KEY, lock) == Released()
    assert faulty.store(kind).read(KEY) == Known(None)


def test_a_release_that_never_reached_the_server_is_asked_for_again(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    lock = acquired(faulty, kind, faulty.sign())
    fault_proxy.add(Rule(action=DropBefore(), operation=DELETE[kind], times=1))

    assert faulty.store(kind).release(KEY, lock) == Released()
    assert faulty.store(kind).read(KEY) == Known(None)


def test_a_release_without_any_answer_is_unclear(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    lock = acquired(faulty, kind, faulty.sign())
    fault_proxy.add(Rule(action=DropBefore()))

    outcome = faulty.store(kind).release(KEY, lock)

    assert isinstance(outcome, Unclear)
    assert outcome.write.reason is Reason.UNREACHABLE


# Refusals ---------------------------------------------------------------------------------------


def permission(operation: str, outcome_withheld: Withheld) -> None:
    assert outcome_withheld.reason is Reason.PERMISSION
    assert outcome_withheld.permission == operation


def test_a_refused_write_names_the_permission(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.deny(WRITE[kind])
    outcome = faulty.store(kind).acquire(KEY, faulty.sign())
    assert isinstance(outcome, Refused)
    permission(WRITE[kind], outcome.withheld)


def test_a_refused_read_is_never_taken_for_a_free_lock(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.deny(READ[kind])
    current = faulty.store(kind).read(KEY)
    assert isinstance(current, Withheld)
    permission(READ[kind], current)


def test_a_refused_release_names_the_permission_and_leaves_the_lock(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    lock = acquired(faulty, kind, faulty.sign())
    fault_proxy.deny(DELETE[kind])
    outcome = faulty.store(kind).release(KEY, lock)
    assert isinstance(outcome, Refused)
    permission(DELETE[kind], outcome.withheld)
    assert faulty.store(kind).read(KEY) == Known(lock)


def test_a_lost_answer_and_a_refused_read_leave_it_unclear(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=WRITE[kind]))
    fault_proxy.deny(READ[kind])
    outcome = faulty.store(kind).acquire(KEY, faulty.sign())
    assert isinstance(outcome, Unclear)
    assert outcome.read is not None
    permission(READ[kind], outcome.read)


def test_a_store_that_is_not_there_cannot_lock(
    member: FreshAccount, connections: Connections, kind: LockKind
) -> None:
    place = replace(site(member, connections), bucket="not-there", table="not-there")
    outcome = place.store(kind).acquire(KEY, place.sign())
    assert isinstance(outcome, CannotLock)
    assert outcome.obstacle is Obstacle.STORE_MISSING
