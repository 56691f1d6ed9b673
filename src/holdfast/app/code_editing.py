"""Edits of backend code: planned as whole files, and written only if they are still what was planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from holdfast.app.generated_files import file_mode, write_new_file
from holdfast.app.temporary_files import temporary_beside, writing_below
from holdfast.core.code_edits import (
    ArgumentChange,
    CodeFileEdit,
    CodePlace,
    EditedFile,
    EditRefused,
)
from holdfast.core.generated import is_generated
from holdfast.core.placed_changes import PlacedChange
from holdfast.core.source import SourceSpan
from holdfast.errors import CodeChangedError, CodeUnwrittenError
from holdfast.hcl.editing import edit_arguments, same_arguments

GENERATED = (
    "it is generated: change `holdfast.yaml`, and write it again with `holdfast generate backend`"
)
GENERATED_OTHERWISE = "it is generated, and would be written with other arguments today: `holdfast generate backend --check` shows them"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWorlds:
    """What is to be said of the world when a file is not written: it changed, or before and after the first one was."""

    changed: str
    unstarted: str
    started: str


def edited_files(
    changes: Sequence[PlacedChange],
    directory: Path,
    *,
    generated: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[tuple[CodeFileEdit, ...], tuple[tuple[SourceSpan, str], ...]]:
    """Return every file before and after its changes, and the places that are left alone, each with the reason.

    `generated` is what a file that was generated is to hold, where that is known: it is taken when it says the same.
    """
    edits: list[CodeFileEdit] = []
    refused: list[tuple[SourceSpan, str]] = []
    for path in dict.fromkeys(each.path for each in changes):
        of_file = [each for each in changes if each.path == path]
        edit = _edited(path, of_file, directory, generated.get(path))
        if isinstance(edit, CodeFileEdit):
            edits.append(edit)
        else:
            refused.append(edit)
    return tuple(edits), tuple(refused)


def file_content(path: str, directory: Path) -> bytes | str:
    """Return what a file of the code holds, or in words why it cannot be read."""
    top = directory.resolve()
    target = (top / path).resolve()
    if not target.is_relative_to(top):
        return "a symbolic link leads out of the directory"
    try:
        return target.read_bytes()
    except OSError as error:
        return error.strerror or type(error).__name__


def _edited(
    path: str, changes: Sequence[PlacedChange], directory: Path, generated: bytes | None
) -> CodeFileEdit | tuple[SourceSpan, str]:
    """Return a file before and after its changes, or why it is left alone."""
    first = SourceSpan(path, changes[0].line)
    before = file_content(path, directory)
    if isinstance(before, str):
        return first, before
    is_ours = is_generated(before.decode(errors="replace"))
    if is_ours and generated is None:
        return first, GENERATED
    after = before
    for place, arguments in _by_place(changes):
        names = {each.name: each.value for each in arguments}
        if len(names) != len(arguments):
            return first, "several settings want different values here"
        done = edit_arguments(path, after, place, arguments)
        match done:
            case EditedFile(content=content):
                after = content
            case EditRefused(words=words, line=line):
                return SourceSpan(path, line or first.line), words
    if is_ours and generated is not None:
        places = dict.fromkeys(each.place for each in changes)
        if any(not same_arguments(path, after, generated, place) for place in places):
            return first, GENERATED_OTHERWISE
        after = generated
    return CodeFileEdit(path=path, before=before, after=after)


def _by_place(
    changes: Sequence[PlacedChange],
) -> Iterator[tuple[CodePlace, tuple[ArgumentChange, ...]]]:
    for place in dict.fromkeys(each.place for each in changes):
        yield place, tuple(dict.fromkeys(each.change for each in changes if each.place is place))


@contextmanager
def staged_edits(
    edits: Sequence[CodeFileEdit], directory: Path, *, worlds: EditWorlds
) -> Iterator[Callable[[], tuple[str, ...]]]:
    """Write the new contents beside the files; yield what puts them in place and returns their paths.

    Raises `CodeChangedError` for a file that is not what was planned, and `CodeUnwrittenError`. A killed run leaves each
    file as it was or as it is to be.
    """
    targets = [(edit, (directory / edit.path).resolve()) for edit in edits]
    staged: list[tuple[CodeFileEdit, Path, Path]] = []
    with writing_below(directory, (target for _, target in targets)):
        try:
            for edit, target in targets:
                temporary = temporary_beside(target)
                try:
                    write_new_file(temporary, edit.after, mode=file_mode(target))
                except OSError as error:
                    raise _unwritten(edit, error, worlds.unstarted) from error
                staged.append((edit, temporary, target))
            for edit, _, target in staged:
                _refuse_changed(edit, target, worlds)
            yield lambda: _put_in_place(staged, worlds)
        finally:
            for _, temporary, _ in staged:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)


def _put_in_place(
    staged: Sequence[tuple[CodeFileEdit, Path, Path]], worlds: EditWorlds
) -> tuple[str, ...]:
    for edit, temporary, target in staged:
        try:
            temporary.replace(target)
        except OSError as error:
            raise _unwritten(edit, error, worlds.started) from error
    return tuple(edit.path for edit, _, _ in staged)


def _refuse_changed(edit: CodeFileEdit, target: Path, worlds: EditWorlds) -> None:
    try:
        now = target.read_bytes()
    except OSError as error:
        raise CodeChangedError(edit.path, world=worlds.changed) from error
    if now != edit.before:
        raise CodeChangedError(edit.path, world=worlds.changed)


def _unwritten(edit: CodeFileEdit, error: OSError, world: str) -> CodeUnwrittenError:
    reason = error.strerror or type(error).__name__
    return CodeUnwrittenError(edit.path, reason, world=world)
