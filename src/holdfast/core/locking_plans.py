"""The plan of one stage on the way from one way of locking to another, as it is shown, stored and compared. Pure.

A plan names files by what they hold before and after, never by their text: a backend file may hold credentials.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.core.backends import Locking
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.locking_stages import DigestWork

DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingFile:
    """One file that changes: its SHA-256 before and after, and in words what changes."""

    path: str
    before: str
    after: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingRoot:
    """One root, in one configuration, with the key of its state and how it is locked before the stage."""

    path: str
    partial_file: str
    key: str
    locking: Locking


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingGroup:
    """Roots that change together, because they share a file or a state; `states` are the keys of all workspaces."""

    roots: tuple[LockingRoot, ...]
    files: tuple[LockingFile, ...]
    states: tuple[str, ...]
    digests: DigestWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingStage:
    """What one backend's roots become: `locking`. `tables` are those in which its states have locks and digests."""

    backend: str
    bucket: str
    region: str | None
    account: str | None
    locking: Locking
    tables: tuple[str, ...]
    groups: tuple[LockingGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRetirement:
    """The last step, which a person does: the removal of a lock table that no root names any more.

    `creators` are the places in the code that create the table, which would make it again. `commands` are those of the AWS
    command line, the backup first.
    """

    backend: str
    table: str
    region: str | None
    creators: tuple[str, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingPlan:
    """The next stage of every chosen backend. `made_at` is UTC, RFC 3339.

    `declaration` changes last: nobody who generates files from it meanwhile weakens a lock. `retirements` are described
    and never done.
    """

    made_at: str
    holdfast_version: str
    goal: Locking
    stages: tuple[LockingStage, ...]
    declaration: LockingFile | None = None
    retirements: tuple[TableRetirement, ...] = ()

    @property
    def files(self) -> Mapping[str, LockingFile]:
        """Return every file that changes, by its path."""
        return {each.path: each for each in self._files()}

    @property
    def root_count(self) -> int:
        """Count the roots that change."""
        return len(
            {root.path for stage in self.stages for group in stage.groups for root in group.roots}
        )

    def _files(self) -> Iterator[LockingFile]:
        for stage in self.stages:
            for group in stage.groups:
                yield from group.files
        if self.declaration is not None:
            yield self.declaration


def file_of_edit(edit: CodeFileEdit, words: tuple[str, ...]) -> LockingFile:
    """Return a file of a plan for an edit."""
    return LockingFile(
        path=edit.path,
        before=content_digest(edit.before),
        after=content_digest(edit.after),
        words=words,
    )


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def differences(
    stored: LockingPlan, now: LockingPlan, contents: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return why a stored plan does not fit any more: each file with a reason; nothing when it does.

    `now` is what would be planned at this moment, `contents` the SHA-256 of the files of the stored plan as they are. A
    file that an earlier run of the plan has changed already fits.
    """
    found: list[tuple[str, str]] = []
    planned = stored.files
    for path, file in now.files.items():
        before = planned.get(path)
        if before is None:
            found.append((path, "would change, and is not in the plan"))
        elif (before.before, before.after) != (file.before, file.after):
            found.append((path, "was changed since the plan was made"))
    for path, before in planned.items():
        if path not in now.files and contents.get(path) != before.after:
            found.append((path, "was changed since the plan was made"))
    found += _stage_differences(stored, now)
    return tuple(found)


def _stage_differences(stored: LockingPlan, now: LockingPlan) -> Iterator[tuple[str, str]]:
    stages = {each.backend: each for each in stored.stages}
    for stage in now.stages:
        before = stages.get(stage.backend)
        if before is None:
            yield stage.backend, "is not in the plan"
        elif _place_of(before) != _place_of(stage):
            yield stage.backend, "is another backend now, or at another stage"
        else:
            yield from _group_differences(before, stage)


def _place_of(stage: LockingStage) -> tuple[object, ...]:
    return stage.locking, stage.bucket, stage.region, stage.account, stage.tables


def _group_differences(before: LockingStage, now: LockingStage) -> Iterator[tuple[str, str]]:
    """Compare the groups that are left; those that an earlier run has done are not there any more."""
    groups = {root: group for group in before.groups for root in group.roots}
    for group in now.groups:
        for root in group.roots:
            planned = groups.get(root)
            if planned is None:
                yield root.path, "is not in the plan, or locks in another way now"
            elif (set(planned.states), planned.digests) != (set(group.states), group.digests):
                yield root.path, "has other states now, or other digests"
