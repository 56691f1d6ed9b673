"""The journal: what was removed or put elsewhere, by whom, with its full text; one JSON object in each line.

It is written before anything is removed, and the disk has confirmed it by then. Lines are only ever appended, by
one `write` each while the file is locked, so that two commands at a time keep theirs apart. Nobody but the user
may read it.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from holdfast.core.lock_outcomes import PartRelease
from holdfast.core.lock_view import LockPlace
from holdfast.core.locks import StoredLock
from holdfast.errors import JournalNotWrittenError

JOURNAL_VERSION = 1
JOURNAL_NAME = Path("holdfast") / "journal.jsonl"
STATE_HOME_VARIABLE = "XDG_STATE_HOME"
STATE_HOME_DEFAULT = Path(".local") / "state"
FILE_MODE = 0o600
DIRECTORY_MODE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Remover:
    """Who removes locks: `user@host`, the caller's ARN where it is known, and the version of Holdfast."""

    who: str
    caller: str | None
    version: str


class RemovalCommand(StrEnum):
    """Name the commands that remove locks."""

    BREAK = "locks break"
    RELEASE = "locks release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One lock that is to be removed. `identifier` joins the two lines of it; `moment` is RFC 3339."""

    identifier: str
    moment: str
    command: RemovalCommand
    remover: Remover
    backend: str
    place: LockPlace
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestNote:
    """A digest that is to be repaired: what it was (None: not text), and how. `moment` is RFC 3339."""

    moment: str
    remover: Remover
    backend: str
    bucket: str
    key: str
    table: str
    before: str | None
    repair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStateNote:
    """A local state that is to go to a backend, and then to be kept under another name. `moment` is RFC 3339."""

    moment: str
    remover: Remover
    backend: str
    bucket: str
    key: str
    path: str
    md5: str


def journal_path(environment: Mapping[str, str], home: Path) -> Path:
    """Return where the journal is unless somebody names another file (XDG base directories)."""
    named = Path(environment.get(STATE_HOME_VARIABLE, ""))
    base = named if named.is_absolute() else home / STATE_HOME_DEFAULT
    return base / JOURNAL_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal in a file, which is made when it is first written."""

    path: Path

    def note_intent(self, removal: Removal) -> None:
        """Write down what is about to be removed; raise `JournalNotWrittenError`, and nothing may be removed."""
        place, lock = removal.place, removal.lock
        text = _utf8_text(lock.body)
        self._append(
            {
                "version": JOURNAL_VERSION,
                "event": "intent",
                "removal": removal.identifier,
                "moment": removal.moment,
                "command": removal.command.value,
                "by": removal.remover.who,
                "caller": removal.remover.caller,
                "holdfast": removal.remover.version,
                "backend": removal.backend,
                "lock": place.kind.value,
                "bucket": place.bucket,
                "key": place.key,
                "table": place.table,
                "region": place.region,
                "tag": lock.tag,
                "typed": lock.is_typed,
                "version_id": lock.version,
                "text": text,
                "base64": base64.b64encode(lock.body).decode() if text is None else None,
            }
        )

    def note_outcome(self, removal: Removal, part: PartRelease, *, moment: str) -> None:
        """Write down what became of it; raise `JournalNotWrittenError`."""
        self._append(
            {
                "version": JOURNAL_VERSION,
                "event": "outcome",
                "removal": removal.identifier,
                "moment": moment,
                "standing": part.standing.value,
                "reason": part.reason,
            }
        )

    def note_digest(self, note: DigestNote) -> None:
        """Write down a digest before it is repaired; raise `JournalNotWrittenError`, and it may not be."""
        self._append(
            {
                "version": JOURNAL_VERSION,
                "event": "digest",
                "moment": note.moment,
                "by": note.remover.who,
                "caller": note.remover.caller,
                "holdfast": note.remover.version,
                "backend": note.backend,
                "bucket": note.bucket,
                "key": note.key,
                "table": note.table,
                "digest": note.before,
                "repair": note.repair,
            }
        )

    def note_kept_state(self, note: KeptStateNote) -> None:
        """Write down where a local state goes; raise `JournalNotWrittenError`, and it stays."""
        self._append(
            {
                "version": JOURNAL_VERSION,
                "event": "local state",
                "moment": note.moment,
                "by": note.remover.who,
                "caller": note.remover.caller,
                "holdfast": note.remover.version,
                "backend": note.backend,
                "bucket": note.bucket,
                "key": note.key,
                "path": note.path,
                "md5": note.md5,
            }
        )

    def _append(self, record: Mapping[str, str | int | None]) -> None:
        line = json.dumps(record).encode() + b"\n"
        try:
            self._make()
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
            try:
                _keep_private(descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                _write_line(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise JournalNotWrittenError(str(self.path), problem) from error

    def _make(self) -> None:
        """Make the file's directory, and let the disk confirm the file's name in it."""
        self.path.parent.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        if self.path.exists():
            return
        os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, FILE_MODE))
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _keep_private(descriptor: int) -> None:
    """Take the file from everybody else; raise OSError for what is no file, which keeps nothing."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(None, "it is not a regular file")
    os.fchmod(descriptor, FILE_MODE)


def _write_line(descriptor: int, line: bytes) -> None:
    """Write a line whole; what a killed command left unfinished before it gets its line end first."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    written = os.write(descriptor, line)
    if written != len(line):
        os.ftruncate(descriptor, size)
        raise OSError(None, f"{written} of {len(line)} bytes were written")


def _utf8_text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
