"""Put together what a tree says about each of its roots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from holdfast.core.engines import EngineName
from holdfast.core.repository import (
    BackendBlock,
    CachedBackend,
    Certainty,
    Configuration,
    EnginePin,
    LocalState,
    PartialFile,
    Place,
    Root,
)
from holdfast.core.source import SourceSpan
from holdfast.engine.local_states import (
    HEAD_BYTES,
    SIZE_MAX_BYTES,
    is_local_state,
    local_state,
    root_of_state,
)
from holdfast.engine.pins import PIN_FILES, engine_of, required_version_pin, version_pins
from holdfast.engine.working_directory import CACHE_NAME, ENVIRONMENT_NAME, cached_backend
from holdfast.hcl.arguments import merged
from holdfast.hcl.invocations import Invocation
from holdfast.hcl.modules import ModuleDirectory, Reporter, required_versions
from holdfast.hcl.pairing import Surroundings, configurations, surroundings
from holdfast.hcl.terragrunt import TerragruntUnit
from holdfast.hcl.tree import Tree, joined, parent

PIN_NAMES = frozenset(PIN_FILES)
LIBRARY_DIRECTORIES = frozenset({"modules", "module", "_modules"})


class RootReader:
    """Find the roots of a tree and read what belongs to each."""

    def __init__(
        self,
        tree: Tree,
        modules: Mapping[str, ModuleDirectory],
        units: Mapping[str, TerragruntUnit],
        *,
        place_of: Callable[[str], Place],
        report: Reporter,
    ) -> None:
        self._tree = tree
        self._modules = modules
        self._units = units
        self._place_of = place_of
        self._report = report
        self._pins: dict[str, tuple[EnginePin, ...]] = {}
        self._pin_files = {
            directory.path: tuple(name for name in PIN_FILES if name in directory.files)
            for directory in tree.directories
            if not PIN_NAMES.isdisjoint(directory.files)
        }
        self._states = self._local_states()
        self._caches = self._cached_backends()

    def roots(
        self, files: Iterable[PartialFile], scripts: Iterable[Invocation]
    ) -> tuple[Root, ...]:
        """Return all roots in order of path."""
        blocks = {path: self._blocks(path) for path in sorted(self._root_paths())}
        with_s3 = {path for path, found in blocks.items() if found and found[0].type == "s3"}
        around = surroundings(with_s3, files, scripts)
        return tuple(self._root(path, found, around) for path, found in blocks.items())

    def _root_paths(self) -> Iterator[str]:
        called = {source for module in self._modules.values() for source in module.local_sources}
        copied = {unit.source for unit in self._units.values() if unit.source is not None}
        yield from self._units
        yield from self._states
        yield from self._caches
        for path, module in self._modules.items():
            if module.blocks:
                # A module that terragrunt copies gets its backend in the unit's directory.
                if path not in copied or _names_bucket(module.blocks):
                    yield path
            elif (
                module.has_provider
                and module.has_work
                and not module.broken  # what cannot be read is not taken for local state
                and path not in called
                and path not in copied
                and LIBRARY_DIRECTORIES.isdisjoint(path.split("/"))
            ):
                yield path

    def _blocks(self, path: str) -> tuple[BackendBlock, ...]:
        module = self._modules.get(path)
        own = module.blocks if module is not None else ()
        unit = self._units.get(path)
        if unit is None:
            return own
        if len(own) == 1 and own[0].type == unit.block.type:
            # Terragrunt fills in the block that stands in the code.
            filled = merged(own[0].attributes, unit.block.attributes)
            comments = (*own[0].comments, *unit.block.comments)
            return (replace(unit.block, attributes=filled, comments=comments),)
        return (unit.block, *own)

    def _root(self, path: str, blocks: tuple[BackendBlock, ...], around: Surroundings) -> Root:
        module = self._modules.get(path)
        return Root(
            path=path,
            place=self._place_of(path),
            span=self._span(path, blocks),
            blocks=blocks,
            configurations=self._configurations(path, blocks, around),
            pins=self._pins_of(path),
            cache=self._caches.get(path),
            local_states=self._states.get(path, ()),
            has_resources=module.has_work if module is not None else path in self._units,
        )

    def _configurations(
        self, path: str, blocks: tuple[BackendBlock, ...], around: Surroundings
    ) -> tuple[Configuration, ...]:
        if not blocks:
            return ()
        if blocks[0].terragrunt:
            return (
                Configuration(
                    label="", certainty=Certainty.CERTAIN, attributes=blocks[0].attributes
                ),
            )
        return configurations(path, blocks[0], around)

    def _span(self, path: str, blocks: tuple[BackendBlock, ...]) -> SourceSpan:
        if blocks:
            return blocks[0].span
        module = self._modules.get(path)
        return SourceSpan(module.files[0] if module is not None else path)

    def _pins_of(self, path: str) -> tuple[EnginePin, ...]:
        module = self._modules.get(path)
        from_files = tuple(self._version_files(path))
        named = engine_of(from_files)
        stated = required_versions(module, report=self._report) if module is not None else ()
        return (
            *(
                required_version_pin(
                    EngineName.TOFU if each.for_tofu else named, each.statement, each.span
                )
                for each in stated
            ),
            *from_files,
        )

    def _version_files(self, path: str) -> Iterator[EnginePin]:
        if not self._pin_files:
            return
        found: set[str] = set()
        directory: str | None = path
        while directory is not None:
            for name in self._pin_files.get(directory, ()):
                if name not in found:
                    found.add(name)
                    yield from self._version_pins(joined(directory, name))
            directory = parent(directory)

    def _version_pins(self, path: str) -> tuple[EnginePin, ...]:
        if path not in self._pins:
            content = self._tree.read(path)
            self._pins[path] = version_pins(path, content) if content is not None else ()
        return self._pins[path]

    def _local_states(self) -> Mapping[str, tuple[LocalState, ...]]:
        found: dict[str, tuple[LocalState, ...]] = {}
        for directory in self._tree.directories:
            for name in directory.files:
                if not name.endswith(".tfstate"):
                    continue
                path = directory.file(name)
                size_bytes = self._tree.size_bytes(path)
                if size_bytes is None or not is_local_state(path):
                    continue
                content = (
                    self._tree.read(path, size_max_bytes=SIZE_MAX_BYTES)
                    if size_bytes <= SIZE_MAX_BYTES
                    else self._tree.head(path, size_bytes=HEAD_BYTES)
                )
                state = local_state(path, content, size_bytes=size_bytes)
                root = root_of_state(path)
                found[root] = (*found.get(root, ()), state)
        return found

    def _cached_backends(self) -> Mapping[str, CachedBackend]:
        found: dict[str, CachedBackend] = {}
        for directory in self._tree.directories:
            path = directory.file(CACHE_NAME)
            if not directory.has_working_directory or self._tree.size_bytes(path) is None:
                continue
            content = self._tree.read(path)
            environment_path = directory.file(ENVIRONMENT_NAME)
            has_environment = self._tree.size_bytes(environment_path) is not None
            environment = self._tree.read(environment_path) if has_environment else None
            if content is None:
                continue
            cache = cached_backend(path, content, environment, report=self._tree.report)
            if cache is not None:
                found[directory.path] = cache
        return found


def _names_bucket(blocks: tuple[BackendBlock, ...]) -> bool:
    return any(attribute.name == "bucket" for block in blocks for attribute in block.attributes)
