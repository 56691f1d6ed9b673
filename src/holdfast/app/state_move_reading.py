"""What a move finds at both places: every state of a key with its workspaces, and what must not be touched. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from holdfast.app.state_move_listing import keys_to_move
from holdfast.app.state_move_locks import path_of_place
from holdfast.app.state_move_traces import is_begun
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.state_writing import read_state
from holdfast.app.working_locks import locks_seen, stores_of
from holdfast.app.workspace_states import workspaces_there
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Backend
from holdfast.core.halfway import halfway_moving
from holdfast.core.lock_board import uses_of
from holdfast.core.state_content import content_words
from holdfast.core.state_moves import (
    MoveStanding,
    standing_of_move,
    tombstone_of,
    workspace_start,
)
from holdfast.errors import MoveTargetInvalidError, TargetNotEmptyError


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedState:
    """One state of a move with both its places, and what was read at each.

    `tombstoned`: the old place says already that it went to the new one.
    """

    source: StatePlace
    target: StatePlace
    before: StateObject
    there: StateObject | None
    standing: MoveStanding
    tombstoned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VacantState:
    """A state that the code names and that there is not yet, at either place: its code moves, and the old place is locked.

    `begun`: an earlier run was stopped between two files of the code. `in_use`: since then, code that names the new place
    has made the state there.
    """

    source: StatePlace
    target: StatePlace
    begun: bool
    in_use: bool


def states_to_move(
    switch: BackendSwitch, connections: Connections, *, customer_key: bytes | None = None
) -> tuple[PlannedState, ...]:
    """Read the state of every workspace at both places, the default one first; none where there is none to move.

    Raises `MoveTargetInvalidError`, `TargetNotEmptyError`, `StateUnreadError` and the errors of locks that cannot be read.
    """
    after = _target_after(switch)
    states = tuple(
        planned
        for source_key, target_key in keys_to_move(switch, connections)
        if (
            planned := _planned(
                place_of(switch.source, source_key, customer_key=customer_key),
                place_of(after, target_key, customer_key=customer_key),
                connections,
            )
        )
        is not None
    )
    begun = any(each.tombstoned for each in states) or _is_switched_in_part(
        switch, connections, customer_key
    )
    if not begun:
        _refuse_strangers(switch, states, connections)
    return states


def vacant_state(
    switch: BackendSwitch, connections: Connections, *, customer_key: bytes | None = None
) -> VacantState:
    """Return both places of a state that there is not; raise `TargetNotEmptyError` when the new one holds something.

    What it holds is the state itself when an earlier run has let some of the code name the new place.
    """
    source = place_of(switch.source, switch.source_key, customer_key=customer_key)
    target = place_of(_target_after(switch), switch.target_key, customer_key=customer_key)
    there = read_state(target, connections)
    begun = _is_switched_in_part(switch, connections, customer_key)
    if there is not None and not begun:
        held = [("it holds", content_words(there.read.content)), ("to be moved", "no state yet")]
        raise TargetNotEmptyError(path_of_place(target), held)
    return VacantState(source=source, target=target, begun=begun, in_use=there is not None)


def _is_switched_in_part(
    switch: BackendSwitch, connections: Connections, customer_key: bytes | None
) -> bool:
    """Tell whether code names the new place because an earlier run was stopped: the tombstone of the old one says so."""
    arrived = any(each.certain for each in switch.arrived)
    return arrived and is_begun(switch, connections, customer_key=customer_key)


def _refuse_strangers(
    switch: BackendSwitch, states: Sequence[PlannedState], connections: Connections
) -> None:
    """Refuse a new place that other code uses, or where a workspace is that would become one of the moved state."""
    arrived = [each for each in switch.arrived if each.certain]
    path = f"{switch.target.bucket}/{switch.target_key}"
    if arrived and switch.moving:
        raise MoveTargetInvalidError(path, f"`{arrived[0].root.path}` uses it")
    expected = {each.target.key for each in states}
    place = place_of(replace(switch.target, uses=()), switch.target_key)
    prefixes = {each.use.workspace_prefix for each in switch.moving if each.use is not None}
    for prefix in sorted(prefixes) or [WORKSPACE_PREFIX_DEFAULT]:
        names = workspaces_there(place.bucket, switch.target_key, prefix, connections=connections)
        found = [f"{workspace_start(prefix)}{name}/{switch.target_key}" for name in names]
        strange = [each for each in found if each not in expected]
        if strange:
            raise TargetNotEmptyError(path, [("workspace there", strange[0])])


def _target_after(switch: BackendSwitch) -> Backend:
    """Return the new backend as it is when the code names it: what is written there is what its roots can read."""
    moved = tuple(
        switch.use_after(use)
        for use in uses_of(switch.source, switch.source_key)
        if use.key == switch.source_key
    )
    staying = tuple(
        each for each in switch.target.uses if switch.is_elsewhere or each.key != switch.source_key
    )
    stopped = tuple(
        switch.use_after(each.use) for each in halfway_moving(switch) if each.use is not None
    )
    return replace(switch.target, uses=(*moved, *stopped, *staying))


def _planned(
    source: StatePlace, target: StatePlace, connections: Connections
) -> PlannedState | None:
    """Read one state at both places; None when there is none to move."""
    before = read_state(source, connections)
    if before is None:
        return None
    there = read_state(target, connections)
    seen = locks_seen(source, stores_of(source, connections))
    tombstoned = any(tombstone_of(lock) == path_of_place(target) for _, lock in seen)
    standing = standing_of_move(
        before.read, there.read if there is not None else None, tombstoned=tombstoned
    )
    if standing is None:
        words = content_words(there.read.content) if there is not None else "gone"
        raise TargetNotEmptyError(
            path_of_place(target),
            [("it holds", words), ("to be moved", content_words(before.read.content))],
        )
    return PlannedState(
        source=source,
        target=target,
        before=before,
        there=there,
        standing=standing,
        tombstoned=tombstoned,
    )
