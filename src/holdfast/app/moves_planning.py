"""Plan many moves as one: what becomes of every state, every mistake at once, and which have to be done together.

Nothing is written. States that change a file of the code in common are moved together, for a file is switched at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.state_move_code import plan_edits
from holdfast.app.state_move_listing import listed_way
from holdfast.app.state_move_planning import MovePlan, MovingFleet, roots_of, with_halfway
from holdfast.app.state_move_reading import (
    PlannedState,
    VacantState,
    states_to_move,
    vacant_state,
)
from holdfast.app.state_move_traces import has_left_behind, is_begun, tombstones_at
from holdfast.app.state_places import StatePlace, place_of
from holdfast.aws.connections import Connections
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.move_selection import (
    MoveWay,
    WayOutlook,
    WayStanding,
    colliding,
    together,
)
from holdfast.core.settings import Setting
from holdfast.core.state_moves import MoveStanding
from holdfast.core.state_naming import path_of
from holdfast.errors import (
    CodeRefusedError,
    HoldfastError,
    MovesRefusedError,
    TargetNotEmptyError,
)

WORKERS_MAX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveGroup:
    """Moves that are done at once."""

    ways: tuple[MoveWay, ...]
    plan: MovePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyMoves:
    """All moves in the order in which they are done, and what becomes of every state that was looked at.

    `fleet` is the one that was planned for, as its code was; `along` are the settings that move.
    """

    groups: tuple[MoveGroup, ...]
    outlook: tuple[WayOutlook, ...]
    fleet: MovingFleet
    along: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWay:
    """One way as it was read at both places: what there is to move, or why there is nothing."""

    way: MoveWay
    switch: BackendSwitch
    standing: WayStanding
    states: tuple[PlannedState, ...] = ()
    vacant: tuple[VacantState, ...] = ()

    @property
    def sources(self) -> tuple[StatePlace, ...]:
        """Return the old places that are locked."""
        return (*(each.source for each in self.states), *(each.source for each in self.vacant))


@dataclass(frozen=True, slots=True, kw_only=True)
class WayReader:
    """Reads one way after the other, side by side with others."""

    fleet: MovingFleet
    along: tuple[Setting, ...]
    orphans: bool

    def read(self, connections: Connections, way: MoveWay) -> ReadWay | HoldfastError:
        """Return what there is to move, or the mistake that is in the way."""
        del connections  # those of the fleet
        try:
            return self._read(way)
        except HoldfastError as error:
            return error

    def _read(self, way: MoveWay) -> ReadWay:
        switch = self.fleet.switch(way.source, way.target, along=self.along)
        kept = None if switch.moving else self._kept(way, switch)
        if kept is not None:
            return ReadWay(way=way, switch=switch, standing=kept)
        try:
            return read_way(way, switch, self.fleet)
        except TargetNotEmptyError:
            if switch.moving or not switch.arrived or self._is_begun(switch):
                raise
            # The code has gone on at the new place: what is here is left over, and in nobody's way.
            return ReadWay(way=way, switch=switch, standing=WayStanding.REPLACED)

    def _kept(self, way: MoveWay, switch: BackendSwitch) -> WayStanding | None:
        """Return why a state that no code names at the old place is left there; None when it is moved."""
        fleet = self.fleet
        source = place_of(way.source.backend, way.source.key, customer_key=fleet.customer_key)
        gone = tombstones_at(source, fleet.connections)
        if gone and path_of(way.target) not in gone:
            return WayStanding.ELSEWHERE
        # The code is switched last: when it names the new place, all the rest was done, but for a workspace made since.
        if gone and (switch.arrived or not self.orphans) and not self._has_left_behind(switch):
            return WayStanding.MOVED
        return None if switch.arrived or self.orphans else WayStanding.ORPHAN

    def _is_begun(self, switch: BackendSwitch) -> bool:
        return is_begun(switch, self.fleet.connections, customer_key=self.fleet.customer_key)

    def _has_left_behind(self, switch: BackendSwitch) -> bool:
        fleet = self.fleet
        return has_left_behind(switch, fleet.connections, customer_key=fleet.customer_key)


def read_way(way: MoveWay, switch: BackendSwitch, fleet: MovingFleet) -> ReadWay:
    """Read one way at both places; raises as `states_to_move`."""
    states = states_to_move(switch, fleet.connections, customer_key=fleet.customer_key)
    if states:
        begun = any(each.tombstoned or each.standing is not MoveStanding.TO_COPY for each in states)
        standing = WayStanding.BEGUN if begun else WayStanding.TO_MOVE
        return ReadWay(way=way, switch=switch, standing=standing, states=states)
    if not switch.moving:
        return ReadWay(way=way, switch=switch, standing=WayStanding.ORPHAN)
    vacant = vacant_state(switch, fleet.connections, customer_key=fleet.customer_key)
    standing = WayStanding.BEGUN if vacant.begun else WayStanding.NO_STATE
    return ReadWay(way=way, switch=switch, standing=standing, vacant=(vacant,))


def plan_moves(
    ways: Sequence[MoveWay],
    fleet: MovingFleet,
    *,
    orphans: bool,
    mistakes: Sequence[tuple[str, str]] = (),
    on_progress: Callable[[MoveWay], None] | None = None,
) -> ManyMoves:
    """Read everything that is to be moved; nothing is changed.

    `orphans`: states that no code uses are moved too. `mistakes` are those that are known already. `on_progress` is told
    each way that was read. Raises `MovesRefusedError` with every mistake.
    """
    begun = with_halfway(fleet, [(each.source, each.target) for each in ways])
    # A place that code names only because a run was stopped there is none of those that move.
    ways = [each for each in ways if begun.named(each.source) or not fleet.named(each.source)]
    fleet = begun
    along = tuple(setting for way in ways for setting in fleet.named(way.source))
    found: dict[tuple[str, str], None] = dict.fromkeys((*mistakes, *colliding(ways)))
    read: list[ReadWay] = []
    for way, outcome in _read_all(
        ways, WayReader(fleet=fleet, along=along, orphans=orphans), on_progress
    ):
        if isinstance(outcome, HoldfastError):
            found |= dict.fromkeys(mistakes_of(way.path, outcome))
            found |= dict.fromkeys(
                _code_mistakes(fleet.switch(way.source, way.target, along=along), fleet)
            )
        else:
            read.append(outcome)
    to_do = [each for each in read if each.standing.is_left_to_do]
    found |= dict.fromkeys(_overlapping(to_do))
    groups: list[MoveGroup] = []
    for numbers in together([_files(each.switch) for each in to_do]):
        members = [to_do[number] for number in numbers]
        try:
            groups.append(_group(members, fleet))
        except CodeRefusedError as error:
            found |= dict.fromkeys(error.facts)
    if found:
        raise MovesRefusedError(list(found), moves=len(to_do))
    outlook = tuple(
        WayOutlook(
            way=each.way,
            standing=each.standing,
            states=len(each.states),
            size_bytes=sum(state.before.read.size_bytes for state in each.states),
            files=_files(each.switch) if each.standing.is_left_to_do else (),
        )
        for each in read
    )
    return ManyMoves(groups=tuple(groups), outlook=outlook, fleet=fleet, along=along)


def planned_again(group: MoveGroup, moves: ManyMoves) -> MovePlan:
    """Read a group anew when its turn has come: what was written since it was shown moves along.

    Raises what stands in the way now.
    """
    fleet = moves.fleet
    members = [
        read_way(way, fleet.switch(way.source, way.target, along=moves.along), fleet)
        for way in group.ways
    ]
    return _group(members, fleet).plan


def mistakes_of(path: str, error: HoldfastError) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one move as it is listed among others."""
    if isinstance(error, CodeRefusedError):
        yield from error.facts
        return
    facts = "; ".join(f"{label}: {words}" for label, words in error.facts)
    yield path, f"{error.headline} ({facts})" if facts else error.headline


