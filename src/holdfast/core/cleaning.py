"""Clean text that others wrote before it meets a terminal, a page or a report."""

from __future__ import annotations

import unicodedata

# Categories that can move the cursor, hide text or reverse its order: control characters, formats
# (the bidirectional overrides are among them), surrogates, private use, line and paragraph marks.
UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def printable(text: str, *, length_max: int = 2000) -> str:
    """Return `text` on one line, without control characters and cut to `length_max` characters.

    Tabs and line ends become spaces; everything else that a terminal could obey becomes U+FFFD,
    so that a reader sees that something was there.
    """
    if len(text) <= length_max and text.isprintable():  # none of those characters is printable
        return text
    spaced = "".join(" " if character in "\t\r\n" else character for character in text[:length_max])
    cleaned = "".join(
        "\ufffd" if unicodedata.category(character) in UNPRINTABLE_CATEGORIES else character
        for character in spaced
    )
    return cleaned + "…" if len(text) > length_max else cleaned


def printable_lines(text: str, *, lines_max: int = 40) -> tuple[str, ...]:
    """Return the lines of `text`, each cleaned, at most `lines_max` of them."""
    lines = text.splitlines()
    cleaned = tuple(printable(line) for line in lines[:lines_max])
    return (
        (*cleaned, f"… {len(lines) - lines_max} more lines") if len(lines) > lines_max else cleaned
    )
