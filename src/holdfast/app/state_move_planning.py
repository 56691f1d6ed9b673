"""Plan the move of a state: what is there, what is at the new place, and which code has to change. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.state_move_code import plan_edits
from holdfast.app.state_move_listing import ListedWay, listed_way
from holdfast.app.state_move_reading import PlannedState, VacantState, states_to_move
from holdfast.app.state_move_traces import is_begun
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.state_writing import read_state
from holdfast.aws.connections import Connections
from holdfast.core.backend_switch import BackendSwitch, SettingsByState, settings_by_state
from holdfast.core.backends import Backend
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.halfway import Halfway, counted_back, halfway_of, settings_of_two_files
from holdfast.core.lock_board import uses_of
from holdfast.core.repository import Repository
from holdfast.core.settings import Setting, settings_of
from holdfast.core.state_moves import MoveOutlook, RootToInitialise, StateToMove, key_problem
from holdfast.core.state_naming import StateName
from holdfast.errors import MoveSourceEmptyError, MoveTargetInvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePlan:
    """What a move would do, with what it takes to do it."""

    states: tuple[PlannedState, ...]
    listed: tuple[ListedWay, ...]
    edits: tuple[CodeFileEdit, ...]
    roots: tuple[RootToInitialise, ...]
    directory: Path
    vacant: tuple[VacantState, ...] = ()

    @property
    def ways(self) -> tuple[tuple[StatePlace, StatePlace], ...]:
        """Return the old and the new place of everything that is locked."""
        moved = [(each.source, each.target) for each in self.states]
        return (*moved, *((each.source, each.target) for each in self.vacant))

    @property
    def outlook(self) -> MoveOutlook:
        """Return what a person is shown of the move of one state."""
        first = self.states[0]
        return MoveOutlook(
            source_bucket=first.source.backend.bucket,
            target_bucket=first.target.backend.bucket,
            states=tuple(
                StateToMove(
                    source_key=each.source.key,
                    target_key=each.target.key,
                    source=each.before.read,
                    standing=each.standing,
                )
                for each in self.states
            ),
            edits=self.edits,
            roots=self.roots,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingFleet:
    """The code that names states which are moved, as it is before, and the cloud that they are in."""

    settings: tuple[Setting, ...]
    by_state: SettingsByState
    backends: tuple[Backend, ...]
    directory: Path
    connections: Connections
    customer_key: bytes | None

    def named(self, state: StateName) -> tuple[Setting, ...]:
        """Return the settings that name a state."""
        return self.by_state.get((state.backend.name, state.key), ())

    def switch(
        self, source: StateName, target: StateName, *, along: Sequence[Setting] = ()
    ) -> BackendSwitch:
        """Return the way of one state. `along` are settings that move at the same time."""
        return BackendSwitch(
            source=source.backend,
            target=target.backend,
            source_key=source.key,
            target_key=target.key,
            settings=self.settings,
            by_state=self.by_state,
            along=tuple(along),
        )


def moving_fleet(
    repository: Repository,
    backends: Sequence[Backend],
    *,
    directory: Path,
    connections: Connections,
    customer_key: bytes | None = None,
) -> MovingFleet:
    """Return the fleet of a repository; `directory` is where its code is."""
    settings = tuple(settings_of(repository))
    return MovingFleet(
        settings=settings,
        by_state=settings_by_state(settings, backends),
        backends=tuple(backends),
        directory=directory,
        connections=connections,
        customer_key=customer_key,
    )


def with_halfway(fleet: MovingFleet, ways: Iterable[tuple[StateName, StateName]]) -> MovingFleet:
    """Return a fleet in which a root that a stopped run of these moves has left between two files names the old place.

    It is one when the old place says that its state went to the new one, no code names that, and there is no state where
    the code points. Raises `StateUnreadError` and the errors of locks that cannot be read.
    """
    mixed = settings_of_two_files(fleet.settings)
    for source, target in ways:
        switch = fleet.switch(source, target)
        found = [each for each in halfway_of(switch, mixed) if not _has_state(each, switch, fleet)]
        if not found:
            continue
        settings = [setting for each in found for setting in each.settings]
        counted = replace(fleet, by_state=counted_back(fleet.by_state, switch, settings))
        if is_begun(
            counted.switch(source, target), fleet.connections, customer_key=fleet.customer_key
        ):
            fleet = counted
    return fleet


def _has_state(halfway: Halfway, switch: BackendSwitch, fleet: MovingFleet) -> bool:
    backend = switch.source if halfway.bucket == switch.source.bucket else switch.target
    place = place_of(backend, halfway.key, customer_key=fleet.customer_key)
    return read_state(place, fleet.connections) is not None


def target_named(
    name: str, source: StateName, backends: Sequence[Backend], *, may_be_source: bool = False
) -> StateName:
    """Return the place that is meant by TO; raise `MoveTargetInvalidError`, also for the source unless it may be that."""
    text = name.removeprefix("s3://")
    fitting = [each for each in backends if text.startswith(f"{each.bucket}/")]
    if len(fitting) > 1:
        fitting = [each for each in fitting if each.name == source.backend.name] or fitting
    if len(fitting) > 1:
        raise MoveTargetInvalidError(
            name, "several backends have this bucket", hint="choose one with `--backend NAME`"
        )
    if not fitting and name.startswith("s3://"):
        raise MoveTargetInvalidError(
            name,
            "no backend of the fleet has this bucket",
            hint="declare it in `holdfast.yaml`: `holdfast explain move-target-invalid`",
        )
    backend = fitting[0] if fitting else source.backend
    key = text.removeprefix(f"{backend.bucket}/") if fitting else text
    problem = key_problem(key)
    is_source = (backend.name, key) == (source.backend.name, source.key)
    if problem is None and is_source and not may_be_source:
        problem = "it is there"
    if problem is not None:
        raise MoveTargetInvalidError(name, problem)
    return StateName(backend=backend, key=key)


def plan_move(source: StateName, target: StateName, fleet: MovingFleet) -> MovePlan:
    """Read both places and the code; nothing is changed.

    Raises `MoveTargetInvalidError`, `MoveSourceEmptyError`, `TargetNotEmptyError`, `StateUnreadError`,
    `CodeRefusedError` and the errors of locks that cannot be read.
    """
    _refuse_workspace(source)
    fleet = with_halfway(fleet, [(source, target)])
    switch = fleet.switch(source, target)
    edits = plan_edits([switch], fleet.directory)
    states = states_to_move(switch, fleet.connections, customer_key=fleet.customer_key)
    if not states:
        raise MoveSourceEmptyError(source.key)
    sources = [each.source for each in states]
    return MovePlan(
        states=states,
        listed=(listed_way(switch, sources, customer_key=fleet.customer_key),),
        edits=edits,
        roots=roots_of([switch]),
        directory=fleet.directory,
    )


def roots_of(switches: Iterable[BackendSwitch]) -> tuple[RootToInitialise, ...]:
    """Return the roots whose code names a new place afterwards, each once."""
    return tuple(
        dict.fromkeys(
            RootToInitialise(path=each.root.path, partial_file=each.configuration.label)
            for switch in switches
            for each in (*switch.moving, *switch.arrived)
            if each.certain
        )
    )


def _refuse_workspace(source: StateName) -> None:
    uses = uses_of(source.backend, source.key)
    if uses and all(each.key != source.key for each in uses):
        raise MoveTargetInvalidError(
            source.key,
            f"it is a workspace of `{uses[0].key}`, and moves with it",
            hint=f"move `{uses[0].key}`",
        )
