"""Local state files: read them, lock them as the engines do, and keep them under another name.

Source: Terraform 1.15.5, `statemgr.Filesystem`. The lock is a POSIX write lock on the whole file, which ends with its
process; the note beside it, `.terraform.tfstate.lock.info`, says who has it and locks nothing. A POSIX lock is lost as
soon as its process closes any descriptor of the file: what is locked here is read through one descriptor only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.local_migration import STATE_NAME, kept_name, lock_note_name
from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.core.state_content import ReadState, UnreadableState
from holdfast.core.state_reading import StateReader
from holdfast.errors import LocalStateChangedError, LocalStateLockedError, LocalStateUnreadError

PIECE_BYTES = 1 << 20
SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe would keep us waiting
HELD = frozenset({errno.EACCES, errno.EAGAIN})
PRIVATE = 0o600

Take = Callable[[bytes], object]


def read_local(path: Path) -> ReadState | None:
    """Return what a local state holds, None when there is none; raise `LocalStateUnreadError`.

    A file of 0 bytes is no state to the engines, and comes back as an empty one. The file is not locked.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | SAFELY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LocalStateUnreadError(str(path), _words(error)) from error
    try:
        return _read(path, descriptor, lambda _: None)
    finally:
        os.close(descriptor)


def local_workspaces(directory: Path) -> tuple[str, ...]:
    """Return the workspaces besides `default` that have a state below a directory, sorted."""
    try:
        names = sorted(each.name for each in os.scandir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise LocalStateUnreadError(str(directory), _words(error)) from error
    return tuple(
        name
        for name in names
        if name != WORKSPACE_DEFAULT and os.path.lexists(directory / name / STATE_NAME)
    )


def holds_anything(path: Path) -> bool:
    """Tell whether there is a file that is not empty, without opening it; raise `LocalStateUnreadError`."""
    try:
        return path.lstat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise LocalStateUnreadError(str(path), _words(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLocalState:
    """A local state whose lock this process holds."""

    path: Path
    descriptor: int

    def pour(self, take: Take) -> ReadState:
        """Give all of its bytes to `take` and return what they are; raise `LocalStateUnreadError`."""
        return _read(self.path, self.descriptor, take)

    def keep(self, serial: int | None) -> Path:
        """Rename it to a name that nothing has, and return that; raise `LocalStateUnreadError`.

        The name is taken with an empty file first, so that no other file is ever overwritten. A killed run leaves such an
        empty file at most, and the next one takes it.
        """
        number = 1
        while True:
            kept = self.path.with_name(kept_name(self.path.name, serial, number=number))
            try:
                if _taken(kept):
                    number += 1
                    continue
                note_of(self.path).unlink(missing_ok=True)
                self.path.replace(kept)
                _confirm(kept.parent)
            except OSError as error:
                raise LocalStateUnreadError(str(self.path), _words(error), copied=True) from error
            return kept


@contextmanager
def held_local_state(path: Path, info: LockInfo) -> Iterator[HeldLocalState]:
    """Hold the lock of a local state, with a note beside it that engines print.

    Raises `LocalStateLockedError` when somebody has it, `LocalStateChangedError` when the file was replaced meanwhile,
    and `LocalStateUnreadError`.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | SAFELY)
    except FileNotFoundError as error:
        raise LocalStateChangedError(str(path)) from error
    except OSError as error:
        raise LocalStateUnreadError(str(path), _words(error)) from error
    note = note_of(path)
    try:
        _lock(path, descriptor)
        try:
            _write_note(note, info)
            yield HeldLocalState(path=path, descriptor=descriptor)
        finally:
            # While the lock is held, as the engines do: afterwards it could be the note of another one.
            _remove_note(note, info)
    finally:
        os.close(descriptor)


def note_of(path: Path) -> Path:
    """Return where an engine notes who locks a local state."""
    return path.with_name(lock_note_name(path.name))


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held, there = os.fstat(descriptor), path.stat(follow_symlinks=False)
    except FileNotFoundError as error:
        raise LocalStateChangedError(str(path)) from error
    except OSError as error:
        if error.errno in HELD:
            raise LocalStateLockedError(str(path), _holder(note_of(path))) from error
        raise LocalStateUnreadError(str(path), _words(error)) from error
    if (held.st_dev, held.st_ino) != (there.st_dev, there.st_ino):
        raise LocalStateChangedError(str(path))


def _holder(note: Path) -> tuple[tuple[str, str], ...]:
    """Return what the note says of the holder; nothing where there is none that can be read."""
    try:
        content = read_lock(note.read_bytes())
    except OSError:
        return ()
    if not isinstance(content, LockInfo):
        return ()
    facts = (
        ("by", content.who),
        ("operation", content.operation),
        ("since", content.created),
        ("reason", content.info),
        ("lock id", content.identifier),
    )
    return tuple((label, words) for label, words in facts if words)


def _write_note(note: Path, info: LockInfo) -> None:
    try:
        descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFELY, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(info.body)
    except OSError as error:
        raise LocalStateUnreadError(str(note), _words(error)) from error


def _remove_note(note: Path, info: LockInfo) -> None:
    """Remove our note; whoever began a new state of that name since has a note of its own."""
    with suppress(OSError):
        if note.read_bytes() == info.body:
            note.unlink()


def _read(path: Path, descriptor: int, take: Take) -> ReadState:
    """Read a plain file from its beginning; raise `LocalStateUnreadError` for what is no state."""
    reader = StateReader()
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LocalStateUnreadError(str(path), "it is no plain file")
        offset = 0
        while piece := os.pread(descriptor, PIECE_BYTES, offset):
            reader.feed(piece)
            take(piece)
            offset += len(piece)
    except OSError as error:
        raise LocalStateUnreadError(str(path), _words(error)) from error
    read = reader.finish()
    if isinstance(read.content, UnreadableState):
        raise LocalStateUnreadError(str(path), read.content.problem)
    return read


def _taken(kept: Path) -> bool:
    """Take a name with an empty file; tell whether something else has it."""
    try:
        os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    except FileExistsError:
        found = kept.stat(follow_symlinks=False)
        return not (stat.S_ISREG(found.st_mode) and found.st_size == 0)
    return False


def _confirm(directory: Path) -> None:
    """Let the disk confirm the names in a directory."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a symbolic link"
    return error.strerror[:1].lower() + error.strerror[1:] if error.strerror else str(error)
