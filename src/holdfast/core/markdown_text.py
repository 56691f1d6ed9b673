"""Text in Markdown: whatever somebody called a thing, it stays text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from holdfast.core.cleaning import printable

BACKTICKS = re.compile(r"`+")


def escaped(text: str) -> str:
    """Return text on one line that Markdown and HTML leave as it is, in or out of a table."""
    cleaned = printable(text).replace("\\", "\\\\").replace("|", "\\|")
    return (
        cleaned.replace("&", "&amp;").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    )


def code(text: str) -> str:
    """Return text on one line as code, in or out of a table."""
    cleaned = printable(text).replace("|", "\\|")
    longest = max((len(run) for run in BACKTICKS.findall(cleaned)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{cleaned}{space}{fence}"


def prose(text: str) -> str:
    """Return a sentence of ours, in which names stand between backticks, with the names as code."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:  # a backtick that has no other: nothing says what is a name
        return escaped(text)
    return "".join(
        code(part) if index % 2 else escaped(part)
        for index, part in enumerate(parts)
        if part or index % 2
    )


def table_row(cells: Sequence[str]) -> str:
    """Write one row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table."""
    return "\n".join((table_row(header), table_row(("---",) * len(header)), *map(table_row, rows)))


def command_block(lines: Sequence[str]) -> str:
    """Write command lines as a block; a control character in one becomes a mark, as everywhere."""
    return "\n".join(("```sh", *(printable(line, length_max=4000) for line in lines), "```"))
