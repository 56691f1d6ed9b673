"""One state's locks as text: each record in full, what an engine prints, who can be asked, how to remove it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.facts import Withheld
from holdfast.core.lock_board import LockSide, confirmation_of, owners_of
from holdfast.core.lock_info import LockInfo, UnreadableLock
from holdfast.core.lock_view import BreakCommand, LockPlace, StateView, break_commands, engine_lines
from holdfast.core.locks import StoredLock
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines
from holdfast.report.locks_text import MARK_COLOURS, age_words

DANGER = (
    "It does not touch the state or your infrastructure.",
    "If that run still goes on, two runs can write the same state, and the work of one is lost.",
    "Holdfast cannot see whether it still goes on.",
)
COMMAND_MAX = 8000  # a lock's text stands in it


def view_text(view: StateView, *, now: datetime, ink: Ink = PLAIN) -> str:
    """Lay out everything that is known of the locks of one state."""
    sections = [
        [*state_lines(view, ink)],
        *([*side_lines(side, place, now, ink)] for side, place in view.located),
        [*mark_lines(view, ink)],
        [*asking_lines(view)],
        [*command_lines(break_commands(view), ink)],
        [verdict_line(view)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def state_lines(view: StateView, ink: Ink) -> Iterator[str]:
    """Say which state it is."""
    locks = view.locks
    yield ink(f"s3://{printable(locks.bucket)}/{printable(locks.key)}", Colour.BOLD)
    facts = [("backend", printable(locks.backend))]
    if locks.workspace is not None:
        facts.append(("workspace", printable(locks.workspace)))
    if locks.modes:
        facts.append(("locked with", ", ".join(sorted(mode.value for mode in locks.modes))))
    facts += [("root", printable(root)) for root in view.roots]
    yield from fact_lines(facts)


def side_lines(side: LockSide, place: LockPlace, now: datetime, ink: Ink) -> Iterator[str]:
    """Lay out what one store shows."""
    heading = f"{side.kind.words}  {printable(place.address)}"
    if isinstance(side.seen, Withheld):
        yield f"{ink('unknown', Colour.YELLOW)}  {heading}"
        yield from fact_lines([("because", printable(str(side.seen)))])
        return
    lock = side.lock
    if lock is None:
        yield f"{ink('none', Colour.DIM)}     {heading}"
        if side.missing:
            yield from fact_lines([("because", "the table does not exist")])
        return
    yield f"{ink('held', Colour.RED)}     {heading}"
    yield from fact_lines([*lock_facts(lock, now)])


def lock_facts(lock: StoredLock, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is stored, and how an engine reads it."""
    yield "age", age_words(lock, now=now)
    if lock.written is not None:
        yield "written", f"{lock.written:%Y-%m-%d %H:%M:%S} UTC, as S3 says"
    yield "removed by", confirmation_of(lock)
    yield "bytes", f"{len(lock.body)}"
    yield "stored", raw_words(lock.body)
    match lock.content:
        case UnreadableLock() as unreadable:
            yield "engines", f"cannot read it: {printable(unreadable.problem)}"
        case LockInfo() as info:
            first, *others = (printable(line) for line in engine_lines(info))
            yield "engines", f"print: {first}"
            for line in others:
                yield "", line


def raw_words(body: bytes) -> str:
    """Return stored bytes as one clean line; `(empty)` when there are none."""
    return printable(body.decode("utf-8", errors="replace")) or "(empty)"


def mark_lines(view: StateView, ink: Ink) -> Iterator[str]:
    """Yield each mark with the facts that it rests on."""
    for each in view.marks:
        yield f"{ink(each.mark.value, *MARK_COLOURS[each.mark])}  {printable(each.evidence)}"


def asking_lines(view: StateView) -> Iterator[str]:
    """Say who can be asked before a lock is removed."""
    for side in (sides[0] for sides in owners_of(view.locks.held).values()):
        holder = side.lock.holder if side.lock is not None else None
        if holder is not None and holder.who:
            reason = f", who says: {printable(holder.info)}" if holder.info else ""
            yield f"ask   {printable(holder.who)}{reason}"


def command_lines(commands: tuple[BreakCommand, ...], ink: Ink) -> Iterator[str]:
    """Lay out the commands that would remove what was shown."""
    if commands:
        yield "to remove what is shown here, if the run is known to be dead:"
    for command in commands:
        yield f"  {ink(printable(command.line, length_max=COMMAND_MAX), Colour.CYAN)}"
        if command.remark:
            yield f"    {printable(command.remark)}"


def verdict_line(view: StateView) -> str:
    """Say what is known in one line; what nobody could read is never called free."""
    held, unknown = view.locks.held, view.locks.unknown
    owners = len(owners_of(held))
    not_read = f"; {counted(len(unknown), 'store')} could not be read" if unknown else ""
    if not held:
        return f"no lock was seen{not_read}" if unknown else "not locked"
    return f"{counted(len(held), 'lock')} of {counted(owners, 'owner')}{not_read}"


# Before a lock is removed -----------------------------------------------------------------------


def danger_text(view: StateView, *, now: datetime, ink: Ink = PLAIN) -> str:
    """Say what would be removed and what that means, before anybody is asked."""
    held = view.locks.held
    lines = [f"This removes {counted(len(held), 'lock')}:", ""]
    for confirmation, sides in owners_of(held).items():
        lock = sides[0].lock
        if lock is None:
            continue
        lines += fact_lines([*owner_facts(view, sides, lock, confirmation, now=now)])
        lines.append("")
    lines += [ink(line, Colour.YELLOW) for line in DANGER]
    return "\n".join([*mark_lines(view, ink), *([""] if view.marks else []), *lines]) + "\n"


def owner_facts(
    view: StateView,
    sides: tuple[LockSide, ...],
    lock: StoredLock,
    confirmation: str,
    *,
    now: datetime,
) -> Iterator[tuple[str, str]]:
    """Yield what tells one owner's locks from another's."""
    holder = lock.holder
    yield "backend", printable(view.locks.backend)
    yield "key", printable(view.locks.key)
    if isinstance(lock.content, LockInfo) and holder is not None:
        who, operation = printable(holder.who) or "nobody named", printable(holder.operation)
        yield "held by", f"{who}, {operation or 'no operation'}, since {age_words(lock, now=now)}"
        if holder.info:
            yield "reason", printable(holder.info)
        yield "lock ID", confirmation
    else:
        yield "stored", raw_words(lock.body)
        yield "its hash", confirmation
    for side, place in view.located:
        if side in sides:
            yield side.kind.words, printable(place.address)
