"""Signals while locks are taken, held and given back: held back during requests, unwinding otherwise.

Only in the main thread, where Python handles signals; elsewhere both do nothing. Every handler that was
there before is put back, and a signal has its old effect in the end. A signal that is ignored stays ignored
(`nohup` does that with SIGHUP). Terraform releases its locks on SIGINT and SIGTERM and leaves them on SIGHUP
(1.11.4, measured): here a closed terminal releases too. SIGKILL leaves every lock.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

from holdfast.errors import (
    HalfLockError,
    HoldLeftError,
    LockLostError,
    LockNotReleasedError,
    LockUnclearError,
)

Handler: TypeAlias = Callable[[int, FrameType | None], object]

ENDING = (signal.SIGTERM, signal.SIGHUP)
HELD_BACK = (signal.SIGINT, *ENDING)
REPORTED = (HalfLockError, HoldLeftError, LockLostError, LockNotReleasedError, LockUnclearError)


class EndedBySignal(BaseException):
    """Unwind the stack because of a signal whose action is to end the process."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Let no signal interrupt what is done inside; each that came has its effect at the end.

    A request that is interrupted leaves nobody knowing whether the server acted. Requests are short: their
    time-outs bound the wait. An error that says what is left of a lock is raised instead of the signal.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        if number not in came:
            came.append(number)

    try:
        with _handlers(dict.fromkeys(HELD_BACK, note)):
            yield
    except REPORTED:
        came.clear()
        raise
    finally:
        for number in came:
            signal.raise_signal(number)


@contextmanager
def signals_unwinding() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack, so that `finally` runs, and end the process afterwards.

    Only where their action is to end the process: a handler of the program's own is left as it is, and so
    is SIGINT, which raises KeyboardInterrupt.
    """
    process = os.getpid()
    inside = True
    came: list[int] = []

    def unwind(number: int, frame: FrameType | None) -> None:
        del frame
        if os.getpid() != process:  # a fork holds no locks: it ends as it would have
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        if inside:
            raise EndedBySignal(number)
        came.append(number)

    ending = [each for each in ENDING if signal.getsignal(each) is signal.SIG_DFL]
    try:
        with _handlers(dict.fromkeys(ending, unwind)):
            try:
                yield
            finally:
                inside = False  # no handler may be left behind because of a second signal
    except EndedBySignal as ended:
        if ended.number not in ending:
            raise  # of an outer block, whose handler this was
        came.insert(0, ended.number)
    for number in came:
        signal.raise_signal(number)


@contextmanager
def _handlers(handlers: dict[signal.Signals, Handler]) -> Iterator[None]:
    """Set handlers for signals that are not ignored, and put the old ones back."""
    before: dict[signal.Signals, Handler | int] = {}
    if threading.current_thread() is threading.main_thread():
        for number in handlers:
            old = signal.getsignal(number)
            # None: set by code that is not Python, and nobody could put it back.
            if old is not None and old is not signal.SIG_IGN:
                before[number] = old
    try:
        for number in before:
            signal.signal(number, handlers[number])
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
