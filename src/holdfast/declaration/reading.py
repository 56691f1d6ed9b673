"""Read `holdfast.yaml`: every mistake at once, or the declaration."""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from holdfast.core.declaration import Declaration, Ignore
from holdfast.declaration.accounts import accounts_of, span_of
from holdfast.declaration.backends import BackendReading
from holdfast.declaration.backends_compared import backend_warnings
from holdfast.declaration.baseline import baseline_of
from holdfast.declaration.checking import shape_mistakes
from holdfast.declaration.components import (
    allowed_values_of,
    check_components,
    declared_components_of,
    with_stand_ins,
)
from holdfast.declaration.document import Kind, MappingNode, ScalarNode, document_of
from holdfast.declaration.environments import environments_of
from holdfast.declaration.layout import compare_setup_modules, layout_of
from holdfast.declaration.mistakes import Mistake, Position
from holdfast.declaration.naming import naming_of
from holdfast.declaration.sound import SoundValues, items_of, mapping_of
from holdfast.errors import DeclarationInvalidError, PathNotFoundError

FILE_SIZE_MAX_BYTES = 4 * 1024 * 1024
WHAT_COMPONENTS_NEED = {"organization", "naming", "environments", "layout", "fields"}
EMPTY_WORDS = "the file is empty; it needs `version: 1`, `accounts` and `backends`"
FILE_HINT = "name the declaration itself, a YAML file such as `holdfast.yaml`"


def read_declaration(path: Path, *, directory: Path | None = None) -> Declaration:
    """Read a declaration.

    `directory` is what the places of the result are relative to, when the file is below it. Raises
    `PathNotFoundError` for what is not a file that can be read, and `DeclarationInvalidError` with
    every mistake of the file, each at `path:line:column`.
    """
    return declaration_of(_text(path), path=path, directory=directory)


def declaration_of(text: str, *, path: Path, directory: Path | None = None) -> Declaration:
    """Read the text of a declaration that is, or is meant for, the file at `path`.

    Raises `DeclarationInvalidError` as `read_declaration` does.
    """
    document = document_of(text)
    root = document.root
    if root is None or (isinstance(root, ScalarNode) and root.kind is Kind.NOTHING):
        raise _invalid(path, document.mistakes or (Mistake(Position(1, 1), EMPTY_WORDS),))
    values = SoundValues((*document.mistakes, *shape_mistakes(root)))
    if not isinstance(root, MappingNode):
        raise _invalid(path, values.mistakes)
    declaration = _declaration(root, values, path=_relative(path, directory))
    if values.mistakes:
        raise _invalid(path, values.mistakes)
    return declaration


def _declaration(root: MappingNode, values: SoundValues, *, path: str) -> Declaration:
    naming = naming_of(root, values)
    accounts = accounts_of(root, values, path=path)
    baseline = baseline_of(root, values)
    reading = BackendReading(
        values, naming=naming, accounts=accounts, kms_key=baseline.kms_key_node
    )
    backends = reading.backends_of(root, path=path)
    node = mapping_of(root.value("backends"))
    names = tuple(each.key.text for each in node.entries) if node is not None else ()
    environments = environments_of(root, values, backends=names, path=path)
    declaration = Declaration(
        path=path,
        organization=naming.organization,
        naming=naming.patterns,
        accounts=accounts.sound,
        backends=backends,
        environments=environments,
        layout=layout_of(root, values),
        fields=allowed_values_of(root, values, environments=environments, path=path),
        components=declared_components_of(root, values, path=path),
        baseline=baseline.declared,
        ignores=_ignores(root, values, path),
        warnings=backend_warnings(root, backends, path=path),
    )
    if "layout" not in values.mistaken_settings(root):
        compare_setup_modules(root, declaration, values)
    if not values.mistaken_settings(root) & WHAT_COMPONENTS_NEED:
        check_components(root, values, with_stand_ins(declaration, names), naming)
    return declaration


def _ignores(root: MappingNode, values: SoundValues, path: str) -> tuple[Ignore, ...]:
    found = []
    for item in items_of(root.value("ignore")):
        rule, reason = values.text(item, "rule"), values.text(item, "reason")
        backend, place = values.text(item, "backend"), values.text(item, "root")
        if rule is not None and reason is not None:
            found.append(
                Ignore(
                    rule=rule.text,
                    reason=reason.text.strip(),
                    span=span_of(item.position, path),
                    backend=backend.text if backend is not None else None,
                    root=PurePosixPath(place.text).as_posix() if place is not None else None,
                )
            )
    return tuple(found)


def _text(path: Path) -> str:
    try:
        # Asked first: opening a named pipe would wait for a writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PathNotFoundError(str(path), "it is not a file", hint=FILE_HINT)
        with path.open("rb") as file:
            content = file.read(FILE_SIZE_MAX_BYTES + 1)
    except OSError as error:
        problem = error.strerror or str(error)
        raise PathNotFoundError(str(path), problem, hint=FILE_HINT) from error
    except ValueError as error:  # a null character in the path
        raise PathNotFoundError(str(path), str(error), hint=FILE_HINT) from error
    if len(content) > FILE_SIZE_MAX_BYTES:
        words = f"the file is larger than {FILE_SIZE_MAX_BYTES // 1024**2} MiB"
        raise _invalid(path, (Mistake(Position(1, 1), words),))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _invalid(path, (Mistake(Position(1, 1), "the file is UTF-16; save it as UTF-8"),))
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in content:
            binary = Mistake(Position(1, 1), "the file is binary, not text")
            raise _invalid(path, (binary,)) from error
        before = content[: error.start].decode("utf-8")
        position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        mistake = Mistake(position, f"the file is not UTF-8: byte 0x{content[error.start]:02x}")
        raise _invalid(path, (mistake,)) from error


def _relative(path: Path, directory: Path | None) -> str:
    if directory is not None:
        resolved, top = path.resolve(), directory.resolve()
        if resolved.is_relative_to(top):
            return resolved.relative_to(top).as_posix()
    return path.as_posix()


def _invalid(path: Path, mistakes: Iterable[Mistake]) -> DeclarationInvalidError:
    ordered = sorted(set(mistakes))
    return DeclarationInvalidError(
        str(path),
        [(f"{path}:{each.position.line}:{each.position.column}", each.words) for each in ordered],
    )
