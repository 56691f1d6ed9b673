"""The keys that a move is about, and whether they still are those of its plan.

A workspace is made under its own lock alone, so none of a move keeps one from being made: they are listed again, as late
as it can be done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.state_writing import read_state
from holdfast.app.workspace_states import workspaces_there
from holdfast.aws.connections import Connections
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.lock_board import uses_of
from holdfast.core.state_moves import workspace_start
from holdfast.errors import WorkspacesChangedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWay:
    """One way of a plan, the place of its default workspace's state, and the old keys that were planned."""

    switch: BackendSwitch
    default: StatePlace
    keys: frozenset[str]


def listed_way(
    switch: BackendSwitch, planned: Iterable[StatePlace], *, customer_key: bytes | None = None
) -> ListedWay:
    """Return a way with the old places that were planned; a place that is vacant is one of them."""
    return ListedWay(
        switch=switch,
        default=place_of(switch.source, switch.source_key, customer_key=customer_key),
        keys=frozenset(each.key for each in planned),
    )


def keys_to_move(switch: BackendSwitch, connections: Connections) -> tuple[tuple[str, str], ...]:
    """Return the keys of every workspace, the old one and the new one, the default workspace first.

    That of the default workspace is among them whether it has a state or not. Raises `StateUnreadError`.
    """
    uses = [
        each.use for each in (*switch.moving, *switch.arrived) if each.certain and each.use
    ] or list(uses_of(switch.source, switch.source_key))
    prefixes = dict.fromkeys(each.workspace_prefix for each in uses)
    taken = {
        each.use.key
        for each in switch.settings
        if each.use is not None and each.bucket == switch.source.bucket
    }
    pairs: dict[tuple[str, str], None] = {(switch.source_key, switch.target_key): None}
    place = place_of(replace(switch.source, uses=()), switch.source_key)
    for prefix in prefixes or {WORKSPACE_PREFIX_DEFAULT: None}:
        start = workspace_start(prefix)
        for name in workspaces_there(
            place.bucket, switch.source_key, prefix, connections=connections
        ):
            key = f"{start}{name}/{switch.source_key}"
            if key not in taken:  # the literal key of another root, which is no workspace
                pairs[key, f"{start}{name}/{switch.target_key}"] = None
    return tuple(pairs)


def refuse_other_keys(way: ListedWay, connections: Connections, *, world: str) -> None:
    """Raise `WorkspacesChangedError` unless the states at the old place are those of the plan."""
    listed = {key for key, _ in keys_to_move(way.switch, connections)}
    default = way.default
    # A state that was planned is locked, and read when it is copied; so is a place that was planned as vacant.
    if default.key not in way.keys and read_state(default, connections) is None:
        listed.discard(default.key)
    differing = sorted(listed ^ way.keys)
    if differing:
        raise WorkspacesChangedError(differing, world=world)
