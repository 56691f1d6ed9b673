"""What a parsed file looks like to the rest of this package: bodies, blocks, attributes, expressions.

Values only, the same for native HCL and for JSON. No other module than `parsing` (native) and
`json_parsing` (JSON) makes them, so that nothing else knows a grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.repository import LiteralValue


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the text: string, number, boolean or null."""

    value: LiteralValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A string with interpolations; `parts` are its texts and expressions in order."""

    text: str
    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A plain traversal such as `var.name` or `local.account.id`."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function call."""

    text: str
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExpression:
    """A list, a set or a tuple."""

    text: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectExpression:
    """An object or a map whose keys are plain; one with a computed key is `Opaque`."""

    text: str
    entries: tuple[AttributeSyntax, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """Any other expression: kept as text, never evaluated."""

    text: str


Expression: TypeAlias = (
    Constant | Template | Reference | Call | ListExpression | ObjectExpression | Opaque
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSyntax:
    """`name = expression`, in a body or in an object; `line` and `column` are 1-based."""

    name: str
    expression: Expression
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSyntax:
    """`type "label" { body }`.

    `comments` are the comment lines inside and directly above, cleaned; they are collected only for
    the blocks that describe a backend.
    """

    type: str
    labels: tuple[str, ...]
    body: BodySyntax
    line: int
    column: int
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySyntax:
    """The attributes and blocks between two braces, or of a whole file, in order."""

    attributes: tuple[AttributeSyntax, ...] = ()
    blocks: tuple[BlockSyntax, ...] = ()

    def blocks_of(self, block_type: str) -> tuple[BlockSyntax, ...]:
        """Return the blocks of a type."""
        return tuple(each for each in self.blocks if each.type == block_type)

    def attribute(self, name: str) -> AttributeSyntax | None:
        """Return the last attribute of that name, or None."""
        return next((each for each in reversed(self.attributes) if each.name == name), None)


def joined_body(bodies: Sequence[BodySyntax]) -> BodySyntax:
    """Return what several parts of one body say, in order."""
    return BodySyntax(
        attributes=tuple(each for body in bodies for each in body.attributes),
        blocks=tuple(each for body in bodies for each in body.blocks),
    )


@dataclass(frozen=True, slots=True)
class SyntaxPart:
    """A part of a text that begins a line: its first byte, the byte after its last, and the lines before it."""

    start: int
    end: int
    lines_before: int


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Where a text stops being what it should be; 1-based, line 0 for the file as a whole."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file says, as far as it could be read, and the first place where it could not."""

    body: BodySyntax
    problem: SyntaxProblem | None = None
