"""The way back from a name or path to the values of the fields in it. Pure.

A field is at least one character, and never goes over a `/`. Where a text can be read in more than one way, the
first fields are as long as they can be, parts in `[...]` are there when they can be, and `{region}` is taken
for something that looks like a region when that is possible at all.

A filter may lose something of a value: the code of a region is looked up among the regions that are known, and
what was made lower case or cut is returned as it stands in the text. Whatever is returned gives, put into the
pattern, exactly the text: hashes are checked by that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import assert_never

from holdfast.core.pattern_filters import Filter, filtered
from holdfast.core.patterns import (
    REGION_FIELD,
    Literal,
    OptionalPart,
    Part,
    Pattern,
    Placeholder,
    expand,
)
from holdfast.core.regions import REGION_PATTERN, REGIONS

ANYTHING: Mapping[str, Collection[str]] = MappingProxyType({})
ALTERNATIVES_MAX = 100  # a longer list is compared after the fact: it would make matching slow
VALUE = "[^/]+"
REGION_VALUE = REGION_PATTERN.replace("(", "(?:")


class PatternMatcher:
    """Matches texts with one pattern. `choices` are the only values that some of its fields may have."""

    def __init__(self, pattern: Pattern, choices: Mapping[str, Collection[str]] = ANYTHING) -> None:
        self._pattern = pattern
        self._readings = tuple(
            _Expression(pattern, choices, region_form=form) for form in (True, False)
        )

    def match(self, text: str) -> Mapping[str, str] | None:
        """Return the values of the fields, in order; None when the pattern does not give this text."""
        for reading in self._readings:
            values = reading.values_of(text)
            if values is not None and expand(self._pattern, values) == text:
                return values
        return None


def match(
    pattern: Pattern, text: str, choices: Mapping[str, Collection[str]] = ANYTHING
) -> Mapping[str, str] | None:
    """Return the values of the fields that make `pattern` give `text`; None when nothing does.

    `choices` are the only values that some fields may have, such as those that are known already. For many
    texts, one `PatternMatcher` is faster when there are choices.
    """
    matcher = PatternMatcher(pattern, choices) if choices else _matcher(pattern)
    return matcher.match(text)


@lru_cache(maxsize=256)
def _matcher(pattern: Pattern) -> PatternMatcher:
    return PatternMatcher(pattern)


class _Expression:
    """A pattern as a regular expression, with one group for each placeholder."""

    def __init__(
        self, pattern: Pattern, choices: Mapping[str, Collection[str]], *, region_form: bool
    ) -> None:
        self._choices = choices
        self._region_form = region_form
        self._first: dict[str, str] = {}  # field without filters → name of its group
        # Group → its placeholder and, where they are known, the values by what a filter makes of them.
        self._groups: dict[str, tuple[Placeholder, Mapping[str, str] | None]] = {}
        self._expression = re.compile("".join(map(self._part, pattern.parts)), re.DOTALL)

    def values_of(self, text: str) -> Mapping[str, str] | None:
        """Return the values that the first way of matching gives, not yet checked by expanding."""
        found = self._expression.fullmatch(text)
        if found is None:
            return None
        values: dict[str, str] = {}
        exact: set[str] = set()  # fields whose value was seen without a loss
        for group, (placeholder, known) in self._groups.items():
            shown = found[group]
            if shown is None:
                continue
            value = known.get(shown) if known is not None else shown
            if value is None:
                return None
            if placeholder.field not in exact:
                values[placeholder.field] = value
            if not placeholder.filters:
                exact.add(placeholder.field)
        return values

    def _part(self, part: Part) -> str:
        match part:
            case Literal():
                return re.escape(part.text)
            case OptionalPart():
                return f"(?:{''.join(map(self._part, part.parts))})?"
            case Placeholder():
                return self._placeholder(part)
            case _:
                assert_never(part)

    def _placeholder(self, placeholder: Placeholder) -> str:
        if placeholder.is_hash:
            return f"[0-9a-f]{{{placeholder.hash_length}}}"
        if not placeholder.filters and placeholder.field in self._first:
            return f"(?P={self._first[placeholder.field]})"
        group = f"g{len(self._groups)}"
        if not placeholder.filters:
            self._first[placeholder.field] = group
        known = self._known_values(placeholder)
        self._groups[group] = (placeholder, known)
        return f"(?P<{group}>{self._form(placeholder, known)})"

    def _form(self, placeholder: Placeholder, known: Mapping[str, str] | None) -> str:
        if known is not None and len(known) <= ALTERNATIVES_MAX:
            longest_first = sorted(known, key=lambda each: (-len(each), each))
            return "|".join(map(re.escape, longest_first)) or r"(?!)"
        if placeholder.field == REGION_FIELD and not placeholder.filters and self._region_form:
            return REGION_VALUE
        return VALUE

    def _known_values(self, placeholder: Placeholder) -> Mapping[str, str] | None:
        candidates = self._choices.get(placeholder.field)
        if candidates is None:
            if Filter.CODE not in placeholder.filters:
                return None
            candidates = REGIONS
        return dict(_shown(placeholder, candidates))


def _shown(placeholder: Placeholder, candidates: Collection[str]) -> Iterator[tuple[str, str]]:
    for value in candidates:
        shown = filtered(value, placeholder.filters)
        if shown:
            yield shown, value
