"""Find the one state that a person means, and look at its locks in every store.

A state is named by its key, by `<bucket>/<key>` (the `Path` that engines print), by the directory of its root, or by a
pattern that fits exactly one. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from holdfast.app.lock_listing import sharing
from holdfast.app.lock_stores import item_store, object_store, settings_for, tables_for
from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import (
    Board,
    LockSide,
    StateLocks,
    modes_of,
    uses_of,
    workspace_of,
)
from holdfast.core.lock_marks import Onlooker, marks_of
from holdfast.core.lock_view import LockPlace, StateView
from holdfast.core.locks import LockKind, LockStore
from holdfast.core.state_naming import (
    StateName,
    by_key,
    by_root,
    fits,
    is_pattern,
    nearest_names,
    only_one,
    path_of,
    state_text,
    states_named,
)
from holdfast.core.table_spellings import tables_beside
from holdfast.errors import StateUnknownError

# What DynamoDB says of a table that is not there; `errors.detail_of` puts the service's code first.
TABLE_MISSING_CODE = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """The locks of a state as they were seen, and the store of each side."""

    view: StateView
    stores: tuple[LockStore, ...]


def state_named(name: str, backends: Sequence[Backend], *, board: Callable[[], Board]) -> StateName:
    """Return the one state that is meant; `board` lists the fleet, and is called for what the code does not know.

    Raises `StateUnknownError` with the nearest names, and `StateAmbiguousError` with all that it fits.
    """
    text = state_text(name)
    exact = [*by_key(text, backends), *by_root(text, backends)]
    if exact:
        return only_one(name, exact)
    listed = board()
    known = _known_states(backends, listed)
    if is_pattern(text):
        fitting = [each for each in known if fits(text, each)]
    else:
        fitting = [each for each in known if text in {each.key, path_of(each)}]
    if fitting:
        return only_one(name, fitting)
    raise _unknown_state(name, backends, listed)


def _unknown_state(name: str, backends: Sequence[Backend], board: Board) -> StateUnknownError:
    """Return the error of a name that nothing has; it is so only as far as could be read."""
    keys = [each.key for each in _known_states(backends, board)]
    keys += [use.root_path for each in backends for use in each.uses]
    unread = [f"{each.place}: {each.withheld}" for each in board.stores if each.withheld]
    return StateUnknownError(name, nearest_names(state_text(name), keys), unread=unread)


def states_to_release(
    name: str, backends: Sequence[Backend], *, board: Callable[[], Board]
) -> tuple[StateName, ...]:
    """Return every state that is meant, as `states_named`; `board` is called for what the code does not know.

    Raises `StateUnknownError`, which says what could not be read, and `StateAmbiguousError`.
    """
    try:
        return states_named(name, backends)
    except StateUnknownError:
        if not is_pattern(name):
            return (state_named(name, backends, board=board),)
        listed = board()
        known = _known_states(backends, listed)
        fitting = tuple(each for each in known if fits(state_text(name), each))
        if not fitting:
            raise _unknown_state(name, backends, listed) from None
        return fitting


def _known_states(backends: Sequence[Backend], board: Board) -> tuple[StateName, ...]:
    """Return every state that the code uses, and every other one that has a lock."""
    found: dict[tuple[str, str], StateName] = {}
    for backend in backends:
        locked = (row.locks.key for row in board.rows if row.locks.backend == backend.name)
        for key in (*backend.keys, *locked):
            found.setdefault((backend.name, key), StateName(backend=backend, key=key))
    return tuple(found.values())


# Looking ----------------------------------------------------------------------------------------


def look_at(
    state: StateName,
    backends: Sequence[Backend],
    *,
    connections: Connections,
    onlooker: Onlooker,
    customer_key: bytes | None = None,
) -> LookedAt:
    """Read the locks of one state in every store, strongly consistent.

    Tables that only other backends name are looked at too, and count only where they hold a lock of this state.
    Raises `CustomerKeyError`.
    """
    backend, key = state.backend, state.key
    settings = settings_for(backend, key, customer_key=customer_key)
    own = tables_for(backend, key)
    stores: list[LockStore] = [object_store(backend, connections, settings)]
    stores += [item_store(backend, table, connections) for table in own]
    sides = [LockSide(kind=each.kind, place=each.place, seen=each.read(key)) for each in stores]
    places = [_place(backend, key, table) for table in (None, *own)]
    for table in _tables_beside(backend, own, backends):
        store = item_store(backend, table, connections)
        seen = store.read(key)
        if isinstance(seen, Known) and seen.value is not None:
            stores.append(store)
            sides.append(LockSide(kind=store.kind, place=store.place, seen=seen))
            places.append(_place(backend, key, table))
    locks = StateLocks(
        backend=backend.name,
        bucket=backend.bucket,
        key=key,
        workspace=workspace_of(backend, key),
        modes=modes_of(backend, key),
        sides=tuple(_judged(side) for side in sides),
    )
    roots = tuple(dict.fromkeys(use.root_path for use in uses_of(backend, key)))
    view = StateView(
        locks=locks, places=tuple(places), marks=marks_of(locks, onlooker), roots=roots
    )
    return LookedAt(view=view, stores=tuple(stores))


def _judged(side: LockSide) -> LockSide:
    """Return a table that is not there as one without a lock; what may not be read stays unknown."""
    match side.seen:
        case Withheld(detail=detail) if (
            side.kind is LockKind.ITEM and detail.partition(":")[0] == TABLE_MISSING_CODE
        ):
            return replace(side, seen=Known(None), missing=True)
        case _:
            return side


def _tables_beside(
    backend: Backend, own: Sequence[str], backends: Sequence[Backend]
) -> tuple[str, ...]:
    """Return the tables that the code names in the same region with the same credentials, and this state does not."""
    address = TableAddress(access=backend.access, region=backend.region, table="")
    near = sharing(address, backends)
    return tables_beside(own, (table for each in near for table in each.tables), backend)


def _place(backend: Backend, key: str, table: str | None) -> LockPlace:
    return LockPlace(
        kind=LockKind.OBJECT if table is None else LockKind.ITEM,
        bucket=backend.bucket,
        key=key,
        table=table,
        region=backend.region,
        access=backend.access,
        account=backend.account,
    )
