"""Find setup modules: directories whose code creates the bucket and table of a backend.

A bucket or table counts when a root uses it, when its name or its directory says so, or when its key is
`LockID`. Names are followed through `variable` defaults, `locals` and the call of a local module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from holdfast.core.repository import (
    Computed,
    CreatedKind,
    Creation,
    Literal,
    LiteralValue,
    Place,
    SetupModule,
    SetupPart,
)
from holdfast.core.source import SourceSpan
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.module_scope import RESOURCE_KINDS, ModuleScope, PlacedBlock
from holdfast.hcl.modules import (
    ModuleDirectory,
    Reporter,
    may_call_registry,
    may_hold_backend,
    may_hold_creation,
    parse_module_file,
)
from holdfast.hcl.setup_parts import evaluate_text, is_repeated, parts_of
from holdfast.hcl.state_names import (
    BUCKET_MODULES,
    KNOWN_MODULES,
    KNOWN_SOURCES,
    TABLE_MODULES,
    is_setup_directory,
    is_state_name,
    registry_name,
)
from holdfast.hcl.syntax import BlockSyntax
from holdfast.hcl.tree import resolved

WANTED = frozenset({"resource", "module", "variable", "locals", "provider"})
LOCK_KEY = "LockID"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A creation, and whether something apart from its directory says that it is for state."""

    creation: Creation
    for_state: bool


