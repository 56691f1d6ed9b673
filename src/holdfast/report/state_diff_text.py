"""What differs between two states, as text: addresses and names of attributes; values only where they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.state_content import ReadState, content_words
from holdfast.core.state_diff import StateDiff
from holdfast.core.state_values import Values, shown_change
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines


def diff_text(
    diff: StateDiff,
    before: ReadState,
    after: ReadState,
    *,
    values: tuple[Values, Values] | None = None,
    ink: Ink = PLAIN,
) -> str:
    """Lay out the differences, `+` for what the second state has and `-` for what only the first had.

    `values` of both states are shown where they are given, and not sensitive.
    """
    facts = [
        ("before", printable(content_words(before.content))),
        ("after", printable(content_words(after.content))),
    ]
    lines = list(_lines(diff, values, ink))
    sections = [fact_lines(facts), lines, [_count_line(diff)]]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _lines(diff: StateDiff, values: tuple[Values, Values] | None, ink: Ink) -> Iterator[str]:
    for address in diff.removed:
        yield f"{ink('-', Colour.RED)} {printable(address)}"
        yield from _value_lines(address, diff.wanted.get(address, ()), values)
    for address in diff.added:
        yield f"{ink('+', Colour.GREEN)} {printable(address)}"
        yield from _value_lines(address, diff.wanted.get(address, ()), values)
    for each in diff.changed:
        names = ", ".join(printable(name) for name in each.attributes)
        yield f"{ink('~', Colour.YELLOW)} {printable(each.address)}  ({names})"
        yield from _value_lines(each.address, each.attributes, values)


def _value_lines(
    address: str, names: Sequence[str], values: tuple[Values, Values] | None
) -> Iterator[str]:
    if values is None:
        return
    before, after = values
    changes = []
    for name in names:
        old, new = shown_change(address, name, before, after)
        changes.append((printable(name), f"{printable(old)} -> {printable(new)}"))
    yield from fact_lines(changes, indent=4)


def _count_line(diff: StateDiff) -> str:
    return (
        f"{counted(len(diff.added) + len(diff.removed) + len(diff.changed), 'difference')}:"
        f" {len(diff.added)} added, {len(diff.removed)} removed, {len(diff.changed)} changed,"
        f" {diff.unchanged_count} the same"
    )
