"""What terragrunt's names and functions stand for, as far as the files alone decide it.

Source: the terragrunt documentation, "Built-in functions" and "Includes". An included file is evaluated
in the context of the unit that includes it. Paths that terragrunt gives as absolute ones start with a
mark here, so that `basename(get_terragrunt_dir())` works and the path itself is never taken for a value.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from holdfast.core.repository import Literal, LiteralValue
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.syntax import AttributeSyntax, BodySyntax
from holdfast.hcl.tree import joined, parent

TREE_MARK = "\ue000tree/"  # a private-use character: nobody writes it
LOCALS_DEPTH_MAX = 20
REPLACE_ARGUMENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TerragruntFiles:
    """The parsed terragrunt files of a tree, by path, read when they are asked for."""

    body_of: Callable[[str], BodySyntax | None]
    exists: Callable[[str], bool]


@dataclass(slots=True, kw_only=True)
class TerragruntScope:
    """Evaluate the expressions of one file for one unit.

    `unit` is the directory of the unit, `included` the path of the file it includes (None without).
    """

    files: TerragruntFiles
    file: str
    unit: str
    included: str | None
    depth: int = 0

    def value_of(self, names: tuple[str, ...]) -> Literal | None:
        """Return the value of `local.name…`."""
        if names[0] != "local" or len(names) == 1 or self.depth > LOCALS_DEPTH_MAX:
            return None
        attribute = self._locals().get(names[1])
        if attribute is None:
            return None
        value = evaluate(attribute.expression, self._deeper())
        if not isinstance(value, Literal):
            return None
        found: LiteralValue = value.value
        for name in names[2:]:
            if not isinstance(found, Mapping) or name not in found:
                return None
            found = found[name]
        return Literal(found)

    def result_of(self, function: str, arguments: tuple[LiteralValue, ...]) -> Literal | None:
        """Return the result of a function that needs nothing but the tree."""
        texts = tuple(argument for argument in arguments if isinstance(argument, str))
        if len(texts) != len(arguments):
            return None
        match function, texts:
            case "path_relative_to_include", ():
                return Literal(self._relative_to_include())
            case "path_relative_from_include", ():
                return Literal(os.path.relpath(self._include_directory(), self.unit))
            case "get_terragrunt_dir" | "get_original_terragrunt_dir", ():
                return _marked(self.unit)
            case "get_parent_terragrunt_dir", ():
                return _marked(self._include_directory())
            case "find_in_parent_folders", _:
                return self._in_parent_folders(texts)
            case "read_terragrunt_config", (path, *_):
                return self._config(path)
            case _:
                return _text_function(function, texts)

    def path_of(self, text: str) -> str | None:
        """Return the tree path that a path of terragrunt leads to; None outside of the tree."""
        relative = text.removeprefix(TREE_MARK)
        start = "." if text.startswith(TREE_MARK) else self.unit
        if relative.startswith("/"):
            return None
        found = os.path.normpath(joined(start, relative))
        return None if found.startswith("..") else found

    def _locals(self) -> Mapping[str, AttributeSyntax]:
        body = self.files.body_of(self.file)
        blocks = body.blocks_of("locals") if body is not None else ()
        return {each.name: each for block in blocks for each in block.body.attributes}

    def _deeper(self) -> TerragruntScope:
        return TerragruntScope(
            files=self.files,
            file=self.file,
            unit=self.unit,
            included=self.included,
            depth=self.depth + 1,
        )

    def _include_directory(self) -> str:
        return (parent(self.included) or ".") if self.included is not None else self.unit

    def _relative_to_include(self) -> str:
        return os.path.relpath(self.unit, self._include_directory())

    def _in_parent_folders(self, arguments: tuple[str, ...]) -> Literal | None:
        name = arguments[0] if arguments else "terragrunt.hcl"
        directory = parent(self.unit)
        while directory is not None:
            path = os.path.normpath(joined(directory, name))
            if self.files.exists(path):
                return _marked(path)
            directory = parent(directory)
        return Literal(arguments[1]) if len(arguments) > 1 else None

    def _config(self, path: str) -> Literal | None:
        file = self.path_of(path)
        body = self.files.body_of(file) if file is not None else None
        if file is None or body is None or self.depth > LOCALS_DEPTH_MAX:
            return None
        inner = TerragruntScope(
            files=self.files,
            file=file,
            unit=parent(file) or ".",
            included=None,
            depth=self.depth + 1,
        )
        values: dict[str, LiteralValue] = {}
        for block in body.blocks_of("locals"):
            for attribute in block.body.attributes:
                value = evaluate(attribute.expression, inner)
                if isinstance(value, Literal):
                    values[attribute.name] = value.value
        return Literal({"locals": values})


def _marked(path: str) -> Literal:
    return Literal(TREE_MARK + path)


def _text_function(function: str, texts: tuple[str, ...]) -> Literal | None:
    match function, texts:
        case "basename", (path,):
            return Literal(path.rstrip("/").rpartition("/")[2])
        case "dirname", (path,):
            return Literal(os.path.dirname(path) or ".")  # noqa: PTH120 - text, not a path on disk
        case "lower", (text,):
            return Literal(text.lower())
        case "upper", (text,):
            return Literal(text.upper())
        case "trimspace", (text,):
            return Literal(text.strip())
        case "trimprefix", (text, prefix):
            return Literal(text.removeprefix(prefix))
        case "trimsuffix", (text, suffix):
            return Literal(text.removesuffix(suffix))
        case "replace", (text, old, new) if not (old.startswith("/") and old.endswith("/")):
            return Literal(text.replace(old, new))
        case _:
            return None