class SetupModuleReader:
    """Find the setup modules among the module directories of a tree."""

    def __init__(
        self,
        modules: Mapping[str, ModuleDirectory],
        *,
        names_used: Collection[str],
        read: Callable[[str], bytes | None],
        report: Reporter,
    ) -> None:
        self._modules = modules
        self._names_used = frozenset(names_used)
        self._read = read
        self._report = report
        self._blocks: dict[str, tuple[PlacedBlock, ...]] = {}

    def setup_modules(
        self, *, place_of: Callable[[str], Place], backend_type_of: Callable[[str], str]
    ) -> tuple[SetupModule, ...]:
        """Return the setup modules that hold code, in order of path."""
        own = {path: self._creations(path) for path in self._modules if self._is_promising(path)}
        own = {path: found for path, found in own.items() if found}
        callers = {
            path: tuple(self._called(path, own))
            for path, module in self._modules.items()
            if not own.keys().isdisjoint(module.local_sources)
        }
        callers = {path: found for path, found in callers.items() if found}
        libraries = {
            source
            for path in callers
            for source in self._modules[path].local_sources
            if source in own and source not in callers
        }
        found = {path: each for path, each in own.items() if path not in libraries}
        for path, creations in callers.items():
            found[path] = (*found.get(path, ()), *creations)
        return tuple(
            SetupModule(
                path=path,
                place=place_of(path),
                creations=creations,
                files=self._modules[path].files,
                backend_type=backend_type_of(path),
                region=self._region(path),
                parts=tuple(self._parts(path)),
            )
            for path, creations in sorted(found.items())
        )

    def _is_promising(self, path: str) -> bool:
        module = self._modules[path]
        if not module.may_create:
            return False
        if is_setup_directory(path) or is_state_name(path):
            return True
        # A root names its own bucket in its backend block; that alone creates nothing.
        speaking = [
            content
            for file, content in module.contents
            if may_hold_creation(content) or not may_hold_backend(file, content)
        ]
        return self._speaks_of_state(b"\n".join(speaking))

    def _speaks_of_state(self, content: bytes) -> bool:
        text = content.decode("utf-8", "replace")
        if LOCK_KEY in text or is_state_name(text):
            return True
        known = KNOWN_SOURCES if may_call_registry(content) else ()
        return any(name in text for name in (*known, *self._names_used))

    def _placed(self, path: str) -> tuple[PlacedBlock, ...]:
        if path not in self._blocks:
            module = self._modules[path]
            contents = module.contents or tuple(
                (file, content)
                for file in module.files
                if (content := self._read(file)) is not None
            )
            self._blocks[path] = tuple(
                PlacedBlock(path=file, block=block)
                for file, content in contents
                for block in parse_module_file(
                    file, content, wanted=WANTED, report=self._report
                ).body.blocks
            )
        return self._blocks[path]

    def _creations(
        self, path: str, given: Mapping[str, LiteralValue] | None = None
    ) -> tuple[Creation, ...]:
        blocks = self._placed(path)
        scope = ModuleScope(blocks, given)
        found = [each for placed in blocks for each in self._created_by(placed, scope)]
        certain = [each.creation for each in found if each.for_state]
        if is_setup_directory(path) or is_state_name(path.rpartition("/")[2]):
            return tuple(each.creation for each in found)
        buckets = [each for each in found if each.creation.kind is CreatedKind.BUCKET]
        has_table = any(each.kind is CreatedKind.LOCK_TABLE for each in certain)
        if has_table and len(buckets) == 1 and not buckets[0].for_state:
            return tuple(each.creation for each in found if each.for_state or each is buckets[0])
        return tuple(certain)

    def _created_by(self, placed: PlacedBlock, scope: ModuleScope) -> Iterator[_Found]:
        block = placed.block
        match block.type, block.labels:
            case "resource", (kind, label) if kind in RESOURCE_KINDS:
                created, argument = RESOURCE_KINDS[kind]
                yield self._found(placed, created, f"{kind}.{label}", argument, scope)
            case "module", (label,):
                source = evaluate_text(block.body.attribute("source"), scope)
                yield from self._created_by_module(placed, label, registry_name(source), scope)
            case _:
                pass

    def _created_by_module(
        self, placed: PlacedBlock, label: str, name: str, scope: ModuleScope
    ) -> Iterator[_Found]:
        address = f"module.{label}"
        if name in BUCKET_MODULES:
            yield self._found(placed, CreatedKind.BUCKET, address, BUCKET_MODULES[name], scope)
        elif name in TABLE_MODULES:
            argument = TABLE_MODULES[name]
            yield self._found(placed, CreatedKind.LOCK_TABLE, address, argument, scope)
        elif name in KNOWN_MODULES:
            known = KNOWN_MODULES[name]
            module = self._found(placed, CreatedKind.MODULE, address, known.bucket_argument, scope)
            yield replace(module, for_state=True)
            table = self._found(
                placed, CreatedKind.LOCK_TABLE, address, known.table_argument, scope
            )
            if table.creation.name is not None or table.creation.expression:
                yield replace(table, for_state=True)
            elif known.table_default is not None:
                creation = replace(table.creation, name=known.table_default)
                yield _Found(creation=creation, for_state=True)

    def _found(
        self,
        placed: PlacedBlock,
        kind: CreatedKind,
        address: str,
        argument: str | None,
        scope: ModuleScope,
    ) -> _Found:
        body = placed.block.body
        attribute = body.attribute(argument) if argument is not None else None
        name, expression = None, ""
        if attribute is not None:
            match evaluate(attribute.expression, scope):
                case Literal(str(text)):
                    name = text
                case Literal():
                    pass
                case Computed(text):
                    expression = text
        hash_key = evaluate_text(body.attribute("hash_key"), scope)
        if kind is CreatedKind.LOCK_TABLE and body.attribute("hash_key") is not None:
            for_state = hash_key == LOCK_KEY
        else:
            for_state = (
                name in self._names_used
                or is_state_name(address)
                or is_state_name(name or expression)
            )
        return _Found(
            creation=Creation(
                kind=kind,
                address=address,
                name=name,
                expression=expression,
                span=SourceSpan(placed.path, placed.block.line, placed.block.column),
            ),
            for_state=for_state,
        )

    def _called(self, path: str, setups: Mapping[str, tuple[Creation, ...]]) -> Iterator[Creation]:
        blocks = self._placed(path)
        scope = ModuleScope(blocks)
        for placed in blocks:
            if placed.block.type != "module":
                continue
            source = evaluate_text(placed.block.body.attribute("source"), scope)
            target = resolved(path, source) if source.startswith(".") else None
            if target is None or target not in setups or target == path:
                continue
            label = next(iter(placed.block.labels), "")
            for creation in self._creations(target, _arguments(placed.block, scope)):
                yield replace(
                    creation,
                    address=f"module.{label}.{creation.address}",
                    span=SourceSpan(placed.path, placed.block.line, placed.block.column),
                )

    def _parts(
        self,
        path: str,
        given: Mapping[str, LiteralValue] | None = None,
        above: tuple[str, ...] = (),
    ) -> Iterator[SetupPart]:
        """Yield what a module sets, and what the local modules that it calls set for it."""
        blocks = self._placed(path)
        scope = ModuleScope(blocks, given)
        for placed in blocks:
            yield from parts_of(placed, scope)
            block = placed.block
            source = (
                evaluate_text(block.body.attribute("source"), scope)
                if block.type == "module"
                else ""
            )
            target = resolved(path, source) if source.startswith(".") else None
            if target is None or target not in self._modules or target in (*above, path):
                continue
            label = next(iter(block.labels), "")
            for part in self._parts(target, _arguments(block, scope), (*above, path)):
                yield replace(
                    part,
                    address=f"module.{label}.{part.address}",
                    span=SourceSpan(placed.path, block.line, block.column),
                    owner=None if is_repeated(block.body) else part.owner,
                )

    def _region(self, path: str) -> str | None:
        blocks = self._placed(path)
        scope = ModuleScope(blocks)
        for placed in blocks:
            block = placed.block
            plain = block.body.attribute("alias") is None
            if block.type == "provider" and block.labels == ("aws",) and plain:
                return evaluate_text(block.body.attribute("region"), scope) or None
        return None


def _arguments(block: BlockSyntax, scope: ModuleScope) -> Mapping[str, LiteralValue]:
    values = ((each.name, evaluate(each.expression, scope)) for each in block.body.attributes)
    return {name: value.value for name, value in values if isinstance(value, Literal)}
