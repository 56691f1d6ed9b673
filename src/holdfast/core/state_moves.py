"""Moves of states: what is to be moved where, how far an earlier run has come, and the words in its locks. Pure.

The lock of a moved state is kept at the old place, as a tombstone: whoever still has the old code is refused by it and
reads where the state is. An engine without any state there would build everything a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX, LockInfo
from holdfast.core.locks import StoredLock
from holdfast.core.state_content import EmptyState, ReadState, lineage_of, serial_of

MOVE_OPERATION = "holdfast-move"
KEY_MAX_BYTES = 1024 - len(
    LOCK_OBJECT_SUFFIX
)  # S3 takes keys of 1024 bytes, and the lock file has one
TOMBSTONE_START = "moved to "


class MoveStanding(StrEnum):
    """Tell how far the move of one state is."""

    TO_COPY = "to be copied"
    COPIED = "copied by an earlier run"  # the same bytes are there
    IN_USE = "moved by an earlier run, and written since"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateToMove:
    """One state of a move: what is at the old key, and how far it is."""

    source_key: str
    target_key: str
    source: ReadState
    standing: MoveStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class RootToInitialise:
    """A root whose code names the new place after the move; `partial_file` is what its `init` is given."""

    path: str
    partial_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOutlook:
    """What a move would do, as a person is shown it; the default workspace's state comes first."""

    source_bucket: str
    target_bucket: str
    states: tuple[StateToMove, ...]
    edits: tuple[CodeFileEdit, ...]
    roots: tuple[RootToInitialise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateToForget:
    """One state that was moved: what is left of it at the old key, and where it is now.

    `source` is None when the object is gone already, `target` when there is nothing at the new place.
    """

    source_key: str
    target_path: str
    source: ReadState | None
    target: ReadState | None

    @property
    def serial(self) -> int | None:
        """Return the serial at the new place, None when there is none to be read."""
        return serial_of(self.target.content) if self.target is not None else None

    @property
    def is_there(self) -> bool:
        """Tell whether what is at the new place is this state, as it was or as it went on."""
        if self.source is None:
            return True
        if self.target is None:
            return False
        if self.target.md5 is not None and self.target.md5 == self.source.md5:
            return True
        lineage = lineage_of(self.source.content)
        before = serial_of(self.source.content)
        return (
            lineage == lineage_of(self.target.content) != ""
            and before is not None
            and self.serial is not None
            and self.serial >= before
        )

    @property
    def written_since(self) -> bool:
        """Tell whether the state was written at its new place after it was moved."""
        if self.source is None:
            return True
        before = serial_of(self.source.content)
        return before is not None and self.serial is not None and self.serial > before


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOutlook:
    """What forgetting would remove."""

    bucket: str
    states: tuple[StateToForget, ...]


def standing_of_move(
    source: ReadState, target: ReadState | None, *, tombstoned: bool
) -> MoveStanding | None:
    """Return how far a move is; None when the target holds something else and must not be touched.

    An object of 0 bytes is no state to the engines. `tombstoned`: the source bears the tombstone of this very move.
    """
    if target is None or (isinstance(target.content, EmptyState) and source.md5 != target.md5):
        return MoveStanding.TO_COPY
    if target.md5 is not None and target.md5 == source.md5:
        return MoveStanding.COPIED
    serial, moved_serial = serial_of(target.content), serial_of(source.content)
    same_lineage = lineage_of(target.content) == lineage_of(source.content) != ""
    if not (tombstoned and same_lineage) or serial is None or moved_serial is None:
        return None
    return MoveStanding.IN_USE if serial > moved_serial else None


# What the locks say ---------------------------------------------------------------------------------


def tombstone_reason(target_path: str) -> str:
    """Return what engines print to whoever comes to the old place; `target_path` is `<bucket>/<key>`."""
    return f"{TOMBSTONE_START}{target_path}"


def moving_words(source_path: str) -> str:
    """Return what is going on at the new place while a state is moved there from `<bucket>/<key>`."""
    return f"being moved here from {source_path}"


def tombstone_of(lock: StoredLock | None) -> str | None:
    """Return the path that a tombstone names, None for every other lock and for no lock."""
    match lock:
        case StoredLock(content=LockInfo(operation=operation, info=info)) if (
            operation == MOVE_OPERATION and info.startswith(TOMBSTONE_START)
        ):
            return info.removeprefix(TOMBSTONE_START)
        case _:
            return None


# Keys -------------------------------------------------------------------------------------------


def workspace_start(prefix: str) -> str:
    """Return what the keys of workspaces begin with; an empty prefix, which is allowed, leaves no slash."""
    return f"{prefix}/" if prefix else ""


def key_of_workspace(found: str, *, prefix: str, key: str) -> str | None:
    """Return the workspace of a key `<prefix>/<workspace>/<key>`, None when it is not of that form."""
    start, end = workspace_start(prefix), f"/{key}"
    if not (found.startswith(start) and found.endswith(end)):
        return None
    workspace = found[len(start) : -len(end)]
    return workspace if workspace and "/" not in workspace else None


def key_problem(key: str) -> str | None:
    """Return why a key cannot be that of a state; None when it can."""
    if not key or key.startswith("/") or key.endswith("/"):
        return "it is empty, or begins or ends with `/`"
    if key.endswith(LOCK_OBJECT_SUFFIX):
        return f"it ends with `{LOCK_OBJECT_SUFFIX}`, as lock files do"
    if not key.isprintable():
        return "it has characters that cannot be printed"
    if len(key.encode()) > KEY_MAX_BYTES:
        return f"it is longer than {KEY_MAX_BYTES} bytes"
    return None


def total_bytes(states: Iterable[StateToMove]) -> int:
    """Return how much there is to copy."""
    return sum(each.source.size_bytes for each in states if each.standing is MoveStanding.TO_COPY)
