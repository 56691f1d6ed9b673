"""Break locks: remove what somebody was shown and has confirmed by its id, and nothing else.

The order of things: every store that matters is known; the ids are those of the locks; each lock is still what
was shown; the journal holds all of them, and the disk has confirmed it; each is deleted on the condition that it is
still this one; each store is looked at again. A command that is killed in between has removed some of what was
confirmed, or all, and never anything else. Running it again completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from holdfast.app.journal import RemovalCommand
from holdfast.app.lock_lookup import LookedAt
from holdfast.app.lock_removal import (
    BrokenPart,
    Ledger,
    Target,
    current_of,
    fact_words,
    lock_words,
    part_words,
)
from holdfast.aws.lock_objects import LOCK_BYTES_MAX
from holdfast.core.cleaning import printable
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import StateLocks, confirmation_of, owners_of
from holdfast.core.lock_outcomes import Standing, same_lock
from holdfast.core.locks import LockKind, StoredLock
from holdfast.errors import (
    HoldfastError,
    LockChangedError,
    LockIdWrongError,
    LockNotBrokenError,
    LockTooLargeError,
    LockUnseenError,
)

WORDS_MAX = 200
TABLE_MISSING = "the table does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """What a command did to the locks of one state.

    `left` are locks that were shown and not confirmed. `journal_problem` is why an outcome is missing in the
    journal; what was removed stands there all the same.
    """

    key: str
    parts: tuple[BrokenPart, ...]
    left: tuple[str, ...]
    journal_problem: str = ""

    @property
    def removed(self) -> tuple[BrokenPart, ...]:
        """Return the locks that are gone."""
        return tuple(part for part in self.parts if part.release.standing is Standing.GONE)

    @property
    def error(self) -> HoldfastError | None:
        """Return the error of a removal that did not go as it must; None when all that was confirmed is gone."""
        if len(self.removed) == len(self.parts):
            return None
        standings = [part.release.standing for part in self.parts]
        if set(standings) == {Standing.LOST}:
            part = self.parts[0].release
            return LockChangedError(
                self.key, shown=lock_words(part.lock), now=fact_words(current_of(part))
            )
        return LockNotBrokenError(
            self.key,
            tuple((part.release.kind.words, part_words(part)) for part in self.parts),
            removed=len(self.removed),
            total=len(self.parts),
        )


def break_locks(
    looked: LookedAt,
    confirmations: Collection[str],
    *,
    ledger: Ledger,
    on_part: Callable[[BrokenPart], None],
) -> Breaking:
    """Remove the confirmed locks of a state; what was not confirmed stays.

    `on_part` is called as soon as it is known what became of a lock, and no signal comes in between. Raises
    `LockUnseenError`, `LockIdWrongError`, `LockTooLargeError`, `LockChangedError` and `JournalNotWrittenError`: nothing
    was removed then. What the stores answer to the removal itself is in the result.
    """
    locks = looked.view.locks
    refuse_unseen(locks)
    refuse_missing(locks)
    targets = confirmed_targets(looked, confirmations)
    refuse_changed(locks.key, targets)
    noted = ledger.note(targets, RemovalCommand.BREAK)
    removed = ledger.remove(noted, on_part=on_part)
    left = [word for word in owners_of(locks.held) if word not in confirmations]
    return Breaking(
        key=locks.key,
        parts=removed.parts,
        left=tuple(left),
        journal_problem=removed.journal_problem,
    )


# Before anything is removed ---------------------------------------------------------------------


def refuse_unseen(locks: StateLocks) -> None:
    """Raise `LockUnseenError` when a store could not be read in which the state is locked.

    A store that no root of this state locks in is no reason: it could not hold a lock that matters to them.
    """
    if any(is_locked_in(locks, side.kind) for side in locks.unknown):
        facts = tuple(
            (side.kind.words, f"{side.place}: {fact_words(side.seen)}") for side in locks.sides
        )
        raise LockUnseenError(locks.key, facts)


def refuse_missing(locks: StateLocks) -> None:
    """Raise `LockUnseenError` when a table does not exist in which the state is locked.

    What its runs lock in may be another table, of that name in another region or account, with a lock of theirs.
    """
    if any(side.missing and is_locked_in(locks, side.kind) for side in locks.sides):
        facts = tuple(
            (
                side.kind.words,
                f"{side.place}: {TABLE_MISSING if side.missing else fact_words(side.seen)}",
            )
            for side in locks.sides
        )
        raise LockUnseenError(locks.key, facts, hints=("see where it is: `holdfast audit`",))


def is_locked_in(locks: StateLocks, kind: LockKind) -> bool:
    """Tell whether the state is locked with this kind; not knowing how it is locked counts as both."""
    if not locks.modes:
        return True
    match kind:
        case LockKind.OBJECT:
            return any(mode.uses_lockfile for mode in locks.modes)
        case LockKind.ITEM:
            return any(mode.uses_table for mode in locks.modes)


def confirmed_targets(looked: LookedAt, confirmations: Collection[str]) -> tuple[Target, ...]:
    """Return the locks that were confirmed; raise `LockIdWrongError` for an id that is of none of them."""
    view = looked.view
    owners = owners_of(view.locks.held)
    for given in confirmations:
        if given not in owners:
            facts = tuple(
                (side.kind.words, lock_words(side.lock))
                for side in view.locks.held
                if side.lock is not None
            )
            raise LockIdWrongError(view.locks.key, printable(given, length_max=WORDS_MAX), facts)
    targets = tuple(
        Target(backend=view.locks.backend, store=store, place=place, lock=side.lock)
        for (side, place), store in zip(view.located, looked.stores, strict=True)
        if side.lock is not None and confirmation_of(side.lock) in confirmations
    )
    for target in targets:
        if len(target.lock.body) > LOCK_BYTES_MAX:
            raise LockTooLargeError(view.locks.key, target.place.address)
    return targets


def refuse_changed(key: str, targets: Sequence[Target]) -> None:
    """Look once more, and raise `LockChangedError` when a lock is not what was shown any more.

    The deletes are conditional as well; this look is what leaves both locks alone when one of them changed.
    """
    for target in targets:
        match target.store.read(key):
            case Withheld() as withheld:
                facts = ((target.store.kind.words, f"{target.store.place}: {withheld}"),)
                raise LockUnseenError(key, facts)
            case Known(StoredLock() as now) if is_unchanged(now, target.lock):
                continue
            case Known(_) as now:
                raise LockChangedError(key, shown=lock_words(target.lock), now=fact_words(now))


def is_unchanged(now: StoredLock, shown: StoredLock) -> bool:
    """Tell whether a lock is the one that was shown; a new version with the same bytes is not.

    Locks that cannot be read have no id: an empty lock file looks like any other one.
    """
    return same_lock(now, shown) and now.version == shown.version
