"""What many moves would do and what they did, as text: a row for each state, and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.move_selection import WayOutlook, WayStanding
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, counted, fact_lines, table_lines
from holdfast.report.states_text import size_words

ABSENT = "-"
COLOURS: dict[WayStanding, tuple[Colour, ...]] = {
    WayStanding.BEGUN: (Colour.YELLOW,),
    WayStanding.ORPHAN: (Colour.YELLOW,),
    WayStanding.ELSEWHERE: (Colour.YELLOW,),
    WayStanding.REPLACED: (Colour.YELLOW,),
    WayStanding.MOVED: (Colour.DIM,),
}


def moves_text(outlook: Sequence[WayOutlook], *, ink: Ink = PLAIN) -> str:
    """Lay out every state with its way and what becomes of it."""
    sources = {each.way.source.backend.bucket for each in outlook}
    targets = {each.way.target.backend.bucket for each in outlook}
    one_bucket = len(sources) == 1 == len(targets)
    sections: list[list[str]] = []
    if one_bucket and sources != targets:
        sections.append(
            fact_lines(
                [("from", printable(min(sources))), ("to", printable(min(targets)))], indent=0
            )
        )
    rows = [_row(each, buckets=not one_bucket, ink_of=COLOURS) for each in outlook]
    renames = any(each.way.source.key != each.way.target.key for each in outlook)
    header = ["state", "new place", "states", "size", "files", ""]
    if not (renames or not one_bucket):
        header.pop(1)
        for row in rows:
            row.pop(1)
    if rows:
        sections.append(table_lines(header, rows, ink=ink))
    sections.append([count_line(outlook)])
    return "\n\n".join("\n".join(section) for section in sections)


def _row(
    each: WayOutlook, *, buckets: bool, ink_of: dict[WayStanding, tuple[Colour, ...]]
) -> list[Cell]:
    source, target = each.way.source, each.way.target
    old, new = source.key, target.key
    if buckets:
        old, new = each.way.path, f"{target.backend.bucket}/{target.key}"
    return [
        Cell(printable(old)),
        Cell(printable(new)),
        Cell(str(each.states) if each.states else ABSENT),
        Cell(size_words(each.size_bytes) if each.states else ABSENT),
        Cell(str(len(each.files)) if each.files else ABSENT),
        Cell(each.standing.value, ink_of.get(each.standing, ())),
    ]


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
