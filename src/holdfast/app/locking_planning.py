"""Plan the next stage on the way from one way of locking to another: files, states and digests. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.code_editing import edited_files
from holdfast.app.locking_declaration import DeclaredSwitch, declared_switch, table_known_for
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.workspace_states import workspace_keys
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend, Locking
from holdfast.core.code_edits import ArgumentValue, CodeFileEdit
from holdfast.core.fleet import Fleet
from holdfast.core.locking_plans import (
    LockingFile,
    LockingGroup,
    LockingPlan,
    LockingRoot,
    LockingStage,
    file_of_edit,
)
from holdfast.core.locking_stages import DigestWork, digest_work, next_stage
from holdfast.core.locking_switch import LockingSwitch, SwitchedSetting, together
from holdfast.core.placed_changes import PlacedChange
from holdfast.core.settings import settings_of
from holdfast.core.source import SourceSpan
from holdfast.core.state_moves import RootToInitialise
from holdfast.errors import CodeRefusedError

WHAT = "the code that says how states are locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingRequest:
    """What is wanted: how states are to be locked in the end, and the table of roots that name none."""

    goal: Locking
    directory: Path
    made_at: str
    holdfast_version: str
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """Roots that change together, with what it takes to change them. `places` are the states that are locked meanwhile."""

    group: LockingGroup
    edits: tuple[CodeFileEdit, ...]
    places: tuple[StatePlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLocking:
    """The next stage of every backend, with what it takes to do it."""

    plan: LockingPlan
    groups: tuple[PlannedGroup, ...]
    declaration: CodeFileEdit | None
    roots: tuple[RootToInitialise, ...]
    directory: Path

    @property
    def edits(self) -> tuple[CodeFileEdit, ...]:
        """Return every edit, the declaration's last."""
        edits = [edit for group in self.groups for edit in group.edits]
        return (*edits, *(() if self.declaration is None else (self.declaration,)))


def switches_of(code: Fleet, request: LockingRequest) -> tuple[LockingSwitch, ...]:
    """Return the next stage of every chosen backend that is not there yet; nothing is read."""
    settings = tuple(settings_of(code.repository))
    switches = (
        _switch(
            LockingSwitch(
                backend=backend,
                stage=request.goal,
                goal=request.goal,
                table=table_known(backend, code, request),
                settings=settings,
                backends=code.backends,
            )
        )
        for backend in code.backends_chosen
    )
    return tuple(each for each in switches if each is not None)


def table_known(backend: Backend, code: Fleet, request: LockingRequest) -> str | None:
    """Return the lock table that a backend's roots have, had or will have; None when nothing names one."""
    return table_known_for(backend, code, request.directory, named=request.table)


def _switch(whole: LockingSwitch) -> LockingSwitch | None:
    """Return the next stage on the whole way of one backend, None when it is at its end."""
    modes = [each.locking for each in whole.of_backend]
    stage = next_stage(modes, whole.goal, table_known=whole.table is not None)
    return replace(whole, stage=stage) if stage is not None else None


def plan_locking(
    code: Fleet,
    request: LockingRequest,
    *,
    connections: Connections,
    customer_key: bytes | None = None,
) -> PlannedLocking:
    """Read the code and the workspaces that there are, and return the next stage.

    Raises `CodeRefusedError` with everything that is in the way, `CustomerKeyError`, and `StateUnreadError` when
    workspaces cannot be listed.
    """
    switches = switches_of(code, request)
    declared = declared_switch(
        code,
        request.directory,
        {each.backend.name: (each.stage, each.table) for each in switches},
    )
    refused: list[tuple[SourceSpan, str]] = [declared.refused] if declared.refused else []
    stages: list[LockingStage] = []
    planned: list[PlannedGroup] = []
    for switch in switches:
        switched, obstacles = switch.placed()
        refused += [(each.span, each.words) for each in obstacles]
        drafts = [_Draft(switch=switch, members=members) for members in together(switched)]
        for draft in drafts:
            refused += draft.edit(request.directory, declared)
        if refused:
            continue
        groups = [draft.planned(connections, customer_key) for draft in drafts]
        stages.append(_stage(switch, groups))
        planned += groups
    if refused:
        raise CodeRefusedError(WHAT, [(str(span), words) for span, words in sorted(set(refused))])
    return PlannedLocking(
        plan=LockingPlan(
            made_at=request.made_at,
            holdfast_version=request.holdfast_version,
            goal=request.goal,
            stages=tuple(stages),
            declaration=_declaration_file(declared, switches),
        ),
        groups=tuple(planned),
        declaration=declared.edit,
        roots=_roots(group for each in stages for group in each.groups),
        directory=request.directory,
    )


