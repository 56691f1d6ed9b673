"""The lock of a state when answers get lost, come late or are refused: nobody is locked out, nothing stays unsaid."""

from collections.abc import Iterator

import pytest

from holdfast.app.state_lock import StateLock
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.errors import (
    LockHeldError,
    LockUnclearError,
)
from tests.app.lock.holding import (
    ACQUIRE,
    READ,
    RELEASE,
    Patience,
    held_texts,
    lock_of,
    remove_by_hand,
    take_by_hand,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropAfter, DropBefore, Late, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.late_requests import Arrival
from tests.support.locking import Site, no_pause, site

EVERY_REQUEST = [*ACQUIRE.values(), *RELEASE.values(), *READ.values()]
GONE_IN_BETWEEN = {
    LockKind.OBJECT: Refuse(code="PreconditionFailed", status=412, message="did not hold"),
    LockKind.ITEM: Refuse(code="ConditionalCheckFailedException", status=400, message="failed"),
}
THROTTLED = {
    LockKind.OBJECT: Refuse(code="SlowDown", status=503),
    LockKind.ITEM: Refuse(code="ProvisionedThroughputExceededException", status=400),
}
MODE_OF = {LockKind.OBJECT: Locking.LOCKFILE, LockKind.ITEM: Locking.DYNAMODB}
every_kind = pytest.mark.parametrize("kind", list(LockKind), ids=lambda kind: kind.value)


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=2, pause=no_pause) as opened:
        yield opened


# One fault, then none ---------------------------------------------------------------------------


@pytest.mark.parametrize("operation", EVERY_REQUEST)
@pytest.mark.parametrize(
    "fault",
    [
        DropBefore(),
        DropAfter(),
        Refuse(code="InternalError", status=500),
        Refuse(code="ServiceUnavailable", status=503),
    ],
    ids=["before", "after", "500", "503"],
)
def test_one_fault_anywhere_changes_nothing(
    faulty: Site, fault_proxy: FaultProxy, operation: str, fault: Action
) -> None:
    fault_proxy.add(Rule(action=fault, operation=operation, times=1))
    with lock_of(faulty) as lock:
        assert_held_against_others(faulty, lock)
    assert faulty.is_empty()


@pytest.mark.parametrize("operation", EVERY_REQUEST)
def test_a_request_that_arrives_after_its_client_gave_up_changes_nothing(
    faulty: Site, fault_proxy: FaultProxy, operation: str
) -> None:
    """A write of a lock arrives when the lock has been given back, any other request after everything."""
    arrival = Arrival()
    fault_proxy.add(Rule(action=Late(arrival), operation=operation, times=1))
    patience = Patience(meanwhile={1: arrival.arrive})
    with lock_of(faulty, patience=patience) as lock:
        assert_held_against_others(faulty, lock)
    assert (patience.waits != []) == (operation in ACQUIRE.values())
    arrival.arrive()
    assert faulty.is_empty()


def assert_held_against_others(place: Site, lock: StateLock) -> None:
    """Look at both locks without the proxy, and be refused by them."""
    assert lock.info is not None
    assert held_texts(place) == dict.fromkeys(LockKind, lock.info.text)
    with pytest.raises(LockHeldError):
        lock_of(site_beside(place)).acquire()


def site_beside(place: Site) -> Site:
    """Return the same bucket and table without the proxy."""
    return Site(
        account=place.account,
        connections=place.connections,
        url=place.account.sandbox.url,
        bucket=place.bucket,
        table=place.table,
        identity=place.identity,
    )


@pytest.mark.parametrize("operation", ["s3:PutObject", "s3:DeleteObject"])
def test_a_conflict_that_aws_wants_repeated_is_repeated(
    faulty: Site, fault_proxy: FaultProxy, operation: str
) -> None:
    conflict = Refuse(code="ConditionalRequestConflict", status=409)
    fault_proxy.add(Rule(action=conflict, operation=operation, times=2))
    with lock_of(faulty):
        pass
    assert faulty.is_empty()


