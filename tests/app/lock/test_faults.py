"""The lock of a state when answers get lost, come late or are refused: nobody is locked out, nothing stays unsaid."""

import time
from collections.abc import Iterator

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.errors import (
    HalfLockError,
    LockHeldError,
    LockImpossibleError,
    LockNotReleasedError,
    LockUnclearError,
    PermissionMissingError,
)
from tests.app.lock.holding import (
    ACQUIRE,
    KINDS,
    READ,
    RELEASE,
    Patience,
    held_texts,
    lock_of,
    remove_by_hand,
    take_by_hand,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, Delay, DropAfter, DropBefore, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site

EVERY_REQUEST = [*ACQUIRE.values(), *RELEASE.values(), *READ.values()]
TIME_OUT_SECONDS = 0.4
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
    with Connections(attempts_max=2, read_timeout_seconds=TIME_OUT_SECONDS) as opened:
        yield opened


# One fault, then none ---------------------------------------------------------------------------


@pytest.mark.parametrize("operation", EVERY_REQUEST)
@pytest.mark.parametrize(
    "fault",
    [
        DropBefore(),
        DropAfter(),
        Delay(before_seconds=2 * TIME_OUT_SECONDS),
        Delay(after_seconds=2 * TIME_OUT_SECONDS),
        Refuse(code="InternalError", status=500),
        Refuse(code="ServiceUnavailable", status=503),
    ],
    ids=["before", "after", "late", "late answer", "500", "503"],
)
def test_one_fault_anywhere_changes_nothing(
    faulty: Site, fault_proxy: FaultProxy, operation: str, fault: Action
) -> None:
    fault_proxy.add(Rule(action=fault, operation=operation, times=1))
    with lock_of(faulty, late_seconds=3 * TIME_OUT_SECONDS) as lock:
        assert lock.info is not None
        assert held_texts(faulty) == dict.fromkeys(LockKind, lock.info.text)
        with pytest.raises(LockHeldError):
            lock_of(site_beside(faulty)).acquire()
    assert faulty.is_empty()


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
    fault_proxy.add(Rule(action=Delay(before_seconds=4), operation="dynamodb:PutItem"))
    with pytest.raises(LockUnclearError) as unclear:
        lock_of(faulty).acquire()
    assert faulty.is_empty()
    deadline = time.monotonic() + 10
    while not (left := held_texts(faulty)):
        assert time.monotonic() < deadline, "the late write never arrived"
        time.sleep(0.05)
    assert set(left) == {LockKind.ITEM}
    assert f'"ID":"{unclear.value.identifier}"' in left[LockKind.ITEM]


@every_kind
def test_a_write_that_arrives_after_a_refusal_is_taken_back(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    """The first write is under way when another lock is seen, and arrives when that one is gone."""
    other = take_by_hand(faulty, MODE_OF[kind])
    late = Delay(before_seconds=8 * TIME_OUT_SECONDS)
    fault_proxy.add(Rule(action=late, operation=ACQUIRE[kind], times=1))
    patience = Patience(meanwhile={1: lambda: remove_by_hand(faulty, MODE_OF[kind])})
    lock = lock_of(faulty, MODE_OF[kind], patience=patience, late_seconds=12 * TIME_OUT_SECONDS)
    with pytest.raises(LockHeldError) as refused:
        lock.acquire()
    assert refused.value.identifier == other.identifier
    assert refused.value.facts[-1][0] == "unanswered"
    assert fault_proxy.counts()[RELEASE[kind]] == 1
    assert faulty.is_empty()


# Halves -----------------------------------------------------------------------------------------


def test_a_refused_second_lock_gives_back_the_first(faulty: Site, fault_proxy: FaultProxy) -> None:
    fault_proxy.deny("dynamodb:PutItem")
    with pytest.raises(PermissionMissingError) as refused:
        lock_of(faulty).acquire()
    assert "dynamodb:PutItem" in refused.value.headline
    assert faulty.is_empty()


def test_a_missing_table_is_said_and_nothing_is_left(place: Site) -> None:
    place.account.clients.dynamodb().delete_table(TableName=place.table)
    with pytest.raises(LockImpossibleError) as impossible:
        lock_of(place).acquire()
    assert impossible.value.headline == (
        f"`{KEY}` cannot be locked in table `{place.table}` in us-east-1: it does not exist"
    )
    assert place.lock_object_keys() == []


@pytest.mark.parametrize("fault", [None, DropBefore()], ids=["denied", "no answer"])
def test_half_a_lock_that_cannot_be_given_back_is_named(
    faulty: Site, fault_proxy: FaultProxy, fault: Action | None
) -> None:
    other = take_by_hand(faulty, Locking.DYNAMODB)
    if fault is None:
        fault_proxy.deny("s3:DeleteObject")
    else:
        fault_proxy.add(Rule(action=fault, operation="s3:DeleteObject"))
    with pytest.raises(HalfLockError) as half:
        lock_of(faulty, timeout_seconds=60).acquire()
    left = held_texts(faulty)
    assert left[LockKind.ITEM] == other.text
    assert f'"ID":"{half.value.identifier}"' in left[LockKind.OBJECT]
    assert half.value.headline == (
        f"half a lock is left on `{KEY}`: `{KEY}` is locked by ann@laptop"
    )
    assert half.value.facts[0] == ("lock ID", half.value.identifier)
    label, words = half.value.facts[1]
    assert label == "lock file"
    assert words.startswith(f"s3://{faulty.bucket}/{KEY}.tflock is still there: ")
    assert isinstance(half.value.__cause__, LockHeldError)


@every_kind
def test_half_a_release_is_named_and_can_be_repeated(
    faulty: Site, fault_proxy: FaultProxy, kind: LockKind
) -> None:
    lock = lock_of(faulty)
    info = lock.acquire()
    fault_proxy.deny(RELEASE[kind])
    with pytest.raises(HalfLockError) as half:
        lock.release()
    assert held_texts(faulty) == {kind: info.text}
    assert half.value.identifier == info.identifier
    fault_proxy.allow_all()
    lock.release()
    assert faulty.is_empty()


@pytest.mark.parametrize("mode", KINDS, ids=lambda mode: mode.value)
def test_a_lock_that_is_not_released_at_all_is_named(
    faulty: Site, fault_proxy: FaultProxy, mode: Locking
) -> None:
    lock = lock_of(faulty, mode)
    info = lock.acquire()
    for kind in KINDS[mode]:
        fault_proxy.deny(RELEASE[kind])
    with pytest.raises(LockNotReleasedError) as left:
        lock.release()
    assert held_texts(faulty) == dict.fromkeys(KINDS[mode], info.text)
    assert len(left.value.facts) == 1 + len(KINDS[mode])
    fault_proxy.allow_all()
    lock.release()
    assert faulty.is_empty()


def test_what_could_not_be_released_is_said_after_an_error_in_the_block(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    lock = lock_of(faulty, Locking.LOCKFILE)
    fault_proxy.deny("s3:DeleteObject")
    with pytest.raises(LockNotReleasedError) as left, lock:
        _ = 1 // 0
    assert isinstance(left.value.__context__, ZeroDivisionError)


def test_a_store_without_conditional_deletes_keeps_the_lock_and_says_so(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    lock = lock_of(faulty, Locking.LOCKFILE)
    lock.acquire()
    unsupported = Refuse(code="NotImplemented", status=501)
    fault_proxy.add(Rule(action=unsupported, operation="s3:DeleteObject"))
    with pytest.raises(LockNotReleasedError) as left:
        lock.release()
    why = "the store has no conditional deletes: NotImplemented: injected by a test"
    words = f"s3://{faulty.bucket}/{KEY}.tflock is still there: {why}"
    assert left.value.facts[1] == ("lock file", words)


def test_a_bucket_without_versions_locks_as_well(
    member: FreshAccount, connections: Connections
) -> None:
    with lock_of(site(member, connections, versioned=False)) as lock:
        assert lock.still_held()
