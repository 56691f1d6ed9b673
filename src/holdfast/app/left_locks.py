"""Find the locks that killed runs of an operation have left anywhere in a fleet, and remove them."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.app.lock_listing import list_locks
from holdfast.app.state_places import place_of
from holdfast.app.working_locks import Worker, remove_left, stores_of
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.lock_info import lock_path
from holdfast.core.lock_marks import Onlooker
from holdfast.core.working_locks import process_of_work


def remove_left_locks(
    backends: Sequence[Backend],
    *,
    operation: str,
    connections: Connections,
    worker: Worker,
    onlooker: Onlooker,
    customer_key: bytes | None = None,
) -> tuple[str, ...]:
    """Remove the locks of an operation whose processes on this machine have ended; return the paths of their states.

    A run that was killed when its work was done leaves a lock that no later run would meet. What could not be read is
    left alone: whoever wants that lock is refused and told why.
    """
    by_name = {each.name: each for each in backends}
    board = list_locks(
        backends, connections=connections, onlooker=onlooker, customer_key=customer_key
    )
    removed: list[str] = []
    for row in board.rows:
        left = [
            process_of_work(
                side.lock,
                operation=operation,
                work=None,
                who=worker.identity.who,
                machine=worker.machine,
            )
            for side in row.locks.held
        ]
        if not any(process is not None for process in left):
            continue
        place = place_of(by_name[row.locks.backend], row.locks.key, customer_key=customer_key)
        stores = stores_of(place, connections)
        if remove_left(place, stores, operation=operation, work=None, worker=worker):
            removed.append(lock_path(row.locks.bucket, row.locks.key))
    return tuple(removed)
