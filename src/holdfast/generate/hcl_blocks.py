"""Blocks, attributes and values as HCL, laid out as `terraform fmt` lays them out. Pure.

Between neighbours on one line each, `=` is aligned; what takes several lines stands apart.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.hcl_strings import hcl_string

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
INDENT = "  "


@dataclass(frozen=True, slots=True)
class HclExpression:
    """An expression as it is written: a reference, a call, an interpolation."""

    text: str


HclValue: TypeAlias = (
    "HclExpression | str | bool | int | float | Sequence[HclValue] | Mapping[str, HclValue] | None"
)


@dataclass(frozen=True, slots=True)
class HclAttribute:
    """`name = value`, below a comment if there is one."""

    name: str
    value: HclValue
    comment: str = ""


@dataclass(frozen=True, slots=True)
class HclBlock:
    """`type "label" { … }`, below a comment if there is one."""

    type: str
    labels: tuple[str, ...]
    items: tuple[HclItem, ...]
    comment: str = ""


HclItem: TypeAlias = "HclAttribute | HclBlock"


def hcl_text(items: Iterable[HclItem]) -> str:
    """Return the items as the text of a file."""
    return "\n".join(_body(tuple(items))) + "\n"


def hcl_call(function: str, value: HclValue) -> HclExpression:
    """Return a call with one argument, which may take several lines."""
    return HclExpression(f"{function}({hcl_value(value)})")


def hcl_comment(text: str) -> str:
    """Return lines of text as comments."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def hcl_value(value: HclValue) -> str:
    """Return a value, its lines indented as if it began at the left margin."""
    match value:
        case HclExpression(text):
            return text
        case str():
            return hcl_string(value)
        case bool() | None:
            return json.dumps(value)
        case int() | float():
            return str(value)
        case Mapping():
            return _object(value)
        case _:
            return _list(value)


def _object(value: Mapping[str, HclValue]) -> str:
    if not value:
        return "{}"
    entries = [(_key(name), hcl_value(each)) for name, each in value.items()]
    return "\n".join(("{", *_indented(_aligned(entries)), "}"))


def _list(values: Sequence[HclValue]) -> str:
    texts = [hcl_value(each) for each in values]
    alone = f"[{', '.join(texts)}]"
    if len(texts) == 1 and "\n" in texts[0]:
        return alone
    if "\n" not in alone and len(alone) <= 80:  # noqa: PLR2004 - what is read at one glance
        return alone
    lines = [line for text in texts for line in f"{text},".splitlines()]
    return "\n".join(("[", *_indented(lines), "]"))


def _key(name: str) -> str:
    return name if IDENTIFIER.fullmatch(name) else hcl_string(name)


def _body(items: Sequence[HclItem]) -> list[str]:
    lines: list[str] = []
    grouped = itertools.groupby(items, key=_stands_alone)
    for alone, group in grouped:
        parts = [[each] for each in group] if alone else [list(group)]
        for part in parts:
            if lines:
                lines.append("")
            lines += _part(part)
    return lines


def _part(items: Sequence[HclItem]) -> list[str]:
    first = items[0]
    comments = first.comment.splitlines()
    if isinstance(first, HclBlock):
        head = " ".join((first.type, *(f'"{label}"' for label in first.labels)))
        if not first.items:
            return [*comments, f"{head} {{}}"]
        return [*comments, f"{head} {{", *_indented(_body(first.items)), "}"]
    entries = [
        (each.name, hcl_value(each.value)) for each in items if isinstance(each, HclAttribute)
    ]
    return [*comments, *_aligned(entries)]


def _stands_alone(item: HclItem) -> bool:
    if isinstance(item, HclBlock):
        return True
    return bool(item.comment) or "\n" in hcl_value(item.value)


def _aligned(entries: Sequence[tuple[str, str]]) -> list[str]:
    """Return `name = value` lines: `=` aligned among neighbours whose values have one line."""
    lines: list[str] = []
    for multiline, group in itertools.groupby(entries, key=lambda entry: "\n" in entry[1]):
        run = list(group)
        width = 0 if multiline else max(len(name) for name, _ in run)
        for name, text in run:
            lines += f"{name:<{width}} = {text}".splitlines()
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"{INDENT}{line}" if line else "" for line in lines]
