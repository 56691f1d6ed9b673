"""YAML as a tree of nodes that know their place. Nothing here knows what a declaration is.

The parser's events are taken one by one, so that neither deep nesting nor aliases of aliases cost more
than their limits allow. No tag is obeyed: a document holds mappings, lists, text and plain scalars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias, cast

import yaml

from holdfast.core.cleaning import printable
from holdfast.declaration.mistakes import Mistake, Position

DEPTH_MAX = 32
NODES_MAX = 200_000  # aliases counted as often as they are used
WORD_LENGTH_MAX = 80  # of what is quoted from the file in a mistake
# What YAML 1.1 does not allow in a stream (section 5.1), as PyYAML's reader has it.
FORBIDDEN_CHARACTER = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
# How YAML reads a plain scalar: as a number, a date, a boolean or text. The stubs of PyYAML leave its types out.
resolved_tag = cast(
    "Callable[[type[yaml.ScalarNode], str, tuple[bool, bool] | None], str]",
    yaml.resolver.Resolver().resolve,
)
MERGE_KEY = "<<"


class Kind(StrEnum):
    """Say what a scalar is to YAML, in the words of a mistake."""

    TEXT = "text"
    NUMBER = "a number"
    TRUTH = "true or false"
    NOTHING = "nothing"
    DATE = "a date"
    OTHER = "something else"


KINDS = {
    "tag:yaml.org,2002:str": Kind.TEXT,
    "tag:yaml.org,2002:int": Kind.NUMBER,
    "tag:yaml.org,2002:float": Kind.NUMBER,
    "tag:yaml.org,2002:bool": Kind.TRUTH,
    "tag:yaml.org,2002:null": Kind.NOTHING,
    "tag:yaml.org,2002:timestamp": Kind.DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """One value. `text` is as it is written, quotes and escapes taken off."""

    position: Position
    text: str
    kind: Kind
    quoted: bool
    verbatim: bool  # each character of `text` is one of the file, on one line

    def position_of(self, column: int) -> Position:
        """Return the place in the file of a 1-based column of the text."""
        if not self.verbatim:
            return self.position
        return Position(
            self.position.line, self.position.column + column - 1 + (1 if self.quoted else 0)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list."""

    position: Position
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of a mapping with its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """A mapping; of a key that stands in it twice, the first one."""

    position: Position
    entries: tuple[Entry, ...]

    def value(self, name: str) -> Node | None:
        """Return the value of a key, None when it is not there."""
        return next((each.value for each in self.entries if each.key.text == name), None)


