"""Edit how a backend locks in `holdfast.yaml`: only the bytes that must change, and checked by reading the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from holdfast.core.backends import Locking
from holdfast.core.declaration import DeclaredBackend
from holdfast.core.source import SourceSpan
from holdfast.declaration.document import Entry, MappingNode, ScalarNode, document_of
from holdfast.declaration.mistakes import Position
from holdfast.declaration.reading import declaration_of
from holdfast.errors import DeclarationInvalidError

NOT_EDITED = "its layout is not one that can be edited"


def with_locking(
    text: str, wanted: Mapping[str, tuple[Locking, str | None]], *, path: Path
) -> str | None:
    """Return a declaration whose backends lock as `wanted` says by name, each with its table; None when it is to be edited by hand.

    Where the naming pattern yields another table, `lock_table` is written out; where the lock file alone is left, it is
    taken out.
    """
    edited = text
    for name, (locking, table) in wanted.items():
        found = _with_locking(edited, name, locking, table, path)
        if found is None:
            return None
        edited = found
    return edited if _differs_as_wanted(text, edited, wanted, path) else None


def table_by_pattern(text: str, name: str, *, path: Path) -> str | None:
    """Return the lock table that a backend would have if it locked in both ways; None when nothing yields one."""
    body = _backend(text, name)
    mode = _entry(body, "locking") if body is not None else None
    if mode is None or not _is_plain(mode):
        return None
    return _table_of(_replaced(text, mode, Locking.BOTH.value), name, path)


def _with_locking(
    text: str, name: str, locking: Locking, table: str | None, path: Path
) -> str | None:
    body = _backend(text, name)
    if body is None:
        return None
    mode, literal = _entry(body, "locking"), _entry(body, "lock_table")
    if mode is None or not _is_plain(mode):
        return None
    if not locking.uses_table and literal is not None:
        without = _without(text, literal)
        return _with_locking(without, name, locking, table, path) if without is not None else None
    edited = _replaced(text, mode, locking.value)
    if not locking.uses_table or literal is not None or _table_of(edited, name, path) == table:
        return edited
    return _with_entry_after(edited, name, f'lock_table: "{table}"')


def _backend(text: str, name: str) -> MappingNode | None:
    root = document_of(text).root
    backends = root.value("backends") if isinstance(root, MappingNode) else None
    body = backends.value(name) if isinstance(backends, MappingNode) else None
    return body if isinstance(body, MappingNode) else None


def _entry(body: MappingNode, name: str) -> Entry | None:
    return next((each for each in body.entries if each.key.text == name), None)


def _is_plain(entry: Entry) -> bool:
    return (
        isinstance(entry.value, ScalarNode)
        and entry.value.verbatim
        and entry.key.verbatim
        and entry.key.position.line == entry.value.position.line
    )


def _table_of(text: str, name: str, path: Path) -> str | None:
    """Return the table that a backend has, by its pattern or literally; None when nothing yields one."""
    try:
        backends = declaration_of(text, path=path).backends
    except DeclarationInvalidError:
        return None
    return next((each.table for each in backends if each.name == name), None)


# Places in the text ---------------------------------------------------------------------------------


def _index(text: str, position: Position) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: position.line - 1])) + position.column - 1


def _value_range(text: str, entry: Entry) -> tuple[int, int]:
    value = entry.value
    if not isinstance(value, ScalarNode):
        raise TypeError("a plain entry has a scalar")
    start = _index(text, value.position)
    return start, start + len(value.text) + (2 if value.quoted else 0)


def _replaced(text: str, entry: Entry, value: str) -> str:
    start, end = _value_range(text, entry)
    return text[:start] + value + text[end:]


def _without(text: str, entry: Entry) -> str | None:
    """Return a text without an entry: its line, or its place between the commas of braces."""
    if not _is_plain(entry):
        return None
    start, end = _index(text, entry.key.position), _value_range(text, entry)[1]
    after = text[end:]
    rest = after.lstrip(" ")
    if rest.startswith(","):
        tail = rest[1:].lstrip(" ")
        return text[:start] + tail
    if rest.startswith("}"):
        before = text[:start].rstrip(" ")
        return before[:-1].rstrip(" ") + after if before.endswith(",") else None
    line_start, line_end = _line_start(text, start), text.find("\n", end)
    tail = text[end:line_end] if line_end >= 0 else after
    if text[line_start:start].strip(" ") or tail.strip():
        return None  # something else stands on its line: a comment, or what begins a list
    return text[:line_start] + (text[line_end + 1 :] if line_end >= 0 else "")


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _with_entry_after(text: str, name: str, written: str) -> str | None:
    """Return a text with an entry after `locking`, on the same line between braces and else on its own."""
    body = _backend(text, name)
    mode = _entry(body, "locking") if body is not None else None
    if body is None or mode is None:
        return None
    end = _value_range(text, mode)[1]
    if text[_index(text, body.position)] == "{":
        return f"{text[:end]}, {written}{text[end:]}"
    start = _index(text, mode.key.position)
    indent = text[_line_start(text, start) : start]
    line_end = text.find("\n", end)
    if indent.strip(" ") or line_end < 0:
        return None
    newline = "\r\n" if text[line_end - 1] == "\r" else "\n"
    return f"{text[: line_end + 1]}{indent}{written}{newline}{text[line_end + 1 :]}"


# What comes out -------------------------------------------------------------------------------------


def _differs_as_wanted(
    before: str, after: str, wanted: Mapping[str, tuple[Locking, str | None]], path: Path
) -> bool:
    """Tell whether a declaration reads as before, but for how the wanted backends lock."""
    try:
        old, new = declaration_of(before, path=path), declaration_of(after, path=path)
    except DeclarationInvalidError:
        return False
    return [_without_places(each) for each in _expected(old.backends, wanted)] == [
        _without_places(each) for each in new.backends
    ]


def _without_places(backend: DeclaredBackend) -> DeclaredBackend:
    nowhere = SourceSpan("", 0)
    return replace(backend, span=nowhere, account=replace(backend.account, span=nowhere))


def _expected(
    backends: tuple[DeclaredBackend, ...], wanted: Mapping[str, tuple[Locking, str | None]]
) -> Iterator[DeclaredBackend]:
    for each in backends:
        locking, table = wanted.get(each.name, (each.locking, each.table))
        yield replace(each, locking=locking, table=table if locking.uses_table else None)
