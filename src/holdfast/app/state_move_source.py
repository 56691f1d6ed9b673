"""Find the old place of a move that was stopped when its code named the new one already: the tombstones say it."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.app.lock_listing import list_locks
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.lock_info import lock_path
from holdfast.core.lock_marks import Onlooker
from holdfast.core.state_moves import tombstone_of
from holdfast.core.state_naming import StateName


def source_of_move(
    target: StateName,
    backends: Sequence[Backend],
    *,
    connections: Connections,
    onlooker: Onlooker,
    customer_key: bytes | None = None,
) -> StateName | None:
    """Return the one state whose lock says that it was moved to a place; None when none says so, or several do."""
    path = lock_path(target.backend.bucket, target.key)
    by_name = {each.name: each for each in backends}
    board = list_locks(
        backends, connections=connections, onlooker=onlooker, customer_key=customer_key
    )
    found = [
        StateName(backend=by_name[row.locks.backend], key=row.locks.key)
        for row in board.rows
        if any(tombstone_of(side.lock) == path for side in row.locks.held)
    ]
    return found[0] if len(found) == 1 else None
