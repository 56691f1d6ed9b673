"""The code that names a moved state: planned as whole files, and written only if they are still what was planned."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from holdfast.app.generated_files import file_mode, write_new_file
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.code_edits import ArgumentChange, CodePlace, EditedFile, EditRefused
from holdfast.core.generated import is_generated
from holdfast.core.placed_changes import PlacedChange
from holdfast.core.source import SourceSpan
from holdfast.core.state_moves import CodeFileEdit
from holdfast.errors import MoveCodeChangedError, MoveCodeRefusedError, MoveCodeUnwrittenError
from holdfast.hcl.editing import edit_arguments

GENERATED = (
    "it is generated: change `holdfast.yaml`, and write it again with `holdfast generate backend`"
)


def plan_edits(switch: BackendSwitch, directory: Path) -> tuple[CodeFileEdit, ...]:
    """Return every file that has to change; raise `MoveCodeRefusedError` with all that is in the way."""
    changes, obstacles = switch.placed()
    refused = [(each.span, each.words) for each in obstacles]
    edits: list[CodeFileEdit] = []
    for path in dict.fromkeys(each.path for each in changes):
        of_file = [each for each in changes if each.path == path]
        edit = _edit(path, of_file, directory)
        if isinstance(edit, CodeFileEdit):
            edits.append(edit)
        else:
            refused.append(edit)
    if refused:
        raise MoveCodeRefusedError([(str(span), words) for span, words in sorted(refused)])
    return tuple(edits)


def _edit(
    path: str, changes: Sequence[PlacedChange], directory: Path
) -> CodeFileEdit | tuple[SourceSpan, str]:
    """Return a file before and after its changes, or why it is left alone."""
    top = directory.resolve()
    target = (top / path).resolve()
    first = SourceSpan(path, changes[0].line)
    if not target.is_relative_to(top):
        return first, "a symbolic link leads out of the directory"
    try:
        before = target.read_bytes()
    except OSError as error:
        return first, error.strerror or type(error).__name__
    if is_generated(before.decode(errors="replace")):
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
    return CodeFileEdit(path=path, before=before, after=after)


def _by_place(
    changes: Sequence[PlacedChange],
) -> Iterator[tuple[CodePlace, tuple[ArgumentChange, ...]]]:
    for place in dict.fromkeys(each.place for each in changes):
        yield place, tuple(dict.fromkeys(each.change for each in changes if each.place is place))


@contextmanager
def staged_edits(
    edits: Sequence[CodeFileEdit], directory: Path
) -> Iterator[Callable[[], tuple[str, ...]]]:
    """Write the new contents beside the files; yield what puts them in place and returns their paths.

    Raises `MoveCodeChangedError` for a file that is not what was planned, and `MoveCodeUnwrittenError`. A killed run
    leaves each file as it was or as it is to be.
    """
    staged: list[tuple[CodeFileEdit, Path, Path]] = []
    try:
        for edit in edits:
            target = (directory / edit.path).resolve()
            temporary = target.with_name(f".holdfast-{secrets.token_hex(8)}")
            try:
                write_new_file(temporary, edit.after, mode=file_mode(target))
            except OSError as error:
                raise _unwritten(edit, error, started=False) from error
            staged.append((edit, temporary, target))
        for edit, _, target in staged:
            _refuse_changed(edit, target)
        yield lambda: _put_in_place(staged)
    finally:
        for _, temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _put_in_place(staged: Sequence[tuple[CodeFileEdit, Path, Path]]) -> tuple[str, ...]:
    for edit, temporary, target in staged:
        try:
            temporary.replace(target)
        except OSError as error:
            raise _unwritten(edit, error, started=True) from error
    return tuple(edit.path for edit, _, _ in staged)


def _refuse_changed(edit: CodeFileEdit, target: Path) -> None:
    try:
        now = target.read_bytes()
    except OSError as error:
        raise MoveCodeChangedError(edit.path) from error
    if now != edit.before:
        raise MoveCodeChangedError(edit.path)


def _unwritten(edit: CodeFileEdit, error: OSError, *, started: bool) -> MoveCodeUnwrittenError:
    reason = error.strerror or type(error).__name__
    return MoveCodeUnwrittenError(edit.path, reason, started=started)
