"""Take one lock in one or more stores, the object first and then the items, and give it back.

The order is the engines' (Terraform 1.11.4, S3 backend `Lock`), so that two clients with both kinds of lock
meet at the first one and neither waits for what the other holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_outcomes import PartRelease, is_ours
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
    late: bool = False


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
        parts.append(TakenPart(kind=store.kind, lock=outcome.lock, late=outcome.late))
    return Attempt(info=info, parts=tuple(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPart:
    """One of the locks that are held, and the store that it is in; `late` as for `Acquired`."""

    store: LockStore
    lock: StoredLock
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A lock that was not taken: the store that did not give it, and what became of the other parts.

    `unseen` is why the refusing store could not be looked at, where a lost write may have reached it;
    in the stores of `late`, a write without an answer may still arrive.
    """

    info: LockInfo
    stores: tuple[LockStore, ...]
    store: LockStore
    outcome: NotAcquired
    given_back: tuple[PartRelease, ...]
    unseen: Withheld | None = None
    late: tuple[LockStore, ...] = ()


def take_lock(
    stores: Sequence[LockStore], key: str, info: LockInfo
) -> tuple[HeldPart, ...] | Shortfall:
    """Take the lock in every store or in none: what was taken is given back when one of them refuses.

    The caller must look at `given_back`: giving back can fail as well.
    """
    attempt = attempt_lock(stores, key, info)
    held = [
        HeldPart(store=store, lock=part.lock, late=part.late)
        for store, part in zip(stores, attempt.parts, strict=False)
    ]
    if attempt.failure is None:
        return tuple(held)
    refusing = stores[len(held)]
    late = [part.store for part in held if part.late]
    late += [refusing] if may_arrive_late(attempt.failure.outcome) else []
    unseen: Withheld | None = None
    if isinstance(attempt.failure.outcome, Unclear):
        # The write may have arrived after it was looked for: a lock of ours is taken back.
        match refusing.read(key):
            case Known(StoredLock() as lock) if is_ours(lock, info):
                held.append(HeldPart(store=refusing, lock=lock))
            case Known(_):
                pass
            case Withheld() as withheld:
                unseen = withheld
    return Shortfall(
        info=info,
        stores=tuple(stores),
        store=refusing,
        outcome=attempt.failure.outcome,
        given_back=release_parts(held, key),
        unseen=unseen,
        late=tuple(late),
    )


def may_arrive_late(outcome: NotAcquired) -> bool:
    """Tell whether a write without an answer may still take the lock that was not given."""
    match outcome:
        case Held():
            return outcome.late
        case Unclear():
            return outcome.write.reason is Reason.UNREACHABLE
        case _:
            return False


def release_parts(parts: Sequence[HeldPart], key: str) -> tuple[PartRelease, ...]:
    """Give locks back, each if it is still what it was, and look at each afterwards.

    Every release is tried, whatever became of the one before; looking comes last, because somebody may be
    waiting for the lock.
    """
    outcomes = [part.store.release(key, part.lock) for part in parts]
    return tuple(
        PartRelease(
            kind=part.store.kind,
            place=part.store.place,
            lock=part.lock,
            outcome=outcome,
            after=part.store.read(key),
        )
        for part, outcome in zip(parts, outcomes, strict=True)
    )
