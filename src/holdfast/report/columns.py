"""Aligned columns and colour for text reports."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.findings import Severity
from holdfast.core.verdicts import Verdict


class Colour(StrEnum):
    """SGR codes; colour repeats what the words say and never says more."""

    RED = "31"
    YELLOW = "33"
    GREEN = "32"
    CYAN = "36"
    BOLD = "1"
    DIM = "2"


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour text, or leave it alone when the reader is not a terminal."""

    coloured: bool = False

    def __call__(self, text: str, *colours: Colour) -> str:
        """Return `text` in these colours."""
        if not self.coloured or not colours or not text:
            return text
        return f"\x1b[{';'.join(colours)}m{text}\x1b[0m"


PLAIN = Ink()

SEVERITY_COLOURS: dict[Severity, tuple[Colour, ...]] = {
    Severity.CRITICAL: (Colour.RED, Colour.BOLD),
    Severity.HIGH: (Colour.RED,),
    Severity.MEDIUM: (Colour.YELLOW,),
    Severity.LOW: (Colour.CYAN,),
    Severity.NOTE: (Colour.DIM,),
}
VERDICT_COLOURS: dict[Verdict, tuple[Colour, ...]] = {
    Verdict.GOOD: (Colour.GREEN,),
    Verdict.NEEDS_FIX: (Colour.RED, Colour.BOLD),
    Verdict.UNKNOWN: (Colour.YELLOW,),
}


def width_of(text: str) -> int:
    """Return the number of terminal cells that `text` fills."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and the colours it is written in."""

    text: str
    colours: tuple[Colour, ...] = ()


def table_lines(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], *, ink: Ink = PLAIN
) -> list[str]:
    """Lay out a table: a header and rows, columns two spaces apart, no trailing spaces."""
    heading = [Cell(text, (Colour.BOLD,)) for text in header]
    everything = [heading, *rows] if header else list(rows)
    if not everything:
        return []
    widths = [
        max(width_of(row[index].text) for row in everything) for index in range(len(everything[0]))
    ]
    return [row_line(row, widths, ink) for row in everything]


def row_line(row: Sequence[Cell], widths: Sequence[int], ink: Ink) -> str:
    """Lay out one row; the padding is outside the colours, so that it can be cut off."""
    last = max((index for index, cell in enumerate(row) if cell.text), default=0)
    return "  ".join(
        ink(cell.text, *cell.colours)
        + (" " * (widths[index] - width_of(cell.text)) if index < last else "")
        for index, cell in enumerate(row[: last + 1])
    )


def fact_lines(facts: Sequence[tuple[str, str]], *, indent: int = 2) -> list[str]:
    """Lay out label/value pairs, values aligned."""
    width = max((width_of(label) for label, _ in facts), default=0)
    return [
        f"{' ' * indent}{label}{' ' * (width - width_of(label))}  {value}".rstrip()
        for label, value in facts
    ]


def listed(names: Sequence[str], noun: str, *, count_max: int) -> str:
    """Return names as a list, the first ones and a count of the others where there are many more."""
    if len(names) <= count_max + 1:  # to count a single one saves nothing
        return ", ".join(names)
    return f"{', '.join(names[:count_max])} and {len(names) - count_max} more {noun}s"
