"""Edit backend arguments in the JSON form of HCL: only the characters that must change.

The text is walked with the tokens of `json_parsing`; layout, order and line ends stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.core.code_edits import (
    ArgumentChange,
    ArgumentValue,
    ByteEdit,
    CodePlace,
    EditRefused,
)
from holdfast.hcl.json_parsing import TOKEN, parse_json

PATHS: dict[CodePlace, tuple[str, ...]] = {
    CodePlace.PARTIAL_FILE: (),
    CodePlace.BACKEND_BLOCK: ("terraform", "backend", "s3"),
    CodePlace.REMOTE_STATE: ("remote_state", "config"),
}
INDENT = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an object: `"name": value`, as offsets in characters."""

    name: str
    start: int
    value_start: int
    end: int
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value with what it contains: the members of an object, the items of an array."""

    start: int
    end: int
    is_object: bool = False
    members: tuple[Member, ...] = ()
    items: tuple[Value, ...] = ()


def json_edits(
    content: bytes, place: CodePlace, changes: Sequence[ArgumentChange]
) -> tuple[ByteEdit, ...] | EditRefused:
    """Return the edits that make the changes, none where everything is as wanted, or why there are none."""
    if parse_json(content).problem is not None:
        return EditRefused(words="it is not valid JSON")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return EditRefused(words="it is not UTF-8")
    walk = _Walk(text)
    found = list(_objects(walk.value(), PATHS[place]))
    if len(found) != 1:
        count = "more than one" if found else "no"
        return EditRefused(words=f"there is {count} {place} in it")
    return _edits(text, found[0], changes)


def _objects(value: Value, path: Sequence[str]) -> Iterator[Value]:
    """Yield the objects at a path; an array stands for each of its items (HCL JSON syntax)."""
    for item in value.items:
        yield from _objects(item, path)
    if not value.is_object:
        return
    if not path:
        yield value
        return
    for member in value.members:
        if member.name == path[0]:
            yield from _objects(member.value, path[1:])


def _edits(
    text: str, target: Value, changes: Sequence[ArgumentChange]
) -> tuple[ByteEdit, ...] | EditRefused:
    edits: list[tuple[int, int, str]] = []
    removed: list[Member] = []
    added: list[str] = []
    for change in changes:
        found = [each for each in target.members if each.name == change.name]
        if len(found) > 1:
            line = text.count("\n", 0, found[1].start) + 1
            return EditRefused(words=f"`{change.name}` is there twice", line=line)
        if change.value is None:
            removed += found
        elif not found:
            added.append(f"{json.dumps(change.name)}: {_literal(change.value)}")
        elif found[0].value.is_object or found[0].value.items or _is_template(text, found[0]):
            line = text.count("\n", 0, found[0].start) + 1
            return EditRefused(words=f"`{change.name}` is an expression", line=line)
        elif text[found[0].value_start : found[0].end] != _literal(change.value):
            edits.append((found[0].value_start, found[0].end, _literal(change.value)))
    kept = [each for each in target.members if each not in removed]
    if removed and not kept:
        # Nothing stays: the inside is written anew, so that no comma is left over.
        inside = _lines(text, target, added) if added else ""
        edits = [(target.start + 1, target.end - 1, inside)]
    else:
        if removed:
            edits += _removals(target, removed, kept)
        if added and kept:
            joint = text[target.start + 1 : target.members[0].start]
            tail = "".join(f",{joint}{each}" for each in added)
            edits.append((kept[-1].end, kept[-1].end, tail))
        elif added:
            edits.append((target.start + 1, target.end - 1, _lines(text, target, added)))
    return tuple(
        ByteEdit(len(text[:start].encode()), len(text[:end].encode()), new.encode())
        for start, end, new in edits
    )


def _removals(
    target: Value, removed: Sequence[Member], kept: Sequence[Member]
) -> Iterator[tuple[int, int, str]]:
    """Take members out with the comma and the space on one side of them."""
    last = kept[-1]
    for member, following in zip(target.members, target.members[1:], strict=False):
        if member in removed and member.start < last.start:
            yield member.start, following.start, ""
    if target.members[-1] is not last:
        yield last.end, target.members[-1].end, ""


def _lines(text: str, target: Value, added: Sequence[str]) -> str:
    """Return the inside of an object that has no other members, a line for each."""
    newline = "\r\n" if "\r\n" in text else "\n"
    line = text[text.rfind("\n", 0, target.start) + 1 : target.start]
    outer = line[: len(line) - len(line.lstrip(" \t"))]
    inner = f",{newline}{outer}{INDENT}".join(added)
    return f"{newline}{outer}{INDENT}{inner}{newline}{outer}"


def _is_template(text: str, member: Member) -> bool:
    raw = text[member.value_start : member.end]
    shown = json.loads(raw) if raw.startswith('"') else ""
    return "${" in shown.replace("$${", "") or "%{" in shown.replace("%%{", "")


def _literal(value: ArgumentValue) -> str:
    """Return a value as the JSON form has it: a string there is a template."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value.replace("${", "$${").replace("%{", "%%{"), ensure_ascii=False)


class _Walk:
    """Walks a text that is known to be valid JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = len(text) - len(text.removeprefix("\ufeff"))

    def value(self) -> Value:
        """Read the next value."""
        token = self._token()
        start = token.start(token.lastindex or 0)
        match token[1]:
            case "{":
                return self._object(start)
            case "[":
                return self._array(start)
            case _:
                return Value(start=start, end=self._position)

    def _token(self) -> re.Match[str]:
        token = TOKEN.match(self._text, self._position)
        if token is None:
            raise AssertionError("the text was valid")
        self._position = token.end()
        return token

    def _object(self, start: int) -> Value:
        members: list[Member] = []
        while (token := self._token())[1] != "}":
            if token[1] == ",":
                continue
            name_start = token.start(2)
            self._token()  # the colon
            value = self.value()
            members.append(
                Member(
                    name=json.loads(token[2]),
                    start=name_start,
                    value_start=value.start,
                    end=value.end,
                    value=value,
                )
            )
        return Value(start=start, end=self._position, is_object=True, members=tuple(members))

    def _array(self, start: int) -> Value:
        items: list[Value] = []
        while True:
            before = self._position
            mark = self._token()[1]
            if mark == "]":
                return Value(start=start, end=self._position, items=tuple(items))
            if mark != ",":
                self._position = before
                items.append(self.value())
