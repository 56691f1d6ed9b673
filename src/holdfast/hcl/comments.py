"""The comments that belong to a block, cleaned so that they can be shown beside a finding.

Some doubled keys are deliberate, and the comment beside the block says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from holdfast.core.cleaning import printable

LINES_MAX = 20
LENGTH_MAX = 300
COMMENT_LINE = re.compile(r"^\s*(#|//|/\*.*\*/\s*$)")
OPENING_LINE = re.compile(r"^\s*terraform\s*\{\s*$")
SECRET = re.compile(r"(?i)(access_?key|secret|token|password|customer_?key)\w*[\"']?\s*[=:]")


def comments_around(before: str, inside: Sequence[str]) -> tuple[str, ...]:
    """Return the comment lines directly above a block, then those inside it.

    `before` is the text up to the block, `inside` are its comments as written. A block that opens its
    `terraform` block takes the lines above that one. Commented-out secrets are left out.
    """
    lines = before.splitlines()
    above: list[str] = []
    if before and not before.endswith("\n"):
        lines.pop()  # the indentation of the block itself
    if lines and OPENING_LINE.match(lines[-1]):
        lines.pop()
    while lines and COMMENT_LINE.match(lines[-1]) and len(above) < LINES_MAX:
        above.append(lines.pop())
    raw = [line for comment in (*reversed(above), *inside) for line in comment.splitlines()]
    cleaned = (_cleaned(line) for line in raw if not SECRET.search(line))
    return tuple(line for line in cleaned if line)[:LINES_MAX]


def _cleaned(line: str) -> str:
    text = line.strip().removeprefix("/*").removesuffix("*/").strip()
    return printable(text.lstrip("#/*").strip(), length_max=LENGTH_MAX)
