"""What differs between two states, as text: addresses and names of attributes, and no value."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.state_content import ReadState, content_words
from holdfast.core.state_diff import StateDiff
from holdfast.report.columns import PLAIN, Colour, Ink, counted, fact_lines


def diff_text(diff: StateDiff, before: ReadState, after: ReadState, *, ink: Ink = PLAIN) -> str:
    """Lay out the differences, `+` for what the second state has and `-` for what only the first had."""
    facts = [
        ("before", printable(content_words(before.content))),
        ("after", printable(content_words(after.content))),
    ]
    lines = list(_lines(diff, ink))
    sections = [fact_lines(facts), lines, [_count_line(diff)]]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _lines(diff: StateDiff, ink: Ink) -> Iterator[str]:
    for address in diff.removed:
        yield f"{ink('-', Colour.RED)} {printable(address)}"
    for address in diff.added:
        yield f"{ink('+', Colour.GREEN)} {printable(address)}"
    for each in diff.changed:
        names = ", ".join(printable(name) for name in each.attributes)
        yield f"{ink('~', Colour.YELLOW)} {printable(each.address)}  ({names})"


def _count_line(diff: StateDiff) -> str:
    return (
        f"{counted(len(diff.added) + len(diff.removed) + len(diff.changed), 'difference')}:"
        f" {len(diff.added)} added, {len(diff.removed)} removed, {len(diff.changed)} changed,"
        f" {diff.unchanged_count} the same"
    )
