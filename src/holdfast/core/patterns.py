"""Naming patterns: text with fields in braces, and optional parts in square brackets. Pure.

`{field}` must have a value. `[...]` is dropped whole when a field inside has none. Filters follow a colon:
`{component:lower:20}`, and `{region:code}` (or `{region_code}`); `pattern_filters` says what they do.
`{hash:8}` is that many hexadecimal characters that stay the same as long as the values of the pattern's
other fields do. Everything else stands for itself; a name needs no brackets, so there is no escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from holdfast.core.pattern_filters import AnyFilter, Filter, filtered, filters_of, stable_hash

REGION_FIELD = "region"
REGION_CODE_FIELD = "region_code"  # another way to write `{region:code}`
HASH_FIELD = "hash"
HASH_LENGTH_MIN = 4
HASH_LENGTH_MAX = 32
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")

# A piece of a pattern's text: an opening or closing bracket, a field with its braces, or plain text.
PIECE = re.compile(r"(?P<field>\{[^{}\[\]]*\})|(?P<mark>[\[\]{}])|(?P<plain>[^{}\[\]]+)")


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself."""

    text: str

    def __str__(self) -> str:
        """Give the text as it is written."""
        return self.text


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A field in braces. `hash_length` counts characters, 0 for what is not the hash."""

    text: str  # as it is written, braces included
    field: str
    column: int  # 1-based, of the opening brace
    filters: tuple[AnyFilter, ...] = ()
    hash_length: int = 0

    def __str__(self) -> str:
        """Give the placeholder as it is written."""
        return self.text

    @property
    def is_hash(self) -> bool:
        """Tell whether this is `{hash:8}`, which needs no value of its own."""
        return self.hash_length > 0


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """A part in square brackets."""

    parts: tuple[Literal | Placeholder, ...]

    def __str__(self) -> str:
        """Give the part as it is written."""
        return f"[{''.join(map(str, self.parts))}]"


Part: TypeAlias = Literal | Placeholder | OptionalPart


@dataclass(frozen=True, slots=True)
class PatternMistake:
    """What is wrong with a pattern, or with a value for it, at a 1-based column of its text."""

    column: int
    words: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read without a mistake.

    `placeholders` are the fields that need a value, in order, those of optional parts included; without those
    that are `required` there is no name.
    """

    parts: tuple[Part, ...]
    placeholders: tuple[Placeholder, ...] = field(init=False, repr=False, compare=False)
    required: tuple[Placeholder, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the placeholders, once for the thousands of names that one pattern gives."""
        needed = tuple(each for each in self.every_placeholder() if not each.is_hash)
        object.__setattr__(self, "placeholders", needed)
        required = tuple(each for each in needed if each in self.parts)
        object.__setattr__(self, "required", required)

    def __str__(self) -> str:
        """Give the pattern as it is written."""
        return "".join(map(str, self.parts))

    def every_placeholder(self) -> Iterator[Placeholder]:
        """Yield every placeholder, in order, hashes included."""
        for part in self.parts:
            inner = part.parts if isinstance(part, OptionalPart) else (part,)
            yield from (each for each in inner if isinstance(each, Placeholder))


def parse_pattern(text: str) -> Pattern | tuple[PatternMistake, ...]:
    """Read a pattern; return every mistake in it when there is one."""
    reading = _Reading()
    for piece in PIECE.finditer(text):
        reading.take(piece.group(), piece.start() + 1, piece.lastgroup or "")
    return reading.finished()


def expand(pattern: Pattern, values: Mapping[str, str]) -> str | tuple[PatternMistake, ...]:
    """Return the name that `values` (field → value) give; an empty value counts as none.

    Returns what is missing or does not fit a filter instead, when there is such a thing.
    """
    mistakes = tuple(_value_mistakes(pattern, values))
    if mistakes:
        return mistakes
    hashed = {each.field: values[each.field] for each in pattern.placeholders if _has(values, each)}
    return "".join(_expanded(part, values, hashed) for part in pattern.parts)


class _Reading:
    """The state of reading one pattern from left to right."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._inner: list[Literal | Placeholder] | None = None  # inside of [...], when there
        self._opened_at = 0
        self._nested = 0  # parts in [...] that stand inside another one, which is a mistake
        self._depends = False  # whether the part in [...] holds a field that may have no value
        self._mistakes: list[PatternMistake] = []

    def take(self, text: str, column: int, kind: str) -> None:
        """Take the next piece of the text."""
        if kind == "mark":
            self._take_mark(text, column)
            return
        part = Literal(text) if kind == "plain" else self._placeholder(text, column)
        if not isinstance(part, Literal):  # a mistaken field, None, was meant to be one
            self._depends |= part is None or not part.is_hash
        if part is not None and self._inner is not None:
            self._inner.append(part)
        elif part is not None:
            self._parts.append(part)

    def finished(self) -> Pattern | tuple[PatternMistake, ...]:
        """Return what was read."""
        if self._inner is not None:
            self._complain(self._opened_at, "`[` is not closed")
        pattern = Pattern(tuple(self._parts))
        hashes = [each for each in pattern.every_placeholder() if each.is_hash]
        if hashes and not pattern.placeholders and not self._mistakes:
            self._complain(hashes[0].column, f"`{hashes[0]}` needs another field to be the hash of")
        return tuple(sorted(self._mistakes, key=lambda each: each.column)) or pattern

    def _complain(self, column: int, words: str) -> None:
        self._mistakes.append(PatternMistake(column, words))

    def _take_mark(self, mark: str, column: int) -> None:
        match mark, self._inner:
            case "[", None:
                self._inner, self._opened_at, self._depends = [], column, False
            case "[", _:
                self._complain(column, "an optional part cannot stand inside another one")
                self._nested, self._depends = self._nested + 1, True
            case "]", _ if self._nested:
                self._nested -= 1
            case "]", None:
                self._complain(column, "`]` closes nothing")
            case "]", list(inner):
                if not self._depends:
                    self._complain(
                        self._opened_at, "an optional part without a field would always be there"
                    )
                self._parts.append(OptionalPart(tuple(inner)))
                self._inner = None
            case "{", _:
                self._complain(column, "`{` is not closed")
            case _:
                self._complain(column, "`}` closes nothing")

    def _placeholder(self, text: str, column: int) -> Placeholder | None:
        field, colon, argument = text[1:-1].partition(":")
        if not FIELD_NAME.fullmatch(field):
            self._complain(
                column, f"`{text}` is not a field: its name is of small letters, digits and `_`"
            )
            return None
        if field == HASH_FIELD:
            return self._hash(text, column, argument)
        names = argument.split(":") if colon else []
        if field == REGION_CODE_FIELD:
            field, names = REGION_FIELD, [Filter.CODE, *names]
        filters = filters_of(names)
        if isinstance(filters, str):
            self._complain(column, filters)
            return None
        return Placeholder(text, field, column, filters)

    def _hash(self, text: str, column: int, argument: str) -> Placeholder | None:
        length = int(argument) if re.fullmatch(r"[0-9]{1,3}", argument, re.ASCII) else 0
        if HASH_LENGTH_MIN <= length <= HASH_LENGTH_MAX:
            return Placeholder(text, HASH_FIELD, column, hash_length=length)
        self._complain(
            column,
            f"`{text}` must say how many characters it has, {HASH_LENGTH_MIN} to {HASH_LENGTH_MAX}:"
            " `{hash:8}`",
        )
        return None


def _has(values: Mapping[str, str], placeholder: Placeholder) -> bool:
    return bool(values.get(placeholder.field))


def _value_mistakes(pattern: Pattern, values: Mapping[str, str]) -> Iterator[PatternMistake]:
    for each in pattern.required:
        if not _has(values, each):
            yield PatternMistake(each.column, f"`{each.field}` has no value")
    for each in pattern.placeholders:
        value = values.get(each.field)
        if value and filtered(value, each.filters) is None:
            yield PatternMistake(
                each.column, f"`{each}` needs a region, and `{each.field}` is `{value}`"
            )


def _expanded(part: Part, values: Mapping[str, str], hashed: Mapping[str, str]) -> str:
    match part:
        case Literal():
            return part.text
        case Placeholder():
            return _value(part, values, hashed)
        case OptionalPart():
            fields = [each for each in part.parts if isinstance(each, Placeholder)]
            if not all(_has(values, each) or each.is_hash for each in fields):
                return ""
            return "".join(_expanded(each, values, hashed) for each in part.parts)
        case _:
            assert_never(part)


def _value(placeholder: Placeholder, values: Mapping[str, str], hashed: Mapping[str, str]) -> str:
    if placeholder.is_hash:
        return stable_hash(hashed.items())[: placeholder.hash_length]
    return filtered(values[placeholder.field], placeholder.filters) or ""
