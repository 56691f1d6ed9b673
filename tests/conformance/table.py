"""The table of the conformance suite: what was seen, for each engine, mode and direction."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.backends import Locking
from holdfast.core.engines import Version
from tests.support.markdown import markdown_table

FAILED = "**failed**"
NOT_RUN = "–"


class Direction(StrEnum):
    """What happens between an engine and us; each is a column of the table and a module of tests."""

    ENGINE_HOLDS = "engine holds, we try"
    WE_HOLD = "we hold, engine tries"
    ENGINE_UNLOCKS = "engine unlocks ours by its id"
    WE_BREAK = "we break the engine's"
    MIXED = "beside a lock file of another engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one test saw."""

    engine: Version
    locking: Locking
    direction: Direction
    seen: str


def table(cells: Iterable[Cell]) -> str:
    """Return a Markdown table: a row for each engine and mode, a column for each direction."""
    seen = {(each.engine, each.locking, each.direction): each.seen for each in cells}
    order = list(Locking)
    rows = sorted(
        {(engine, locking) for engine, locking, _ in seen},
        key=lambda row: (row[0], order.index(row[1])),
    )
    return markdown_table(
        ["Terraform", "locking", *Direction],
        [
            [
                str(engine),
                locking.value,
                *(seen.get((engine, locking, each), NOT_RUN) for each in Direction),
            ]
            for engine, locking in rows
        ],
    )
