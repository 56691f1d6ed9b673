"""Signals: a lock is released by all that ends a process in an orderly way, and handlers are put back."""

import os
import signal
from types import FrameType

import pytest

from holdfast.app.lock_signals import EndedBySignal, signals_held_back, signals_unwinding
from holdfast.core.locks import LockKind
from holdfast.errors import HalfLockError
from tests.app.lock.holding import ACQUIRE, READ, RELEASE, held_texts, lock_of
from tests.app.lock.processes import end, holder, signals, wait_until_held
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule, access_denied
from tests.support.locking import Site

ENDING = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
every_signal = pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)


# In a process of its own ------------------------------------------------------------------------


@every_signal
def test_a_signal_while_holding_releases_and_then_ends_the_process(
    place: Site, number: signal.Signals
) -> None:
    with holder(place) as process:
        wait_until_held(process)
        process.send_signal(number)
        status, output, _ = end(process)
    assert (status, output) == (-number, "")
    assert held_texts(place) == {}


@pytest.mark.parametrize("operation", [*ACQUIRE.values(), *RELEASE.values(), *READ.values()])
@every_signal
def test_a_signal_during_a_request_waits_for_its_answer(
    faulty: Site, fault_proxy: FaultProxy, operation: str, number: signal.Signals
) -> None:
    with holder(faulty) as process:
        fault_proxy.add(
            Rule(
                action=Delay(after_seconds=0.3),
                operation=operation,
                when=signals(process, number),
                times=1,
            )
        )
        status, _, _ = end(process)
    assert status == -number
    assert held_texts(faulty) == {}
    assert "s3:DeleteObject" in fault_proxy.counts()


def test_a_second_signal_does_not_stop_the_release(faulty: Site, fault_proxy: FaultProxy) -> None:
    with holder(faulty) as process:
        wait_until_held(process)
        fault_proxy.add(
            Rule(
                action=Delay(after_seconds=0.3),
                operation="s3:DeleteObject",
                when=signals(process, signal.SIGTERM),
            )
        )
        process.send_signal(signal.SIGINT)
        status, _, _ = end(process)
    assert status in {-signal.SIGTERM, -signal.SIGINT}
    assert held_texts(faulty) == {}


def test_a_hangup_that_is_ignored_stays_ignored(place: Site) -> None:
    with holder(place, "ignore-hangup") as process:
        wait_until_held(process)
        process.send_signal(signal.SIGHUP)
        assert set(held_texts(place)) == set(LockKind)
        status, output, _ = end(process)
    assert (status, output) == (0, "released\n")
    assert held_texts(place) == {}


def test_a_handler_of_the_program_is_called(place: Site) -> None:
    with holder(place, "own-handler") as process:
        wait_until_held(process)
        process.send_signal(signal.SIGTERM)
        status, output, _ = end(process)
    assert (status, output) == (0, "stopped\n")
    assert held_texts(place) == {}


def test_a_thread_holds_and_releases_without_any_handler(place: Site) -> None:
    with holder(place, "thread") as process:
        wait_until_held(process)
        status, output, _ = end(process)
    assert (status, output) == (0, "released\n")


def test_the_handlers_are_put_back(place: Site) -> None:
    with holder(place) as process:
        wait_until_held(process)
        status, output, _ = end(process)
    assert (status, output) == (0, "released\n")


# In this process --------------------------------------------------------------------------------


def test_what_is_held_back_comes_once_at_the_end() -> None:
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)

    before = signal.signal(signal.SIGTERM, note)
    try:
        with signals_held_back():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            assert came == []
        assert came == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is note
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupted_and_failed() -> None:
    with signals_held_back():
        signal.raise_signal(signal.SIGINT)
        raise LookupError


def test_an_interrupt_that_is_held_back_comes_even_after_an_error() -> None:
    with pytest.raises(KeyboardInterrupt) as interrupted:
        interrupted_and_failed()
    assert isinstance(interrupted.value.__context__, LookupError)


def test_a_signal_of_an_outer_block_passes_through_the_inner_one() -> None:
    def unwind(number: int, frame: FrameType | None) -> None:
        del frame
        raise EndedBySignal(number)

    before = signal.signal(signal.SIGHUP, unwind)
    try:
        with pytest.raises(EndedBySignal), signals_unwinding():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is unwind
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_error_about_what_is_left_is_not_hidden_by_a_signal(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    lock = lock_of(faulty)
    lock.acquire()
    fault_proxy.add(
        Rule(action=access_denied("s3:DeleteObject"), operation="s3:DeleteObject", when=interrupt)
    )
    with pytest.raises(HalfLockError):
        lock.release()


def interrupt(request: Request) -> bool:
    """Send an interrupt to this process, as somebody does who presses Ctrl-C during a request."""
    del request
    os.kill(os.getpid(), signal.SIGINT)
    return True
