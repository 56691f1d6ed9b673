"""The pattern that explains the most names of buckets, of lock tables, or paths of setup modules. Pure.

A candidate is made from a name by putting fields in the place of their values, and counts for every name that it
can be made from: it gives exactly those names. Two names that say a thing in different words (`af-south` and
`us-east-1`) have no pattern in common, and one of them stays literal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from holdfast.core.pattern_filters import region_code
from holdfast.core.patterns import (
    HASH_LENGTH_MAX,
    HASH_LENGTH_MIN,
    REGION_CODE_FIELD,
    REGION_FIELD,
    Pattern,
    expand,
    parse_pattern,
)

ORGANIZATION_FIELD = "organization"
ORGANIZATION_LENGTH_MIN = 2
# Words that begin the names of state buckets everywhere, and name nobody.
WORDS_OF_NOBODY = frozenset(
    {"aws", "backend", "infra", "remote", "s3", "state", "states", "terraform", "tf", "tfstate"}
)
HEXADECIMAL = re.compile(rf"(?<![A-Za-z0-9])[0-9a-f]{{{HASH_LENGTH_MIN},{HASH_LENGTH_MAX}}}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedThing:
    """A name, and the fields that a pattern for it may use."""

    name: str
    fields: tuple[tuple[str, str], ...]


def infer_name_pattern(things: Sequence[NamedThing]) -> Pattern | None:
    """Return the pattern that gives the most of the names; None when none has a field that tells things apart."""
    counts: Counter[str] = Counter()
    for thing in things:
        counts.update(set(_candidates(thing)))
    best = max(counts, key=lambda text: (counts[text], text.count("{"), text), default=None)
    parsed = parse_pattern(best) if best is not None else None
    return parsed if isinstance(parsed, Pattern) else None


def gives(pattern: Pattern | None, thing: NamedThing) -> bool:
    """Tell whether a pattern gives a name, to the byte."""
    return pattern is not None and expand(pattern, dict(thing.fields)) == thing.name


def organization_of(names: Iterable[str]) -> str | None:
    """Return the word that all of at least two names begin with; None when there is none."""
    distinct = sorted(set(names))
    first_words = {re.split(r"[-_.]", name, maxsplit=1)[0] for name in distinct}
    word = next(iter(first_words)) if len(first_words) == 1 else ""
    alone = word in distinct  # it is a whole name, and what would be left of it is nothing
    known = word.lower() in WORDS_OF_NOBODY or len(word) < ORGANIZATION_LENGTH_MIN
    usable = len(distinct) > 1 and not alone and not known
    return word if word and usable else None


def _candidates(thing: NamedThing) -> Iterator[str]:
    """Yield every pattern that the name can be made from, with at least one field that is its own."""
    if set("{}[]") & set(thing.name):
        return
    fields = dict(thing.fields)
    values = {name: value for name, value in fields.items() if value}
    code = region_code(values.get(REGION_FIELD, ""))
    if code is not None:
        values[REGION_CODE_FIELD] = code
    present = [
        name for name, value in values.items() if _replaced(thing.name, value, "") is not None
    ]
    for size in range(1, len(present) + 1):
        for names in combinations(present, size):
            if set(names) <= {ORGANIZATION_FIELD}:
                continue
            text = _with_fields(thing.name, {name: values[name] for name in names})
            for candidate in (text, HEXADECIMAL.sub(_hash_of, text)):
                parsed = parse_pattern(candidate)
                if isinstance(parsed, Pattern) and expand(parsed, fields) == thing.name:
                    yield candidate


def _with_fields(name: str, values: Mapping[str, str]) -> str:
    """Put fields in the place of their values, the longest first."""
    text = name
    for field, value in sorted(values.items(), key=lambda each: (-len(each[1]), each[0])):
        text = _replaced(text, value, f"{{{field}}}") or text
    return text


def _replaced(text: str, value: str, field: str) -> str | None:
    """Put a field in the place of a value that stands as words of its own; None when it does not."""
    found, number = re.subn(
        rf"(?<![A-Za-z0-9{{]){re.escape(value)}(?![A-Za-z0-9}}])", lambda _: field, text
    )
    return found if number else None


def _hash_of(found: re.Match[str]) -> str:
    return f"{{hash:{len(found.group())}}}"
