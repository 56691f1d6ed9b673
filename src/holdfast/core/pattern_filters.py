"""Filters of naming patterns: what is done with a field's value before it stands in a name. Pure.

`lower` makes it lower case, `code` makes the short code of a region, and a number cuts a value that is longer:
`{component:20}` has at most 20 characters, and a value that was cut ends in `-` and 6 hexadecimal characters
that stay the same as long as the whole value does, so that two long values do not become one. Filters are
done from left to right: `{component:lower:20}`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

REGION_FORM = re.compile(r"[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}")
CUT_HASH_LENGTH = 6
CUT_LENGTH_MIN = CUT_HASH_LENGTH + 2  # one character of the value, and the hyphen
CUT_LENGTH_MAX = 255

# The words of a region's name that its short code shortens; every other word is kept.
REGION_WORD_CODES = {
    "central": "c",
    "east": "e",
    "gov": "g",
    "north": "n",
    "northeast": "ne",
    "northwest": "nw",
    "south": "s",
    "southeast": "se",
    "southwest": "sw",
    "west": "w",
}


class Filter(StrEnum):
    """Name what is done with a field's value."""

    CODE = "code"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut a value that has more characters than this."""

    length: int


AnyFilter: TypeAlias = Filter | Cut


def filters_of(names: Iterable[str]) -> tuple[AnyFilter, ...] | str:
    """Return the filters of these names; what is wrong with the first mistaken one instead."""
    filters: list[AnyFilter] = []
    for name in names:
        if re.fullmatch(r"[0-9]{1,4}", name, re.ASCII):
            length = int(name)
            if not CUT_LENGTH_MIN <= length <= CUT_LENGTH_MAX:
                return f"`{name}` must be {CUT_LENGTH_MIN} to {CUT_LENGTH_MAX} characters to cut to"
            filters.append(Cut(length))
        elif name in tuple(Filter):
            filters.append(Filter(name))
        else:
            return (
                f"`{name}` is not a filter; there are `{{x:lower}}`, `{{x:20}}` (at most 20"
                " characters), `{region:code}` and `{hash:8}`"
            )
    return tuple(filters)


def filtered(value: str, filters: Iterable[AnyFilter]) -> str | None:
    """Return what the filters make of a value; None when one of them needs a region and gets none."""
    for each in filters:
        match each:
            case Filter.LOWER:
                value = value.lower()
            case Filter.CODE:
                code = region_code(value)
                if code is None:
                    return None
                value = code
            case Cut():
                value = cut(value, each.length)
            case _:
                assert_never(each)
    return value


def region_code(region: str) -> str | None:
    """Return a region's short code: `euw1` for `eu-west-1`; None for what has not a region's form."""
    if not REGION_FORM.fullmatch(region):
        return None
    area, *words = region.split("-")
    return area + "".join(REGION_WORD_CODES.get(word, word) for word in words)


def cut(value: str, length: int) -> str:
    """Return a value of at most `length` characters; a longer one ends in a hash of all of it."""
    if len(value) <= length:
        return value
    kept = value[: length - CUT_HASH_LENGTH - 1].rstrip("-_.")
    return f"{kept}-{hashlib.sha256(value.encode()).hexdigest()[:CUT_HASH_LENGTH]}"


def stable_hash(fields: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of the fields, by name, so that rewording a pattern changes no name."""
    text = "".join(f"{name}={value}\n" for name, value in sorted(fields))
    return hashlib.sha256(text.encode()).hexdigest()
