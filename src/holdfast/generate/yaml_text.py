"""YAML as text: mappings, sequences and scalars in block style. Pure.

Only what YAML 1.1 and 1.2 read alike stands without quotes: `on`, `no`, `1.10` and `12:30` are strings here, and
would be something else to one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

YamlValue: TypeAlias = (
    "str | int | bool | Sequence[YamlValue] | Mapping[str, YamlValue] | Commented"
)

INDENT = "  "
# No mark of YAML at the start; `: ` and ` #` mean something anywhere.
PLAIN = re.compile(r"(?:[A-Za-z_/$(]|\.(?=[a-z]))(?:(?!: | #)[ -~])*(?<![ :])")
# What YAML 1.1 reads as a boolean or null; 1.2 knows fewer of them.
RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"})
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Commented:
    """A value of a mapping or an item of a sequence, with comment lines above it."""

    comment: str
    value: YamlValue


def yaml_text(value: Mapping[str, YamlValue]) -> str:
    """Write a mapping as a YAML document."""
    return "\n".join(_mapping_lines(value) if value else ["{}"]) + "\n"


def yaml_comment(text: str) -> str:
    """Return the lines of a text as comment lines, the last one ended."""
    return "".join(f"{_comment_line(line)}\n" for line in text.splitlines())


def _mapping_lines(mapping: Mapping[str, YamlValue]) -> Iterator[str]:
    for name, item in mapping.items():
        comment, value = _uncommented(item)
        yield from comment
        head, rest = _scalar_or_block(value)
        yield f"{_quoted(name)}:{head}"
        yield from (_indented(line) for line in rest)


def _sequence_lines(items: Sequence[YamlValue]) -> Iterator[str]:
    for item in items:
        comment, value = _uncommented(item)
        yield from comment
        if isinstance(value, Mapping) and value:
            first, *others = _mapping_lines(value)
            # A comment above the first key would otherwise take the place of the key.
            if first.startswith("#"):
                yield "-"
                yield from (_indented(line) for line in (first, *others))
            else:
                yield f"- {first}"
                yield from (_indented(line) for line in others)
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield "-"
            yield from (_indented(line) for line in _sequence_lines(value))
        else:
            head, rest = _scalar_or_block(value)
            yield f"-{head}"
            yield from (_indented(line) for line in rest)


def _scalar_or_block(value: YamlValue) -> tuple[str, list[str]]:
    """Return what stands behind the colon or dash, with a space before it, and the lines below."""
    match value:
        case bool():
            return f" {str(value).lower()}", []
        case int():
            return f" {value}", []
        case str() if _fits_block(value):
            return " |", value.splitlines()
        case str():
            return f" {_quoted(value)}", []
        case Mapping() if value:
            return "", list(_mapping_lines(value))
        case Mapping():
            return " {}", []
        case Commented():  # the caller has taken the comment off
            raise TypeError("a comment cannot stand within a comment")
        case _ if value:
            return "", list(_sequence_lines(value))
        case _:
            return " []", []


def _uncommented(item: YamlValue) -> tuple[list[str], YamlValue]:
    if isinstance(item, Commented):
        return [_comment_line(line) for line in item.comment.splitlines()], item.value
    return [], item


def _comment_line(line: str) -> str:
    return f"# {line}".rstrip()


def _indented(line: str) -> str:
    return f"{INDENT}{line}" if line else line


def _fits_block(text: str) -> bool:
    """Tell whether a text of several lines can stand as it is, below a `|`."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and lines[-1] == ""
        and lines[-2] != ""
        and not lines[0].startswith((" ", "#"))
        and lines[0] != ""
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _quoted(text: str) -> str:
    """Return a scalar on one line: as it is where every reader takes it for a string, else in quotes."""
    if PLAIN.fullmatch(text) and text.lower() not in RESERVED:
        return text
    return '"' + "".join(ESCAPES.get(each) or _escaped(each) for each in text) + '"'


def _escaped(character: str) -> str:
    return character if character.isprintable() else f"\\U{ord(character):08X}"
