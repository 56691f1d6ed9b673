"""Both lock stores keep one protocol, on two servers and with answers that get lost."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo, UnreadableLock
from holdfast.core.locks import (
    Acquired,
    CannotLock,
    Changed,
    Held,
    LocatedLock,
    LockKind,
    Obstacle,
    Refused,
    Released,
    StoredLock,
    Unclear,
    Vanished,
)
from holdfast.sandbox.embedded import Sandbox
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, DropBefore, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site
from tests.support.moto_serialised import SerialisedMoto

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


@pytest.fixture(scope="module")
def moto() -> Iterator[Sandbox]:
    with Sandbox.start(provider=SerialisedMoto()) as running:
        yield running


@pytest.fixture(params=["ministack", "moto"])
def place(
    request: pytest.FixtureRequest,
    member: FreshAccount,
    moto: Sandbox,
    connections: Connections,
) -> Site:
    """A bucket and a table, once on each server."""
    account = member if request.param == "ministack" else replace(member, sandbox=moto)
    return site(account, connections)


@pytest.fixture
def faulty(member: FreshAccount, fault_proxy: FaultProxy, connections: Connections) -> Site:
    """A bucket and a table behind the fault proxy."""
    return site(member, connections, through=fault_proxy.url)


def acquired(place: Site, kind: LockKind, info: LockInfo) -> StoredLock:
    outcome = place.store(kind).acquire(KEY, info)
    assert isinstance(outcome, Acquired)
    return outcome.lock


# Acquire, read, release -------------------------------------------------------------------------


def test_a_lock_is_taken_read_and_released(place: Site, kind: LockKind) -> None:
    store, info = place.store(kind), place.sign()

    outcome = store.acquire(KEY, info)
    assert isinstance(outcome, Acquired)
    assert outcome.lock.content == info
    assert outcome.recognised is False
    assert store.read(KEY) == Known(outcome.lock)

    assert store.release(KEY, outcome.lock) == Released()
    assert store.read(KEY) == Known(None)


def test_a_second_lock_is_refused_and_names_the_holder(place: Site, kind: LockKind) -> None:
    first = acquired(place, kind, place.sign())

    assert place.store(kind).acquire(KEY, place.sign()) == Held(holder=Known(first))


def test_a_freed_lock_can_be_taken_again(place: Site, kind: LockKind) -> None:
    store = place.store(kind)
    store.release(KEY, acquired(place, kind, place.sign()))

    second = acquired(place, kind, place.sign())

    assert store.read(KEY) == Known(second)


def test_a_release_of_another_lock_leaves_the_one_that_is_there(
    place: Site, kind: LockKind
) -> None:
    store = place.store(kind)
    stale = acquired(place, kind, place.sign())
    store.release(KEY, stale)
    held = acquired(place, kind, place.sign())

    assert store.release(KEY, stale) == Changed(current=Known(held))
    assert store.read(KEY) == Known(held)


def test_a_release_of_a_lock_that_is_gone_says_so(place: Site, kind: LockKind) -> None:
    store = place.store(kind)
    lock = acquired(place, kind, place.sign())
    store.release(KEY, lock)

    assert store.release(KEY, lock) == Changed(current=Known(None))


def test_an_unreadable_lock_refuses_is_shown_and_can_be_released(
    place: Site, kind: LockKind
) -> None:
    store = place.store(kind)
    place.put_lock(kind, KEY, "not a lock")

    outcome = store.acquire(KEY, place.sign())

    assert isinstance(outcome, Held)
    assert isinstance(outcome.holder, Known)
    assert outcome.holder.value.content == UnreadableLock(
        body=b"not a lock",
        problem="it is not JSON: Expecting value: line 1 column 1 (char 0)",
    )
    assert store.release(KEY, outcome.holder.value) == Released()
    assert store.read(KEY) == Known(None)


def test_locks_below_a_prefix_are_listed_and_nothing_else(place: Site, kind: LockKind) -> None:
    store, info = place.store(kind), place.sign()
    place.put_lock(kind, "scratch/a/terraform.tfstate", info.text)
    place.put_lock(kind, "scratch/b/terraform.tfstate", "odd")
    place.put_lock(kind, "other/terraform.tfstate", info.text)
    place.put_object("scratch/a/terraform.tfstate", b"a state")
    place.account.clients.dynamodb().put_item(
        TableName=place.table,
        Item={
            "LockID": {"S": f"{place.bucket}/scratch/a/terraform.tfstate-md5"},
            "Digest": {"S": "0"},
        },
    )

    listed = store.listed("scratch/", limit=100)

    assert isinstance(listed, Known)
    found = {each.key: each for each in listed.value}
    assert sorted(found) == ["scratch/a/terraform.tfstate", "scratch/b/terraform.tfstate"]
    for key, each in found.items():
        current = store.read(key)
        assert isinstance(current, Known)
        assert current.value is not None
        assert each == LocatedLock(key=key, lock=current.value)


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

    assert faulty.store(kind).acquire(KEY, faulty.sign()) == Held(holder=Known(first))


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
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=BUSY[kind], operation=WRITE[kind]))

    outcome = faulty.store(kind).acquire(KEY, faulty.sign())

    assert isinstance(outcome, Unclear)
    assert outcome.write.reason is Reason.ERROR
    assert outcome.read is None
    assert fault_proxy.counts() == {WRITE[kind]: 3, READ[kind]: 3}


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
