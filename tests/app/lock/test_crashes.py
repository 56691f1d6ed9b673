"""What is left when the process is killed before or after any request, and what the next one is told about it."""

import signal

import pytest

from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.core.locks import LockKind
from holdfast.errors import LockHeldError
from tests.app.lock.holding import held_texts, lock_of
from tests.app.lock.processes import end, holder, signals, wait_until_held
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, DropBefore, Rule
from tests.support.locking import Site

OBJECT, ITEM = LockKind.OBJECT, LockKind.ITEM
# What is there before each request of a run, in order; and after the last one.
LEFT_BEFORE = {
    "s3:PutObject": set[LockKind](),
    "dynamodb:PutItem": {OBJECT},
    "s3:DeleteObject": {OBJECT, ITEM},
    "dynamodb:DeleteItem": {ITEM},
    "s3:GetObject": set[LockKind](),
    "dynamodb:GetItem": set[LockKind](),
}
REQUESTS = list(LEFT_BEFORE)


def left_after(operation: str) -> set[LockKind]:
    following = REQUESTS[REQUESTS.index(operation) + 1 :]
    return LEFT_BEFORE[following[0]] if following else set()


def left_by(place: Site, rule: Rule, proxy: FaultProxy) -> set[LockKind]:
    """Return what a process leaves that is killed by a rule; the next one must be told whose it is."""
    with holder(place) as process:
        proxy.add(
            Rule(
                action=rule.action,
                operation=rule.operation,
                when=signals(process, signal.SIGKILL),
                times=1,
            )
        )
        status, _, _ = end(process)
    assert status == -signal.SIGKILL
    proxy.allow_all()
    left = held_texts(place)
    if left:
        (text,) = set(left.values())
        info = read_lock(text.encode())
        assert isinstance(info, LockInfo)
        assert info.info == "a process that may be killed"
        with pytest.raises(LockHeldError) as refused:
            lock_of(place).acquire()
        assert refused.value.identifier == info.identifier
        assert held_texts(place) == left
    return set(left)


@pytest.mark.parametrize("operation", REQUESTS)
def test_killed_before_a_request(faulty: Site, fault_proxy: FaultProxy, operation: str) -> None:
    rule = Rule(action=DropBefore(), operation=operation)
    assert left_by(faulty, rule, fault_proxy) == LEFT_BEFORE[operation]


@pytest.mark.parametrize("operation", REQUESTS)
def test_killed_after_a_request(faulty: Site, fault_proxy: FaultProxy, operation: str) -> None:
    rule = Rule(action=DropAfter(), operation=operation)
    assert left_by(faulty, rule, fault_proxy) == left_after(operation)


def test_killed_while_it_holds_the_lock(place: Site) -> None:
    with holder(place) as process:
        wait_until_held(process)
        process.kill()
        process.wait()
    left = held_texts(place)
    assert set(left) == {OBJECT, ITEM}
    assert len(set(left.values())) == 1
