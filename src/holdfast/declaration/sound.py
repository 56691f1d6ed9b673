"""Take values out of a document, passing over the ones that a mistake was already found in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from holdfast.declaration.document import Entry, Kind, ListNode, MappingNode, Node, ScalarNode
from holdfast.declaration.mistakes import Mistake, Position


class SoundValues:
    """The values of a document that was checked, and the list that all of its mistakes go to."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        self._unsound = frozenset(mistake.position for mistake in self.mistakes)

    def complain(self, position: Position, words: str) -> None:
        """Add a mistake."""
        self.mistakes.append(Mistake(position, words))

    def text(self, mapping: MappingNode | None, name: str) -> ScalarNode | None:
        """Return a text; None when it is not there, not text or mistaken."""
        node = self.scalar(mapping, name)
        return node if node is not None and node.kind is Kind.TEXT else None

    def texts(self, node: Node | None) -> tuple[ScalarNode, ...]:
        """Return the items of a list that are texts without a mistake."""
        items = node.items if isinstance(node, ListNode) else ()
        return tuple(
            each
            for each in items
            if isinstance(each, ScalarNode)
            and each.kind is Kind.TEXT
            and self.is_sound(each.position)
        )

    def scalar(self, mapping: MappingNode | None, name: str) -> ScalarNode | None:
        """Return a text, number or truth value; None when it is not there or mistaken."""
        node = mapping.value(name) if mapping is not None else None
        return node if isinstance(node, ScalarNode) and self.is_sound(node.position) else None

    def flag(self, mapping: MappingNode, name: str) -> bool | None:
        """Return a truth value, false when it is not there; None when it is mistaken."""
        if mapping.value(name) is None:
            return False
        node = self.scalar(mapping, name)
        return node.text.lower() == "true" if node and node.kind is Kind.TRUTH else None

    def mistaken_settings(self, root: MappingNode) -> frozenset[str]:
        """Return the settings at the top of the file between whose places a mistake was found."""
        starts = [each.key.position for each in root.entries]
        names = [each.key.text for each in root.entries]
        indexes = {bisect_right(starts, each.position) - 1 for each in self.mistakes}
        return frozenset(names[index] for index in indexes if index >= 0)

    def is_sound(self, position: Position) -> bool:
        """Tell whether no mistake was found at this place when the document was checked."""
        return position not in self._unsound


def mapping_of(node: Node | None) -> MappingNode | None:
    """Return a node that is a mapping."""
    return node if isinstance(node, MappingNode) else None


def entries_of(node: Node | None) -> tuple[tuple[Entry, MappingNode], ...]:
    """Return the entries of a mapping that are mappings themselves."""
    if not isinstance(node, MappingNode):
        return ()
    return tuple(
        (entry, entry.value) for entry in node.entries if isinstance(entry.value, MappingNode)
    )


def items_of(node: Node | None) -> tuple[MappingNode, ...]:
    """Return the items of a list that are mappings."""
    if not isinstance(node, ListNode):
        return ()
    return tuple(item for item in node.items if isinstance(item, MappingNode))
