"""What an earlier run of a move has left at the old places: tombstones, and states that it knew nothing of."""

from __future__ import annotations

from holdfast.app.state_move_listing import keys_to_move
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.working_locks import locks_seen, stores_of
from holdfast.aws.connections import Connections
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.lock_info import lock_path
from holdfast.core.state_moves import tombstone_of


def tombstones_at(place: StatePlace, connections: Connections) -> frozenset[str]:
    """Return every path that a lock of a place names as the one where its state went."""
    locks = locks_seen(place, stores_of(place, connections))
    return frozenset(path for _, lock in locks if (path := tombstone_of(lock)) is not None)


def is_begun(
    switch: BackendSwitch, connections: Connections, *, customer_key: bytes | None = None
) -> bool:
    """Tell whether the old place says that its state went to the new one."""
    place = place_of(switch.source, switch.source_key, customer_key=customer_key)
    target = lock_path(switch.target.bucket, switch.target_key)
    return target in tombstones_at(place, connections)


def has_left_behind(
    switch: BackendSwitch, connections: Connections, *, customer_key: bytes | None = None
) -> bool:
    """Tell whether a workspace has a state at the old place that bears no tombstone: it was made after the move."""
    keys = (key for key, _ in keys_to_move(switch, connections) if key != switch.source_key)
    places = (place_of(switch.source, key, customer_key=customer_key) for key in keys)
    return any(not tombstones_at(place, connections) for place in places)
