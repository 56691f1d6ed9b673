r"""Strings as HCL writes them. Pure.

HCL knows the escapes `\n \r \t \" \\ \uNNNN \UNNNNNNNN` in quoted strings, and `$${` and `%%{` for `${` and `%{` (HCL native
syntax specification, "Template Expressions").
"""

from __future__ import annotations

ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}


def hcl_string(text: str) -> str:
    """Return a quoted string that stands for exactly this text."""
    escaped = "".join(ESCAPES.get(each) or _visible(each) for each in text)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _visible(character: str) -> str:
    return character if character.isprintable() else f"\\U{ord(character):08x}"
