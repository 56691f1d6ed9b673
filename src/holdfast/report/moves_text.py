"""What many moves would do and what they did, as text: a row for each state, and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.move_selection import WayOutlook, WayStanding
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, fact_lines, table_lines
from holdfast.report.states_text import HOLE, common_ends, size_words, without_ends

ABSENT = "-"
COLOURS: dict[WayStanding, tuple[Colour, ...]] = {
    WayStanding.BEGUN: (Colour.YELLOW,),
    WayStanding.ORPHAN: (Colour.YELLOW,),
    WayStanding.ELSEWHERE: (Colour.YELLOW,),
    WayStanding.REPLACED: (Colour.YELLOW,),
    WayStanding.MOVED: (Colour.DIM,),
}


def moves_text(outlook: Sequence[WayOutlook], *, ink: Ink = PLAIN) -> str:
    """Lay out every state with its way and what becomes of it, below what those of a bucket have in common."""
    groups: dict[tuple[str, str], list[WayOutlook]] = {}
    for each in outlook:
        buckets = each.way.source.backend.bucket, each.way.target.backend.bucket
        groups.setdefault(buckets, []).append(each)
    sections = ["\n".join(_group_lines(buckets, rows, ink)) for buckets, rows in groups.items()]
    return "\n\n".join([*sections, count_line(outlook)])


def _group_lines(
    buckets: tuple[str, str], outlook: Sequence[WayOutlook], ink: Ink
) -> Iterator[str]:
    old = common_ends([each.way.source.key for each in outlook])
    new = common_ends([each.way.target.key for each in outlook])
    places = [
        printable(f"{bucket}/{ends[0]}{HOLE}{ends[1]}")
        for bucket, ends in zip(buckets, (old, new), strict=True)
    ]
    yield from fact_lines([("from", places[0]), ("to", places[1])], indent=0)
    renames = any(
        without_ends(each.way.source.key, old) != without_ends(each.way.target.key, new)
        for each in outlook
    )
    header = ["state", *(["new key"] if renames else []), "states", "size", "files", ""]
    rows = [
        [
            Cell(printable(without_ends(each.way.source.key, old))),
            *([Cell(printable(without_ends(each.way.target.key, new)))] if renames else []),
            Cell(str(each.states) if each.states else ABSENT),
            Cell(size_words(each.size_bytes) if each.states else ABSENT),
            Cell(str(len(each.files)) if each.files else ABSENT),
            Cell(each.standing.value, COLOURS.get(each.standing, ())),
        ]
        for each in outlook
    ]
    yield from table_lines(header, rows, ink=ink)


def count_line(outlook: Sequence[WayOutlook]) -> str:
    """Count what is to be done and what is not; the last line."""
    counts = Counter(each.standing for each in outlook)
    words = [f"{counts[standing]} {standing.value}" for standing in WayStanding if counts[standing]]
    return f"{counted(len(outlook), 'state')}: {', '.join(words) or 'nothing to do'}"


def stopped_lines(done: Sequence[str], left: Sequence[str]) -> Iterator[str]:
    """Say after a failure what was done and what was not; both are paths of old places."""
    yield f"{counted(len(done), 'state')} with all workspaces moved, {len(left)} not:"
    for path in left:
        yield f"  {printable(path)}"
    yield "run the same command again: it goes on with those"


def moved_lines(moved: Sequence[str], *, states: int, files: int) -> Iterator[str]:
    """Say what was done as a whole, and what is left to do; `moved` are the paths of old places."""
    yield f"{counted(states, 'state')} moved, {counted(files, 'file')} of code changed"
    if moved:
        yield "the old places stay locked; when the new ones are in use, remove what is left there:"
    for path in moved:
        yield f"  holdfast states forget {printable(path)}"
