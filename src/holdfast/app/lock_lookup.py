"""Find the one state that a person means, and look at its locks in every store.

A state is named by its key, by `<bucket>/<key>` (the `Path` that engines print), by the directory of its root, or by a
pattern that fits exactly one. Nothing is written.
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from holdfast.app.lock_listing import sharing
from holdfast.app.lock_stores import item_store, object_store, settings_for, tables_for
from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend, Locking
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import (
    Board,
    LockSide,
    StateLocks,
    modes_of,
    uses_of,
    workspace_of,
)
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.lock_marks import Onlooker, marks_of
from holdfast.core.lock_view import LockPlace, StateView
from holdfast.core.locks import LockKind, LockStore
from holdfast.errors import StateAmbiguousError, StateUnknownError

PATTERN_CHARACTERS = "*?["
NEAREST_MAX = 3
NEAREST_CUTOFF = 0.4
# What DynamoDB says of a table that is not there; `errors.detail_of` puts the service's code first.
TABLE_MISSING_CODE = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateName:
    """One state: its backend and its key."""

    backend: Backend
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """The locks of a state as they were seen, and the store of each side."""

    view: StateView
    stores: tuple[LockStore, ...]


def state_named(name: str, backends: Sequence[Backend], *, board: Callable[[], Board]) -> StateName:
    """Return the one state that is meant; `board` lists the fleet, and is called for what the code does not know.

    Raises `StateUnknownError` with the nearest names, and `StateAmbiguousError` with all that it fits.
    """
    text = name.removeprefix("s3://").removesuffix(LOCK_OBJECT_SUFFIX)
    exact = [*_by_key(text, backends), *_by_root(text, backends)]
    if exact:
        return _only(name, exact)
    listed = board()
    known = _known_states(backends, listed)
    if _is_pattern(text):
        fitting = [each for each in known if _fits(text, each)]
    else:
        fitting = [each for each in known if text in {each.key, _path(each)}]
    if fitting:
        return _only(name, fitting)
    keys = [each.key for each in known] + [use.root_path for each in backends for use in each.uses]
    nearest = _nearest(text, keys)
    unread = [f"{each.place}: {each.withheld}" for each in listed.stores if each.withheld]
    raise StateUnknownError(name, nearest, unread=unread)


def states_named(name: str, backends: Sequence[Backend]) -> tuple[StateName, ...]:
    """Return every state that is meant: the one of a key, all of a root, or all that a pattern fits.

    Only states that the code uses; no cloud is asked. Raises `StateUnknownError` with the nearest names, and
    `StateAmbiguousError` for a key that several backends have.
    """
    text = name.removeprefix("s3://").removesuffix(LOCK_OBJECT_SUFFIX)
    by_key = tuple(_by_key(text, backends))
    if by_key:
        return (_only(name, by_key),)
    found = tuple(_by_root(text, backends))
    if not found and _is_pattern(text):
        known = (StateName(backend=each, key=key) for each in backends for key in each.keys)
        found = tuple(state for state in known if _fits(text, state))
    if not found:
        raise StateUnknownError(
            name, _nearest(text, [key for each in backends for key in each.keys])
        )
    return found


def _by_key(text: str, backends: Sequence[Backend]) -> Iterator[StateName]:
    """Yield the states that the code uses under a key, in any workspace."""
    for backend in backends:
        for key in dict.fromkeys((text, text.removeprefix(f"{backend.bucket}/"))):
            # `env:/*/key` would be the key of a workspace that is called `*`.
            if key in backend.keys or (uses_of(backend, key) and not _is_pattern(key)):
                yield StateName(backend=backend, key=key)


def _by_root(text: str, backends: Sequence[Backend]) -> Iterator[StateName]:
    """Yield the states of a root, in every workspace that is known."""
    path = posixpath.normpath(text) if text else text
    for backend in backends:
        keys = (key for use in backend.uses if use.root_path == path for key in use.state_keys())
        for key in dict.fromkeys(keys):
            yield StateName(backend=backend, key=key)


def _known_states(backends: Sequence[Backend], board: Board) -> tuple[StateName, ...]:
    """Return every state that the code uses, and every other one that has a lock."""
    found: dict[tuple[str, str], StateName] = {}
    for backend in backends:
        locked = (row.locks.key for row in board.rows if row.locks.backend == backend.name)
        for key in (*backend.keys, *locked):
            found.setdefault((backend.name, key), StateName(backend=backend, key=key))
    return tuple(found.values())


def _only(name: str, fitting: Sequence[StateName]) -> StateName:
    unique = {(each.backend.name, each.key): each for each in fitting}
    if len(unique) > 1:
        raise StateAmbiguousError(name, sorted(unique))
    return fitting[0]


def _nearest(text: str, names: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(text, names, n=NEAREST_MAX, cutoff=NEAREST_CUTOFF)


def _is_pattern(text: str) -> bool:
    return any(character in text for character in PATTERN_CHARACTERS)


def _fits(pattern: str, state: StateName) -> bool:
    return fnmatchcase(state.key, pattern) or fnmatchcase(_path(state), pattern)


def _path(state: StateName) -> str:
    return f"{state.backend.bucket}/{state.key}"


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
        sides=tuple(_judged(side, modes_of(backend, key)) for side in sides),
    )
    roots = tuple(dict.fromkeys(use.root_path for use in uses_of(backend, key)))
    view = StateView(
        locks=locks, places=tuple(places), marks=marks_of(locks, onlooker), roots=roots
    )
    return LookedAt(view=view, stores=tuple(stores))


def _judged(side: LockSide, modes: frozenset[Locking]) -> LockSide:
    """Return a table that is not there as one without a lock, where nobody locks this state in it."""
    if side.kind is LockKind.OBJECT or any(mode.uses_table for mode in modes) or not modes:
        return side
    match side.seen:
        case Withheld(detail=detail) if detail.partition(":")[0] == TABLE_MISSING_CODE:
            return replace(side, seen=Known(None))
        case _:
            return side


def _tables_beside(
    backend: Backend, own: Sequence[str], backends: Sequence[Backend]
) -> tuple[str, ...]:
    """Return the tables that the code names in the same region with the same credentials, and this state does not."""
    address = TableAddress(access=backend.access, region=backend.region, table="")
    near = sharing(address, backends)
    return tuple(dict.fromkeys(table for each in near for table in each.tables if table not in own))


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
