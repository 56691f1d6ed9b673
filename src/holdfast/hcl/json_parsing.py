"""Parse the JSON form of HCL, with the place of every attribute.

Which names are blocks and how many labels they take comes from a table, as it does for Terraform:
JSON alone does not tell an attribute from a block (HCL JSON syntax specification).
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Mapping

from holdfast.core.cleaning import printable
from holdfast.hcl.strings import number_of
from holdfast.hcl.syntax import (
    AttributeSyntax,
    BlockSyntax,
    BodySyntax,
    Constant,
    Expression,
    ListExpression,
    ObjectExpression,
    Opaque,
    ParsedFile,
    SyntaxProblem,
)

TOKEN = re.compile(
    r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))"
)
SPACE = re.compile(r"[ \t\r\n]*")
DEPTH_MAX = 60
SHOWN_LENGTH_MAX = 500
WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}

TOP_BLOCKS: Mapping[str, int] = {
    "terraform": 0,
    "provider": 1,
    "resource": 2,
    "module": 1,
    "variable": 1,
    "locals": 0,
    "remote_state": 0,
    "generate": 1,
    "include": 1,
}
INNER_BLOCKS: Mapping[str, Mapping[str, int]] = {"terraform": {"backend": 1, "cloud": 0}}


class _JsonError(Exception):
    """Say where a text stops being JSON; never leaves this module."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


def parse_json(content: bytes) -> ParsedFile:
    """Parse a `.tf.json`, `.tofu.json` or `terragrunt.hcl.json` file."""
    text = content.decode("utf-8-sig", "replace")
    reader = _Reader(text)
    try:
        document = reader.document()
    except _JsonError as error:
        line, column = reader.place(error.offset)
        return ParsedFile(BodySyntax(), SyntaxProblem(line, column, error.message))
    return ParsedFile(_body(document, TOP_BLOCKS))


class _Reader:
    """Read one JSON text; remembers where its lines begin."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def document(self) -> Expression:
        """Read the whole text as one value."""
        value = self._value(0)
        rest = SPACE.match(self._text, self._position)
        if rest is not None and rest.end() != len(self._text):
            raise _JsonError(rest.end(), "text after the end of the JSON document")
        return value

    def _token(self) -> re.Match[str]:
        match = TOKEN.match(self._text, self._position)
        if match is None:
            space = SPACE.match(self._text, self._position)
            offset = space.end() if space is not None else self._position
            found = printable(self._text[offset : offset + 20].strip()) or "the end of the file"
            raise _JsonError(offset, f"not valid JSON at `{found}`")
        self._position = match.end()
        return match

    def _value(self, depth: int) -> Expression:
        token = self._token()
        mark, string, number, word = token.groups()
        if depth > DEPTH_MAX:
            raise _JsonError(token.end(), "nested too deeply")
        if string is not None:
            return self._string(token)
        if number is not None:
            return Constant(number_of(number))
        if word is not None:
            return Constant(WORDS[word])
        start = token.start(1)
        match mark:
            case "{":
                entries = self._entries(depth)
                return ObjectExpression(text=self._shown(start), entries=entries)
            case "[":
                items = self._items(depth)
                return ListExpression(text=self._shown(start), items=items)
            case _:
                raise _JsonError(start, f"not valid JSON at `{mark}`")

    def _string(self, token: re.Match[str]) -> Constant | Opaque:
        try:
            text = json.loads(token[2])
        except ValueError:
            raise _JsonError(token.start(2), "a string with an escape that is not JSON's") from None
        # In JSON form a string is a template wherever an expression may stand.
        if "${" in text.replace("$${", "") or "%{" in text.replace("%%{", ""):
            return Opaque(text=printable(text, length_max=SHOWN_LENGTH_MAX))
        return Constant(text.replace("$${", "${").replace("%%{", "%{"))

    def _entries(self, depth: int) -> tuple[AttributeSyntax, ...]:
        entries: list[AttributeSyntax] = []
        token = self._token()
        while token[1] != "}" or entries:
            if token[2] is None:
                raise _JsonError(token.start(token.lastindex or 0), "a name in quotes is missing")
            line, column = self.place(token.start(2))
            name = self._string(token)
            if (colon := self._token())[1] != ":":
                raise _JsonError(colon.end(), "`:` is missing")
            value = self._value(depth + 1)
            shown = str(name.value) if isinstance(name, Constant) else name.text
            entries.append(AttributeSyntax(name=shown, expression=value, line=line, column=column))
            token = self._token()
            if token[1] == "}":
                break
            if token[1] != ",":
                raise _JsonError(token.end(), "`,` or `}` is missing")
            token = self._token()
        return tuple(entries)

    def _items(self, depth: int) -> tuple[Expression, ...]:
        items: list[Expression] = []
        before = self._position
        if self._token()[1] == "]":
            return ()
        self._position = before
        while True:
            items.append(self._value(depth + 1))
            token = self._token()
            if token[1] == "]":
                return tuple(items)
            if token[1] != ",":
                raise _JsonError(token.end(), "`,` or `]` is missing")

    def _shown(self, start: int) -> str:
        text = self._text[start : min(self._position, start + SHOWN_LENGTH_MAX)]
        return printable(" ".join(text.split()), length_max=SHOWN_LENGTH_MAX)


def _body(expression: Expression, block_labels: Mapping[str, int]) -> BodySyntax:
    attributes: list[AttributeSyntax] = []
    blocks: list[BlockSyntax] = []
    for entry in _object_entries(expression):
        if entry.name == "//":
            continue
        labels_count = block_labels.get(entry.name)
        if labels_count is None:
            attributes.append(entry)
        else:
            blocks.extend(_blocks(entry.name, entry, (), labels_count))
    return BodySyntax(attributes=tuple(attributes), blocks=tuple(blocks))


def _blocks(
    block_type: str, entry: AttributeSyntax, labels: tuple[str, ...], labels_missing: int
) -> list[BlockSyntax]:
    if labels_missing:
        return [
            block
            for inner in _object_entries(entry.expression)
            for block in _blocks(block_type, inner, (*labels, inner.name), labels_missing - 1)
        ]
    bodies = (
        entry.expression.items
        if isinstance(entry.expression, ListExpression)
        else (entry.expression,)
    )
    return [
        BlockSyntax(
            type=block_type,
            labels=labels,
            body=_body(body, INNER_BLOCKS.get(block_type, {})),
            line=entry.line,
            column=entry.column,
            comments=_comments(body),
        )
        for body in bodies
        if isinstance(body, ObjectExpression)
    ]


def _object_entries(expression: Expression) -> tuple[AttributeSyntax, ...]:
    match expression:
        case ObjectExpression(entries=entries):
            return entries
        case ListExpression(items=items):
            return tuple(entry for item in items for entry in _object_entries(item))
        case _:
            return ()


def _comments(body: ObjectExpression) -> tuple[str, ...]:
    texts = (entry.expression for entry in body.entries if entry.name == "//")
    return tuple(
        printable(text.value)
        for text in texts
        if isinstance(text, Constant) and isinstance(text.value, str)
    )
