"""Remove scratch locks: our own at the end of a proof, and those of earlier runs that were killed.

Only what is recognisably a scratch lock is removed, and only on the condition that it is still what was
read. Old versions of lock files in a versioned bucket are not touched: no version is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.prove_answers import unclear_reason
from holdfast.app.prove_scratch import ProofStore, Scratch
from holdfast.app.prove_store import release_as_possible
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo, lock_object_key, lock_path
from holdfast.core.locks import (
    Changed,
    LocatedLock,
    LockKind,
    Refused,
    Released,
    StoredLock,
    Unclear,
)
from holdfast.core.proof import (
    PROVE_PREFIX,
    Leftover,
    Passed,
    ProofStep,
    StepResult,
    Undecided,
    is_scratch,
)

# Late writes of a lost request can put a scratch lock back; after this many looks it is reported.
LOOKS_MAX = 3
# A run takes seconds; a scratch lock of this age belongs to one that was killed. It also leaves room for
# clocks that differ, because the lock of a run that is still going must not be taken from it.
LEFTOVER_AGE = timedelta(minutes=15)
LISTED_MAX = 1000


def clean_up_step(scratch: Scratch, stores: Sequence[ProofStore]) -> StepResult:
    """Remove what is left of the scratch lock, and look again until nothing is."""
    problems = [
        problem
        for store in stores
        if store.kind in scratch.touched
        for problem in [removal_problem(scratch, store)]
        if problem is not None
    ]
    if problems:
        return problems[0]
    return Passed(
        step=ProofStep.CLEAN_UP, kind=None, words="every scratch lock was read as not there"
    )


def removal_problem(scratch: Scratch, store: ProofStore) -> Undecided | None:
    """Remove the scratch lock from one store; None once it was read as not there."""
    withheld = Withheld(
        reason=Reason.ERROR, detail=f"the scratch lock {scratch_name(store, scratch.key)} stays"
    )
    for _ in range(LOOKS_MAX):
        current = store.read(scratch.key)
        match current:
            case Known(lock):
                if lock is None:
                    return None
                withheld = removal(store, scratch.key, lock) or withheld
            case Withheld():
                withheld = current
            case _:
                assert_never(current)
    return Undecided(step=ProofStep.CLEAN_UP, kind=store.kind, withheld=withheld)


def removal(store: ProofStore, key: str, lock: StoredLock) -> Withheld | None:
    """Release one scratch lock; None when it was released or is not the same any more."""
    outcome, _ = release_as_possible(store, key, lock)
    match outcome:
        case Released() | Changed():
            return None
        case Refused():
            return outcome.withheld
        case Unclear():
            return unclear_reason(outcome)
        case _:
            assert_never(outcome)


def locks_left(scratch: Scratch, stores: Sequence[ProofStore]) -> tuple[str, ...]:
    """Name the scratch locks that may still be there."""
    return tuple(
        scratch_name(store, scratch.key)
        for store in stores
        if store.kind in scratch.touched and store.read(scratch.key) != Known(None)
    )


def scratch_name(store: ProofStore, key: str) -> str:
    """Name a scratch lock so that a person finds it."""
    if store.kind is LockKind.OBJECT:
        return f"object `{lock_object_key(key)}` in {store.place}"
    return f"item for `{key}` in {store.place}"


# Earlier runs -----------------------------------------------------------------------------------


def leftovers_in(
    store: ProofStore, *, bucket: str, identity: LockIdentity
) -> Iterator[Leftover | str]:
    """Yield the scratch locks of earlier runs and what became of each; a note for what is unclear."""
    found = store.listed(PROVE_PREFIX, limit=LISTED_MAX)
    match found:
        case Withheld():
            yield f"scratch locks of earlier runs were not looked for in {store.place}: {found}"
        case Known(located):
            now = datetime.fromtimestamp(identity.clock() // 1_000_000_000, tz=UTC)
            for each in located:
                yield leftover(store, each, bucket=bucket, now=now)
        case _:
            assert_never(found)


def leftover(
    store: ProofStore, located: LocatedLock, *, bucket: str, now: datetime
) -> Leftover | str:
    """Judge one lock below the scratch prefix, and remove it when it is an old scratch lock of ours."""
    name = scratch_name(store, located.key)
    info = located.lock.content
    if not isinstance(info, LockInfo) or not is_scratch(info, lock_path(bucket, located.key)):
        return f"left alone: {name} is not a scratch lock"
    created = info.created_at
    if created is None or now - created < LEFTOVER_AGE:
        words = "younger than 15 minutes: left alone"
        return left(store, located, info, words)
    outcome, _ = release_as_possible(store, located.key, located.lock)
    match outcome:
        case Released():
            return Leftover(
                kind=store.kind, key=located.key, holder=info, removed=True, words="removed"
            )
        case Changed():
            return left(store, located, info, "changed while it was looked at: left alone")
        case Refused():
            return left(store, located, info, str(outcome.withheld))
        case Unclear():
            return left(store, located, info, str(unclear_reason(outcome)))
        case _:
            assert_never(outcome)


def left(store: ProofStore, located: LocatedLock, info: LockInfo, words: str) -> Leftover:
    """Make the record of a scratch lock that is still there."""
    return Leftover(kind=store.kind, key=located.key, holder=info, removed=False, words=words)
