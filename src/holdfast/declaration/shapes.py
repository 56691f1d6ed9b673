"""The shapes that a setting can have. Data only: `checking` and `schema` say what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that matches a regular expression as a whole.

    `pattern` is what Python and ECMAScript read alike. `problem` follows the value in a mistake: it "is
    not a region". `advice` finds more to say about one value, or nothing.
    """

    pattern: str
    problem: str
    advice: Callable[[str], str] | None = None
    quoted: bool = False  # digits that YAML would read as a number
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of these words."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """This number and no other."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number within these bounds, both included."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """`true` or `false`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMap:
    """Text by text, such as tags. `settings` are keys that mean something of their own."""

    key: Text
    value: Text
    entries_max: int
    entries_min: int = 0
    settings: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOrMap:
    """One text, or several by a text."""

    text: Text
    mapping: TextMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A mapping of known settings. `title` is what one is called in a mistake: `a backend`."""

    title: str
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the settings, in order."""
        return tuple(each.name for each in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Values by a name of the user's own. One is called by its `noun`, `backend`, and `title`, `a backend`."""

    noun: str
    title: str
    key: Text
    value: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list."""

    item: Shape
    items_min: int = 0


Shape: TypeAlias = (
    Text | Choice | Constant | Number | Flag | TextMap | TextOrMap | Group | Named | Listed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting. `also_called` are names that people know it by elsewhere; they are not read."""

    name: str
    shape: Shape
    description: str
    required: bool = False
    also_called: tuple[str, ...] = ()
