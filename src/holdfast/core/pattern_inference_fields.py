"""Which segments of the roots' paths, and of their keys, are fields, and what they are called. Pure.

A place is a field when its values differ, or when they are words that are known: regions, environments,
platforms. The others are named by where they stand. Roots of one depth are looked at together, by the
form that most of them have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import assert_never

from holdfast.core.keys import ENVIRONMENTS
from holdfast.core.pattern_inference_alignment import (
    ENVIRONMENT_FIELD,
    REGION_FIELD,
    PathSegment,
    Template,
    Text,
    Unexplained,
    Word,
)
from holdfast.core.patterns import FIELD_NAME
from holdfast.core.regions import partition_of

PLATFORM_FIELD = "platform"
COMPONENT_FIELD = "component"
INSTANCE_FIELD = "instance"
# What other parts of a declaration mean by a name; a field of ours would be taken for it.
FIELDS_TAKEN = frozenset(
    {
        "account",
        "account_id",
        "backend",
        "hash",
        "key",
        "organization",
        "region",
        "region_code",
        "root",
    }
)
PLATFORMS = frozenset(
    {
        "alicloud",
        "aws",
        "azure",
        "azurerm",
        "cloudflare",
        "gcp",
        "google",
        "k8s",
        "kubernetes",
        "oci",
        "onprem",
        "openstack",
        "shared",
        "vsphere",
    }
)
LENGTH_WITH_INSTANCE = 3  # that many things without an environment: the last one is an instance
SHARE_OF_WORDS = 0.5  # more than half of the roots have a known word there
SHARE_OF_LITERAL = 0.8  # at least that many roots share a segment that the keys do not use


@dataclass(frozen=True, slots=True, kw_only=True)
class PathForm:
    """How the paths of one depth are read: the name of each field, and the text of every other place."""

    fields: Mapping[int, str]
    texts: Mapping[int, str]
    depth: int

    def pattern_text(self) -> str:
        """Return the text of the pattern of such a path."""
        if not self.depth:
            return "."
        places = range(self.depth)
        return "/".join(
            f"{{{self.fields[place]}}}" if place in self.fields else self.texts[place]
            for place in places
        )

    def values_of(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the fields of a path; None when it does not have this form."""
        if len(segments) != self.depth:
            return None
        if any(segments[place] != text for place, text in self.texts.items()):
            return None
        return {name: segments[place] for place, name in self.fields.items()}


def path_form(paths: Sequence[Sequence[str]], template: Template) -> PathForm:
    """Return how paths of one depth are read, whose keys have the form of `template`."""
    depth = len(paths[0])
    referenced = tuple(_referenced(template))
    values = [Counter(path[place] for path in paths) for place in range(depth)]
    names = dict(_known_words(values, referenced))
    others = [place for place in range(depth) if place not in names]
    positional = [at for at in others if _differs(values[at], used=at in referenced)]
    if not positional:
        # Nothing differs: the last thing that the key repeats is what it is about.
        positional = [at for at in others if at in referenced][-1:]
    texts = {at: _most(values[at]) for at in others if at not in positional}
    names |= _positional_names(positional, referenced, names, texts)
    return PathForm(fields=dict(sorted(names.items())), texts=texts, depth=depth)


def _most(counts: Counter[str]) -> str:
    return max(counts, key=lambda text: (counts[text], text))


def free_names(template: Template, taken: Iterable[str]) -> tuple[str, ...]:
    """Return names for what the path does not give, in the order of the key.

    A known word has its own name unless the path has such a field already.
    """
    names: list[str] = []
    used = set(taken)
    for segment in template:
        for atom in segment:
            match atom:
                case Word(field) if field not in used:
                    names.append(field)
                case Word() | Unexplained():
                    names.append(_first_free((COMPONENT_FIELD, INSTANCE_FIELD), "part", used))
                case Text() | PathSegment():
                    continue
                case _:
                    assert_never(atom)
            used.add(names[-1])
    return tuple(names)


