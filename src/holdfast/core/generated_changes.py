"""How a file on disk differs from what is generated in its place, as evidence. Pure.

What is generated holds no secret and is shown as it is. Of a line that somebody else wrote no more than the name
before `=` or `:` is shown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.findings import Evidence
from holdfast.core.generated import MARK, ComparedFile
from holdfast.core.source import SourceSpan

NAME = re.compile(r'\s*"?(?P<name>[\w.-]+)"?\s*[=:{]')


def changes_evidence(compared: ComparedFile) -> tuple[Evidence, ...]:
    """Return each changed line: what is on disk and would go, and what would come in its place."""
    return tuple(_changes(compared))


def _changes(compared: ComparedFile) -> Iterator[Evidence]:
    path = compared.file.path
    before, after = (compared.before or "").splitlines(), compared.file.text.splitlines()
    matcher = difflib.SequenceMatcher(
        a=list(map(_compared, before)), b=list(map(_compared, after)), autojunk=False
    )
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for number, line in enumerate(before[start:end], start=start + 1):
            if line.strip():
                found = NAME.match(line)
                text = f"`{printable(found['name'])}`" if found else "another line"
                yield Evidence(label="on disk", text=text, span=SourceSpan(path, number))
        for line in after[new_start:new_end]:
            if line.strip():
                yield Evidence(label="generated", text=f"`{printable(line.strip())}`")


def _compared(line: str) -> str:
    """Return a line as it is compared: the seal in the mark says nothing by itself."""
    return MARK if MARK in line else line.rstrip()
