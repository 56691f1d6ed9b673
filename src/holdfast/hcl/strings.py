r"""Strings and numbers as HCL writes them.

HCL knows the escapes `\n \r \t \" \\ \uNNNN \UNNNNNNNN` in quoted strings and none in heredocs; `$${`
and `%%{` stand for `${` and `%{` in both (HCL native syntax specification, "Template Expressions").
"""

from __future__ import annotations

import re

ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)
SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
CODE_POINT_MAX = 0x10FFFF


def unescaped(text: str, *, escapes: bool) -> str | None:
    """Return the text that a string literal stands for; None when an escape is not one of HCL's."""
    if escapes and "\\" in text:
        decoded: list[str] = []
        position = 0
        for match in ESCAPE.finditer(text):
            character = _escaped_character(match)
            if character is None:
                return None
            decoded += [text[position : match.start()], character]
            position = match.end()
        text = "".join(decoded) + text[position:]
    return text.replace("$${", "${").replace("%%{", "%{")


def _escaped_character(match: re.Match[str]) -> str | None:
    digits = match[1] or match[2]
    if digits is None:
        return SIMPLE_ESCAPES.get(match[3])
    code_point = int(digits, 16)
    return chr(code_point) if code_point <= CODE_POINT_MAX else None


def heredoc_text(text: str, *, indented: bool) -> str:
    """Return what a heredoc stands for; `<<-` drops the indentation that all its lines share."""
    if not indented:
        return text
    lines = text.splitlines(keepends=True)
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    shared = min(widths, default=0)
    return "".join(line[shared:] if line.strip() else line.lstrip(" \t") for line in lines)


def number_of(text: str) -> int | float | str:
    """Return a number; the text itself when it is too large to be one."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text
