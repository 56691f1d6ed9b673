"""Compare generated files with the disk, and write them: all or none, and nothing of anybody's is lost."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from holdfast.app.temporary_files import temporary_beside, writing_below
from holdfast.core.generated import (
    ComparedFile,
    GeneratedFile,
    Standing,
    is_generated,
    standing_of,
)
from holdfast.errors import FileNotWrittenError, FilesRefusedError

FILE_SIZE_MAX_BYTES = 8 * 1024 * 1024
COPY_SUFFIX = ".orig"
BY_HAND = frozenset({Standing.EDITED, Standing.HAND_WRITTEN, Standing.DIFFERENT})
# Without O_NONBLOCK a named pipe that took the file's name would keep us waiting for ever.
READ_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
NEW_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
NEW_FILE_MODE = 0o666  # the process's mask takes from it what the user wants taken


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """What became of one file; `copy` is where the one that was there before is kept."""

    path: str
    standing: Standing  # as it was before
    copy: str | None = None


class _BlockedError(Exception):
    """Something is in the way of one file; the words say what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A comparison, and where the file really is, all links followed; None when something is in the way."""

    compared: ComparedFile
    target: Path | None


def compare_files(files: Iterable[GeneratedFile], directory: Path) -> tuple[ComparedFile, ...]:
    """Compare each file with what is on disk below `directory`; nothing is changed."""
    return tuple(each.compared for each in _placed(files, directory.resolve()))


def generated_text(path: str, directory: Path) -> str | None:
    """Return the text of a file below `directory` that bears our mark; None for any other, and where none can be read."""
    try:
        content = _content(_target(path, directory.resolve()))
    except _BlockedError:
        return None
    text = (content or b"").decode("utf-8", errors="replace")
    return text if is_generated(text) else None


def write_files(
    files: Sequence[GeneratedFile], directory: Path, *, force: bool = False
) -> tuple[WrittenFile, ...]:
    """Write all files below `directory` that are not up to date, or none.

    Each is written beside its name and then renamed: a killed run leaves the old file or the new one, and at worst a
    file beside it that the next run removes. With `force`, files by hand are replaced too, and kept as `NAME.orig`. Raises `FilesRefusedError` before anything
    is written, and `FileNotWrittenError` when the system refuses.
    """
    top = directory.resolve()
    placed = _placed(files, top)
    compared = [each.compared for each in placed]
    refuse_unwritable(compared, force=force)
    pending = [
        (each.compared, each.target)
        for each in placed
        if each.target is not None and each.compared.standing is not Standing.CURRENT
    ]
    with writing_below(top, (each.target for each in placed if each.target is not None)):
        copies = _replaced(pending, top)
    return tuple(
        WrittenFile(path=each.file.path, standing=each.standing, copy=copies.get(each.file.path))
        for each in compared
    )


def _replaced(pending: Sequence[tuple[ComparedFile, Path]], top: Path) -> dict[str, str]:
    """Write all files beside their names and rename them; return the copies that are kept, by path."""
    staged: list[tuple[Path, Path]] = []
    copies: dict[str, str] = {}
    try:
        for each, target in pending:
            staged += [_staged(each.file, target)]
        for each, target in pending:
            if each.standing in BY_HAND:
                copies[each.file.path] = _shown(kept_copy(target), top)
        _rename(staged, top)
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return copies


def refuse_unwritable(compared: Sequence[ComparedFile], *, force: bool) -> None:
    """Raise `FilesRefusedError` for what was written by hand, unless `force`, and for what blocks a file."""
    blocked = [(each.file.path, each.problem) for each in compared if each.problem]
    by_hand = [
        (each.file.path, each.standing.value)
        for each in compared
        if each.standing in BY_HAND and not force
    ]
    if blocked or by_hand:
        raise FilesRefusedError((*blocked, *by_hand), forceable=not blocked)


def _placed(files: Iterable[GeneratedFile], top: Path) -> list[_Placed]:
    placed = [_compared(file, top) for file in files]
    uses = Counter(each.target for each in placed if each.target is not None)
    return [
        _blocked(each.compared.file, "several files would be written here")
        if each.target is not None and uses[each.target] > 1
        else each
        for each in placed
    ]


def _compared(file: GeneratedFile, top: Path) -> _Placed:
    try:
        target = _target(file.path, top)
        content = _content(target)
    except _BlockedError as error:
        return _blocked(file, str(error))
    if content is None:
        compared = ComparedFile(file=file, standing=Standing.MISSING)
        return _Placed(compared=compared, target=target)
    try:
        before = content.decode("utf-8")
    except UnicodeDecodeError:
        compared = ComparedFile(file=file, standing=Standing.HAND_WRITTEN)
    else:
        standing = standing_of(before, file)
        compared = ComparedFile(file=file, standing=standing, before=before)
    return _Placed(compared=compared, target=target)


def _blocked(file: GeneratedFile, problem: str) -> _Placed:
    compared = ComparedFile(file=file, standing=Standing.BLOCKED, problem=problem)
    return _Placed(compared=compared, target=None)


def _target(path: str, top: Path) -> Path:
    """Return where a file of this path really is, all links followed, inside the tree."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise _BlockedError("the path leads out of the tree")
    try:
        target = (top / pure).resolve()
        # `resolve` leaves a link that leads round in circles as it is; `stat` finds out.
        if target.is_symlink():
            target.stat()
    except (OSError, RuntimeError, ValueError) as error:
        raise _BlockedError(_words(error)) from error
    if target == top or not target.is_relative_to(top):
        raise _BlockedError("a symbolic link leads out of the tree")
    return target


def _content(target: Path) -> bytes | None:
    """Return the content of a plain file; None when there is none."""
    try:
        descriptor = os.open(target, READ_FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _BlockedError(_words(error)) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _BlockedError("it is a directory" if stat.S_ISDIR(mode) else "it is no plain file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(FILE_SIZE_MAX_BYTES + 1)
    if len(content) > FILE_SIZE_MAX_BYTES:
        raise _BlockedError(f"it is larger than {FILE_SIZE_MAX_BYTES // (1024 * 1024)} MiB")
    return content


def _staged(file: GeneratedFile, target: Path) -> tuple[Path, Path]:
    """Write the new content beside the file and return both paths."""
    temporary = temporary_beside(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_new_file(temporary, file.content.encode(), mode=file_mode(target))
    except OSError as error:
        raise FileNotWrittenError(file.path, _words(error)) from error
    return temporary, target


def kept_copy(target: Path) -> Path:
    """Keep the file that is there under a name that nothing has yet, and return it."""
    number = 1
    while True:
        copy = target.with_name(
            f"{target.name}{COPY_SUFFIX}" + (f".{number}" if number > 1 else "")
        )
        try:
            write_new_file(copy, target.read_bytes(), mode=file_mode(target))
        except FileExistsError:
            number += 1
        except OSError as error:
            raise FileNotWrittenError(str(copy), _words(error)) from error
        else:
            return copy


def write_new_file(path: Path, content: bytes, *, mode: int | None) -> None:
    """Write a file that must not exist yet, down to the disk; after a failure there is none."""
    descriptor = os.open(path, NEW_FILE_FLAGS, NEW_FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None:
                path.chmod(mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _rename(staged: Iterable[tuple[Path, Path]], top: Path) -> None:
    for temporary, target in staged:
        try:
            temporary.replace(target)
        except OSError as error:
            raise FileNotWrittenError(_shown(target, top), _words(error)) from error


def file_mode(path: Path) -> int | None:
    """Return the permissions of a file; None when there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def _shown(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix()


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error)
