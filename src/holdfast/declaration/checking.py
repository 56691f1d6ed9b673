"""Hold a document against the table of settings: kinds, forms, unknown and missing settings.

What depends on more than one value is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from holdfast.core.likeness import did_you_mean, listed, nearest
from holdfast.declaration.document import (
    Kind,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    quoted_word,
)
from holdfast.declaration.mistakes import Mistake, Position
from holdfast.declaration.settings import DECLARATION
from holdfast.declaration.shapes import (
    Choice,
    Constant,
    Flag,
    Group,
    Listed,
    Named,
    Number,
    Shape,
    Text,
    TextMap,
    TextOrMap,
)


def shape_mistakes(root: Node) -> Iterator[Mistake]:
    """Yield what is wrong with the file, setting by setting."""
    if isinstance(root, MappingNode):
        yield from _group(root, DECLARATION, owner="", at=root.position)
    else:
        yield Mistake(root.position, f"a declaration must be a mapping, not {_kind(root)}")


def meant_setting(name: str, group: Group) -> str | None:
    """Return the setting that a key names, known elsewhere by that name or nearly so."""
    if name in group.names:
        return name
    for field in group.fields:
        if name.lower().replace("-", "_") in {field.name, *field.also_called}:
            return field.name
    return nearest(name, group.names)


def _check(node: Node, shape: Shape, *, subject: str, at: Position) -> Iterator[Mistake]:
    """Check one value. `at` is its key's place: what is said of a value that is not there stands there."""
    if isinstance(node, ScalarNode) and node.kind is Kind.NOTHING:
        yield Mistake(at, f"{subject} has no value; give it one or leave it out")
        return
    match shape:
        case Text() | Choice() | Constant() | Number() | Flag():
            if isinstance(node, ScalarNode):
                yield from _scalar(node, shape, subject)
            else:
                yield Mistake(
                    node.position, f"{subject} must be {_wanted(shape)}, not {_kind(node)}"
                )
        case Group() | TextMap() | Named():
            if isinstance(node, MappingNode):
                yield from _mapping(node, shape, subject=subject, at=at)
            else:
                yield Mistake(node.position, f"{subject} must be a mapping, not {_kind(node)}")
        case TextOrMap():
            if isinstance(node, ScalarNode):
                yield from _text(node, shape.text, subject)
            elif isinstance(node, MappingNode):
                yield from _mapping(node, shape.mapping, subject=subject, at=at)
            else:
                yield Mistake(
                    node.position, f"{subject} must be text or a mapping, not {_kind(node)}"
                )
        case Listed():
            if isinstance(node, ListNode):
                if len(node.items) < shape.items_min:
                    yield Mistake(node.position, f"{subject} is an empty list")
                for number, item in enumerate(node.items, start=1):
                    owner = f"entry {number} of {subject}"
                    yield from _check(item, shape.item, subject=owner, at=item.position)
            else:
                yield Mistake(node.position, f"{subject} must be a list, not {_kind(node)}")
        case _:
            assert_never(shape)


def _mapping(
    node: MappingNode, shape: Group | TextMap | Named, *, subject: str, at: Position
) -> Iterator[Mistake]:
    match shape:
        case Group():
            yield from _group(node, shape, owner=subject, at=at)
        case Named():
            for entry in node.entries:
                name = quoted_word(entry.key.text)
                yield from _text(entry.key, shape.key, f"the name of {shape.title}")
                yield from _check(
                    entry.value,
                    shape.value,
                    subject=f"{shape.noun} {name}",
                    at=entry.key.position,
                )
        case TextMap():
            if len(node.entries) > shape.entries_max:
                words = f"{subject} has {len(node.entries)} entries, and {shape.entries_max} fit"
                yield Mistake(node.position, words)
            if len(node.entries) < shape.entries_min:
                yield Mistake(node.position, f"{subject} is an empty mapping")
            settings = {each.name: each.shape for each in shape.settings}
            for entry in node.entries:
                own = settings.get(entry.key.text)
                if own is None:
                    yield from _text(entry.key, shape.key, f"a key of {subject}")
                yield from _check(
                    entry.value,
                    own if own is not None else shape.value,
                    subject=f"{quoted_word(entry.key.text)} in {subject}",
                    at=entry.key.position,
                )
        case _:
            assert_never(shape)


