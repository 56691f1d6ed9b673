"""Parse native HCL: turn syntax trees into the values of `syntax`.

The parser is tolerant: a broken file gives one problem, and everything outside the broken place is
still reported. Nothing is evaluated here, and no content makes it raise.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from holdfast.core.cleaning import printable
from holdfast.hcl.comments import comments_around
from holdfast.hcl.grammar import (
    descendants,
    expressions_in,
    first_problem,
    place_of_node,
    tree_of,
    tree_of_part,
    utf8,
)
from holdfast.hcl.resuming import parts_of
from holdfast.hcl.strings import heredoc_text, number_of, unescaped
from holdfast.hcl.syntax import (
    AttributeSyntax,
    BlockSyntax,
    BodySyntax,
    Call,
    Constant,
    Expression,
    ListExpression,
    ObjectExpression,
    Opaque,
    ParsedFile,
    Reference,
    SyntaxProblem,
    Template,
    joined_body,
)

if TYPE_CHECKING:
    from tree_sitter import Node

# Deeper than anybody nests by hand, and far from the interpreter's recursion limit.
DEPTH_MAX = 60
# `versions.tf` and `backend.tf` are often the same, byte for byte, in every root of a repository.
REMEMBERED_BYTES_MAX = 4096
REMEMBERED_FILES_MAX = 1024
COMMENTED_BLOCKS = frozenset({"backend", "cloud", "remote_state"})
SHOWN_LENGTH_MAX = 500
# Most values are strings without escapes and templates: they need no look at their nodes.
PLAIN_STRING = re.compile(rb'"([^"\\$%\r\n]*)"')
UNCLEAR_ESCAPE = re.compile(r"\$\$\$+\{|%%%+\{")


def parse_hcl(content: bytes, *, wanted: frozenset[str] | None = None) -> ParsedFile:
    """Parse a file; `wanted` names the top-level block types that are converted (None: all)."""
    if len(content) <= REMEMBERED_BYTES_MAX:
        return _remembered(content, wanted)
    return _parsed(content, wanted)


def forget_parsed_files() -> None:
    """Let go of the files that were kept because they may come again; called when a scan ends."""
    _remembered.cache_clear()


@functools.lru_cache(maxsize=REMEMBERED_FILES_MAX)
def _remembered(content: bytes, wanted: frozenset[str] | None) -> ParsedFile:
    return _parsed(content, wanted)


def _parsed(content: bytes, wanted: frozenset[str] | None) -> ParsedFile:
    if b"\0" in content:
        return ParsedFile(BodySyntax(), SyntaxProblem(0, 0, "binary or encrypted content"))
    source = utf8(content)
    root = tree_of(source)
    if not root.has_error:
        return ParsedFile(_Converter(source).body(root, wanted=wanted))
    trees = (tree_of_part(source, part) for part in parts_of(source))
    whole = joined_body([_Converter(source).body(tree, wanted=wanted) for tree in trees])
    return ParsedFile(whole, first_problem(root, source))


class _Converter:
    """Turn syntax nodes into the values of `syntax`, for one file."""

    def __init__(self, source: bytes) -> None:
        self._source = source

    def body(
        self, node: Node, *, wanted: frozenset[str] | None = None, depth: int = 0
    ) -> BodySyntax:
        """Convert a body, a whole file, or what is left of one around a syntax error."""
        attributes: list[AttributeSyntax] = []
        blocks: list[BlockSyntax] = []
        if depth > DEPTH_MAX:
            return BodySyntax()
        for child in node.named_children:
            match child.type:
                case "attribute":
                    if attribute := self._attribute(child, depth):
                        attributes.append(attribute)
                case "block":
                    block = self._block(child, wanted, depth)
                    if block is not None:
                        blocks.append(block)
                case "body" | "ERROR":
                    inner = self.body(child, wanted=wanted, depth=depth + 1)
                    attributes.extend(inner.attributes)
                    blocks.extend(inner.blocks)
                case _:
                    pass
        return BodySyntax(attributes=tuple(attributes), blocks=tuple(blocks))

    def _block(self, node: Node, wanted: frozenset[str] | None, depth: int) -> BlockSyntax | None:
        children = node.named_children
        if not children:
            return None
        block_type = self._text(children[0])
        if wanted is not None and depth <= 1 and block_type not in wanted:
            return None
        labels = [
            self._string(child) if child.type == "string_lit" else self._text(child)
            for child in children[1:]
            if child.type in {"string_lit", "identifier"}
        ]
        line, column = place_of_node(node, self._source)
        commented = block_type in COMMENTED_BLOCKS
        return BlockSyntax(
            type=block_type,
            labels=tuple(labels),
            # What is wanted limits the top level only: the parts of a wanted block are all wanted.
            body=self.body(node, depth=depth + 2),
            line=line,
            column=column,
            comments=self._comments(node) if commented else (),
        )

    def _attribute(self, node: Node, depth: int) -> AttributeSyntax | None:
        children = node.named_children
        expression = next((each for each in children if each.type == "expression"), None)
        if expression is None or expression.has_error or children[0].type != "identifier":
            return None
        line, column = place_of_node(node, self._source)
        plain = PLAIN_STRING.fullmatch(self._source, expression.start_byte, expression.end_byte)
        return AttributeSyntax(
            name=self._text(children[0]),
            expression=(
                Constant(plain[1].decode("utf-8"))
                if plain is not None
                else self._expression(expression, depth + 1)
            ),
            line=line,
            column=column,
        )

    def _expression(self, node: Node, depth: int) -> Expression:
        if depth > DEPTH_MAX:
            return self._opaque(node)
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "expression" and len(children) > 1:
            return self._reference(node, children)
        match node.type:
            case "expression" | "literal_value" | "collection_value" | "template_expr" if children:
                return self._expression(children[0], depth + 1)
            case "string_lit" | "quoted_template":
                return self._quoted(node, depth)
            case "heredoc_template":
                return self._heredoc(node, depth)
            case "numeric_lit":
                return Constant(number_of(self._text(node)))
            case "bool_lit":
                return Constant(self._text(node) == "true")
            case "null_lit":
                return Constant(None)
            case "variable_expr":
                return Reference(text=self._shown(node), names=(self._text(node),))
            case "operation":
                return self._negative_number(node)
            case "function_call":
                return self._call(node, depth)
            case "tuple":
                items = (self._expression(each, depth + 1) for each in expressions_in(node))
                return ListExpression(text=self._shown(node), items=tuple(items))
            case "object":
                return self._object(node, depth)
            case _:
                return self._opaque(node)

    def _reference(self, node: Node, children: list[Node]) -> Expression:
        names = [
            self._text(child).lstrip(".").strip()
            for child in children
            if child.type in {"variable_expr", "get_attr"}
        ]
        if len(names) != len(children) or children[0].type != "variable_expr":
            return self._opaque(node)
        return Reference(text=self._shown(node), names=tuple(names))

    def _negative_number(self, node: Node) -> Expression:
        text = self._text(node)
        digits = text.removeprefix("-").strip()
        if text.startswith("-") and re.fullmatch(r"\d+(\.\d+)?([eE][+-]?\d+)?", digits):
            return Constant(number_of("-" + digits))
        return self._opaque(node)

    def _call(self, node: Node, depth: int) -> Expression:
        arguments = next((c for c in node.named_children if c.type == "function_arguments"), None)
        if arguments is not None and self._text(arguments).rstrip().endswith("..."):
            return self._opaque(node)
        given = expressions_in(arguments) if arguments is not None else ()
        return Call(
            text=self._shown(node),
            function=self._text(node.named_children[0]),
            arguments=tuple(self._expression(each, depth + 1) for each in given),
        )

    def _object(self, node: Node, depth: int) -> Expression:
        entries: list[AttributeSyntax] = []
        for element in node.named_children:
            if element.type != "object_elem":
                continue
            parts = list(expressions_in(element))
            name = self._key(parts[0]) if len(parts) == 2 else None  # noqa: PLR2004 - key and value
            if name is None:
                return self._opaque(node)
            line, column = place_of_node(element, self._source)
            value = self._expression(parts[1], depth + 1)
            entries.append(AttributeSyntax(name=name, expression=value, line=line, column=column))
        return ObjectExpression(text=self._shown(node), entries=tuple(entries))

    def _key(self, node: Node) -> str | None:
        if self._text(node).startswith("("):
            return None
        key = self._expression(node, 0)
        match key:
            case Constant(str(name)):
                return name
            case Reference(names=(name,)):
                return name
            case _:
                return None

    def _quoted(self, node: Node, depth: int) -> Expression:
        start, end = node.children[0].end_byte, node.children[-1].start_byte
        return self._template(node, start, end, depth, escapes=True)

    def _heredoc(self, node: Node, depth: int) -> Expression:
        marks = [child for child in node.named_children if child.type == "heredoc_identifier"]
        if len(marks) != 2:  # noqa: PLR2004 - the opening and the closing mark
            return self._opaque(node)
        start = self._source.find(b"\n", marks[0].end_byte) + 1
        end = max(start, self._source.rfind(b"\n", 0, marks[1].start_byte) + 1)
        template = self._template(node, start, end, depth, escapes=False)
        indented = self._source[node.start_byte : node.start_byte + 3] == b"<<-"
        match template:
            case Constant(str(text)):
                return Constant(heredoc_text(text, indented=indented))
            case _:
                return template

    def _template(
        self, node: Node, start: int, end: int, depth: int, *, escapes: bool
    ) -> Expression:
        parts: list[str | Expression] = []
        position = start
        for child in node.named_children:
            if child.type == "template_directive":
                return self._opaque(node)
            if child.type != "template_interpolation":
                continue
            inner = next(iter(expressions_in(child)), None)
            if inner is None:
                return self._opaque(node)
            parts.append(self._raw(position, child.start_byte))
            parts.append(self._expression(inner, depth + 1))
            position = child.end_byte
        parts.append(self._raw(position, end))
        texts = [unescaped(part, escapes=escapes) for part in parts if isinstance(part, str)]
        if None in texts or UNCLEAR_ESCAPE.search(self._raw(start, end)):
            return self._opaque(node)
        if len(parts) == 1:
            return Constant(texts[0])
        decoded = iter(texts)
        return Template(
            text=self._shown(node),
            parts=tuple((next(decoded) or "") if isinstance(p, str) else p for p in parts),
        )

    def _string(self, node: Node) -> str:
        match self._expression(node, 0):
            case Constant(str(text)):
                return text
            case _:
                return self._text(node).strip('"')

    def _comments(self, node: Node) -> tuple[str, ...]:
        text = self._source[node.start_byte : node.end_byte]
        inside: list[str] = []
        if b"#" in text or b"//" in text or b"/*" in text:
            found = descendants(node, DEPTH_MAX)
            inside = [self._text(each) for each in found if each.type == "comment"]
        return comments_around(self._source[: node.start_byte].decode("utf-8", "replace"), inside)

    def _raw(self, start: int, end: int) -> str:
        return self._source[start:end].decode("utf-8", "replace")

    def _text(self, node: Node) -> str:
        return self._raw(node.start_byte, node.end_byte)

    def _shown(self, node: Node) -> str:
        return printable(" ".join(self._text(node).split()), length_max=SHOWN_LENGTH_MAX)

    def _opaque(self, node: Node) -> Opaque:
        return Opaque(text=self._shown(node))
