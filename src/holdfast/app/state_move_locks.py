"""The locks of a move: at the old place the tombstone, which stays; at the new one a lock for as long as it takes.

The lock of the old place says from the start where the state is going, because it cannot be changed later without a
moment in which it is not there. A run that was killed leaves locks: the tombstone is gone on with under its own id, and
the lock of the new place is removed when the process that took it was one of this user on this machine and has ended.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from holdfast.app.lock_errors import LockedState, acquire_error, refused_error
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_lookup import TABLE_MISSING_CODE
from holdfast.app.lock_signals import signals_held_back
from holdfast.app.lock_stores import stores_for
from holdfast.app.lock_taking import Shortfall, take_lock
from holdfast.app.state_lock import LATE_SECONDS, StateLock
from holdfast.app.state_places import StatePlace
from holdfast.aws.connections import Connections
from holdfast.aws.endpoints import own_endpoint
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import LockStore, StoredLock
from holdfast.core.state_moves import (
    MOVE_OPERATION,
    process_of_move,
    tombstone_of,
    tombstone_reason,
    working_reason,
)
from holdfast.errors import LockLostError


def is_running(process: int) -> bool:
    """Tell whether another process of this number is there; one that belongs to somebody else counts."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWorker:
    """Who moves: what is signed into locks, the process, and how it is told whether another one still runs."""

    identity: LockIdentity
    process: int
    is_running: Callable[[int], bool] = is_running
    late_seconds: float = LATE_SECONDS


def path_of_place(place: StatePlace) -> str:
    """Return `<bucket>/<key>` of a state."""
    return lock_path(place.backend.bucket, place.key)


def stores_of(place: StatePlace, connections: Connections) -> tuple[LockStore, ...]:
    """Return every store in which a state is locked."""
    return stores_for(place.backend, place.key, connections, place.settings)


def locks_seen(
    place: StatePlace, stores: Sequence[LockStore]
) -> tuple[tuple[LockStore, StoredLock | None], ...]:
    """Read the lock of a state in every store; raise the error of a store that cannot be read.

    A table that is not there has no lock. Whoever then takes one is told what is missing.
    """
    seen: list[tuple[LockStore, StoredLock | None]] = []
    for store in stores:
        match store.read(place.key):
            case Known(lock):
                seen.append((store, lock))
            case Withheld(detail=detail) if detail.partition(":")[0] == TABLE_MISSING_CODE:
                seen.append((store, None))
            case Withheld() as withheld:
                raise refused_error(withheld, place=store.place)
    return tuple(seen)


@dataclass(slots=True, kw_only=True)
class SourceLock:
    """The tombstone of one state: taken, or gone on with when an earlier run has left it."""

    place: StatePlace
    target_path: str
    stores: tuple[LockStore, ...]
    lock: StateLock
    adopted: bool = field(default=False, init=False)

    def take(self) -> None:
        """Take the lock in every store, under the id of the tombstone where one is."""
        seen = locks_seen(self.place, self.stores)
        ours = [lock for _, lock in seen if tombstone_of(lock) == self.target_path]
        info = next((each.content for each in ours if each is not None), None)
        if not isinstance(info, LockInfo):
            self.lock.acquire()
            return
        self.adopted = True
        others = [store for store, lock in seen if tombstone_of(lock) != self.target_path]
        with signals_held_back():
            taken = take_lock(others, self.place.key, info) if others else ()
        if isinstance(taken, Shortfall):
            locked = LockedState(bucket=self.place.backend.bucket, key=self.place.key)
            raise acquire_error(locked, taken)

    def check(self) -> None:
        """Raise `LockLostError` unless every store still shows the tombstone."""
        for store, lock in locks_seen(self.place, self.stores):
            if tombstone_of(lock) != self.target_path:
                identifier = self.lock.info.identifier if self.lock.info else ""
                raise LockLostError(
                    self.place.key, identifier=identifier, facts=(("lost in", store.place),)
                )

    def give_back(self) -> None:
        """Give back what this run has taken; what an earlier run left stays for the next one."""
        self.lock.release()


@dataclass(slots=True, kw_only=True)
class TargetLock:
    """The lock of one state's new place while it is written there."""

    place: StatePlace
    source_path: str
    stores: tuple[LockStore, ...]
    lock: StateLock
    worker: MoveWorker

    def take(self) -> None:
        """Take the lock; one that a killed run of the same move has left is removed before, if it is still the same."""
        for store, lock in locks_seen(self.place, self.stores):
            process = process_of_move(
                lock, source_path=self.source_path, who=self.worker.identity.who
            )
            if lock is not None and process is not None and not self.worker.is_running(process):
                # Whatever it answers: a lock that is still there refuses what follows.
                store.release(self.place.key, lock)
        self.lock.acquire()

    def give_back(self) -> None:
        """Give the lock back."""
        self.lock.release()


def source_lock(
    source: StatePlace, target: StatePlace, *, connections: Connections, worker: MoveWorker
) -> SourceLock:
    """Return the lock of an old place; nothing is taken yet."""
    stores = stores_of(source, connections)
    reason = tombstone_reason(path_of_place(target))
    return SourceLock(
        place=source,
        target_path=path_of_place(target),
        stores=stores,
        lock=_lock(source, stores, reason, worker),
    )


def target_lock(
    source: StatePlace, target: StatePlace, *, connections: Connections, worker: MoveWorker
) -> TargetLock:
    """Return the lock of a new place; nothing is taken yet."""
    stores = stores_of(target, connections)
    reason = working_reason(path_of_place(source), worker.process)
    return TargetLock(
        place=target,
        source_path=path_of_place(source),
        stores=stores,
        lock=_lock(target, stores, reason, worker),
        worker=worker,
    )


def _lock(
    place: StatePlace, stores: Sequence[LockStore], reason: str, worker: MoveWorker
) -> StateLock:
    return StateLock(
        stores=stores,
        bucket=place.backend.bucket,
        key=place.key,
        identity=worker.identity,
        operation=MOVE_OPERATION,
        reason=reason,
        verify_conditions=own_endpoint(place.backend.access, "s3"),
        late_seconds=worker.late_seconds,
    )
