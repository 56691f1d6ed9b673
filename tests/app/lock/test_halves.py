"""A lock of which only a part could be taken or given back: the rest is undone, or named exactly."""

import pytest

from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.errors import (
    HalfLockError,
    LockHeldError,
    LockImpossibleError,
    LockNotReleasedError,
    PermissionMissingError,
)
from tests.app.lock.holding import KINDS, RELEASE, held_texts, lock_of, take_by_hand
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropBefore, Refuse, Rule
from tests.support.locking import KEY, Site

every_kind = pytest.mark.parametrize("kind", list(LockKind), ids=lambda kind: kind.value)


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
