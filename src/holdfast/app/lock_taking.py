"""Take one lock in one or two stores: the object first, then the item.

The order is the engines' (Terraform 1.11.4, S3 backend `Lock`), so that two clients with both kinds of lock
meet at the first one and neither waits for what the other holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import (
    Acquired,
    CannotLock,
    Held,
    LockKind,
    LockStore,
    Refused,
    StoredLock,
    Unclear,
    Vanished,
)

NotAcquired: TypeAlias = Held | Vanished | CannotLock | Refused | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPart:
    """One of the locks that were taken, and the kind of its store."""

    kind: LockKind
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The store that did not give its lock, and what it answered."""

    kind: LockKind
    outcome: NotAcquired


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to take a lock in every store: what was taken, and what stopped it.

    Without a `failure` every store holds the lock. With one, `parts` are half a lock that the caller must
    give back.
    """

    info: LockInfo
    parts: tuple[TakenPart, ...]
    failure: Failure | None = None


def attempt_lock(stores: Sequence[LockStore], key: str, info: LockInfo) -> Attempt:
    """Take the lock in each store in turn, with the same information, up to the first that refuses."""
    parts: list[TakenPart] = []
    for store in stores:
        outcome = store.acquire(key, info)
        if not isinstance(outcome, Acquired):
            failure = Failure(kind=store.kind, outcome=outcome)
            return Attempt(info=info, parts=tuple(parts), failure=failure)
        parts.append(TakenPart(kind=store.kind, lock=outcome.lock))
    return Attempt(info=info, parts=tuple(parts))
