"""The board of locks as text: a row for each owner, the evidence of each mark, what could not be seen, a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.durations import duration_words
from holdfast.core.lock_board import Board, BoardRow, LockSide, Mark, owners_of
from holdfast.core.locks import LockKind, StoredLock
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, table_lines

HEADER = ("backend", "key", "workspace", "lock", "who", "operation", "engine", "age", "id", "marks")
WORKSPACE_COLUMN = HEADER.index("workspace")
MARKS_COLUMN = HEADER.index("marks")
ABSENT = "-"
UNKNOWN = "unknown"
CELL_MAX = 80
FUTURE_AFTER = timedelta(minutes=1)  # clocks differ by less
MARK_COLOURS: dict[Mark, tuple[Colour, ...]] = {
    Mark.DIFFER: (Colour.RED, Colour.BOLD),
    Mark.HALF: (Colour.RED,),
    Mark.UNREADABLE: (Colour.RED,),
    Mark.UNKNOWN: (Colour.YELLOW,),
    Mark.SELF: (Colour.YELLOW,),
    Mark.SCRATCH: (Colour.DIM,),
    Mark.OLD: (Colour.DIM,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """What one owner's lock, or a lock that nobody could read, says in each column."""

    backend: str
    key: str
    workspace: str
    lock: str
    who: str
    operation: str
    engine: str
    age: str
    identifier: str
    marks: tuple[Mark, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the columns in the order of the header, the marks as one text."""
        return (
            self.backend,
            self.key,
            self.workspace,
            self.lock,
            self.who,
            self.operation,
            self.engine,
            self.age,
            self.identifier,
            " ".join(mark.value for mark in self.marks),
        )


def board_text(board: Board, *, now: datetime, ink: Ink = PLAIN) -> str:
    """Lay out the board as it is at `now`."""
    lines = [line for row in board.rows for line in owner_lines(row, now=now)]
    sections = [
        table_of(lines, ink),
        list(mark_lines(board, ink)),
        list(store_lines(board, ink)),
        [count_line(board)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def owner_lines(row: BoardRow, *, now: datetime) -> Iterator[OwnerLine]:
    """Yield a line for each owner of a state's locks, and for each lock that nobody could read."""
    marks = tuple(dict.fromkeys(each.mark for each in row.marks))
    for confirmation, sides in owners_of(row.locks.held).items():
        yield owner_line(row, sides, confirmation, marks=marks, now=now)
    for side in row.locks.unknown:
        if side.found:
            yield owner_line(row, (side,), UNKNOWN, marks=marks, now=now)


def owner_line(
    row: BoardRow,
    sides: Sequence[LockSide],
    confirmation: str,
    *,
    marks: tuple[Mark, ...],
    now: datetime,
) -> OwnerLine:
    """Make the line of one owner; what is not known of it is said to be unknown."""
    locks = row.locks
    lock = sides[0].lock
    holder = lock.holder if lock is not None else None
    kinds = {side.kind for side in sides}
    return OwnerLine(
        backend=shortened(locks.backend),
        key=printable(locks.key, length_max=1024),
        workspace=printable(locks.workspace or ABSENT),
        lock="both" if len(kinds) > 1 else sides[0].kind.value,
        who=field_words(holder.who if holder else None),
        operation=field_words(holder.operation if holder else None),
        engine=field_words(holder.version if holder else None),
        age=age_words(lock, now=now),
        identifier=printable(confirmation),
        marks=marks,
    )


def field_words(text: str | None) -> str:
    """Return a field of a lock: `-` for an empty one, `unknown` for one that nobody could read."""
    if text is None:
        return UNKNOWN
    return shortened(text) or ABSENT


def shortened(text: str) -> str:
    """Return text of others, clean and not longer than a column should be."""
    return printable(text, length_max=CELL_MAX)


def age_words(lock: StoredLock | None, *, now: datetime) -> str:
    """Return how long ago a lock was created by its own word; by that of S3 where it has none."""
    if lock is None:
        return UNKNOWN
    created = lock.holder.created_at if lock.holder is not None else None
    moment = created or lock.written
    if moment is None:
        return UNKNOWN
    if moment - now > FUTURE_AFTER:
        return "in the future"
    return duration_words(now - moment)


def table_of(lines: Sequence[OwnerLine], ink: Ink) -> list[str]:
    """Lay out the table; workspaces have a column only where there are any."""
    with_workspaces = any(line.workspace not in {ABSENT, WORKSPACE_DEFAULT} for line in lines)
    shown = [
        column for column in range(len(HEADER)) if column != WORKSPACE_COLUMN or with_workspaces
    ]
    rows = [
        [
            Cell(text, mark_colours(line) if column == MARKS_COLUMN else ())
            for column, text in enumerate(line.cells)
            if column in shown
        ]
        for line in lines
    ]
    return table_lines([HEADER[column] for column in shown], rows, ink=ink) if rows else []


def mark_colours(line: OwnerLine) -> tuple[Colour, ...]:
    """Return the colour of the most telling mark."""
    return MARK_COLOURS[line.marks[0]] if line.marks else ()


def mark_lines(board: Board, ink: Ink) -> Iterator[str]:
    """Yield each mark with the facts that it rests on."""
    width = max((len(each.mark.value) for row in board.rows for each in row.marks), default=0)
    for row in board.rows:
        for each in row.marks:
            word = ink(f"{each.mark.value:<{width}}", *MARK_COLOURS[each.mark])
            yield f"{word}  {printable(row.locks.key, length_max=1024)}"
            yield f"  {printable(each.evidence)}"


def store_lines(board: Board, ink: Ink) -> Iterator[str]:
    """Say which stores could not be read to the end, and which are not there."""
    for store in board.stores:
        names = ", ".join(printable(name) for name in store.backends)
        if store.withheld is not None:
            yield f"{ink('unknown', Colour.YELLOW)}  {printable(store.place)}  {printable(str(store.withheld))}"
            yield f"  nobody can say which locks of {names} are in it"
        elif store.missing:
            yield f"{ink('missing', Colour.YELLOW)}  {printable(store.place)}"
            yield f"  {names} cannot be locked in it; `holdfast audit` says more"


def count_line(board: Board) -> str:
    """Count what was found and what was looked at; the last line."""
    marks = Counter(mark for row in board.rows for mark in {each.mark for each in row.marks})
    marked = ", ".join(f"{marks[mark]} {mark.value}" for mark in Mark if marks[mark])
    objects = [store for store in board.stores if store.kind is LockKind.OBJECT]
    items = [store for store in board.stores if store.kind is LockKind.ITEM]
    keys = counted_many(sum(store.looked_at for store in objects), "key")
    records = counted_many(sum(store.looked_at for store in items), "item")
    digests = counted_many(sum(store.digests for store in items), "digest")
    others = sum(store.others for store in items)
    looked_at = f"{keys} in {counted(len(objects), 'bucket')}"
    if items:
        looked_at += (
            f" and {records} in {counted(len(items), 'table')}"
            f" ({digests}, {others:,} of other backends)"
        )
    unknown = sum(1 for store in board.stores if store.withheld is not None)
    found = (
        f"{counted(len(board.rows), 'state')} with locks{f' ({marked})' if marked else ''}"
        if board.rows
        else "no lock was seen"
    )
    not_read = f"; {counted(unknown, 'store')} could not be read to the end" if unknown else ""
    return f"{found}; looked at {looked_at}{not_read}"


def counted_many(count: int, noun: str) -> str:
    """Return `1 key`, `100,000 keys`."""
    return counted(count, noun) if count == 1 else f"{count:,} {noun}s"
