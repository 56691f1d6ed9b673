"""The end of a lock table as a person would do it, as text."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.locking_plans import TableRetirement
from holdfast.report.columns import PLAIN, Colour, Ink


def retirement_lines(retirement: TableRetirement, *, ink: Ink = PLAIN) -> Iterator[str]:
    """Say what is left to do about a table that no root names any more; Holdfast never does it."""
    table = printable(retirement.table)
    yield ink(
        f"{printable(retirement.backend)}: retire table {table} (never automatic)", Colour.BOLD
    )
    for place in retirement.creators:
        yield f"  take it out of the code that creates it: {printable(place)}"
    for command in retirement.commands:
        yield f"  {printable(command)}"
