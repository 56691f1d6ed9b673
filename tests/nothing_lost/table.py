"""The table: for each command and each of its changes, what happened when that change was disturbed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from tests.support.markdown import markdown_table

NOT_RUN = "–"
SEPARATOR = " / "
READS = "what is read before"


class Column(StrEnum):
    """What befalls a change; each is a column of the table and a test of every command."""

    KILLED = "killed after it"
    ANSWER_LOST = "its answer is lost"
    REFUSED = "it is refused"
    STATE = "another state just before"
    LOCK = "another lock just before"
    DIGEST = "another digest just before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What was seen when one change (0: the reads before the first) of a command was disturbed."""

    command: str
    change: int
    words: str
    column: Column
    seen: str

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Cell":
        values = json.loads(text)
        return cls(**{**values, "column": Column(values["column"])})


def table(cells: Iterable[Cell]) -> str:
    """Return a Markdown table: a row for each command and kind of change, a column for each disturbance.

    Changes of the same kind on the same object are one row, where the first of them is.
    """
    first: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str, Column], list[str]] = {}
    for each in sorted(cells, key=lambda each: (each.command, each.change)):
        first.setdefault((each.command, each.words), each.change)
        seen.setdefault((each.command, each.words, each.column), []).append(each.seen)
    return markdown_table(
        ["command", "step", *Column],
        [
            [
                f"`{command}`",
                words,
                *(_cell(seen.get((command, words, each), [])) for each in Column),
            ]
            for command, words in sorted(first, key=lambda row: (row[0], first[row]))
        ],
    )


def recorded(page: str) -> Mapping[tuple[str, str, Column], frozenset[str]]:
    """Read the table of a page: what was seen, for each command, kind of change and column."""
    found: dict[tuple[str, str, Column], frozenset[str]] = {}
    for line in page.splitlines():
        cells = [each.strip() for each in line.strip("|").split(" | ")]
        if not line.startswith("| `") or len(cells) != len(Column) + 2:
            continue
        command, words, *seen = cells
        for column, cell in zip(Column, seen, strict=True):
            found[command.strip("`"), words, column] = frozenset(cell.split(SEPARATOR))
    return found


def _cell(seen: Iterable[str]) -> str:
    return SEPARATOR.join(sorted(set(seen))) or NOT_RUN
