"""Which keys a move of many is about, and what each of them becomes: a pattern for the old keys and one for the new. Pure.

Either with fields, as names are declared (`{component}/{environment}/x` to `x/{environment}/{component}`), or with stars:
`*` is any text, and each star of the new pattern is what the star at the same place of the old one is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from holdfast.core.pattern_matching import PatternMatcher
from holdfast.core.patterns import Pattern, PatternMistake, expand, parse_pattern

STAR = "*"
OTHER_WILDCARDS = re.compile(r"[?\[\]]")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Why a key that fits the old pattern has no new one."""

    words: str


@dataclass(frozen=True, slots=True)
class MoveRename:
    """Gives each key that fits the old pattern its new one, None for every other key."""

    renamed: Callable[[str], str | Unnamed | None]


def rename_of(old: str, new: str) -> MoveRename | tuple[str, ...]:
    """Read both patterns; return every mistake in them when there is one."""
    if "{" in old or "{" in new:
        return _with_fields(old, new)
    return _with_stars(old, new)


# With fields --------------------------------------------------------------------------------------


def _with_fields(old: str, new: str) -> MoveRename | tuple[str, ...]:
    mistakes = [
        f"{name}: `*` and fields cannot be used together"
        for name, text in (("FROM", old), ("TO", new))
        if STAR in text
    ]
    source, target = parse_pattern(old), parse_pattern(new)
    for name, read in (("FROM", source), ("TO", target)):
        if not isinstance(read, Pattern):
            mistakes += [_mistake(name, each) for each in read]
    if not isinstance(source, Pattern) or not isinstance(target, Pattern):
        return tuple(mistakes)
    known = {each.field for each in source.placeholders}
    unknown = dict.fromkeys(each.field for each in target.placeholders if each.field not in known)
    mistakes += [f"TO: `{field}` is no field of FROM" for field in unknown]
    if not known:
        mistakes.append("FROM: it has no field")
    if mistakes:
        return tuple(mistakes)
    matcher = PatternMatcher(source)

    def renamed(key: str) -> str | Unnamed | None:
        values = matcher.match(key)
        if values is None:
            return None
        name = expand(target, values)
        return name if isinstance(name, str) else Unnamed("; ".join(each.words for each in name))

    return MoveRename(renamed)


def _mistake(name: str, mistake: PatternMistake) -> str:
    return f"{name}, character {mistake.column}: {mistake.words}"


# With stars ---------------------------------------------------------------------------------------


def _with_stars(old: str, new: str) -> MoveRename | tuple[str, ...]:
    mistakes = []
    if STAR not in old:
        mistakes.append("FROM: it is no pattern: it has neither a field nor a `*`")
    elif old.count(STAR) != new.count(STAR):
        mistakes.append(
            f"TO: it has {new.count(STAR)} `*`, and FROM has {old.count(STAR)}: each is carried over"
        )
    mistakes += [
        f"{name}: `{found[0]}` is not understood; `*` is any text"
        for name, text in (("FROM", old), ("TO", new))
        if (found := OTHER_WILDCARDS.search(text))
    ]
    if mistakes:
        return tuple(mistakes)
    form = re.compile("(.*)".join(map(re.escape, old.split(STAR))), re.DOTALL)
    parts = new.split(STAR)

    def renamed(key: str) -> str | None:
        found = form.fullmatch(key)
        if found is None:
            return None
        texts = [text for pair in zip(found.groups(), parts[1:], strict=True) for text in pair]
        return parts[0] + "".join(texts)

    return MoveRename(renamed)
