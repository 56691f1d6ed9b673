"""The figures of the races: what each race counted, as rows of one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.backends import Locking
from tests.race.running import Result
from tests.support.markdown import markdown_table

HEADINGS = (
    "locking",
    "faults",
    "processes",
    "locks taken",
    "attempts",
    "refused",
    "two holders",
    "reported",
    "left unreported",
    "locks per second",
)
# How many locks are taken in each race, one for each mode: in `make test`, and in `make race`, where it is 20 400
# without faults and 5 400 among them.
PLAIN_SHORT, PLAIN_LONG = 80, 6_800
FAULTY_SHORT, FAULTY_LONG = 24, 1_800
NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How much the races of this run do, and where their figures go."""

    long: bool
    record: Callable[[Sequence[str]], None]

    @property
    def plain(self) -> int:
        """How many locks are taken in a race without faults."""
        return PLAIN_LONG if self.long else PLAIN_SHORT

    @property
    def faulty(self) -> int:
        """How many locks are taken in a race among faults."""
        return FAULTY_LONG if self.long else FAULTY_SHORT

    def show(
        self,
        locking: Locking,
        result: Result,
        *,
        unreported: int,
        strikes: Mapping[str, int] | None = None,
    ) -> None:
        """Put a race into the table, before anything of it is judged."""
        tally = result.tally
        refusals = ", ".join(f"{count} {name}" for name, count in sorted(tally.refusals.items()))
        faults = ", ".join(f"{count} {name}" for name, count in (strikes or {}).items())
        self.record(
            [
                locking.value,
                faults or NONE,
                str(result.processes),
                str(tally.acquired),
                str(tally.attempts),
                refusals or NONE,
                str(tally.crowded),
                str(len(tally.reported)),
                str(unreported),
                f"{tally.acquired / result.seconds:.0f}",
            ]
        )


def figures_table(rows: Sequence[Sequence[str]]) -> str:
    """Return the table of all races."""
    return markdown_table(HEADINGS, rows)