def _group(members: Sequence[ReadWay], fleet: MovingFleet) -> MoveGroup:
    switches = [each.switch for each in members]
    edits: tuple[CodeFileEdit, ...] = plan_edits(switches, fleet.directory)
    return MoveGroup(
        ways=tuple(each.way for each in members),
        plan=MovePlan(
            states=tuple(state for each in members for state in each.states),
            vacant=tuple(vacant for each in members for vacant in each.vacant),
            listed=tuple(
                listed_way(each.switch, each.sources, customer_key=fleet.customer_key)
                for each in members
            ),
            edits=edits,
            roots=roots_of(switches),
            directory=fleet.directory,
        ),
    )


def _code_mistakes(switch: BackendSwitch, fleet: MovingFleet) -> tuple[tuple[str, str], ...]:
    try:
        plan_edits([switch], fleet.directory)
    except CodeRefusedError as error:
        return error.facts
    return ()


def _files(switch: BackendSwitch) -> tuple[str, ...]:
    changes, _ = switch.placed()
    return tuple(dict.fromkeys(each.path for each in changes))


def _overlapping(ways: Sequence[ReadWay]) -> Iterator[tuple[str, str]]:
    """Yield states of different ways, workspaces among them, that would be moved to one place."""
    first: dict[tuple[str, str], ReadWay] = {}
    for way in ways:
        for state in way.states:
            target = (state.target.backend.name, state.target.key)
            other = first.setdefault(target, way)
            if other is not way:
                place = f"{state.target.backend.bucket}/{state.target.key}"
                for each in (other, way):
                    yield each.way.path, f"several states would be moved to `{place}`"


def _read_all(
    ways: Sequence[MoveWay], reader: WayReader, on_progress: Callable[[MoveWay], None] | None
) -> list[tuple[MoveWay, ReadWay | HoldfastError]]:
    """Read all ways side by side; return what was read in the order of the ways."""
    outcomes: dict[int, ReadWay | HoldfastError] = {}
    with Questions(reader.fleet.connections, workers_max=WORKERS_MAX) as questions:
        for number, way in enumerate(ways):

            def receive(
                answer: Answer[ReadWay | HoldfastError], number: int = number, way: MoveWay = way
            ) -> None:
                outcomes[number] = answer.value
                if on_progress is not None:
                    on_progress(way)

            questions.ask_unshared(reader.read, way, receive)
        questions.run()
    return [(way, outcomes[number]) for number, way in enumerate(ways)]
