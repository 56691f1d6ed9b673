"""Read setup modules as text: those that are there, and those that are about to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from holdfast.core.generated import GeneratedFile
from holdfast.core.repository import Place, SetupModule
from holdfast.hcl.modules import ModuleDirectory, read_module_directory
from holdfast.hcl.setup_modules import SetupModuleReader
from holdfast.hcl.setup_patterns import is_followed
from holdfast.hcl.syntax import SyntaxProblem
from holdfast.hcl.tree import Directory, Tree


class SetupTexts:
    """The files of a tree, as far as setup modules are made of them."""

    def __init__(self, directory: Path) -> None:
        self._tree = Tree(str(directory))

    def contents(self, path: str) -> Mapping[str, bytes]:
        """Return the files of the module in a directory of the tree, by their names."""
        directory = self._tree.by_path.get(path)
        names = directory.files if directory is not None else ()
        found = {
            name: self._tree.read(f"{path}/{name}".removeprefix("./"))
            for name in names
            if is_followed(name)
        }
        return {name: content for name, content in found.items() if content is not None}

    def module_of(
        self, files: Sequence[GeneratedFile], directory: str, *, names: frozenset[str]
    ) -> SetupModule | None:
        """Return the setup module that the files would be in `directory`; None when they are none.

        The local modules that they call are read where they are. `names` are those of the backend.
        """
        texts = {each.path: each.text.encode() for each in files}
        new = Directory(
            path=directory,
            files=tuple(path.rpartition("/")[2] for path in texts),
            directories=(),
            has_working_directory=False,
        )
        module = read_module_directory(new, read=texts.get, report=_ignore)
        if module is None:
            return None
        called = (self._library(source) for source in module.local_sources)
        modules = {each.path: each for each in (*called, module) if each is not None}
        reader = SetupModuleReader(
            modules,
            names_used=names,
            read=lambda path: texts.get(path) or self._tree.read(path),
            report=_ignore,
        )
        setups = reader.setup_modules(
            place_of=lambda _: Place.LIVE, backend_type_of=lambda _: "local"
        )
        return next((each for each in setups if each.path == directory), None)

    def _library(self, path: str) -> ModuleDirectory | None:
        directory = self._tree.by_path.get(path)
        if directory is None:
            return None
        return read_module_directory(directory, read=self._tree.read, report=_ignore)


def _ignore(path: str, problem: SyntaxProblem) -> None:
    """Leave out what cannot be read: whoever asks finds nothing, and says so."""
    del path, problem
