"""Plan the next stage on the way from one way of locking to another: files, states and digests. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.locking_declaration import DeclaredSwitch, declared_switch, table_known_for
from holdfast.app.locking_groups import GroupDraft, PlannedGroup
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend, Locking
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.fleet import Fleet
from holdfast.core.locking_plans import (
    LockingFile,
    LockingGroup,
    LockingPlan,
    LockingStage,
    file_of_edit,
)
from holdfast.core.locking_stages import next_stage
from holdfast.core.locking_switch import LockingSwitch, together
from holdfast.core.settings import Setting, settings_of
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
class PlannedLocking:
    """The next stage of every backend, with what it takes to do it; nothing at all when every root is at the goal."""

    plan: LockingPlan
    switches: tuple[LockingSwitch, ...]
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
        _switch(_whole(backend, code, request, settings)) for backend in code.backends_chosen
    )
    return tuple(each for each in switches if each is not None)


def _whole(
    backend: Backend, code: Fleet, request: LockingRequest, settings: tuple[Setting, ...]
) -> LockingSwitch:
    """Return the whole way of a backend, as if it were one stage."""
    return LockingSwitch(
        backend=backend,
        stage=request.goal,
        goal=request.goal,
        table=table_known(backend, code, request),
        settings=settings,
        backends=code.backends,
    )


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
    behind = _declarations_behind(code, request)
    switches = () if behind else switches_of(code, request)
    following = {each.backend.name: (each.stage, each.table) for each in switches}
    declared = declared_switch(code, request.directory, behind or following)
    refused: list[tuple[SourceSpan, str]] = [declared.refused] if declared.refused else []
    stages: list[LockingStage] = []
    planned: list[PlannedGroup] = []
    for switch in switches:
        switched, obstacles = switch.placed()
        refused += [(each.span, each.words) for each in obstacles]
        drafts = [GroupDraft(switch=switch, members=members) for members in together(switched)]
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
            declaration=_declaration_file(declared, behind or following),
        ),
        switches=switches,
        groups=tuple(planned),
        declaration=declared.edit,
        roots=roots_of(stages),
        directory=request.directory,
    )


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


def _declarations_behind(
    code: Fleet, request: LockingRequest
) -> dict[str, tuple[Locking, str | None]]:
    """Return the declared backends whose roots all lock in one other way, each with that.

    A run that was killed before it wrote the declaration leaves them so. They come before everything else: files that are
    generated from such a declaration would lead the roots back.
    """
    declaration = code.declaration
    if declaration is None:
        return {}
    declared = {each.name: each.locking for each in declaration.backends}
    settings = tuple(settings_of(code.repository))
    found: dict[str, tuple[Locking, str | None]] = {}
    for backend in code.backends_chosen:
        modes = {each.locking for each in _whole(backend, code, request, settings).of_backend}
        if len(modes) != 1 or backend.name not in declared:
            continue
        (mode,) = modes
        if declared[backend.name] not in {mode, request.goal} or mode is request.goal:
            found[backend.name] = (mode, table_known(backend, code, request))
    return {name: wish for name, wish in found.items() if declared[name] is not wish[0]}


def _declaration_file(
    declared: DeclaredSwitch, wanted: Mapping[str, tuple[Locking, str | None]]
) -> LockingFile | None:
    if declared.edit is None:
        return None
    words = tuple(f"{name}: locking becomes {mode}" for name, (mode, _) in wanted.items())
    return file_of_edit(declared.edit, words)


def roots_of(stages: Iterable[LockingStage]) -> tuple[RootToInitialise, ...]:
    """Return the roots of stages, which have to be initialised afterwards."""
    return roots_of_groups(group for stage in stages for group in stage.groups)


def roots_of_groups(groups: Iterable[LockingGroup]) -> tuple[RootToInitialise, ...]:
    """Return the roots of groups, each in each of its configurations."""
    return tuple(
        dict.fromkeys(
            RootToInitialise(path=root.path, partial_file=root.partial_file)
            for group in groups
            for root in group.roots
        )
    )
