"""Where the arguments of a backend stand in native HCL, as offsets in bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.core.code_edits import CodePlace, EditRefused

if TYPE_CHECKING:
    from tree_sitter import Node

PLAIN_VALUES = frozenset({"string_lit", "bool_lit", "null_lit", "numeric_lit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One argument in the text: `name = value`, as offsets in bytes."""

    name: str
    start: int
    end: int
    equals: int
    value_start: int
    value_end: int
    is_plain: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """Where the arguments stand. `inner_start` and `inner_end` are just inside of the braces.

    `separator` is what stands between two on one line; empty where the grammar has none.
    """

    entries: tuple[Entry, ...]
    inner_start: int
    inner_end: int
    is_file: bool
    separator: bytes
    line: int


def container_of(root: Node, source: bytes, place: CodePlace) -> Container | EditRefused:
    """Find the arguments in a tree without errors, or say why they cannot be told."""
    match place:
        case CodePlace.PARTIAL_FILE:
            return Container(
                entries=tuple(_entries(_bodies(root), "attribute", source)),
                inner_start=0,
                inner_end=len(source),
                is_file=True,
                separator=b"",
                line=1,
            )
        case CodePlace.BACKEND_BLOCK:
            found = [
                backend
                for terraform in blocks_in(root, source, "terraform")
                for backend in blocks_in(terraform, source, "backend", "s3")
            ]
            return _only(found, 'backend "s3"', source)
        case CodePlace.REMOTE_STATE:
            states = list(blocks_in(root, source, "remote_state"))
            found = [node for state in states for node in _objects(state, source, "config")]
            return _only(found, "`remote_state` with a plain `config`", source)


def _only(found: Sequence[Node], words: str, source: bytes) -> Container | EditRefused:
    if len(found) != 1:
        line = found[1].start_point[0] + 1 if found else 0
        return EditRefused(
            words=f"there is {'more than one' if found else 'no'} {words}", line=line
        )
    return container_in(found[0], source)


def container_in(node: Node, source: bytes) -> Container:
    """Return the arguments of one block or object."""
    is_object = node.type == "object"
    opening = next(each for each in node.children if each.type in {"block_start", "object_start"})
    closing = next(each for each in node.children if each.type in {"block_end", "object_end"})
    entries = (
        _entries([node], "object_elem", source)
        if is_object
        else _entries(_bodies(node), "attribute", source)
    )
    return Container(
        entries=tuple(entries),
        inner_start=opening.end_byte,
        inner_end=closing.start_byte,
        is_file=False,
        separator=b", " if is_object else b"",
        line=node.start_point[0] + 1,
    )


def _bodies(node: Node) -> list[Node]:
    return [each for each in node.named_children if each.type == "body"]


def blocks_in(node: Node, source: bytes, block_type: str, *labels: str) -> Iterator[Node]:
    """Yield the blocks of a type, with these labels, directly in a file or a block."""
    for body in _bodies(node):
        for block in body.named_children:
            if block.type != "block":
                continue
            names = [
                source[each.start_byte : each.end_byte].decode().strip('"')
                for each in block.named_children
                if each.type in {"identifier", "string_lit"}
            ]
            if names == [block_type, *labels]:
                yield block


def _objects(block: Node, source: bytes, name: str) -> Iterator[Node]:
    """Yield the object that is the value of an attribute of a block."""
    for entry in (each for body in _bodies(block) for each in body.named_children):
        parts = entry.named_children
        if (
            entry.type != "attribute"
            or source[parts[0].start_byte : parts[0].end_byte] != name.encode()
        ):
            continue
        node = parts[-1]
        while node.type in {"expression", "collection_value"} and len(node.named_children) == 1:
            node = node.named_children[0]
        if node.type == "object":
            yield node


def _entries(parents: Sequence[Node], kind: str, source: bytes) -> Iterator[Entry]:
    for node in (each for parent in parents for each in parent.named_children):
        if node.type != kind:
            continue
        name = node.named_children[0]
        equals = next(each for each in node.children if each.type in {"=", ":"})
        value = next(each for each in reversed(node.named_children) if each.type == "expression")
        yield Entry(
            name=source[name.start_byte : name.end_byte].decode().strip('"'),
            start=node.start_byte,
            end=node.end_byte,
            equals=equals.start_byte,
            value_start=value.start_byte,
            value_end=value.end_byte,
            is_plain=_is_plain(value),
            line=node.start_point[0] + 1,
        )


def _is_plain(value: Node) -> bool:
    """Tell whether a value is a literal: no reference, no call, no interpolation."""
    node = value
    while node.type in {"expression", "literal_value"} and len(node.named_children) == 1:
        node = node.named_children[0]
    return node.type in PLAIN_VALUES
