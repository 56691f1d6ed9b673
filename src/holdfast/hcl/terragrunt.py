"""Read terragrunt units: the `remote_state` that is in effect for each, its includes followed.

A unit is a directory with a `terragrunt.hcl` that no other one includes. What terragrunt's files do
not decide on their own (environment, AWS calls, outputs of others) stays an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from holdfast.core.repository import (
    Attribute,
    AttributeValue,
    BackendBlock,
    Computed,
    Literal,
    LiteralValue,
    Origin,
)
from holdfast.core.source import SourceSpan
from holdfast.hcl.arguments import argument, attributes_of
from holdfast.hcl.evaluation import evaluate, expanded
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.modules import Reporter
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import (
    AttributeSyntax,
    BlockSyntax,
    BodySyntax,
    Constant,
    Expression,
    ObjectExpression,
    Template,
)
from holdfast.hcl.terragrunt_functions import TREE_MARK, TerragruntFiles, TerragruntScope
from holdfast.hcl.tree import parent, resolved

UNIT_NAMES = ("terragrunt.hcl", "terragrunt.hcl.json")
WANTED = frozenset({"include", "locals", "remote_state", "generate", "terraform"})
MARKS = (b"remote_state", b"include", b"generate")


@dataclass(frozen=True, slots=True, kw_only=True)
class TerragruntUnit:
    """A directory that terragrunt is run in; `source` is the local module it copies, if there is one."""

    path: str
    block: BackendBlock
    source: str | None


class TerragruntReader:
    """Read the terragrunt files of a tree, each at most once."""

    def __init__(
        self, paths: Iterable[str], *, read: Callable[[str], bytes | None], report: Reporter
    ) -> None:
        self._paths = frozenset(paths)
        self._read = read
        self._report = report
        self._bodies: dict[str, BodySyntax | None] = {}
        self._files = TerragruntFiles(body_of=self._body, exists=self._paths.__contains__)

    def units(self) -> tuple[TerragruntUnit, ...]:
        """Return the units whose backend is described by terragrunt, in order of path."""
        own = sorted(path for path in self._paths if path.rpartition("/")[2] in UNIT_NAMES)
        includes = {path: tuple(self._includes(path)) for path in own}
        included = {target for targets in includes.values() for target in targets}
        units = (self._unit(path, includes[path]) for path in own if path not in included)
        return tuple(unit for unit in units if unit is not None)

    def _body(self, path: str) -> BodySyntax | None:
        if path not in self._bodies:
            self._bodies[path] = self._parsed(path)
        return self._bodies[path]

    def _parsed(self, path: str) -> BodySyntax | None:
        content = self._read(path) if path in self._paths else None
        if content is None:
            return None
        is_unit = path.rpartition("/")[2] in UNIT_NAMES
        if is_unit and not any(mark in content for mark in MARKS):
            return BodySyntax()
        parsed = (
            parse_json(content) if path.endswith(".json") else parse_hcl(content, wanted=WANTED)
        )
        if parsed.problem is not None:
            self._report(path, parsed.problem)
        return parsed.body

    def _includes(self, path: str) -> Iterator[str]:
        body = self._body(path)
        scope = self._scope(path, unit=parent(path) or ".", included=None)
        for block in body.blocks_of("include") if body is not None else ():
            attribute = block.body.attribute("path")
            value = evaluate(attribute.expression, scope) if attribute is not None else None
            match value:
                case Literal(str(text)):
                    target = scope.path_of(text)
                    if target is not None:
                        yield target
                case _:
                    pass

    def _unit(self, path: str, includes: tuple[str, ...]) -> TerragruntUnit | None:
        unit = parent(path) or "."
        first = includes[0] if includes else None
        layers = [(path, first), *((target, target) for target in includes)]
        for file, included in layers:
            scope = self._scope(file, unit=unit, included=included)
            block = self._backend(file, scope)
            if block is not None:
                return TerragruntUnit(path=unit, block=block, source=self._source(path, unit))
        return None

    def _scope(self, file: str, *, unit: str, included: str | None) -> TerragruntScope:
        return TerragruntScope(files=self._files, file=file, unit=unit, included=included)

    def _source(self, path: str, unit: str) -> str | None:
        body = self._body(path)
        for block in body.blocks_of("terraform") if body is not None else ():
            attribute = block.body.attribute("source")
            if attribute is None:
                continue
            match evaluate(attribute.expression, self._scope(path, unit=unit, included=None)):
                case Literal(str(text)) if text.startswith("."):
                    return resolved(unit, text.replace("//", "/"))
                case Literal(str(text)) if text.startswith(TREE_MARK):
                    return resolved(".", text.removeprefix(TREE_MARK).replace("//", "/"))
                case _:
                    pass
        return None

    def _backend(self, file: str, scope: TerragruntScope) -> BackendBlock | None:
        body = self._body(file)
        if body is None:
            return None
        states = body.blocks_of("remote_state")
        if states:
            return _remote_state(states[-1], file, scope)
        for block in body.blocks_of("generate"):
            attribute = block.body.attribute("contents")
            if attribute is not None:
                generated = _generated(attribute, file, scope)
                if generated is not None:
                    return generated
        return None


def _remote_state(block: BlockSyntax, file: str, scope: TerragruntScope) -> BackendBlock:
    backend = block.body.attribute("backend")
    kind = evaluate(backend.expression, scope) if backend is not None else None
    config = block.body.attribute("config")
    blocks = block.body.blocks_of("config")
    if config is not None:
        attributes = _config(config, file, scope)
    else:
        bodies = (each.body for each in blocks)
        attributes = tuple(
            each
            for body in bodies
            for each in attributes_of(body, path=file, origin=Origin.TERRAGRUNT, scope=scope)
        )
    return BackendBlock(
        type=kind.value if isinstance(kind, Literal) and isinstance(kind.value, str) else "",
        span=SourceSpan(file, block.line, block.column),
        attributes=tuple(map(_without_absolute_paths, attributes)),
        comments=block.comments,
        terragrunt=True,
    )


def _config(config: AttributeSyntax, file: str, scope: TerragruntScope) -> tuple[Attribute, ...]:
    entries = (
        config.expression.entries if isinstance(config.expression, ObjectExpression) else (config,)
    )
    return tuple(
        argument(
            entry.name,
            _value(entry.expression, scope),
            span=SourceSpan(file, entry.line, entry.column),
            origin=Origin.TERRAGRUNT,
        )
        for entry in entries
    )


def _value(expression: Expression, scope: TerragruntScope) -> AttributeValue:
    value = evaluate(expression, scope)
    if isinstance(value, Literal) and _holds_mark(value.value):
        return Computed(expression.text if not isinstance(expression, Constant) else "")
    return value


def _without_absolute_paths(attribute: Attribute) -> Attribute:
    if isinstance(attribute.value, Literal) and _holds_mark(attribute.value.value):
        return replace(attribute, value=Computed("an absolute path"))
    return attribute


def _holds_mark(value: LiteralValue) -> bool:
    match value:
        case str():
            return TREE_MARK in value
        case tuple():
            return any(_holds_mark(each) for each in value)
        case Mapping():
            return any(_holds_mark(each) for each in value.values())
        case _:
            return False


def _generated(contents: AttributeSyntax, file: str, scope: TerragruntScope) -> BackendBlock | None:
    """Read the backend block that a `generate` block writes; its lines are those of the heredoc."""
    match contents.expression:
        case Constant(str(text)):
            pass
        case Template() as template:
            text = expanded(template, scope)
        case _:
            return None
    if "backend" not in text:
        return None
    parsed = parse_hcl(text.encode("utf-8", "replace"), wanted=frozenset({"terraform"}))
    for terraform in parsed.body.blocks_of("terraform"):
        for block in terraform.body.blocks_of("backend"):
            attributes = attributes_of(block.body, path=file, origin=Origin.TERRAGRUNT)
            return BackendBlock(
                type=next(iter(block.labels), ""),
                span=_moved(SourceSpan(file, block.line, block.column), contents.line),
                attributes=tuple(
                    _without_absolute_paths(replace(each, span=_moved(each.span, contents.line)))
                    for each in attributes
                ),
                comments=block.comments,
                terragrunt=True,
            )
    return None


def _moved(span: SourceSpan, lines: int) -> SourceSpan:
    return replace(span, line=span.line + lines)
