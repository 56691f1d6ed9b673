"""The lock of one state while something is done to it; what a killed run of the same work has left is removed first."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from holdfast.app.lock_errors import refused_error
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_lookup import TABLE_MISSING_CODE
from holdfast.app.lock_stores import stores_for
from holdfast.app.state_lock import LATE_SECONDS, StateLock
from holdfast.app.state_places import StatePlace
from holdfast.aws.connections import Connections
from holdfast.aws.endpoints import own_endpoint
from holdfast.core.facts import Known, Withheld
from holdfast.core.locks import LockKind, LockStore, StoredLock
from holdfast.core.working_locks import process_of_work, working_reason
from holdfast.errors import HoldfastError, LockLostError, WorkLocksLeftError

MACHINE_DIGITS = 8


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


def machine_of_process() -> str:
    """Return what tells this machine from others of its name; empty where the system does not say.

    Containers may share a host's name, and each counts its processes from 1. After a restart it is another machine:
    then nobody can tell any more whose process a number was.
    """
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{start} {namespace}".encode()).hexdigest()[:MACHINE_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who works: what is signed into locks, the process, and how it is told whether another one still runs."""

    identity: LockIdentity
    process: int
    machine: str = field(default_factory=machine_of_process)
    is_running: Callable[[int], bool] = is_running
    late_seconds: float = LATE_SECONDS


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


class LockOfWork(Protocol):
    """A lock among those that one work takes."""

    @property
    def place(self) -> StatePlace:
        """Return the state that is locked."""

    def take(self) -> None:
        """Take the lock."""

    def give_back(self) -> None:
        """Give back what this run has taken."""


def in_order(locks: Iterable[LockOfWork]) -> list[LockOfWork]:
    """Return locks in the order in which all of them are taken, the same in every run: two never wait for each other."""

    def order(lock: LockOfWork) -> tuple[str, str, str]:
        backend = lock.place.backend
        return backend.bucket, lock.place.key, backend.access.endpoints.s3 or ""

    return sorted(locks, key=order)


def give_back(locks: Sequence[LockOfWork], *, cause: HoldfastError | None = None) -> None:
    """Give back what is held, the last one first; one that fails keeps no other from being tried."""
    failures: list[tuple[str, HoldfastError]] = []
    for lock in reversed(locks):
        try:
            lock.give_back()
        except HoldfastError as error:
            failures.append((lock.place.key, error))
    if not failures:
        return
    if len(failures) == 1 and cause is None:
        raise failures[0][1]
    left = [(key, error.headline) for key, error in failures]
    raise WorkLocksLeftError(left, cause=cause.headline if cause is not None else "") from (
        cause or failures[0][1]
    )


@contextmanager
def all_taken(locks: Sequence[LockOfWork]) -> Iterator[None]:
    """Hold locks, and give all of them back at the end; an error of that comes with the one that was there before."""
    held: list[LockOfWork] = []
    cause: list[HoldfastError] = []
    with ExitStack() as stack:
        stack.callback(lambda: give_back(held, cause=next(iter(cause), None)))
        try:
            for lock in in_order(locks):
                held.append(lock)
                lock.take()
            yield
        except HoldfastError as error:
            cause.append(error)
            raise


def remove_left(
    place: StatePlace,
    stores: Sequence[LockStore],
    *,
    operation: str,
    work: str | None,
    worker: Worker,
) -> int:
    """Remove what a killed run of a work (None: any of the operation) has left; return how many locks were there.

    Each is removed on the condition that it is still the same.
    """
    count = 0
    for store, lock in locks_seen(place, stores):
        process = process_of_work(
            lock, operation=operation, work=work, who=worker.identity.who, machine=worker.machine
        )
        if lock is not None and process is not None and not worker.is_running(process):
            # Whatever it answers: a lock that is still there refuses what follows.
            store.release(place.key, lock)
            count += 1
    return count


@dataclass(slots=True, kw_only=True)
class WorkingLock:
    """The lock of one state for as long as a work takes. `work` is told to whoever is refused."""

    place: StatePlace
    operation: str
    work: str
    stores: tuple[LockStore, ...]
    lock: StateLock
    worker: Worker

    def take(self) -> None:
        """Take the lock; what a killed run of the same work has left is removed before."""
        self.remove_left()
        self.lock.acquire()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take the lock as `take`, and give it back at the end of the `with` block, whatever happens."""
        self.remove_left()
        with self.lock:
            yield

    def remove_left(self) -> int:
        """Remove what a killed run of the same work has left, if it is still the same; return how many were there."""
        return remove_left(
            self.place, self.stores, operation=self.operation, work=self.work, worker=self.worker
        )

    def check(self) -> None:
        """Raise `LockLostError` unless every store still shows the lock."""
        if not self.lock.still_held():
            identifier = self.lock.info.identifier if self.lock.info else ""
            raise LockLostError(self.place.key, identifier=identifier, facts=())

    def give_back(self, kind: LockKind | None = None) -> None:
        """Give the lock back, everywhere or in the stores of one kind."""
        self.lock.release(kind)


def working_lock(
    place: StatePlace,
    *,
    operation: str,
    work: str,
    connections: Connections,
    worker: Worker,
    timeout_seconds: float = 0,
) -> WorkingLock:
    """Return the lock of a place for a work; nothing is taken yet. It is waited for up to `timeout_seconds`."""
    stores = stores_of(place, connections)
    return WorkingLock(
        place=place,
        operation=operation,
        work=work,
        stores=stores,
        lock=signed_lock(
            place,
            stores,
            operation=operation,
            reason=working_reason(work, worker.process, worker.machine),
            worker=worker,
            timeout_seconds=timeout_seconds,
        ),
        worker=worker,
    )


def signed_lock(
    place: StatePlace,
    stores: Sequence[LockStore],
    *,
    operation: str,
    reason: str,
    worker: Worker,
    timeout_seconds: float = 0,
) -> StateLock:
    """Return a lock that says who works and why; nothing is taken yet."""
    return StateLock(
        stores=stores,
        bucket=place.backend.bucket,
        key=place.key,
        identity=worker.identity,
        operation=operation,
        reason=reason,
        timeout_seconds=timeout_seconds,
        verify_conditions=own_endpoint(place.backend.access, "s3"),
        late_seconds=worker.late_seconds,
    )
