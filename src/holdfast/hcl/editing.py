"""Edit the backend arguments of a file in place, and check the result before anybody sees it.

What comes out is parsed again: it has to differ from what went in by the wanted changes and nothing else. An edit
that does not is refused, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import assert_never

from holdfast.core.code_edits import ArgumentChange, CodePlace, EditedFile, EditRefused, edited
from holdfast.hcl.json_editing import json_edits
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.native_editing import native_edits
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import (
    BodySyntax,
    Call,
    Constant,
    Expression,
    ListExpression,
    ObjectExpression,
    Opaque,
    ParsedFile,
    Reference,
    Template,
)

JSON_SUFFIX = ".json"


def edit_arguments(
    path: str, content: bytes, place: CodePlace, changes: Sequence[ArgumentChange]
) -> EditedFile | EditRefused:
    """Return a file's content with its backend arguments changed, or why it is left alone.

    `path` tells JSON from native syntax. Without anything to change the content comes back as it is.
    """
    is_json = path.endswith(JSON_SUFFIX)
    edits = (json_edits if is_json else native_edits)(content, place, changes)
    if isinstance(edits, EditRefused):
        return edits
    if any(later.start < earlier.end for earlier, later in pairwise(sorted(edits))):
        return EditRefused(words="its layout is not one that can be edited")
    result = edited(content, edits)
    parse = parse_json if is_json else parse_hcl
    before, after = parse(content), parse(result.content)
    wanted = arguments_in(before, place)
    for change in changes:
        wanted.pop(change.name, None)
        if change.value is not None:
            wanted[change.name] = Constant(change.value)
    if after.problem is not None or arguments_in(after, place) != wanted:
        return EditRefused(words="its layout is not one that can be edited")
    return result


def same_arguments(path: str, one: bytes, other: bytes, place: CodePlace) -> bool:
    """Tell whether two contents of a file say the same at a place; False for one that cannot be parsed."""
    parse = parse_json if path.endswith(JSON_SUFFIX) else parse_hcl
    first, second = parse(one), parse(other)
    if first.problem is not None or second.problem is not None:
        return False
    return arguments_in(first, place) == arguments_in(second, place)


def arguments_in(parsed: ParsedFile, place: CodePlace) -> dict[str, Expression]:
    """Return the arguments at a place by name, as they are parsed, wherever in the file they stand."""
    pairs = _pairs(parsed.body, place)
    return {name: _anywhere(expression) for name, expression in pairs.items()}


def _anywhere(expression: Expression) -> Expression:
    """Return an expression without the lines of its objects' entries: those below an edit move."""
    match expression:
        case ObjectExpression(entries=entries):
            moved = (
                replace(each, expression=_anywhere(each.expression), line=0, column=0)
                for each in entries
            )
            return replace(expression, entries=tuple(moved))
        case ListExpression(items=items):
            return replace(expression, items=tuple(map(_anywhere, items)))
        case Call(arguments=arguments):
            return replace(expression, arguments=tuple(map(_anywhere, arguments)))
        case Template(parts=parts):
            inner = (each if isinstance(each, str) else _anywhere(each) for each in parts)
            return replace(expression, parts=tuple(inner))
        case Constant() | Reference() | Opaque():
            return expression
        case _:
            assert_never(expression)


def _pairs(body: BodySyntax, place: CodePlace) -> Mapping[str, Expression]:
    match place:
        case CodePlace.PARTIAL_FILE:
            return {each.name: each.expression for each in body.attributes}
        case CodePlace.BACKEND_BLOCK:
            return {
                each.name: each.expression
                for terraform in body.blocks_of("terraform")
                for backend in terraform.body.blocks_of("backend")
                if backend.labels == ("s3",)
                for each in backend.body.attributes
            }
        case CodePlace.REMOTE_STATE:
            return {
                each.name: each.expression
                for block in body.blocks_of("remote_state")
                if (config := block.body.attribute("config")) is not None
                and isinstance(config.expression, ObjectExpression)
                for each in config.expression.entries
            }
