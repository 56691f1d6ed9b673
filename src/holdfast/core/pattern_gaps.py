"""What a name lacks that does not have the form of a pattern. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from holdfast.core.declaration import Declaration
from holdfast.core.pattern_matching import PatternMatcher
from holdfast.core.patterns import Literal, OptionalPart, Part, Pattern, Placeholder

SEPARATORS = "-_./"


def fields_lacking(
    pattern: Pattern, text: str, choices: Mapping[str, Collection[str]]
) -> tuple[Placeholder, ...]:
    """Return the fields without one of which the pattern would give the text; empty when there is none.

    The readings of the text with the most values out of `choices` are the likely ones.
    """
    readings: list[tuple[int, Placeholder]] = []
    for field, rest in _without_one(pattern):
        for known in (choices, {}):
            values = PatternMatcher(rest, known).match(text)
            if values is not None:
                likely = sum(value in choices.get(name, ()) for name, value in values.items())
                readings.append((likely, field))
                break
    best = max((likely for likely, _ in readings), default=0)
    return tuple(field for likely, field in readings if likely == best)


def name_choices(declaration: Declaration) -> dict[str, tuple[str, ...]]:
    """Return the values that the fields of a backend's own names may have, where they are declared."""
    organization = declaration.organization
    return {
        **({"organization": (organization,)} if organization is not None else {}),
        "account": tuple(each.name for each in declaration.accounts),
        "account_id": tuple(each.account for each in declaration.accounts),
        "backend": tuple(each.name for each in declaration.backends),
    }


def _without_one(pattern: Pattern) -> Iterator[tuple[Placeholder, Pattern]]:
    """Yield each field that the pattern must have, and the pattern without it and one separator."""
    for index, part in enumerate(pattern.parts):
        if isinstance(part, Placeholder):
            before, after = pattern.parts[:index], pattern.parts[index + 1 :]
            if _ends(before):
                yield part, Pattern((*before[:-1], _cut(before[-1], end=True), *after))
            elif _starts(after):
                yield part, Pattern((*before, _cut(after[0], end=False), *after[1:]))


def _ends(parts: tuple[Part, ...]) -> bool:
    return bool(parts) and isinstance(parts[-1], Literal) and parts[-1].text[-1] in SEPARATORS


def _starts(parts: tuple[Part, ...]) -> bool:
    return bool(parts) and isinstance(parts[0], Literal) and parts[0].text[0] in SEPARATORS


def _cut(part: Part, *, end: bool) -> Part:
    """Return literal text without its first or last character."""
    if isinstance(part, Placeholder | OptionalPart):
        return part
    return replace(part, text=part.text[:-1] if end else part.text[1:])
