"""Tables that test runs print, and the page that they are kept in."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.support.source_tree import ROOT

PAGE = ROOT / "docs" / "explanation" / "conformance.md"


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; no cell contains a vertical bar."""
    return "\n".join(map(_line, (headings, ["---"] * len(headings), *rows)))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def record(mark: str, table: str, page: Path = PAGE) -> None:
    """Put a table between the two comments of the page that bear its mark, in place of what is there."""
    block = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    text, count = block.subn(
        lambda found: f"{found[1]}{table}\n{found[2]}", page.read_text(encoding="utf-8")
    )
    assert count == 1, f"{page.name} has no place for the table"
    page.write_text(text, encoding="utf-8")