Node: TypeAlias = ScalarNode | ListNode | MappingNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds: None when it holds nothing that could be read."""

    root: Node | None
    mistakes: tuple[Mistake, ...]


class _LimitError(ValueError):
    """A document that goes beyond a limit, or that is none; what was read of it is of no use."""

    def __init__(self, position: Position, words: str) -> None:
        super().__init__(words)
        self.mistake = Mistake(position, words)


def document_of(text: str) -> Document:
    """Read YAML; a syntax error, or a limit that is passed, leaves no root."""
    forbidden = FORBIDDEN_CHARACTER.search(text)
    if forbidden is not None:
        words = f"the character U+{ord(forbidden.group()):04X} is not allowed in YAML"
        return Document(
            root=None, mistakes=(Mistake(_index_position(text, forbidden.start()), words),)
        )
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            building.take(event)
    except yaml.YAMLError as error:
        building.mistakes.append(_syntax_mistake(error))
        return Document(root=None, mistakes=tuple(building.mistakes))
    except _LimitError as error:
        return Document(root=None, mistakes=(*building.mistakes, error.mistake))
    return Document(root=building.root, mistakes=tuple(building.mistakes))


def quoted_word(text: str) -> str:
    """Return text from the file as it may stand in a mistake."""
    return f"`{printable(text, length_max=WORD_LENGTH_MAX)}`"


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    position: Position
    is_mapping: bool
    anchor: str | None
    nodes_before: int
    children: list[Node] = field(default_factory=list)  # of a mapping: key, value, key, value, …


class _Building:
    """The tree while it grows, one event at a time."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.mistakes: list[Mistake] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}  # with the number of nodes in it
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._refuse_tag(event)
                self._count(1, _start_of(event))
                self._add(_scalar(event), event.anchor, size=1)
            case yaml.AliasEvent():
                self._take_alias(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_tag(event)
                self._start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.DocumentStartEvent():
                if self.root is not None:
                    raise _LimitError(
                        _start_of(event), "a second document begins here; one file holds one"
                    )
            case _:  # the stream's start and end, and a document's end, say nothing
                pass

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._open) >= DEPTH_MAX:
            raise _LimitError(_start_of(event), f"nested deeper than {DEPTH_MAX} levels")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(_start_of(event), is_mapping, event.anchor, self._nodes))
        self._count(1, _start_of(event))

    def _end(self) -> None:
        closed = self._open.pop()
        node: Node
        if closed.is_mapping:
            node = MappingNode(
                position=closed.position, entries=tuple(self._entries(closed.children))
            )
        else:
            node = ListNode(position=closed.position, items=tuple(closed.children))
        self._add(node, closed.anchor, size=self._nodes - closed.nodes_before)

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        name = str(event.anchor)
        known = self._anchors.get(name)
        if known is None:
            raise _LimitError(
                _start_of(event), f"{quoted_word('*' + name)} names no anchor that is complete"
            )
        node, size = known
        self._count(size, _start_of(event))
        self._add(node, None, size=size)

    def _add(self, node: Node, anchor: str | None, *, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _count(self, nodes: int, position: Position) -> None:
        self._nodes += nodes
        if self._nodes > NODES_MAX:
            raise _LimitError(position, f"more than {NODES_MAX} values, aliases included")

    def _entries(self, children: list[Node]) -> Iterator[Entry]:
        seen: dict[str, Position] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                self._complain(key.position, "a key must be text, not a list or mapping")
            elif key.text == MERGE_KEY and not key.quoted:
                self._complain(key.position, "`<<` does not merge here; write the settings out")
            elif key.text in seen:
                self._complain(
                    key.position,
                    f"{quoted_word(key.text)} is set twice; the first one is on line"
                    f" {seen[key.text].line}",
                )
            else:
                seen[key.text] = key.position
                yield Entry(key=key, value=value)

    def _refuse_tag(
        self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent
    ) -> None:
        if event.tag is not None:
            self._complain(_start_of(event), f"the tag {quoted_word(event.tag)} is not supported")

    def _complain(self, position: Position, words: str) -> None:
        self.mistakes.append(Mistake(position, words))


def _scalar(event: yaml.ScalarEvent) -> ScalarNode:
    text = str(event.value)
    tag = resolved_tag(yaml.ScalarNode, text, event.implicit)
    quoted = event.style in {"'", '"'}
    start, end = _position_of(event.start_mark), _position_of(event.end_mark)
    written = end.column - start.column - (2 if quoted else 0)
    return ScalarNode(
        position=start,
        text=text,
        kind=KINDS.get(str(tag), Kind.OTHER) if event.tag is None else Kind.TEXT,
        quoted=quoted,
        verbatim=start.line == end.line and written == len(text),
    )


class _Mark(Protocol):
    """What both of PyYAML's parsers say of a place, counted from 0."""

    line: int
    column: int


def _start_of(event: yaml.Event) -> Position:
    return _position_of(event.start_mark)


def _position_of(mark: _Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark is not None else Position(1, 1)


def _syntax_mistake(error: yaml.YAMLError) -> Mistake:
    if not isinstance(error, yaml.MarkedYAMLError):
        return Mistake(Position(1, 1), printable(f"not YAML: {error}"))
    context = f"{error.context}, " if error.context else ""
    words = printable(f"not YAML: {context}{error.problem or 'it cannot be read'}")
    return Mistake(_position_of(error.problem_mark or error.context_mark), words)


def _index_position(text: str, index: int) -> Position:
    line_start = text.rfind("\n", 0, index) + 1
    return Position(text.count("\n", 0, index) + 1, index - line_start + 1)
