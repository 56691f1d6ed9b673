"""What a declaration and the files that are generated from it become when backends lock in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.code_editing import file_content
from holdfast.app.declared_facts import generated_facts, placed_components
from holdfast.core.backends import Backend, Locking
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.declaration import Declaration
from holdfast.core.fleet import Fleet
from holdfast.core.source import SourceSpan
from holdfast.core.table_spellings import with_one_spelling
from holdfast.declaration.editing import table_by_pattern, with_locking
from holdfast.declaration.reading import declaration_of

BY_HAND = "`locking` of a backend cannot be changed safely here: change it by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSwitch:
    """The declaration's edit, and every file that is generated from it with what it holds afterwards.

    `refused` says where the declaration is to be edited by hand; `edit` is None when nothing has to change.
    """

    edit: CodeFileEdit | None
    generated: Mapping[str, bytes]
    refused: tuple[SourceSpan, str] | None = None


def declared_switch(
    code: Fleet, directory: Path, wanted: Mapping[str, tuple[Locking, str | None]]
) -> DeclaredSwitch:
    """Return what the declaration becomes when backends lock as `wanted`, each with its table."""
    declaration = code.declaration
    if declaration is None or code.components is None:
        return DeclaredSwitch(edit=None, generated={})
    changing = {
        each.name: wanted[each.name]
        for each in declaration.backends
        if each.name in wanted and each.locking is not wanted[each.name][0]
    }
    if not changing:
        return DeclaredSwitch(edit=None, generated=_generated(declaration, code, directory))
    span = next(each.span for each in declaration.backends if each.name in changing)
    before = file_content(declaration.path, directory)
    if isinstance(before, str):
        return DeclaredSwitch(edit=None, generated={}, refused=(span, before))
    path = directory / declaration.path
    text = with_locking(before.decode(), changing, path=path)
    if text is None:
        return DeclaredSwitch(edit=None, generated={}, refused=(span, BY_HAND))
    after = declaration_of(text, path=path, directory=directory)
    return DeclaredSwitch(
        edit=CodeFileEdit(path=declaration.path, before=before, after=text.encode()),
        generated=_generated(after, code, directory),
    )


def declared_table(code: Fleet, name: str, directory: Path) -> str | None:
    """Return the lock table that a declared backend has or would have; None when nothing yields one."""
    declaration = code.declaration
    if declaration is None or all(each.name != name for each in declaration.backends):
        return None
    content = file_content(declaration.path, directory)
    if isinstance(content, str):
        return None
    return table_by_pattern(content.decode(), name, path=directory / declaration.path)


def table_known_for(
    backend: Backend, code: Fleet, directory: Path, *, named: str | None
) -> str | None:
    """Return the lock table that a backend's roots have, had or will have; None when nothing names one."""
    return named or backend.table or declared_table(code, backend.name, directory)


def with_tables_known(code: Fleet, directory: Path, *, table: str | None) -> Fleet:
    """Return a fleet whose backends know the table that their roots have left or come back to."""
    return replace(
        code, backends=tuple(_with_table(each, code, directory, table) for each in code.backends)
    )


def _with_table(backend: Backend, code: Fleet, directory: Path, named: str | None) -> Backend:
    table = table_known_for(backend, code, directory, named=named)
    if table is None or table in backend.tables:
        return backend
    return with_one_spelling(replace(backend, tables=(*backend.tables, table)))


def _generated(declaration: Declaration, code: Fleet, directory: Path) -> Mapping[str, bytes]:
    components = placed_components(declaration, code.repository)
    facts = generated_facts(declaration, code.repository, components, directory)
    return {each.file.path: each.file.content.encode() for each in facts}
