"""What was looked at before a stage, as text: each check with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.core.cleaning import printable
from holdfast.core.locking_checks import Check, CheckOutcome, Checks
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, table_lines

OUTCOME_COLOURS = {
    CheckOutcome.PASSED: Colour.GREEN,
    CheckOutcome.REFUSED: Colour.RED,
    CheckOutcome.UNKNOWN: Colour.YELLOW,
}
EVIDENCE_MAX = 5


def checks_lines(every: Iterable[Checks], *, ink: Ink = PLAIN) -> Iterator[str]:
    """Lay out the checks of each backend, and below what has not passed its evidence and what can be done."""
    for checks in every:
        yield ink(f"{printable(checks.backend)}: {checks.title}", Colour.BOLD)
        rows = [
            [
                Cell(f"  {check.outcome}", (OUTCOME_COLOURS[check.outcome],)),
                Cell(check.slug),
                Cell(printable(check.words)),
            ]
            for check in checks.checks
        ]
        lines = table_lines((), rows, ink=ink)
        for check, line in zip(checks.checks, lines, strict=True):
            yield line
            yield from _below(check)
        yield ""


def _below(check: Check) -> Iterator[str]:
    for each in check.evidence[:EVIDENCE_MAX]:
        place = f"{each.span}: " if each.span is not None else ""
        yield f"      {printable(each.label)}: {place}{printable(each.text)}"
    more = len(check.evidence) - EVIDENCE_MAX
    if more > 0:
        yield f"      and {more} more"
    if check.hint and check.outcome is not CheckOutcome.PASSED:
        yield f"      hint: {check.hint}"
