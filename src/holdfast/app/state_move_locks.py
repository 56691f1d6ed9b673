"""The locks of a move: at the old place the tombstone, which stays; at the new one a lock for as long as it takes.

The lock of the old place says from the start where the state is going, because it cannot be changed later without a
moment in which it is not there. A run that was killed leaves locks: the tombstone is gone on with under its own id, and
the lock of the new place is removed when the process that took it was one of this user on this machine and has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from holdfast.app.lock_errors import LockedState, acquire_error
from holdfast.app.lock_signals import signals_held_back
from holdfast.app.lock_taking import Shortfall, take_lock
from holdfast.app.state_lock import StateLock
from holdfast.app.state_places import StatePlace
from holdfast.app.working_locks import (
    Worker,
    WorkingLock,
    locks_seen,
    signed_lock,
    stores_of,
    working_lock,
)
from holdfast.aws.connections import Connections
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import LockStore
from holdfast.core.state_moves import MOVE_OPERATION, moving_words, tombstone_of, tombstone_reason
from holdfast.errors import LockLostError


def path_of_place(place: StatePlace) -> str:
    """Return `<bucket>/<key>` of a state."""
    return lock_path(place.backend.bucket, place.key)


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


def source_lock(
    source: StatePlace, target: StatePlace, *, connections: Connections, worker: Worker
) -> SourceLock:
    """Return the lock of an old place; nothing is taken yet."""
    stores = stores_of(source, connections)
    reason = tombstone_reason(path_of_place(target))
    return SourceLock(
        place=source,
        target_path=path_of_place(target),
        stores=stores,
        lock=signed_lock(source, stores, operation=MOVE_OPERATION, reason=reason, worker=worker),
    )


def target_lock(
    source: StatePlace, target: StatePlace, *, connections: Connections, worker: Worker
) -> WorkingLock:
    """Return the lock of a new place; nothing is taken yet."""
    return working_lock(
        target,
        operation=MOVE_OPERATION,
        work=moving_words(path_of_place(source)),
        connections=connections,
        worker=worker,
    )
