"""Find the one state that a person means, whether the code knows it or not. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.app.lock_lookup import state_named
from holdfast.app.state_places import place_of
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import state_versions
from holdfast.core.backends import Backend
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import Board
from holdfast.core.state_naming import StateName
from holdfast.errors import StateAmbiguousError, StateUnknownError, StateUnreadError

NO_LOCKS = Board(rows=(), stores=())


def state_for(
    name: str,
    backends: Sequence[Backend],
    *,
    connections: Connections,
    customer_key: bytes | None = None,
) -> StateName:
    """Return the state that is meant: by key, `<bucket>/<key>`, root or pattern, or any key that a bucket has.

    A deleted state is found too, as long as the bucket keeps a version. Raises `StateUnknownError`,
    `StateAmbiguousError` and `StateUnreadError`.
    """
    try:
        return state_named(name, backends, board=lambda: NO_LOCKS)
    except StateUnknownError:
        text = name.removeprefix("s3://")
        found: list[StateName] = []
        for backend in backends:
            key = text.removeprefix(f"{backend.bucket}/")
            place = place_of(backend, key, customer_key=customer_key)
            match state_versions(connections, place.object()):
                case Known(versions) if versions:
                    found.append(StateName(backend=backend, key=key))
                case Known(_):
                    continue
                case Withheld() as withheld:
                    raise StateUnreadError(key, what="versions", reason=str(withheld)) from None
        if not found:
            raise
        if len(found) > 1:
            raise StateAmbiguousError(
                name, [(each.backend.name, each.key) for each in found]
            ) from None
        return found[0]
