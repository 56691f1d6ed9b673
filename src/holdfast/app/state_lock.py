"""The lock of one state: taken in every store of its backend, held, and given back whatever happens.

What each step does, and what is left when the process dies between any two of them, is written down in
`docs/explanation/lock-protocol.md`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from holdfast.app.lock_errors import LockedState, acquire_error, refused_error, release_error
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_late_writes import LateWrites
from holdfast.app.lock_probing import ignored_condition
from holdfast.app.lock_signals import signals_held_back, signals_unwinding
from holdfast.app.lock_taking import HeldPart, Shortfall, release_parts, take_lock
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.lock_outcomes import REMAINING, PartRelease, same_lock
from holdfast.core.lock_waiting import wait_seconds
from holdfast.core.locks import Held, LockKind, LockStore, Refused, StoredLock, Vanished
from holdfast.errors import ConditionsIgnoredError, HoldfastError

OPERATION_DEFAULT = "holdfast-lock"
LATE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is waited for: who holds the lock as far as it can be told, and how long the next wait is."""

    key: str
    holder: LockInfo | None
    seconds: float


def ignore_waiting(waiting: Waiting) -> None:
    """Show nothing."""
    del waiting


class StateLock:
    """The lock of one state, to be held in a `with` block, or with `acquire` and `release`.

    It is taken in all `stores` or in none, in their order, with one id and the same bytes. Every try signs a
    new id, so that a late request of an earlier try can never meet a lock of a later one. In the main
    thread no signal interrupts a request, and in a `with` block SIGTERM and SIGHUP release the lock before they
    end the process. SIGKILL leaves it. One object is for one thread; a fork does not hold the lock.

    After a write that got no answer, a lock that was not taken or was given back is looked for during
    `late_seconds` more. `clock` gives seconds that only go forward, `pause` waits; both can be replaced for tests.
    """

    def __init__(
        self,
        *,
        stores: Sequence[LockStore],
        bucket: str,
        key: str,
        identity: LockIdentity,
        operation: str = OPERATION_DEFAULT,
        reason: str = "",
        timeout_seconds: float = 0,
        verify_conditions: bool = False,
        late_seconds: float = LATE_SECONDS,
        on_wait: Callable[[Waiting], None] = ignore_waiting,
        on_exit: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.state = LockedState(bucket=bucket, key=key)
        self._stores = tuple(stores)
        self._identity = identity
        self._operation = operation
        self._reason = reason
        self._timeout_seconds = timeout_seconds
        self._verify_conditions = verify_conditions
        self._on_wait = on_wait
        self._on_exit = on_exit
        self._clock = clock
        self._pause = pause
        self._late = LateWrites(key=key, seconds=late_seconds, clock=clock, pause=pause)
        self._parts: tuple[HeldPart, ...] = ()
        self._info: LockInfo | None = None
        self._process = 0
        self._stack = ExitStack()

    @property
    def info(self) -> LockInfo | None:
        """Return what is written into the lock that is held; None while none is."""
        return self._info

    @property
    def parts(self) -> tuple[HeldPart, ...]:
        """Return the locks that are held, one in each store; empty while none is."""
        return self._parts

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        if self._on_exit is not None:
            self._stack.callback(self._on_exit)
        self._stack.enter_context(signals_unwinding())
        self._stack.callback(self.release)
        try:
            self.acquire()
        except BaseException:
            self._stack.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    # Taking -------------------------------------------------------------------------------------

    def acquire(self, timeout_seconds: float | None = None) -> LockInfo:
        """Take the lock and return what was written; wait up to `timeout_seconds` while somebody holds it.

        Raises `LockHeldError` when it is held to the end, `HalfLockError`, `LockNotReleasedError` or
        `LockUnclearError` when something is or may be left of the try, and the error of whatever AWS refused.
        Nothing is held after an error.
        """
        if self._parts:
            raise RuntimeError("the lock is held already by this object")
        timeout = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        until = self._clock() + timeout
        tries = 1
        shortfall = self._try()
        while shortfall is not None:
            wait = wait_seconds(tries, left_seconds=until - self._clock())
            if wait is None or not worth_waiting(shortfall):
                self._raise_left(self._late.settle())
                error = acquire_error(self.state, shortfall)
                raise error from error.__cause__
            self._on_wait(
                Waiting(key=self.state.key, holder=holder_of(shortfall), seconds=wait),
            )
            self._pause(wait)
            tries += 1
            shortfall = self._try_unless_held(shortfall)
        if self._info is None:
            raise AssertionError("a lock that was taken has its information")
        return self._info

    def _try(self) -> Shortfall | None:
        """Try once; return why it was not taken, or None when it was."""
        info = self._identity.sign(
            operation=self._operation,
            info=self._reason,
            path=lock_path(self.state.bucket, self.state.key),
        )
        try:
            with signals_held_back():
                taken = take_lock(self._stores, self.state.key, info)
                if isinstance(taken, Shortfall):
                    for store in taken.late:
                        self._late.expect(store, info)
                    return taken
                for part in taken:
                    if part.late:
                        self._late.expect(part.store, info)
                self._parts, self._info, self._process = taken, info, os.getpid()
                if self._verify_conditions:
                    self._verify(info)
        except BaseException:
            # A signal that was held back, or a store that cannot be trusted: what was taken is given back.
            self.release()
            raise
        return None

    def _try_unless_held(self, shortfall: Shortfall) -> Shortfall | None:
        """Look first, and try only when the lock is not seen any more.

        Trying takes the locks of the stores before it, and gives them back: others would be refused by
        somebody who only waits.
        """
        with signals_held_back():
            self._raise_left(self._late.take_back())
            seen = shortfall.store.read(self.state.key)
        match seen:
            case Known(StoredLock() as lock):
                return Shortfall(
                    info=shortfall.info,
                    stores=shortfall.stores,
                    store=shortfall.store,
                    outcome=Held(holder=Known(lock)),
                    given_back=(),
                )
            case _:
                return self._try()

    def _verify(self, info: LockInfo) -> None:
        """Raise `ConditionsIgnoredError` when a store does not keep the conditions of requests."""
        ignored = ignored_condition(self._parts, self.state.key, info)
        if ignored is None:
            return
        others = (part for part in self._parts if part.store.place != ignored.place)
        self._parts = (*others, *(() if ignored.left is None else (ignored.left,)))
        raise ConditionsIgnoredError(
            self.state.key, place=ignored.place, condition=ignored.condition
        )

    # Holding and giving back --------------------------------------------------------------------

    def still_held(self) -> bool:
        """Look whether every store still shows this lock; False when one of them certainly does not.

        Raises the error of whatever could not be read: not knowing is never holding. A lock that is seen was
        there a moment ago, and says nothing about the next one.
        """
        unread: Withheld | None = None
        place = ""
        for part in self._parts:
            match part.store.read(self.state.key):
                case Known(StoredLock() as seen) if same_lock(seen, part.lock):
                    continue
                case Known(_):
                    return False
                case Withheld() as withheld:
                    unread, place = withheld, part.store.place
        if unread is not None:
            raise refused_error(unread, place=place)
        return bool(self._parts)

    def release(self, kind: LockKind | None = None) -> None:
        """Give the lock back in every store, or in those of one kind, each only if it is still this one; look at each afterwards.

        Nothing happens when it is not held, or in a fork. Raises `HalfLockError` or `LockNotReleasedError` when
        something is or may be left (calling it again tries that part again), and `LockLostError` when somebody
        had removed or replaced the lock; theirs is never touched.
        """
        if not self._parts or self._info is None or self._process != os.getpid():
            return
        identifier = self._info.identifier
        with signals_held_back():
            error = self._released(identifier, kind)
            if error is not None:
                raise error
        self._raise_left(self._late.settle())

    def _raise_left(self, left: Sequence[PartRelease]) -> None:
        """Raise the error of late writes that arrived and could not be taken back."""
        holder = left[0].lock.holder if left else None
        error = release_error(self.state, holder.identifier if holder else "", left)
        if error is not None:
            raise error

    def _released(self, identifier: str, kind: LockKind | None) -> HoldfastError | None:
        parts = tuple(each for each in self._parts if kind in {None, each.store.kind})
        kept = tuple(each for each in self._parts if each not in parts)
        results = release_parts(parts, self.state.key)
        # What is seen now is what another release has to name.
        left = tuple(
            replace(part, lock=result.after.value)
            if isinstance(result.after, Known) and result.after.value is not None
            else part
            for part, result in zip(parts, results, strict=True)
            if result.standing in REMAINING
        )
        self._parts = (*kept, *left)
        if not self._parts:
            self._info = None
        return release_error(self.state, identifier, results)


def worth_waiting(shortfall: Shortfall) -> bool:
    """Tell whether another try may succeed: somebody holds the lock, or held it, or the service is busy.

    Not when something is left of this try: it would only meet itself.
    """
    if any(each.standing in REMAINING for each in shortfall.given_back):
        return False
    match shortfall.outcome:
        case Held() | Vanished():
            return True
        case Refused(withheld=withheld):
            return withheld.reason is Reason.THROTTLED
        case _:
            return False


def holder_of(shortfall: Shortfall) -> LockInfo | None:
    """Return who holds the lock, as far as it can be made out."""
    match shortfall.outcome:
        case Held(holder=Known(StoredLock() as lock)):
            return lock.holder
        case _:
            return None
