"""`environments`: which backend keeps the states of which environment."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.declaration import DeclaredEnvironment
from holdfast.core.likeness import listed_shortly, nearest_first
from holdfast.declaration.accounts import span_of
from holdfast.declaration.document import Entry, Kind, MappingNode, Node, ScalarNode, quoted_word
from holdfast.declaration.sound import SoundValues, mapping_of


def environments_of(
    root: MappingNode, values: SoundValues, *, backends: tuple[str, ...], path: str
) -> tuple[DeclaredEnvironment, ...]:
    """Read `environments`. `backends` are the names of all that are declared, mistaken ones included."""
    node = mapping_of(root.value("environments"))
    found = (_environment(each, values, backends, path) for each in (node.entries if node else ()))
    return tuple(each for each in found if each.backends)


def _environment(
    entry: Entry, values: SoundValues, backends: tuple[str, ...], path: str
) -> DeclaredEnvironment:
    return DeclaredEnvironment(
        name=entry.key.text,
        backends=tuple(
            (region, node.text)
            for region, node in _choices(entry.value)
            if _is_declared(node, f"environment {quoted_word(entry.key.text)}", values, backends)
        ),
        span=span_of(entry.key.position, path),
    )


def _choices(node: Node) -> Iterator[tuple[str | None, ScalarNode]]:
    if isinstance(node, ScalarNode):
        yield None, node
    elif isinstance(node, MappingNode):
        for entry in node.entries:
            if isinstance(entry.value, ScalarNode):
                yield entry.key.text, entry.value


def _is_declared(
    node: ScalarNode, subject: str, values: SoundValues, backends: tuple[str, ...]
) -> bool:
    if node.kind is not Kind.TEXT or not values.is_sound(node.position):
        return False
    if node.text in backends:
        return True
    names = nearest_first(node.text, backends)
    known = f"the backends are {listed_shortly(names)}" if names else "no backends are declared"
    words = f"{subject} names backend {quoted_word(node.text)}, which is not declared; {known}"
    values.complain(node.position, words)
    return False
