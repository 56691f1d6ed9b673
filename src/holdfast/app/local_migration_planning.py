"""Plan the way of local states into a backend: what is there, and what is at the new place. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.local_migration_targets import LocalFile, LocalRoot
from holdfast.app.state_history import had_bytes
from holdfast.app.state_move_locks import path_of_place
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.state_writing import read_state
from holdfast.app.workspace_states import workspaces_there
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject
from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.local_migration import (
    LocalStateToMigrate,
    RootMigration,
    comparison_facts,
    key_of,
    may_continue,
)
from holdfast.core.state_content import EmptyState
from holdfast.core.state_moves import MoveStanding, key_problem, standing_of_move
from holdfast.errors import (
    LocalMigrationRefusedError,
    TargetNotEmptyError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One local state with the place that it goes to, and what was read at both."""

    file: LocalFile
    target: StatePlace
    there: StateObject | None
    standing: MoveStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPlan:
    """What the migration of one root would do, with what it takes to do it."""

    local: LocalRoot
    states: tuple[PlannedFile, ...]
    directory: Path

    @property
    def outlook(self) -> RootMigration:
        """Return what a person is shown."""
        return RootMigration(
            root=self.local.root.path,
            bucket=self.local.backend.bucket,
            states=tuple(
                LocalStateToMigrate(
                    path=each.file.shown,
                    workspace=each.file.workspace,
                    local=each.file.read,
                    target_key=each.target.key,
                    standing=each.standing,
                )
                for each in self.states
            ),
            edits=self.local.switch.edits,
            files=self.local.switch.files,
        )


def plan_roots(
    roots: Sequence[LocalRoot],
    *,
    directory: Path,
    connections: Connections,
    customer_key: bytes | None = None,
) -> tuple[RootPlan, ...]:
    """Read every new place; nothing is changed.

    Raises `TargetNotEmptyError`, `LocalMigrationRefusedError` and `StateUnreadError`.
    """
    return tuple(
        RootPlan(
            local=each,
            states=_states(each, connections, customer_key),
            directory=directory,
        )
        for each in roots
    )


def _states(
    local: LocalRoot, connections: Connections, customer_key: bytes | None
) -> tuple[PlannedFile, ...]:
    planned = tuple(_planned(each, local, connections, customer_key) for each in local.files)
    # Only a run before this one can have made a place what it is to be.
    if all(each.standing is MoveStanding.TO_COPY for each in planned):
        _refuse_strangers(local, planned, connections, customer_key)
    return planned


def _planned(
    file: LocalFile, local: LocalRoot, connections: Connections, customer_key: bytes | None
) -> PlannedFile:
    use = local.use
    key = key_of(file.workspace, prefix=use.workspace_prefix, key=use.key)
    problem = key_problem(key)
    if problem is not None:
        raise LocalMigrationRefusedError([(file.shown, f"its key would be `{key}`: {problem}")])
    target = place_of(local.backend, key, customer_key=customer_key)
    there = read_state(target, connections)
    found = there.read if there is not None else None
    continued = may_continue(file.read, found) and had_bytes(
        target, md5=file.read.md5 or "", size_bytes=file.read.size_bytes, connections=connections
    )
    standing = standing_of_move(file.read, found, tombstoned=continued)
    if standing is None:
        facts = comparison_facts(file.read, found) if found is not None else ()
        raise TargetNotEmptyError(path_of_place(target), facts)
    return PlannedFile(file=file, target=target, there=there, standing=standing)


def _refuse_strangers(
    local: LocalRoot,
    planned: Sequence[PlannedFile],
    connections: Connections,
    customer_key: bytes | None,
) -> None:
    """Refuse a key at which, or at a workspace of which, somebody else's state would become one of the root."""
    use, backend = local.use, local.backend
    place = place_of(replace(backend, uses=(use,)), use.key, customer_key=customer_key)
    expected = {each.target.key for each in planned}
    names = workspaces_there(place.bucket, use.key, use.workspace_prefix, connections=connections)
    keys = [key_of(name, prefix=use.workspace_prefix, key=use.key) for name in names]
    strange = [each for each in keys if each not in expected]
    if all(each.file.workspace != WORKSPACE_DEFAULT for each in planned):
        there = read_state(place, connections)
        if there is not None and not isinstance(there.read.content, EmptyState):
            strange.append(use.key)
    if strange:
        raise TargetNotEmptyError(
            path_of_place(place), [("there is", f"a state at `{each}`") for each in strange]
        )
