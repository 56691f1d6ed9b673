"""Take one lock in one or two stores: the object first, then the item, all or nothing.

The order is the engines' (Terraform 1.11.4, S3 backend `Lock`), so that two clients with both kinds of lock
meet at the first one and neither waits for what the other holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    LockKind,
    LockStore,
    ReleaseOutcome,
    StoredLock,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPart:
    """One of the locks that were taken, in its store."""

    store: LockStore
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Every store holds our lock."""

    key: str
    info: LockInfo
    parts: tuple[TakenPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReleased:
    """What became of one part when it was given back."""

    kind: LockKind
    outcome: ReleaseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """One store did not give the lock; what the stores before it had given was given back.

    `rolled_back` says for each of them what became of it: anything but `Released` is half a lock.
    """

    info: LockInfo
    kind: LockKind
    outcome: AcquireOutcome
    rolled_back: tuple[PartReleased, ...] = ()


def take_lock(stores: Sequence[LockStore], key: str, info: LockInfo) -> Taken | NotTaken:
    """Take the lock in each store in turn, with the same information in all of them."""
    parts: list[TakenPart] = []
    for store in stores:
        outcome = store.acquire(key, info)
        if not isinstance(outcome, Acquired):
            rolled_back = tuple(released(key, part) for part in parts)
            return NotTaken(info=info, kind=store.kind, outcome=outcome, rolled_back=rolled_back)
        parts.append(TakenPart(store=store, lock=outcome.lock))
    return Taken(key=key, info=info, parts=tuple(parts))


def released(key: str, part: TakenPart) -> PartReleased:
    """Release one part."""
    return PartReleased(kind=part.store.kind, outcome=part.store.release(key, part.lock))