def _group(node: MappingNode, group: Group, *, owner: str, at: Position) -> Iterator[Mistake]:
    fields = {each.name: each for each in group.fields}
    # A setting that is meant by a misspelt one is not missing as well.
    meant = {meant_setting(entry.key.text, group) for entry in node.entries}
    for name, field in fields.items():
        if field.required and name not in meant:
            yield Mistake(at, f"{owner} has no `{name}`" if owner else f"`{name}` is missing")
    for entry in node.entries:
        known = fields.get(entry.key.text)
        if known is None:
            yield Mistake(entry.key.position, _unknown(entry.key.text, group))
            continue
        subject = f"`{known.name}` of {owner}" if owner else f"`{known.name}`"
        if isinstance(known.shape, Group):
            subject = known.shape.title
        yield from _check(entry.value, known.shape, subject=subject, at=entry.key.position)


def _unknown(name: str, group: Group) -> str:
    meant = meant_setting(name, group)
    hint = f"; did you mean `{meant}`?" if meant else f"; its settings are {listed(group.names)}"
    return f"{quoted_word(name)} is not a setting of {group.title}{hint}"


def _scalar(
    node: ScalarNode, shape: Text | Choice | Constant | Number | Flag, subject: str
) -> Iterator[Mistake]:
    written = quoted_word(node.text)
    match shape:
        case Text():
            yield from _text(node, shape, subject)
        case Choice():
            if node.kind is not Kind.TEXT or node.text not in shape.values:
                words = f"{subject} must be one of {listed(shape.values)}, not {written}"
                yield Mistake(node.position, words + did_you_mean(node.text, shape.values))
        case Constant():
            if node.text != str(shape.value):
                yield Mistake(node.position, f"{subject} must be {shape.value}, not {written}")
            elif node.kind is not Kind.NUMBER:
                words = f"{subject} must be the number {shape.value}, without quotes"
                yield Mistake(node.position, words)
        case Number():
            yield from _number(node, shape, subject)
        case Flag():
            if node.text.lower() not in {"true", "false"}:
                yield Mistake(node.position, f"{subject} must be {_wanted(shape)}, not {written}")
            elif node.kind is not Kind.TRUTH:
                words = f"{subject} must be {_wanted(shape)}, without quotes"
                yield Mistake(node.position, words)
        case _:
            assert_never(shape)


def _number(node: ScalarNode, shape: Number, subject: str) -> Iterator[Mistake]:
    digits = re.fullmatch(r"0|[1-9][0-9]{0,9}", node.text, re.ASCII)
    if digits is None or not shape.minimum <= int(node.text) <= shape.maximum:
        words = f"{subject} must be {_wanted(shape)}, not {quoted_word(node.text)}"
        yield Mistake(node.position, words)
    elif node.kind is not Kind.NUMBER:
        yield Mistake(node.position, f"{subject} must be a number, without quotes")


def _text(node: ScalarNode, shape: Text, subject: str) -> Iterator[Mistake]:
    if not re.fullmatch(shape.pattern, node.text):
        written = quoted_word(node.text)
        advice = shape.advice(node.text) if shape.advice is not None else ""
        if shape.quoted and not node.quoted:
            advice += "; it must be in quotes, or zeros may be lost"
        yield Mistake(node.position, f"{subject}: {written} {shape.problem}{advice}")
    elif node.kind is not Kind.TEXT or (shape.quoted and not node.quoted):
        words = f'{subject} must be text; put quotes around it: "{node.text}"'
        yield Mistake(node.position, words)


def _wanted(shape: Text | Choice | Constant | Number | Flag) -> str:
    match shape:
        case Text():
            return "text"
        case Choice():
            return f"one of {listed(shape.values)}"
        case Constant():
            return str(shape.value)
        case Number():
            return f"a whole number from {shape.minimum} to {shape.maximum}"
        case Flag():
            return "`true` or `false`"
        case _:
            assert_never(shape)


def _kind(node: Node) -> str:
    match node:
        case MappingNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode():
            return str(node.kind)
        case _:
            assert_never(node)
