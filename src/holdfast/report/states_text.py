"""The states of a fleet as text: a row for each, the evidence of each mark, what could not be seen, a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from holdfast.core.cleaning import printable
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_board import FoundState, StateBoard, StateMark, StateRow
from holdfast.core.state_content import StateHead, lineage_of, serial_of
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, counted, table_lines

HEADER = (
    "backend",
    "key",
    "workspace",
    "root",
    "serial",
    "lineage",
    "engine",
    "resources",
    "size",
    "written",
    "digest",
    "marks",
)
ABSENT = "-"
UNKNOWN = "unknown"
LINEAGE_SHOWN = 8
CELL_MAX = 80
KIBIBYTE = 1024
MARK_COLOURS: dict[StateMark, tuple[Colour, ...]] = {
    StateMark.TWIN: (Colour.RED, Colour.BOLD),
    StateMark.UNREADABLE: (Colour.RED,),
    StateMark.ORPHAN: (Colour.YELLOW,),
    StateMark.MISSING: (Colour.YELLOW,),
    StateMark.EMPTY: (Colour.DIM,),
    StateMark.ENCRYPTED: (Colour.DIM,),
}


def states_text(board: StateBoard, *, ink: Ink = PLAIN) -> str:
    """Lay out the board."""
    sections = [
        _table(board, ink) if board.rows else [],
        list(_mark_lines(board, ink)),
        list(_store_lines(board, ink)),
        [count_line(board)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def count_line(board: StateBoard) -> str:
    """Count the states and their marks; the last line."""
    there = sum(row.state.is_there for row in board.rows)
    marks = Counter(each.mark for row in board.rows for each in row.marks)
    stale = sum(row.state.digest in WRONG_DIGESTS for row in board.rows)
    words = [f"{count} {mark.value}" for mark in StateMark if (count := marks[mark])]
    words += [f"{stale} with a wrong digest"] if stale else []
    words += [] if board.is_complete else ["not everything could be read"]
    return f"{counted(there, 'state')}: {', '.join(words) or 'nothing to say of them'}"


WRONG_DIGESTS = frozenset({DigestVerdict.STALE, DigestVerdict.STATE_MISSING, DigestVerdict.INVALID})


def _table(board: StateBoard, ink: Ink) -> list[str]:
    rows = [
        tuple(Cell(printable(text, length_max=CELL_MAX)) for text in cells(row))
        for row in board.rows
    ]
    return table_lines(HEADER, rows, ink=ink)


def cells(row: StateRow) -> tuple[str, ...]:
    """Return the columns of one state in the order of the header."""
    state = row.state
    return (
        state.backend,
        state.key,
        state.workspace if state.workspace is not None else ABSENT,
        ", ".join(state.roots) or ABSENT,
        *_content_cells(state),
        size_words(state.size_bytes) if state.size_bytes is not None else ABSENT,
        moment_words(state.written),
        state.digest.value,
        " ".join(each.mark.value for each in row.marks),
    )


def _content_cells(state: FoundState) -> tuple[str, str, str, str]:
    match state.content:
        case Known(content):
            serial = serial_of(content)
            engine, resources = "", None
            if isinstance(content, StateHead):
                engine, resources = content.engine_version, content.resource_count
            return (
                ABSENT if serial is None else str(serial),
                lineage_of(content)[:LINEAGE_SHOWN] or ABSENT,
                engine or ABSENT,
                ABSENT if resources is None else str(resources),
            )
        case Withheld():
            return (UNKNOWN,) * 4


def _mark_lines(board: StateBoard, ink: Ink) -> Iterator[str]:
    for row in board.rows:
        for each in row.marks:
            mark = ink(each.mark.value, *MARK_COLOURS[each.mark])
            yield f"{mark}  {printable(row.state.bucket)}/{printable(row.state.key)}"
            yield f"  {printable(each.evidence)}"
        if isinstance(row.state.content, Withheld) and board.was_read:
            yield f"{ink(UNKNOWN, Colour.YELLOW)}  {printable(row.state.bucket)}/{printable(row.state.key)}"
            yield f"  {printable(str(row.state.content))}"


def _store_lines(board: StateBoard, ink: Ink) -> Iterator[str]:
    for store in board.stores:
        if store.withheld is not None:
            reason = printable(str(store.withheld))
            yield f"{ink(UNKNOWN, Colour.YELLOW)}  {printable(store.place)}: {reason}"
        elif store.missing:
            yield f"{ink('missing', Colour.YELLOW)}  {printable(store.place)}: there is none"
        elif store.others:
            yield f"{printable(store.place)}: {counted(store.others, 'object')} besides, no states"


def size_words(size_bytes: int) -> str:
    """Return a size for a table: `512 B`, `3.2 KiB`."""
    size: float = size_bytes
    for unit in ("B", "KiB", "MiB"):
        if size < KIBIBYTE:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= KIBIBYTE
    return f"{size:.1f} GiB"


def moment_words(moment: datetime | None) -> str:
    """Return a time for a table, in the offset that it has."""
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment is not None else ABSENT
