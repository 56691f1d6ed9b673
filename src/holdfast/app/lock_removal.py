"""Remove locks that were chosen: all of them in the journal first, then one after the other, each on its condition.

The journal holds the full text of every one of them, and the disk has confirmed it, before the first is removed. Each
is deleted on the condition that it is still what was seen, and its store is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from holdfast.app.journal import Journal, Removal, RemovalCommand, Remover
from holdfast.app.lock_signals import signals_held_back
from holdfast.core.cleaning import printable
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_board import confirmation_of
from holdfast.core.lock_outcomes import PartRelease, Standing
from holdfast.core.lock_view import LockPlace
from holdfast.core.locks import Changed, LockStore, StoredLock
from holdfast.errors import JournalNotWrittenError

FREE = "no lock"
WORDS_MAX = 200
IDENTIFIER_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One lock that is to be removed, and the backend of its state."""

    backend: str
    store: LockStore
    place: LockPlace
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPart:
    """What became of one lock that was to be removed, and where it was."""

    place: LockPlace
    release: PartRelease


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedTarget:
    """A lock whose text the journal has."""

    target: Target
    removal: Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What became of some locks; `journal_problem` is why an outcome is missing in the journal, if one is.

    What was removed stands in the journal all the same.
    """

    parts: tuple[BrokenPart, ...]
    journal_problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A journal, and what goes into each of its lines. `clock` gives the time as RFC 3339."""

    journal: Journal
    remover: Remover
    clock: Callable[[], str]
    random: Callable[[int], bytes]

    def note(self, targets: Sequence[Target], command: RemovalCommand) -> tuple[NotedTarget, ...]:
        """Write down every lock; raise `JournalNotWrittenError`, and none of them may be removed."""
        noted = tuple(
            NotedTarget(
                target=target,
                removal=Removal(
                    identifier=self.random(IDENTIFIER_BYTES).hex(),
                    moment=self.clock(),
                    command=command,
                    remover=self.remover,
                    backend=target.backend,
                    place=target.place,
                    lock=target.lock,
                ),
            )
            for target in targets
        )
        for each in noted:
            self.journal.note_intent(each.removal)
        return noted

    def remove(
        self, noted: Sequence[NotedTarget], *, on_part: Callable[[BrokenPart], None]
    ) -> Removed:
        """Remove locks that are noted; `on_part` is called when it is known what became of one.

        No signal comes in between.
        """
        parts: list[BrokenPart] = []
        problem = ""
        with signals_held_back():
            for each in noted:
                release = released(each.target)
                part = BrokenPart(place=each.target.place, release=release)
                parts.append(part)
                on_part(part)
                try:
                    self.journal.note_outcome(each.removal, release, moment=self.clock())
                except JournalNotWrittenError as error:
                    problem = error.headline
        return Removed(parts=tuple(parts), journal_problem=problem)


def released(target: Target) -> PartRelease:
    """Delete one lock if it is still what was shown, and look at its store again."""
    key = target.place.key
    outcome = target.store.release(key, target.lock)
    return PartRelease(
        kind=target.store.kind,
        place=target.store.place,
        lock=target.lock,
        outcome=outcome,
        after=target.store.read(key),
    )


# Words ------------------------------------------------------------------------------------------


def lock_words(lock: StoredLock) -> str:
    """Return a lock as what confirms it and who holds it."""
    holder = lock.holder
    who = f" ({printable(holder.who, length_max=WORDS_MAX)})" if holder and holder.who else ""
    return f"{confirmation_of(lock)}{who}"


def fact_words(seen: Fact[StoredLock | None]) -> str:
    """Return what a store shows."""
    if isinstance(seen, Withheld):
        return f"unknown: {seen}"
    return FREE if seen.value is None else lock_words(seen.value)


def current_of(part: PartRelease) -> Fact[StoredLock | None]:
    """Return what is there now instead of the lock that was shown."""
    match part.outcome:
        case Changed(current=Known() as current) if isinstance(part.after, Withheld):
            return current
        case _:
            return part.after


def part_words(part: BrokenPart) -> str:
    """Say what became of one lock."""
    release = part.release
    why = f": {release.reason}" if release.reason else ""
    match release.standing:
        case Standing.GONE:
            return f"{part.place.address} was removed"
        case Standing.LOST:
            return f"{part.place.address} had changed and was left alone; now: {fact_words(current_of(release))}"
        case Standing.LEFT:
            return f"{part.place.address} is still there{why}"
        case Standing.UNKNOWN:
            return f"{part.place.address} may still be there{why}"
