"""The HCL grammar: the parser of record, and what its trees are asked for.

The only module that loads tree-sitter. It is loaded when the first file needs parsing, not at start-up.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from holdfast.core.cleaning import printable
from holdfast.hcl.syntax import SyntaxPart, SyntaxProblem

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def tree_of(source: bytes) -> Node:
    """Return the root of the syntax tree of a text; a broken one has error nodes in it."""
    return _parser().parse(source).root_node


def tree_of_part(source: bytes, part: SyntaxPart) -> Node:
    """Return the root of the tree of a part of a text; places are those in the whole."""
    import tree_sitter  # noqa: PLC0415 - only when a file is broken

    lines = part.lines_before + source.count(b"\n", part.start, part.end)
    line_start = max(part.start, source.rfind(b"\n", part.start, part.end) + 1)
    first = tree_sitter.Point(part.lines_before, 0)
    last = tree_sitter.Point(lines, part.end - line_start)
    parser = _parser()
    parser.included_ranges = [tree_sitter.Range(first, last, part.start, part.end)]
    try:
        return parser.parse(source).root_node
    finally:
        parser.included_ranges = []


def utf8(content: bytes) -> bytes:
    """Return a file's content as UTF-8 without a byte order mark, whatever it was."""
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # HCL accepts any byte in a comment. Lines stay where they are; columns may move.
        return content.decode("utf-8", "replace").encode("utf-8")
    return content


@functools.cache
def _parser() -> Parser:
    import tree_sitter  # noqa: PLC0415 - only when a file needs parsing
    import tree_sitter_hcl  # noqa: PLC0415 - as above

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def first_problem(root: Node, source: bytes) -> SyntaxProblem:
    """Return the first place where a tree has an error."""
    node = root
    while (broken := next((each for each in node.children if each.has_error), None)) is not None:
        node = broken
    if node.is_error and node.start_point[0] != node.end_point[0]:
        # The parser gave up on a whole stretch: a string over two lines is the usual reason.
        node = next(filter(_is_unclosed_string, descendants(node, 4)), node)
    line, column = place_of_node(node, source)
    # What the parser would have liked to see there is its guess, not the writer's intention.
    rest = source[node.start_byte :].partition(b"\n")[0].decode("utf-8", "replace").strip()
    if not rest:
        return SyntaxProblem(line, column, "not valid HCL: something is not closed")
    return SyntaxProblem(line, column, f"not valid HCL at `{printable(rest, length_max=40)}`")


def _is_unclosed_string(node: Node) -> bool:
    return node.type == "string_lit" and node.start_point[0] != node.end_point[0]


def place_of_node(node: Node, source: bytes) -> tuple[int, int]:
    """Return the 1-based line and column, in characters, of a node."""
    row, byte_column = node.start_point
    before = source[node.start_byte - byte_column : node.start_byte]
    return row + 1, len(before.decode("utf-8", "replace")) + 1


def expressions_in(node: Node) -> Iterator[Node]:
    """Yield the expressions directly in a node."""
    return (child for child in node.named_children if child.type == "expression")


def descendants(node: Node, depth: int) -> Iterator[Node]:
    """Yield the nodes below one, down to a depth."""
    for child in node.named_children:
        yield child
        if depth:
            yield from descendants(child, depth - 1)
