"""What names stand for inside one module directory, as far as its text alone decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from holdfast.core.repository import CreatedKind, Literal, LiteralValue
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.syntax import BlockSyntax, Expression

LOCALS_DEPTH_MAX = 20
# The resources that are looked for, and the argument that names each.
RESOURCE_KINDS = {
    "aws_s3_bucket": (CreatedKind.BUCKET, "bucket"),
    "aws_dynamodb_table": (CreatedKind.LOCK_TABLE, "name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBlock:
    """A block and the file that it stands in."""

    path: str
    block: BlockSyntax


class ModuleScope:
    """Know the variables with a default, the locals and the named resources of one directory."""

    def __init__(
        self, blocks: Iterable[PlacedBlock], given: Mapping[str, LiteralValue] | None = None
    ) -> None:
        self._given = given or {}
        self._defaults: dict[str, Expression] = {}
        self._locals: dict[str, Expression] = {}
        self._names: dict[tuple[str, str], Expression] = {}
        self._depth = 0
        for placed in blocks:
            self._learn(placed.block)

    def _learn(self, block: BlockSyntax) -> None:
        match block.type, block.labels:
            case "variable", (name,):
                default = block.body.attribute("default")
                if default is not None:
                    self._defaults[name] = default.expression
            case "locals", ():
                self._locals |= {each.name: each.expression for each in block.body.attributes}
            case "resource", (kind, name) if kind in RESOURCE_KINDS:
                attribute = block.body.attribute(RESOURCE_KINDS[kind][1])
                if attribute is not None:
                    self._names[kind, name] = attribute.expression
            case _:
                pass

    def value_of(self, names: tuple[str, ...]) -> Literal | None:
        """Return the value of `var.x`, `local.x` or the name of a bucket or table created here."""
        match names:
            case ("var", name) if name in self._given:
                return Literal(self._given[name])
            case ("var", name):
                return self._evaluated(self._defaults.get(name))
            case ("local", name):
                return self._evaluated(self._locals.get(name))
            case (kind, name, "id" | "bucket" | "name"):
                return self._evaluated(self._names.get((kind, name)))
            case _:
                return None

    def result_of(self, function: str, arguments: tuple[LiteralValue, ...]) -> Literal | None:
        """Return the result of the few functions that names are built with."""
        match function, arguments:
            case "lower", (str(text),):
                return Literal(text.lower())
            case "join", (str(separator), tuple(items)):
                texts = [item for item in items if isinstance(item, str)]
                return Literal(separator.join(texts)) if len(texts) == len(items) else None
            case _:
                return None

    def _evaluated(self, expression: Expression | None) -> Literal | None:
        if expression is None or self._depth > LOCALS_DEPTH_MAX:
            return None
        self._depth += 1
        value = evaluate(expression, self)
        self._depth -= 1
        return value if isinstance(value, Literal) and value.value is not None else None
