"""Prove one store by itself: lock, refuse, refuse a wrong release, release, lock again.

One request after the other, in the real bucket with its real versioning: a store that ignores conditions
shows it here at once, and the race need not be run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from holdfast.app.prove_answers import (
    holder_words,
    not_acquired,
    not_refused,
    unclear_reason,
)
from holdfast.app.prove_scratch import ProofStore, Scratch
from holdfast.aws.lock_objects import LockObjects
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.locks import (
    Acquired,
    Changed,
    ConditionUnsupported,
    LockKind,
    Refused,
    Released,
    ReleaseOutcome,
    StoredLock,
    Unclear,
)
from holdfast.core.proof import Passed, ProofStep, StepResult, Undecided, Violated

WRONG_ETAG = f'"{"0" * 32}"'
DELETE_CALL = {
    LockKind.OBJECT: "DeleteObject with a wrong `If-Match`",
    LockKind.ITEM: "DeleteItem with another lock's `Info`",
}


def store_steps(scratch: Scratch, store: ProofStore) -> Iterator[StepResult]:
    """Yield the steps of one store, and stop after the first one that did not pass."""
    first = _locked_once(scratch, store, ProofStep.REFUSAL)
    if not isinstance(first, StoredLock):
        yield first
        return
    yield _passed(store, ProofStep.REFUSAL, "the holder is named to the second")
    wrong = wrong_release(scratch, store, first)
    yield wrong
    if not isinstance(wrong, Passed):
        return
    freed = _freed(scratch, store, first)
    yield freed
    if not isinstance(freed, Passed):
        return
    again = _locked_once(scratch, store, ProofStep.RELOCK)
    if not isinstance(again, StoredLock):
        yield again
        return
    freed = _freed(scratch, store, again)
    if not isinstance(freed, Passed):
        yield freed
        return
    on_marker = again.version is not None
    where = "on top of a delete marker" if on_marker else "after its release"
    yield _passed(store, ProofStep.RELOCK, where)


def _locked_once(
    scratch: Scratch, store: ProofStore, step: ProofStep
) -> StoredLock | Violated | Undecided:
    """Take the lock, and try to take it again; return the one that is held."""
    outcome = scratch.acquire(store, scratch.sign())
    if not isinstance(outcome, Acquired):
        return not_acquired(outcome, step=step, kind=store.kind, place=store.place)
    second = scratch.acquire(store, scratch.sign())
    problem = not_refused(second, first=outcome.lock, step=step, kind=store.kind, place=store.place)
    return outcome.lock if problem is None else problem


def wrong_release(scratch: Scratch, store: ProofStore, held: StoredLock) -> StepResult:
    """Try to release the lock as somebody who believes that another one is there."""
    step, kind = ProofStep.WRONG_RELEASE, store.kind
    wrong_tag = WRONG_ETAG if _is_object(store) else scratch.sign().text
    outcome = store.release(scratch.key, replace(held, tag=wrong_tag))
    match outcome:
        case Changed():
            if isinstance(outcome.current, Withheld):
                return Undecided(step=step, kind=kind, withheld=outcome.current)
            lock = outcome.current.value
            if lock is not None and lock.content == held.content:
                return _passed(store, step, "the lock stays")
            return Violated(
                step=step,
                kind=kind,
                words=f"{store.place} refused a release with a wrong id, and the lock is gone",
                evidence=(Evidence(label="then", text=_seen(outcome.current)),),
            )
        case ConditionUnsupported():
            return _passed(store, step, f"it has no conditional deletes: {outcome.detail}")
        case Released():
            return _after_wrong_release(scratch, store, held)
        case Refused():
            return Undecided(step=step, kind=kind, withheld=outcome.withheld)
        case Unclear():
            return Undecided(step=step, kind=kind, withheld=unclear_reason(outcome))
        case _:
            assert_never(outcome)


def _after_wrong_release(scratch: Scratch, store: ProofStore, held: StoredLock) -> StepResult:
    """Judge a wrong release that was answered with success, or whose answer was lost, by its effect."""
    step, kind = ProofStep.WRONG_RELEASE, store.kind
    current = store.read(scratch.key)
    match current:
        case Known(StoredLock(content=content)) if content == held.content:
            return _passed(store, step, "the lock stays")
        case Known(_):
            return Violated(
                step=step,
                kind=kind,
                words=(
                    f"{store.place} ignores the condition of a release: "
                    "a late release removes the lock of whoever holds it by then"
                ),
                evidence=(
                    Evidence(label="call", text=f"{DELETE_CALL[kind]} was carried out"),
                    Evidence(label="then", text=_seen(current)),
                ),
            )
        case Withheld() as withheld:
            return Undecided(step=step, kind=kind, withheld=withheld)
        case _:
            assert_never(current)


def _freed(scratch: Scratch, store: ProofStore, held: StoredLock) -> StepResult:
    """Release the lock, and look whether it is gone."""
    step, kind = ProofStep.RELEASE, store.kind
    outcome, how = release_as_possible(store, scratch.key, held)
    match outcome:
        case Released():
            pass
        case Changed():
            if isinstance(outcome.current, Withheld):
                return Undecided(step=step, kind=kind, withheld=outcome.current)
            return Violated(
                step=step,
                kind=kind,
                words=f"{store.place} does not release the lock that it gave",
                evidence=(Evidence(label="it shows", text=_seen(outcome.current)),),
            )
        case Refused():
            return Undecided(step=step, kind=kind, withheld=outcome.withheld)
        case Unclear():
            return Undecided(step=step, kind=kind, withheld=unclear_reason(outcome))
        case _:
            assert_never(outcome)
    current = store.read(scratch.key)
    match current:
        case Known(None):
            return _passed(store, step, how)
        case Known(_):
            return Violated(
                step=step,
                kind=kind,
                words=f"{store.place} confirmed a release and still shows the lock",
                evidence=(Evidence(label="it shows", text=_seen(current)),),
            )
        case Withheld() as withheld:
            return Undecided(step=step, kind=kind, withheld=withheld)
        case _:
            assert_never(current)


def release_as_possible(
    store: ProofStore, key: str, held: StoredLock
) -> tuple[Released | Changed | Refused | Unclear, str]:
    """Release the scratch lock: on its condition, or without one where the store has none.

    Without a condition is safe here alone: nobody else knows the scratch key.
    """
    outcome: ReleaseOutcome = store.release(key, held)
    if not isinstance(outcome, ConditionUnsupported):
        return outcome, "on the condition that it is still the same"
    refusal = (
        store.release_unconditionally(key)
        if isinstance(store, LockObjects)
        else Withheld(reason=Reason.UNSUPPORTED, detail=outcome.detail)
    )
    if refusal is not None:
        return Refused(withheld=refusal), ""
    return Released(), "without a condition, which the store does not have"


def _seen(current: Fact[StoredLock | None]) -> str:
    match current:
        case Known(StoredLock() as lock):
            return f"the lock {holder_words(lock)} is there"
        case Known(_):
            return "no lock is there any more"
        case Withheld() as withheld:
            return str(withheld)
        case _:
            assert_never(current)


def _passed(store: ProofStore, step: ProofStep, words: str) -> Passed:
    return Passed(step=step, kind=store.kind, words=words)


def _is_object(store: ProofStore) -> bool:
    return store.kind is LockKind.OBJECT
