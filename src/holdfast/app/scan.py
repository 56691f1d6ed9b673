"""Read a tree of files into a `Repository`: roots, their configurations, setup modules.

Nothing is run and nothing outside the tree is read. What cannot be read is a problem of its own, and
everything else is still reported.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from holdfast.app.scan_roots import RootReader
from holdfast.core.repository import Configuration, PartialFile, Place, Repository, Root
from holdfast.errors import PathNotFoundError
from holdfast.hcl.empty_setup import empty_setup_modules
from holdfast.hcl.invocations import Invocation, invocations, may_invoke
from holdfast.hcl.modules import ModuleDirectory, read_module_directory
from holdfast.hcl.parsing import forget_parsed_files
from holdfast.hcl.partial_files import may_be_partial, partial_file
from holdfast.hcl.places import place_of
from holdfast.hcl.setup_modules import SetupModuleReader
from holdfast.hcl.syntax import SyntaxProblem
from holdfast.hcl.terragrunt import TerragruntReader
from holdfast.hcl.tree import Tree

TERRAGRUNT_SUFFIXES = (".hcl", ".hcl.json")


def scan_repository(directory: Path) -> Repository:
    """Read everything below a directory that says something about backends.

    Raises `PathNotFoundError` when it is not a directory that can be read.
    """
    try:
        next(directory.iterdir(), None)
    except OSError as error:
        raise PathNotFoundError(str(directory), error.strerror or str(error)) from error
    try:
        with _collection_deferred():
            return _Scan(Tree(str(directory))).repository()
    finally:
        forget_parsed_files()


@contextmanager
def _collection_deferred() -> Iterator[None]:
    """Keep the cyclic collector from running meanwhile.

    A scan makes many small values without cycles, which reference counting frees; looking through all of
    them again and again costs a tenth of the scan (`bench/scan.py`).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Scan:
    """One scan: what was read of a tree so far."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._contents: dict[str, bytes | None] = {}
        self._places: dict[str, Place] = {}

    def repository(self) -> Repository:
        """Read the tree."""
        tree = self._tree
        modules = dict(self._modules())
        files, scripts, terragrunt_paths = self._other_files()
        units = TerragruntReader(
            terragrunt_paths, read=self._read_once, report=self._report
        ).units()
        reader = RootReader(
            tree,
            modules,
            {unit.path: unit for unit in units},
            place_of=self._place,
            report=self._report,
        )
        roots = reader.roots(files, scripts)
        types = {root.path: root.backend_type for root in roots}
        setups = SetupModuleReader(
            modules, names_used=_names_used(roots), read=self._read_once, report=self._report
        ).setup_modules(place_of=self._place, backend_type_of=lambda path: types.get(path, "local"))
        empty = empty_setup_modules(
            tree.directories, {setup.path for setup in setups}, place_of=self._place
        )
        return Repository(
            roots=roots,
            setup_modules=tuple(sorted((*setups, *empty), key=lambda each: each.path)),
            partial_files=files,
            problems=tree.problems,
            files_read=tree.files_read,
            directories_walked=len(tree.directories),
        )

    def _modules(self) -> Iterator[tuple[str, ModuleDirectory]]:
        for directory in self._tree.directories:
            module = read_module_directory(directory, read=self._tree.read, report=self._report)
            if module is not None:
                yield module.path, module

    def _other_files(self) -> tuple[tuple[PartialFile, ...], tuple[Invocation, ...], list[str]]:
        files: list[PartialFile] = []
        scripts: list[Invocation] = []
        terragrunt_paths: list[str] = []
        for directory in self._tree.directories:
            for name in directory.files:
                if name.endswith((".tf", ".lock.hcl")):
                    continue
                path = directory.file(name)
                if name.endswith(TERRAGRUNT_SUFFIXES):
                    terragrunt_paths.append(path)
                if may_be_partial(path):
                    content = self._read_once(path)
                    file = None if content is None else self._partial_file(path, content)
                    if file is not None:
                        files.append(file)
                elif may_invoke(path):
                    content = self._tree.read(path)
                    scripts += () if content is None else invocations(path, content)
        return tuple(files), tuple(scripts), terragrunt_paths

    def _partial_file(self, path: str, content: bytes) -> PartialFile | None:
        return partial_file(path, content, report=self._report)

    def _read_once(self, path: str) -> bytes | None:
        if path not in self._contents:
            self._contents[path] = self._tree.read(path)
        return self._contents[path]

    def _report(self, path: str, problem: SyntaxProblem) -> None:
        self._tree.report(path, problem.message, line=problem.line, column=problem.column)

    def _place(self, path: str) -> Place:
        if path not in self._places:
            self._places[path] = place_of(path, self._directories_in)
        return self._places[path]

    def _directories_in(self, path: str) -> tuple[str, ...]:
        directory = self._tree.by_path.get(path)
        return directory.directories if directory is not None else ()


def _names_used(roots: Iterable[Root]) -> frozenset[str]:
    """Return the names of buckets and tables that backends use."""
    configurations: Iterable[Configuration] = (
        configuration
        for root in roots
        if root.backend_type == "s3"
        for configuration in root.configurations
    )
    names: Mapping[str | None, None] = {
        configuration.text(argument): None
        for configuration in configurations
        for argument in ("bucket", "dynamodb_table")
    }
    return frozenset(name for name in names if name is not None)
