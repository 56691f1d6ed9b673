"""The text of a setup module that others follow, and the stretches of it that may name something. Pure.

Names of resources, variables and outputs are structure: they are no stretches, and stay.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternStretch:
    """A stretch of text inside a string or a comment.

    `start` and `end` count characters. `whole` is True when it is all there is in its string, which is then a
    plain text.
    """

    start: int
    end: int
    line: int
    comment: bool
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternFile:
    """One file of the module: its name, its text, and its stretches in order."""

    name: str
    text: str
    stretches: tuple[PatternStretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPattern:
    """A setup module that others follow: its directory, and its files in order of their names.

    `problems` say, with their places, why a file cannot be followed: it is JSON or broken.
    """

    path: str
    files: tuple[PatternFile, ...]
    problems: tuple[str, ...] = ()
