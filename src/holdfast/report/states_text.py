"""The states of a fleet as text: a row for each, the evidence of each mark, what could not be seen, a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_board import FoundState, StateBoard, StateMark, StateRow
from holdfast.core.state_content import StateHead, serial_of
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, table_lines

HEADER = ("key", "serial", "resources", "size", "written")
HOLE = "<key>"
ABSENT = "-"
UNKNOWN = "unknown"
LINEAGE_SHOWN = 8
CELL_MAX = 80
KEY_MAX = 48  # with it the table has at most 120 columns
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
    """Lay out one table, in which the states of each bucket stand below what their keys have in common."""
    groups: dict[tuple[str, str], list[StateRow]] = {}
    for row in board.rows:
        groups.setdefault((row.state.backend, row.state.bucket), []).append(row)
    commons = {
        group: common_ends([row.state.key for row in rows]) for group, rows in groups.items()
    }
    header = (*HEADER, *(("versions",) if board.versions_counted else ()), "marks")
    laid_out = table_lines(
        header,
        [
            tuple(
                Cell(printable(text, length_max=CELL_MAX))
                for text in cells(row, commons[group], versions=board.versions_counted)
            )
            for group, rows in groups.items()
            for row in rows
        ],
        ink=ink,
    )
    lines, following = laid_out[:1], iter(laid_out[1:])
    for (backend, bucket), rows in groups.items():
        start, end = commons[backend, bucket]
        name = "" if backend == bucket else f"  (backend {printable(backend)})"
        lines += ["", ink(printable(f"{bucket}/{start}{HOLE}{end}"), Colour.BOLD) + name]
        lines += [next(following) for _ in rows]
    return lines


def common_ends(keys: Sequence[str]) -> tuple[str, str]:
    """Return the first and the last directories and names that all keys have in common; each key keeps something."""
    parts = [key.split("/") for key in keys]
    spare = min(map(len, parts)) - 1 if len(parts) > 1 else 0
    start = _common(parts, spare)
    end = _common([each[::-1] for each in parts], spare - start)
    first, last = parts[0][:start], parts[0][len(parts[0]) - end :]
    return "".join(f"{each}/" for each in first), "".join(f"/{each}" for each in last)


def without_ends(key: str, ends: tuple[str, str]) -> str:
    """Return what is left of a key without what it has in common with others."""
    return key[len(ends[0]) : len(key) - len(ends[1])]


def _common(parts: Sequence[Sequence[str]], length_max: int) -> int:
    """Return how many items all have in common at their start, at most so many."""
    for length in range(length_max):
        if len({each[length] for each in parts}) > 1:
            return length
    return max(length_max, 0)


def cells(row: StateRow, common: tuple[str, str], *, versions: bool) -> tuple[str, ...]:
    """Return the columns of one state in the order of the header; `common` is what its key is shown without."""
    state = row.state
    key = without_ends(state.key, common)
    marks = [each.mark.value for each in row.marks]
    if state.digest in WRONG_DIGESTS or state.digest is DigestVerdict.UNKNOWN:
        marks.append(f"digest-{state.digest.value.replace(' ', '-')}")
    return (
        key if len(key) <= KEY_MAX else f"...{key[3 - KEY_MAX :]}",
        *_content_cells(state),
        size_words(state.size_bytes) if state.size_bytes is not None else ABSENT,
        ABSENT if state.written is None else state.written.strftime("%Y-%m-%d %H:%M"),
        *((_versions(state),) if versions else ()),
        " ".join(marks),
    )


def _versions(state: FoundState) -> str:
    match state.version_count:
        case Known(count):
            return str(count)
        case Withheld():
            return UNKNOWN
        case None:
            return ABSENT


def _content_cells(state: FoundState) -> tuple[str, str]:
    match state.content:
        case Known(content):
            serial = serial_of(content)
            resources = content.resource_count if isinstance(content, StateHead) else None
            return (
                ABSENT if serial is None else str(serial),
                ABSENT if resources is None else str(resources),
            )
        case Withheld():
            return (UNKNOWN,) * 2


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