@dataclass(slots=True, kw_only=True)
class _Draft:
    """One group while it is planned."""

    switch: LockingSwitch
    members: tuple[SwitchedSetting, ...]
    edits: tuple[CodeFileEdit, ...] = ()

    @property
    def changes(self) -> tuple[PlacedChange, ...]:
        return tuple(dict.fromkeys(change for each in self.members for change in each.changes))

    def edit(self, directory: Path, declared: DeclaredSwitch) -> tuple[tuple[SourceSpan, str], ...]:
        """Make the edits; return what is in the way."""
        self.edits, refused = edited_files(self.changes, directory, generated=declared.generated)
        return refused

    def planned(self, connections: Connections, customer_key: bytes | None) -> PlannedGroup:
        modes = [each.setting.locking for each in self.members]
        digests = digest_work(self.switch.stage, modes)
        backend = self._backend_meanwhile()
        places: tuple[StatePlace, ...] = ()
        if digests is not DigestWork.KEEP:
            places = tuple(
                place_of(backend, key, customer_key=customer_key)
                for key in self._states(connections)
            )
        group = LockingGroup(
            roots=tuple(
                LockingRoot(
                    path=each.setting.root.path,
                    partial_file=each.setting.configuration.label,
                    key=each.setting.use.key if each.setting.use is not None else "",
                    locking=each.setting.locking,
                )
                for each in self.members
            ),
            files=tuple(file_of_edit(edit, self._words(edit.path)) for edit in self.edits),
            states=tuple(each.key for each in places),
            digests=digests,
        )
        return PlannedGroup(group=group, edits=self.edits, places=places)

    def _words(self, path: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                f"{each.change.name} is taken out"
                if each.change.value is None
                else f"{each.change.name} becomes {_written(each.change.value)}"
                for each in self.changes
                if each.path == path
            )
        )

    def _backend_meanwhile(self) -> Backend:
        """Return the backend as whoever locks its states has to see it: with the tables of before and after."""
        switch = self.switch
        uses = []
        for each in self.members:
            use = switch.use_after(each.setting)
            if use is not None:
                uses.append(replace(use, table=use.table or each.setting.table))
        tables = dict.fromkeys(
            (*switch.backend.tables, *(use.table for use in uses if use.table is not None))
        )
        members = {(use.root_path, use.label) for use in uses}
        others = [
            each for each in switch.backend.uses if (each.root_path, each.label) not in members
        ]
        return replace(switch.backend, tables=tuple(tables), uses=(*uses, *others))

    def _states(self, connections: Connections) -> tuple[str, ...]:
        backend = self.switch.backend
        prefixes: dict[str, set[str]] = {}
        for each in self.members:
            use = each.setting.use
            if use is not None:
                prefixes.setdefault(use.key, set()).add(use.workspace_prefix)
        taken = {use.key for use in backend.uses}
        found: dict[str, None] = {}
        for key, of_key in prefixes.items():
            bucket = place_of(replace(backend, uses=()), key).bucket
            for state in workspace_keys(bucket, key, sorted(of_key), connections=connections):
                if state == key or state not in taken:
                    found[state] = None
        return tuple(found)


def _written(value: ArgumentValue) -> str:
    return "true" if value is True else f'"{value}"'


def _stage(switch: LockingSwitch, groups: Sequence[PlannedGroup]) -> LockingStage:
    backend = switch.backend
    tables = {table for each in groups for place in each.places for table in place.backend.tables}
    return LockingStage(
        backend=backend.name,
        bucket=backend.bucket,
        region=backend.region,
        account=backend.account,
        locking=switch.stage,
        tables=tuple(sorted(tables | set(backend.tables))),
        groups=tuple(each.group for each in groups),
    )


def _declaration_file(
    declared: DeclaredSwitch, switches: Sequence[LockingSwitch]
) -> LockingFile | None:
    if declared.edit is None:
        return None
    words = tuple(f"{each.backend.name}: locking becomes {each.stage}" for each in switches)
    return file_of_edit(declared.edit, words)


def _roots(groups: Iterable[LockingGroup]) -> tuple[RootToInitialise, ...]:
    return tuple(
        dict.fromkeys(
            RootToInitialise(path=root.path, partial_file=root.partial_file)
            for group in groups
            for root in group.roots
        )
    )