@every_kind
def test_a_busy_service_is_asked_again(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=THROTTLED[kind], operation=ACQUIRE[kind], times=2))
    fault_proxy.add(Rule(action=THROTTLED[kind], operation=RELEASE[kind], times=2))
    with lock_of(faulty):
        pass
    assert faulty.is_empty()


# Refused although nobody is there ---------------------------------------------------------------


@every_kind
def test_who_is_gone_when_looked_at_is_not_waited_for(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=GONE_IN_BETWEEN[kind], operation=ACQUIRE[kind], times=1))
    patience = Patience()
    with lock_of(faulty, patience=patience):
        pass
    assert patience.waits == []


@every_kind
def test_who_is_gone_again_and_again_is_waited_for_to_the_end(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=GONE_IN_BETWEEN[kind], operation=ACQUIRE[kind]))
    patience = Patience(meanwhile={2: fault_proxy.allow_all})
    with lock_of(faulty, timeout_seconds=30, patience=patience):
        pass
    assert patience.waits == [1, 2]


@every_kind
def test_a_holder_that_is_never_seen_still_holds(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=GONE_IN_BETWEEN[kind], operation=ACQUIRE[kind]))
    with pytest.raises(LockHeldError) as refused:
        lock_of(faulty).acquire()
    assert refused.value.identifier == ""
    assert faulty.is_empty()


# No clear answer --------------------------------------------------------------------------------


@every_kind
def test_without_any_answer_to_its_write_it_is_unclear_and_the_rest_is_given_back(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropBefore(), operation=ACQUIRE[kind]))
    with pytest.raises(LockUnclearError) as unclear:
        lock_of(faulty, timeout_seconds=60).acquire()
    assert unclear.value.world == (
        "the state was not touched; the lock was looked for and was not there"
    )
    assert faulty.is_empty()


@every_kind
def test_a_lock_that_may_be_there_is_named_by_its_id(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=ACQUIRE[kind]))
    fault_proxy.deny(READ[kind])
    with pytest.raises(LockUnclearError) as unclear:
        lock_of(faulty).acquire()
    left = held_texts(faulty)
    assert set(left) == {kind}
    assert f'"ID":"{unclear.value.identifier}"' in left[kind]
    assert unclear.value.world == "the state was not touched; the lock could not be looked for"


def test_a_write_that_arrives_after_all_is_the_one_that_was_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    arrival = Arrival()
    fault_proxy.add(Rule(action=Late(arrival), operation="dynamodb:PutItem"))
    with pytest.raises(LockUnclearError) as unclear:
        lock_of(faulty).acquire()
    assert faulty.is_empty()
    arrival.arrive()
    left = held_texts(faulty)
    assert set(left) == {LockKind.ITEM}
    assert f'"ID":"{unclear.value.identifier}"' in left[LockKind.ITEM]


@every_kind
def test_a_write_that_arrives_after_a_refusal_is_taken_back(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    """The first write is under way when another lock is seen, and arrives when that one is gone."""
    other = take_by_hand(faulty, MODE_OF[kind])
    arrival = Arrival()
    fault_proxy.add(Rule(action=Late(arrival), operation=ACQUIRE[kind], times=1))

    def make_room() -> None:
        remove_by_hand(faulty, MODE_OF[kind])
        arrival.arrive()

    lock = lock_of(faulty, MODE_OF[kind], patience=Patience(meanwhile={1: make_room}))
    with pytest.raises(LockHeldError) as refused:
        lock.acquire()
    assert refused.value.identifier == other.identifier
    assert refused.value.facts[-1][0] == "unanswered"
    assert fault_proxy.counts()[RELEASE[kind]] == 1
    assert faulty.is_empty()


def test_a_bucket_without_versions_locks_as_well(
    member: FreshAccount, connections: Connections
) -> None:
    with lock_of(site(member, connections, versioned=False)) as lock:
        assert lock.still_held()
