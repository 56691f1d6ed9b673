"""Marks: what the locks of a state look like, each with its evidence. Pure.

A mark is no verdict: nothing here can know whether a run still goes on. Age is a hint and never a proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.core.backends import Locking
from holdfast.core.cleaning import printable
from holdfast.core.durations import duration_words
from holdfast.core.facts import Withheld
from holdfast.core.lock_board import LockSide, Mark, Marked, StateLocks, owners_of
from holdfast.core.lock_info import LockInfo, UnreadableLock, lock_path
from holdfast.core.proof import is_scratch

OLD_AFTER = timedelta(hours=4)
# A lost answer is met again as soon as the engine, or the SDK below it, asks again: at most some retries later.
SELF_WITHIN = timedelta(seconds=60)
TEXT_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who looks at the locks, and when; `failed_at` is when a run of theirs was refused, if they say so."""

    who: str
    now: datetime
    failed_at: datetime | None = None


def marks_of(locks: StateLocks, onlooker: Onlooker) -> tuple[Marked, ...]:
    """Return the marks of a state's locks, most telling first."""
    return tuple(
        Marked(mark=mark, evidence=evidence)
        for mark, evidences in (
            (Mark.DIFFER, _differ(locks)),
            (Mark.HALF, _half(locks)),
            (Mark.UNREADABLE, _unreadable(locks)),
            (Mark.UNKNOWN, _unknown(locks)),
            (Mark.SELF, _self(locks, onlooker)),
            (Mark.SCRATCH, _scratch(locks)),
            (Mark.OLD, _old(locks, onlooker)),
        )
        for evidence in evidences
    )


def is_suspicious(locks: StateLocks) -> bool:
    """Tell whether the two locks do not fit together, so that they should be looked at once more.

    The two listings do not happen at one moment: a lock that was taken or given back between them looks so too.
    """
    return any((*_differ(locks), *_half(locks)))


def holder_words(info: LockInfo) -> str:
    """Return who holds a lock under which id, cleaned."""
    who = printable(info.who, length_max=TEXT_MAX) or "nobody named"
    return f"{who} with {printable(info.identifier, length_max=TEXT_MAX) or 'no id'}"


def _differ(locks: StateLocks) -> Iterator[str]:
    readable = [side for side in locks.held if _info(side) is not None]
    if len(owners_of(readable)) > 1:
        yield "; ".join(
            f"{side.kind.words} in {side.place}: {holder_words(info)}"
            for side in readable
            if (info := _info(side)) is not None
        )


def _half(locks: StateLocks) -> Iterator[str]:
    if locks.modes != {Locking.BOTH} or locks.unknown:
        return
    held = {side.kind for side in locks.held}
    missing = [side for side in locks.sides if side.kind not in held]
    if held and missing:
        there = " and ".join(f"{side.kind.words} in {side.place}" for side in locks.held)
        absent = " and ".join(f"{side.kind.words} in {side.place}" for side in missing)
        yield f"{there} is there, {absent} is not; this state is locked with both"


def _unreadable(locks: StateLocks) -> Iterator[str]:
    for side in locks.held:
        match side.lock:
            case None:
                continue
            case lock if isinstance(lock.content, UnreadableLock):
                problem = printable(lock.content.problem, length_max=TEXT_MAX)
                yield (
                    f"{side.kind.words} in {side.place}: {problem};"
                    " no engine can show or force-unlock it"
                )
            case _:
                continue


def _unknown(locks: StateLocks) -> Iterator[str]:
    for side in locks.sides:
        if isinstance(side.seen, Withheld):
            there = (
                f"there is a {side.kind.words}, and who holds it" if side.found else "what it holds"
            )
            yield f"{side.place}: {there} is not known: {side.seen}"


def _self(locks: StateLocks, onlooker: Onlooker) -> Iterator[str]:
    if onlooker.failed_at is None or not onlooker.who:
        return
    for info in _infos(locks):
        created = info.created_at
        if created is None or info.who != onlooker.who:
            continue
        before = onlooker.failed_at - created
        if timedelta(0) <= before <= SELF_WITHIN:
            yield (
                f"{printable(info.who)} is you, and it was created {duration_words(before)} before that"
                " failure: an engine whose answer got lost is refused by its own lock"
            )


def _scratch(locks: StateLocks) -> Iterator[str]:
    path = lock_path(locks.bucket, locks.key)
    if any(is_scratch(info, path) for info in _infos(locks)):
        yield "taken by `holdfast prove`; it guards no state"


def _old(locks: StateLocks, onlooker: Onlooker) -> Iterator[str]:
    for info in _infos(locks):
        created = info.created_at
        if created is not None and onlooker.now - created >= OLD_AFTER:
            age = duration_words(onlooker.now - created)
            yield f"created {age} ago; an apply may run for hours, so that this proves nothing"


def _infos(locks: StateLocks) -> tuple[LockInfo, ...]:
    """Return what can be read of the locks, each text once."""
    found = (_info(side) for side in locks.held)
    return tuple(dict.fromkeys(info for info in found if info is not None))


def _info(side: LockSide) -> LockInfo | None:
    lock = side.lock
    return lock.content if lock is not None and isinstance(lock.content, LockInfo) else None
