"""Tables that test runs print."""

from collections.abc import Sequence


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; no cell contains a vertical bar."""
    return "\n".join(map(_line, (headings, ["---"] * len(headings), *rows)))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
