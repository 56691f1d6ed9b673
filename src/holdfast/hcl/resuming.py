"""Find where a broken file can be read again: at the next block that can only stand at the top level.

What is not closed swallows everything below it, backends included. A formatted file begins each of its blocks
in the first column, so that a part from one such line to the next is judged by itself. Text in comments,
strings and heredocs begins nothing; one that is never closed ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from holdfast.hcl.syntax import SyntaxPart

# Terraform and OpenTofu, then terragrunt. A block of any other type may be a part of one.
TOP_LEVEL_TYPES = (
    *("terraform", "resource", "data", "module", "variable", "output", "provider", "locals"),
    *("moved", "import", "removed", "check", "ephemeral"),
    *("remote_state", "include", "generate", "dependency", "dependencies", "inputs", "catalog"),
)
TOKENS = re.compile(
    rb"^(?P<block>(?:%s)(?:[ \t]+(?:\"[^\"\n]*\"|[\w-]+))*[ \t]*\{)"
    rb"|\"(?:[^\"\\\n]|\\.)*\"?"
    rb"|\#[^\n]*|//[^\n]*"
    rb"|/\*(?:(?s:.)*?\*/)?"
    rb"|<<-?(?P<mark>[A-Za-z_][\w-]*)[ \t]*\r?$" % "|".join(TOP_LEVEL_TYPES).encode(),
    re.MULTILINE,
)


def parts_of(source: bytes) -> Iterator[SyntaxPart]:
    """Yield the parts of a file, in order; together they are the whole of it."""
    start = lines = 0
    for position in (*_starts(source), len(source)):
        if position > start:
            yield SyntaxPart(start, position, lines)
            lines += source.count(b"\n", start, position)
            start = position


def _starts(source: bytes) -> Iterator[int]:
    """Yield where blocks of the top level begin."""
    position = 0
    while (token := TOKENS.search(source, position)) is not None:
        position = token.end()
        if token["block"]:
            yield token.start()
        elif token["mark"]:
            end = re.compile(rb"^[ \t]*%s[ \t]*\r?$" % re.escape(token["mark"]), re.MULTILINE)
            closing = end.search(source, position)
            if closing is None:
                return
            position = closing.end()
        elif token[0] == b"/*":
            return
