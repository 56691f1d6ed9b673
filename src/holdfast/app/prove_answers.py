"""What the answers of a store mean for a proof: one place for the words, pure decisions."""

from __future__ import annotations

from typing import assert_never

from holdfast.app.lock_taking import NotAcquired
from holdfast.core.cleaning import printable
from holdfast.core.facts import Reason, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    CannotLock,
    Held,
    LockKind,
    Obstacle,
    Refused,
    StoredLock,
    Unclear,
    Vanished,
)
from holdfast.core.proof import ProofStep, Undecided, Violated

ACQUIRE_CALL = {
    LockKind.OBJECT: "PutObject with `If-None-Match: *`",
    LockKind.ITEM: "PutItem with `attribute_not_exists(LockID)`",
}


def obstacle_words(obstacle: Obstacle, place: str) -> str:
    """Say why nobody can take a lock; an engine stops there, and its state is safe from that engine."""
    match obstacle:
        case Obstacle.UNSUPPORTED:
            cause = f"{place} refuses conditional writes"
        case Obstacle.STORE_MISSING:
            cause = f"{place} does not exist"
        case Obstacle.SCHEMA:
            cause = f"{place} does not take a lock: its key must be `LockID` (S) alone"
        case Obstacle.REJECTED:
            cause = f"{place} rejects the lock"
        case _:
            assert_never(obstacle)
    return f"cannot lock: {cause}; an engine that locks there fails before it changes anything"


def unclear_reason(outcome: Unclear) -> Withheld:
    """Return what would have to change: the refused read, else what became of the write."""
    if outcome.read is not None and outcome.read.reason is Reason.PERMISSION:
        return outcome.read
    return outcome.write


def not_acquired(
    outcome: NotAcquired,
    *,
    step: ProofStep,
    kind: LockKind,
    place: str,
) -> Violated | Undecided:
    """Judge an attempt that had to succeed, because no lock was there."""
    match outcome:
        case CannotLock():
            return Violated(
                step=step,
                kind=kind,
                words=obstacle_words(outcome.obstacle, place),
                evidence=(Evidence(label="answer", text=outcome.detail),),
            )
        case Held():
            if isinstance(outcome.holder, Withheld):
                return Undecided(step=step, kind=kind, withheld=outcome.holder)
            return Violated(
                step=step,
                kind=kind,
                words=f"{place} refuses a lock on a scratch key on which none was held",
                evidence=(Evidence(label="it shows", text=holder_words(outcome.holder.value)),),
            )
        case Vanished():
            return Violated(
                step=step,
                kind=kind,
                words=f"{place} refuses a lock although there is none: nobody can lock",
                evidence=(Evidence(label="answer", text=outcome.detail),),
            )
        case Refused():
            return Undecided(step=step, kind=kind, withheld=outcome.withheld)
        case Unclear():
            return Undecided(step=step, kind=kind, withheld=unclear_reason(outcome))
        case _:
            assert_never(outcome)


def not_refused(
    outcome: AcquireOutcome, *, first: StoredLock, step: ProofStep, kind: LockKind, place: str
) -> Violated | Undecided | None:
    """Judge an attempt that had to be refused, because `first` was held; None when all is well."""
    match outcome:
        case Held():
            if isinstance(outcome.holder, Withheld):
                return Undecided(step=step, kind=kind, withheld=outcome.holder)
            if outcome.holder.value.content == first.content:
                return None
            return Violated(
                step=step,
                kind=kind,
                words=f"{place} refuses a second lock and shows somebody else as its holder",
                evidence=(
                    Evidence(label="held by", text=holder_words(first)),
                    Evidence(label="it shows", text=holder_words(outcome.holder.value)),
                ),
            )
        case Acquired():
            return Violated(
                step=step,
                kind=kind,
                words=f"{place} granted a second lock while the first one was held",
                evidence=(
                    Evidence(
                        label="first", text=f"{ACQUIRE_CALL[kind]} took {holder_words(first)}"
                    ),
                    Evidence(
                        label="second",
                        text=f"{ACQUIRE_CALL[kind]} took {holder_words(outcome.lock)}",
                    ),
                    *versioning_evidence(kind, outcome.lock),
                ),
            )
        case Vanished():
            return Violated(
                step=step,
                kind=kind,
                words=f"{place} refuses a second lock, and the first one cannot be seen",
                evidence=(Evidence(label="answer", text=outcome.detail),),
            )
        case CannotLock():
            withheld = Withheld(reason=Reason.ERROR, detail=outcome.detail)
            return Undecided(step=step, kind=kind, withheld=withheld)
        case Refused():
            return Undecided(step=step, kind=kind, withheld=outcome.withheld)
        case Unclear():
            return Undecided(step=step, kind=kind, withheld=unclear_reason(outcome))
        case _:
            assert_never(outcome)


def holder_words(lock: StoredLock | LockInfo) -> str:
    """Name a lock by its id, or say that it has none."""
    holder = lock if isinstance(lock, LockInfo) else lock.holder
    if holder is None:
        return "a lock that cannot be read"
    return printable(holder.identifier, length_max=60) or "a lock without an id"


def versioning_evidence(kind: LockKind, lock: StoredLock) -> tuple[Evidence, ...]:
    """Say whether the write made a version: some stores ignore the condition only then."""
    if kind is not LockKind.OBJECT:
        return ()
    if lock.version is None:
        return (Evidence(label="versioning", text="the bucket is not versioned"),)
    text = f"the bucket is versioned: the second write became version {printable(lock.version, length_max=60)}"
    return (Evidence(label="versioning", text=text),)
