"""Measure, compare, and lay out what was measured. Ratios are taken within one run, never times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


def duration(seconds: float) -> str:
    """Return a duration in milliseconds, or in seconds from ten of them on."""
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds * 1000:.0f} ms"


def mebibytes(count: float) -> str:
    """Return an amount of memory."""
    return f"{count / 2**20:.0f} MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison: what ours took, what the thing that it is compared with took, and the budget.

    Seconds, unless `words` puts the two into other words. `faster` turns the ratio around: then it says how many times
    faster ours is, and the budget is a minimum.
    """

    measure: str
    ours: float
    yardstick: str
    theirs: float
    budget: float | None = None
    faster: bool = False
    words: Callable[[float], str] = duration

    @property
    def ratio(self) -> float:
        """Return ours over the yardstick, or the yardstick over ours."""
        if self.faster:
            return self.theirs / self.ours
        return self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """Say whether the budget is kept; a row without a budget only informs."""
        if self.budget is None:
            return "-"
        kept = self.ratio >= self.budget if self.faster else self.ratio <= self.budget
        return "kept" if kept else "MISSED"


def median_seconds(action: Callable[[], object], *, times: int) -> float:
    """Return the median duration of `action` over `times` runs, after one run that does not count."""
    action()
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def table(rows: list[Row]) -> str:
    """Lay the rows out as a Markdown table, which reads as well in a terminal."""
    header = ("measure", "ours", "compared with", "takes", "ratio", "budget", "verdict")
    cells = [header] + [
        (
            row.measure,
            row.words(row.ours),
            row.yardstick,
            row.words(row.theirs),
            f"{row.ratio:.2f}×",
            "-" if row.budget is None else f"{'≥' if row.faster else '≤'} {row.budget:g}×",
            row.verdict,
        )
        for row in rows
    ]
    widths = [max(len(line[index]) for line in cells) for index in range(len(header))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