def _first_free(names: Iterable[str], stem: str, taken: Container[str]) -> str:
    """Return the first name that is free; after the given ones the stem, and then with a number."""
    numbered = (f"{stem}_{number}" for number in count(2))
    return next(each for each in chain(names, (stem,), numbered) if each not in taken)


def _referenced(template: Template) -> Iterator[int]:
    """Yield the places of the path that a key repeats, in the order of the key."""
    yield from dict.fromkeys(
        atom.place for segment in template for atom in segment if isinstance(atom, PathSegment)
    )


def _is_environment(word: str) -> bool:
    return word in ENVIRONMENTS


def _is_region(word: str) -> bool:
    return partition_of(word) is not None


def _is_platform(word: str) -> bool:
    return word in PLATFORMS


VOCABULARIES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (ENVIRONMENT_FIELD, _is_environment),
    (REGION_FIELD, _is_region),
    (PLATFORM_FIELD, _is_platform),
)


def _known_words(
    values: Sequence[Counter[str]], referenced: Container[int]
) -> Iterator[tuple[int, str]]:
    """Yield the places whose values are known words, at most one for each field."""
    for name, is_word in VOCABULARIES:
        found = [
            place
            for place, counts in enumerate(values)
            if _share(counts, is_word) > SHARE_OF_WORDS and (place in referenced or len(counts) > 1)
        ]
        if found:
            yield max(found, key=lambda at: (at in referenced, len(values[at]) > 1, at)), name


def _share(counts: Counter[str], is_word: Callable[[str], bool]) -> float:
    return sum(number for value, number in counts.items() if is_word(value)) / counts.total()


def _differs(counts: Counter[str], *, used: bool) -> bool:
    """Tell whether a place is a field; where the keys do not use it, a few others do not make it one."""
    if used:
        return len(counts) > 1
    return max(counts.values()) < counts.total() * SHARE_OF_LITERAL


def _positional_names(
    places: Sequence[int],
    referenced: Sequence[int],
    form: Mapping[int, str],
    texts: Mapping[int, str],
) -> dict[int, str]:
    """Name the places that no word names: those that the key repeats first, in its order."""
    in_key = [place for place in referenced if place in places]
    found: dict[int, str] = {}
    taken = set(form.values())
    for place, wanted in (
        *_wanted_names(in_key, referenced, form),
        *((each, "") for each in places),
    ):
        if place not in found:
            above = (
                () if wanted in {COMPONENT_FIELD, INSTANCE_FIELD} else _words_above(place, texts)
            )
            names = (*above, wanted) if wanted else above
            found[place] = _first_free(names, "group", taken | FIELDS_TAKEN)
            taken.add(found[place])
    return found


def _wanted_names(
    in_key: Sequence[int], referenced: Sequence[int], form: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """Yield what the places of a key are usually called: platform, component, and after those an instance."""
    order = {place: number for number, place in enumerate(referenced)}
    environment = next((at for at in referenced if form.get(at) == ENVIRONMENT_FIELD), None)
    before = [at for at in in_key if environment is None or order[at] < order[environment]]
    after = [at for at in in_key if at not in before]
    if not before:
        before, after = after, []
    elif environment is None and len(in_key) >= LENGTH_WITH_INSTANCE:
        before, after = before[:-1], before[-1:]
    yield from ((at, COMPONENT_FIELD) for at in before[-1:])
    yield from ((at, PLATFORM_FIELD) for at in before[:1] if len(before) > 1)
    yield from ((at, INSTANCE_FIELD) for at in after[-1:])


def _words_above(place: int, texts: Mapping[int, str]) -> tuple[str, ...]:
    """Return what the directory above says that its entries are: a `team` in `teams`."""
    above = texts.get(place - 1, "")
    singular = above.removesuffix("s")
    return (singular,) if above != singular and FIELD_NAME.fullmatch(singular) else ()
