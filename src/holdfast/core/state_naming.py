"""Find the states that a person means by the names that the code gives them. Pure.

A state is named by its key, by `<bucket>/<key>` (the `Path` that engines print), by the directory of its root, or by a
pattern.
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from holdfast.core.backends import Backend
from holdfast.core.lock_board import uses_of
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.errors import StateAmbiguousError, StateUnknownError

PATTERN_CHARACTERS = "*?["
NEAREST_MAX = 3
NEAREST_CUTOFF = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class StateName:
    """One state: its backend and its key."""

    backend: Backend
    key: str


def state_text(name: str) -> str:
    """Return the name without what people copy along with it."""
    return name.removeprefix("s3://").removesuffix(LOCK_OBJECT_SUFFIX)


def states_named(name: str, backends: Sequence[Backend]) -> tuple[StateName, ...]:
    """Return every state that is meant: the one of a key, all of a root, or all that a pattern fits.

    Only states that the code uses; no cloud is asked. Raises `StateUnknownError` with the nearest names, and
    `StateAmbiguousError` for a key that several backends have.
    """
    text = state_text(name)
    with_key = tuple(by_key(text, backends))
    if with_key:
        return (only_one(name, with_key),)
    found = tuple(by_root(text, backends))
    if not found and is_pattern(text):
        known = (StateName(backend=each, key=key) for each in backends for key in each.keys)
        found = tuple(state for state in known if fits(text, state))
    if not found:
        raise StateUnknownError(
            name, nearest_names(text, [key for each in backends for key in each.keys])
        )
    return found


def by_key(text: str, backends: Sequence[Backend]) -> Iterator[StateName]:
    """Yield the states that the code uses under a key, in any workspace."""
    for backend in backends:
        for key in dict.fromkeys((text, text.removeprefix(f"{backend.bucket}/"))):
            # `env:/*/key` would be the key of a workspace that is called `*`.
            if key in backend.keys or (uses_of(backend, key) and not is_pattern(key)):
                yield StateName(backend=backend, key=key)


def by_root(text: str, backends: Sequence[Backend]) -> Iterator[StateName]:
    """Yield the states of a root, in every workspace that is known."""
    path = posixpath.normpath(text) if text else text
    for backend in backends:
        keys = (key for use in backend.uses if use.root_path == path for key in use.state_keys())
        for key in dict.fromkeys(keys):
            yield StateName(backend=backend, key=key)


def only_one(name: str, fitting: Sequence[StateName]) -> StateName:
    """Return the one state; raise `StateAmbiguousError` when there are several."""
    unique = {(each.backend.name, each.key): each for each in fitting}
    if len(unique) > 1:
        raise StateAmbiguousError(name, sorted(unique))
    return fitting[0]


def nearest_names(text: str, names: Sequence[str]) -> list[str]:
    """Return the names that look most like the text."""
    return difflib.get_close_matches(text, names, n=NEAREST_MAX, cutoff=NEAREST_CUTOFF)


def is_pattern(text: str) -> bool:
    """Tell whether a name has wildcards."""
    return any(character in text for character in PATTERN_CHARACTERS)


def fits(pattern: str, state: StateName) -> bool:
    """Tell whether a pattern reaches a state, with or without its bucket."""
    return fnmatchcase(state.key, pattern) or fnmatchcase(path_of(state), pattern)


def path_of(state: StateName) -> str:
    """Return the path that engines print."""
    return f"{state.backend.bucket}/{state.key}"
