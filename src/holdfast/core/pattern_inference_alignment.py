"""What each part of a key is, seen from the path of its root: a segment of the path, a known word, or text. Pure.

One pair of path and key can be read in several ways: `dev` in a key may come from this or that segment that
says `dev`. The way that most pairs of the same form allow is taken, so that chance matches lose against meant
ones. Everything is counted once per pair: the time grows with the fleet and not faster.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.keys import ENVIRONMENTS, REGION

ENVIRONMENT_FIELD = "environment"
REGION_FIELD = "region"
SHARE_OF_LITERAL = 0.5  # what more than half of the keys have in one place is a part of the pattern
WORD_LENGTH_MIN = 2  # shorter segments are not looked for inside of others
STATE_SUFFIX = ".tfstate"
WORDS_OF_STATES = frozenset({"state", "terraform", "tf", "tfstate"})  # in the names of many files
BOUNDARY = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9])")
WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRoot:
    """One root in one configuration, and the key that it has.

    `path` is POSIX and relative to the declaration's directory; `label` tells the configurations of one
    root apart.
    """

    path: str
    key: str
    label: str = ""

    @property
    def segments(self) -> tuple[str, ...]:
        """Return the segments of the path; none for the directory itself."""
        return () if self.path == "." else tuple(self.path.split("/"))


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """Text that is the same in every key of its form."""

    text: str


@dataclass(frozen=True, slots=True, order=True)
class PathSegment:
    """The segment of the root's path at this place, counted from 0."""

    place: int


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A word that is known as the value of a field, while the path does not have it."""

    field: str


@dataclass(frozen=True, slots=True, order=True)
class Unexplained:
    """What neither the path nor other keys explain."""


Atom: TypeAlias = Text | PathSegment | Word | Unexplained
KeySegment: TypeAlias = tuple[Atom, ...]
Template: TypeAlias = tuple[KeySegment, ...]

# (depth of the path, segments of the key, place of the segment) → how many pairs allow a reading
_Votes: TypeAlias = Mapping[tuple[int, int, int], Counter[KeySegment]]


def templates_of(pairs: Sequence[KeyedRoot]) -> tuple[Template, ...]:
    """Return how each key is best read, in the order of the pairs."""
    votes: dict[tuple[int, int, int], Counter[KeySegment]] = {}
    readings: list[tuple[tuple[KeySegment, ...], ...]] = []
    for pair in pairs:
        path, key = pair.segments, pair.key.split("/")
        of_pair = _readings(key, path)
        readings.append(of_pair)
        for place, choices in enumerate(of_pair):
            votes.setdefault((len(path), len(key), place), Counter()).update(choices)
    literals = _Literals(pairs)
    return tuple(
        _chosen(pair, choices, votes, literals)
        for pair, choices in zip(pairs, readings, strict=True)
    )


class _Literals:
    """How many keys have one text at one place, counted from the start and from the end."""

    def __init__(self, pairs: Sequence[KeyedRoot]) -> None:
        self._total = len(pairs)
        self._counts: Counter[tuple[int, str]] = Counter()
        self._of_form: Counter[tuple[int, int, int, str]] = Counter()
        self._forms: Counter[tuple[int, int]] = Counter()
        for pair in pairs:
            segments = pair.key.split("/")
            form = (len(pair.segments), len(segments))
            self._forms[form] += 1
            for place, text in enumerate(segments):
                self._counts[place, text] += 1
                self._counts[place - len(segments), text] += 1
                self._of_form[*form, place, text] += 1

    def is_common(self, pair: KeyedRoot, place: int, text: str) -> bool:
        """Tell whether a text at this place is that of most keys, or of most that have this form."""
        segments = pair.key.split("/")
        most = max(self._counts[place, text], self._counts[place - len(segments), text])
        if most == self._total or most > self._total * SHARE_OF_LITERAL:
            return True
        form = (len(pair.segments), len(segments))
        count = self._of_form[*form, place, text]
        return count > 1 and count > self._forms[form] * SHARE_OF_LITERAL


def _readings(key: Sequence[str], path: Sequence[str]) -> tuple[tuple[KeySegment, ...], ...]:
    """Return every way to read each segment of a key; as it stands last.

    What a whole segment repeats is not looked for inside of another one: `aks-dev-01` below `aks/dev` is a name
    of its own. The name of the file, the last segment, often repeats things.
    """
    whole = {place for segment in key for place in _equal(segment, path)}
    others = {at: text for at, text in enumerate(path) if at not in whole}
    known = {text for at, text in enumerate(path) if at in whole}
    last = len(key) - 1
    return tuple(
        tuple(_readings_of_segment(text, path, others, known))
        if place < last
        else tuple(_readings_of_segment(text, path, dict(enumerate(path)), frozenset()))
        for place, text in enumerate(key)
    )


def _readings_of_segment(
    text: str, path: Sequence[str], inside: Mapping[int, str], known: Container[str]
) -> Iterator[KeySegment]:
    whole = _equal(text, path)
    yield from ((PathSegment(place),) for place in whole)
    if not whole:
        composed = tuple(_composed(text, inside, known))
        if any(not isinstance(each, Text) for each in composed):
            yield composed
    yield (Text(text),)


def _equal(text: str, path: Sequence[str]) -> list[int]:
    return [place for place, segment in enumerate(path) if segment == text]


def _composed(text: str, inside: Mapping[int, str], known: Container[str]) -> Iterator[Atom]:
    """Yield the parts of a segment: what the path has, words that are known, and the text between them."""
    places = {
        segment: place
        for place, segment in inside.items()
        if len(segment) >= WORD_LENGTH_MIN and segment not in WORDS_OF_STATES
    }
    longest_first = sorted(places, key=lambda each: (-len(each), each))
    written = position = 0
    while (boundary := BOUNDARY.search(text, position)) is not None:
        start = boundary.start()
        found = _at(text, start, longest_first, places)
        if found is not None and isinstance(found[0], Word) and text[start : found[1]] in known:
            found = None
        if found is None:
            word = WORD.match(text, start)
            position = word.end() if word is not None else len(text)
            continue
        atom, position = found
        if start > written:
            yield Text(text[written:start])
        yield atom
        written = position
    if written < len(text):
        yield Text(text[written:])


def _at(
    text: str, start: int, longest_first: Iterable[str], places: Mapping[str, int]
) -> tuple[Atom, int] | None:
    """Return what is known of the words that begin here, and where they end."""
    for segment in longest_first:
        end = start + len(segment)
        if text.startswith(segment, start) and not text[end : end + 1].isalnum():
            return PathSegment(places[segment]), end
    region = REGION.match(text, start)
    if region is not None:
        return Word(REGION_FIELD), region.end()
    word = WORD.match(text, start)
    if word is not None and word.group() in ENVIRONMENTS:
        return Word(ENVIRONMENT_FIELD), word.end()
    return None


def _chosen(
    pair: KeyedRoot,
    choices: tuple[tuple[KeySegment, ...], ...],
    votes: _Votes,
    literals: _Literals,
) -> Template:
    depth, length = len(pair.segments), len(choices)
    found: list[KeySegment] = []
    last_place = -1
    for place, readings in enumerate(choices):
        counts = votes[depth, length, place]
        *others, (as_it_stands,) = readings
        best = max(
            others,
            key=lambda each: (counts[each], _follows(each, last_place)),
            default=None,
        )
        text = as_it_stands.text if isinstance(as_it_stands, Text) else ""
        common = literals.is_common(pair, place, text)
        if best is not None and (not common or _explains(best, counts, (as_it_stands,))):
            found.append(best)
            last_place = max(_places(best), default=last_place)
        else:
            found.append((as_it_stands,) if common else _unexplained(text))
    return tuple(found)


def _unexplained(text: str) -> KeySegment:
    if text.endswith(STATE_SUFFIX) and text != STATE_SUFFIX:
        return (Unexplained(), Text(STATE_SUFFIX))
    return (Unexplained(),)


def _explains(reading: KeySegment, counts: Counter[KeySegment], text: KeySegment) -> bool:
    """Tell whether a reading holds for as many pairs as the bare text does.

    A word that the path lacks must hold for more: what every key says alike is text.
    """
    if any(isinstance(each, PathSegment) for each in reading):
        return counts[reading] >= counts[text]
    return counts[reading] > counts[text]


def _follows(reading: KeySegment, last_place: int) -> tuple[bool, int]:
    """Prefer the segments of a path in their order, and then the nearest."""
    first = min(_places(reading), default=-1)
    return (first > last_place, -first)


def _places(reading: KeySegment) -> list[int]:
    return [each.place for each in reading if isinstance(each, PathSegment)]
