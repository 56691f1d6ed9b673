"""Turn expressions into values, as far as the text alone decides them.

What a scope does not know stays an expression: it is shown, never guessed.
"""

from __future__ import annotations

from typing import Protocol, assert_never

from holdfast.core.repository import AttributeValue, Computed, Literal, LiteralValue
from holdfast.hcl.syntax import (
    Call,
    Constant,
    Expression,
    ListExpression,
    ObjectExpression,
    Opaque,
    Reference,
    Template,
)


class Scope(Protocol):
    """Know what names and functions stand for; None means: not from the text alone."""

    def value_of(self, names: tuple[str, ...]) -> Literal | None:
        """Return the value of a traversal such as `local.name`."""
        ...

    def result_of(self, function: str, arguments: tuple[LiteralValue, ...]) -> Literal | None:
        """Return the result of a function."""
        ...


class EmptyScope:
    """Know nothing: only literals have a value, which is Terraform's rule for backend blocks."""

    def value_of(self, names: tuple[str, ...]) -> Literal | None:  # noqa: ARG002 - knows no name
        """Return None."""
        return None

    def result_of(
        self,
        function: str,  # noqa: ARG002 - knows no function
        arguments: tuple[LiteralValue, ...],  # noqa: ARG002 - knows no function
    ) -> Literal | None:
        """Return None."""
        return None


EMPTY_SCOPE = EmptyScope()


def evaluate(expression: Expression, scope: Scope = EMPTY_SCOPE) -> AttributeValue:
    """Return the value of an expression, or the expression itself as text."""
    match expression:
        case Constant(value):
            return Literal(value)
        case Template(text=text, parts=parts):
            return _template(parts, scope) or Computed(text)
        case Reference(text=text, names=names):
            return scope.value_of(names) or Computed(text)
        case Call(text=text, function=function, arguments=arguments):
            values = _all(arguments, scope)
            result = None if values is None else scope.result_of(function, values)
            return result or Computed(text)
        case ListExpression(text=text, items=items):
            values = _all(items, scope)
            return Computed(text) if values is None else Literal(values)
        case ObjectExpression(text=text, entries=entries):
            values = _all(tuple(entry.expression for entry in entries), scope)
            if values is None:
                return Computed(text)
            return Literal(dict(zip((entry.name for entry in entries), values, strict=True)))
        case Opaque(text=text):
            return Computed(text)
        case _ as unreachable:
            assert_never(unreachable)


def expanded(template: Template, scope: Scope) -> str:
    """Return the text of a template in which what the scope does not know still stands as `${…}`."""
    texts: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        match evaluate(part, scope):
            case Literal(value):
                text = _as_text(value)
                texts.append(text if text is not None else "${null}")
            case Computed(expression):
                texts.append("${" + expression + "}")
    return "".join(texts)


def _all(expressions: tuple[Expression, ...], scope: Scope) -> tuple[LiteralValue, ...] | None:
    values: list[LiteralValue] = []
    for expression in expressions:
        match evaluate(expression, scope):
            case Literal(value):
                values.append(value)
            case Computed():
                return None
    return tuple(values)


def _template(parts: tuple[str | Expression, ...], scope: Scope) -> Literal | None:
    filled = [part for part in parts if part != ""]
    if len(filled) == 1 and not isinstance(filled[0], str):
        alone = evaluate(filled[0], scope)  # `"${x}"` is x itself, whatever its type
        return alone if isinstance(alone, Literal) else None
    texts: list[str] = []
    for part in filled:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = evaluate(part, scope)
        text = _as_text(value.value) if isinstance(value, Literal) else None
        if text is None:
            return None
        texts.append(text)
    return Literal("".join(texts))


def _as_text(value: LiteralValue) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
        case _:
            return None
