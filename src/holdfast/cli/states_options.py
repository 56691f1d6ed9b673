"""What the commands of `holdfast states` share: the state that is meant, and the locks that a change takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import identity

if TYPE_CHECKING:
    from holdfast.app.state_places import StatePlace
    from holdfast.aws.connections import Connections


def found_place(name: str, request: FleetRequest, *, connections: Connections) -> StatePlace:
    """Find the one state that is meant."""
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.state_lookup import state_for
    from holdfast.app.state_places import place_of

    customer_key = customer_key_in(os.environ)
    state = state_for(
        name,
        read_code(request).backends_chosen,
        connections=connections,
        customer_key=customer_key,
    )
    return place_of(state.backend, state.key, customer_key=customer_key)


@contextmanager
def locked(
    place: StatePlace, *, connections: Connections, operation: str, reason: str
) -> Iterator[None]:
    """Hold the locks of a state in every store: engines that are refused print the reason.

    What a killed run of the same command has left is removed first.
    """
    from holdfast.app.working_locks import Worker, working_lock

    lock = working_lock(
        place,
        operation=operation,
        work=reason,
        connections=connections,
        worker=Worker(identity=identity(), process=os.getpid()),
    )
    with lock.held():
        yield
