"""Edits of code as a unified diff, without the secrets that stand beside them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from holdfast.core.cleaning import printable
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.repository import SENSITIVE_PLACEHOLDER
from holdfast.report.columns import PLAIN, Ink
from holdfast.report.generated_files_text import LINE_COLOURS, SECRET


def edit_lines(edits: Iterable[CodeFileEdit], *, ink: Ink = PLAIN) -> Iterator[str]:
    """Give the lines of each edit, with an empty one before it."""
    for edit in edits:
        yield ""
        for line in _difference(edit):
            colour = LINE_COLOURS.get(line[:1])
            yield ink(line, colour) if colour is not None else line


def _difference(edit: CodeFileEdit) -> Iterator[str]:
    path = printable(edit.path)
    before, after = (
        text.decode(errors="replace").splitlines() for text in (edit.before, edit.after)
    )
    for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}", lineterm=""):
        yield printable(SECRET.sub(rf"\g<name>{SENSITIVE_PLACEHOLDER}", line))
