"""Values as JSON documents and back, by their shapes: a field is a member of the same name, a tuple is an array. Pure.

Reading is strict: an unknown name, a missing one or a wrong type is a problem, and all problems of a document are told
at once. Renaming a field changes the document; a test holds the text of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import EllipsisType, NoneType
from typing import TypeVar, cast, get_args, get_type_hints

from holdfast.core.cleaning import printable

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """What the shapes do not say: `kinds` name the members of a closed union, each in its `kind`.

    `left_out` are fields that are not written and get the value given here when they are read; `required` are fields that
    have to be there although they have a default.
    """

    kinds: Mapping[type, str] = field(default_factory=dict)
    left_out: Mapping[type, Mapping[str, object]] = field(default_factory=dict)
    required: Mapping[type, frozenset[str]] = field(default_factory=dict)


class _Unreadable:
    """Stands for a value whose problem is noted already."""


UNREADABLE = _Unreadable()


def document_of(value: object, form: DocumentForm) -> dict[str, object]:
    """Return the members of a value, ready for JSON."""
    return {
        name: _written(getattr(value, name), form)
        for name in _shapes_written(cast("type", type(value)), form)
    }


def _written(value: object, form: DocumentForm) -> object:
    if isinstance(value, tuple):
        return [_written(item, form) for item in value]
    if is_dataclass(value):
        kind = form.kinds.get(cast("type", type(value)))
        return ({"kind": kind} if kind else {}) | document_of(value, form)
    return value.value if isinstance(value, StrEnum) else value


def _shapes_written(kind: type, form: DocumentForm) -> Mapping[str, object]:
    """Return the fields of a value that a document has, each with its type."""
    left_out = form.left_out.get(kind, {})
    return {name: shape for name, shape in _shapes(kind).items() if name not in left_out}


@cache
def _shapes(kind: type) -> Mapping[str, object]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


class DocumentReading:
    """Read values by their shapes, and collect what is wrong, each with its place."""

    def __init__(self, form: DocumentForm, *, whole: str) -> None:
        self.problems: list[tuple[str, str]] = []
        self._form = form
        self._whole = whole  # what the document is called where a problem has no other place
        self._kind_of_name = {name: kind for kind, name in form.kinds.items()}

    def read(self, kind: type[Value], members: Mapping[str, object]) -> Value | None:
        """Return the value of a document, None after noting why not."""
        value = self._value(kind, dict(members), "")
        return None if self.problems else cast("Value", value)

    def _value(self, shape: object, value: object, place: str) -> object:
        """Return the value in this shape, or `UNREADABLE` after noting why not."""
        arguments = get_args(shape)
        if NoneType in arguments:
            inner = arguments[0]
            return None if value is None else self._value(inner, value, place)
        if arguments and arguments[0] in self._form.kinds:
            return self._member_of_union(value, place)
        if arguments:
            return self._items(arguments, value, place)
        kind = cast("type", shape)
        if is_dataclass(kind):
            return self._dataclass(kind, value, place)
        if issubclass(kind, StrEnum):
            return self._word(kind, value, place)
        # `True` is an int to Python and not to a reader.
        if type(value) is not kind:
            return self._problem(place, f"must be {_named(kind)}")
        return value

    def _problem(self, place: str, words: str) -> _Unreadable:
        self.problems.append((place or self._whole, words))
        return UNREADABLE

    def _member_of_union(self, value: object, place: str) -> object:
        name = value.get("kind") if isinstance(value, dict) else None
        if (
            not isinstance(value, dict)
            or not isinstance(name, str)
            or name not in self._kind_of_name
        ):
            return self._problem(place, "must be a step of a known `kind`")
        members = {name: member for name, member in value.items() if name != "kind"}
        return self._dataclass(self._kind_of_name[name], members, place)

    def _word(self, kind: type[StrEnum], value: object, place: str) -> object:
        words = [each.value for each in kind]
        if value not in words:
            return self._problem(place, f"must be one of {', '.join(words)}")
        return kind(value)

    def _items(self, arguments: tuple[object, ...], value: object, place: str) -> object:
        if not isinstance(value, list):
            return self._problem(place, "must be an array")
        if isinstance(arguments[-1], EllipsisType):
            shapes = [arguments[0]] * len(value)
        elif len(value) == len(arguments):
            shapes = list(arguments)
        else:
            return self._problem(place, f"must be an array of {len(arguments)}")
        return tuple(
            self._value(shape, item, f"{place}[{number}]")
            for number, (shape, item) in enumerate(zip(shapes, value, strict=True))
        )

    def _dataclass(self, kind: type, value: object, place: str) -> object:
        if not isinstance(value, dict):
            return self._problem(place, "must be an object")
        shapes, defaults = _shapes_written(kind, self._form), self._defaults(kind)
        prefix = f"{place}." if place else ""
        for name in value.keys() - shapes.keys():
            self._problem(prefix + printable(str(name), length_max=80), "is not known")
        members: dict[str, object] = dict(defaults)
        for name, shape in shapes.items():
            if name in value:
                members[name] = self._value(shape, value[name], prefix + name)
            elif name not in defaults:
                self._problem(prefix + name, "is missing")
        complete = members.keys() >= shapes.keys()
        return kind(**members) if complete else UNREADABLE

    def _defaults(self, kind: type) -> Mapping[str, object]:
        """Return what fields have when they are left out."""
        required = self._form.required.get(kind, frozenset())
        named = {
            each.name: each.default
            for each in fields(kind)
            if each.default is not MISSING and each.name not in required
        }
        return named | dict(self._form.left_out.get(kind, {}))


def _named(kind: type) -> str:
    return {str: "text", bool: "true or false", int: "a whole number"}.get(kind, kind.__name__)
