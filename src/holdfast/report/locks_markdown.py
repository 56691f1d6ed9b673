"""The board of locks as Markdown, for a step summary, a ticket or a wiki page."""

from __future__ import annotations

from datetime import datetime

from holdfast.core.lock_board import Board
from holdfast.core.markdown_text import escaped, table_row
from holdfast.report.audit_markdown import list_section
from holdfast.report.columns import PLAIN
from holdfast.report.locks_text import HEADER, count_line, owner_lines, store_lines


def board_markdown(board: Board, *, now: datetime) -> str:
    """Write the board: a row for each owner, the evidence of each mark, what could not be seen, a count."""
    lines = [line for row in board.rows for line in owner_lines(row, now=now)]
    table = [
        table_row(HEADER),
        table_row(("---",) * len(HEADER)),
        *(table_row([escaped(cell) for cell in line.cells]) for line in lines),
    ]
    marks = [
        f"{each.mark.value}: `{row.locks.key}`: {each.evidence}"
        for row in board.rows
        for each in row.marks
    ]
    sections = [
        "# Locks",
        "\n".join(table) if lines else "",
        "\n".join(list_section("marks", marks)),
        "\n".join(list_section("stores", store_lines(board, PLAIN))),
        count_line(board),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"
