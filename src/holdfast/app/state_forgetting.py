"""Forget what a move has left: the old object, its digests and at last its tombstone, each only if it is what was read.

In this order whoever still has the old code is refused until nothing is left to be used by mistake, and a run that was
killed is completed by running it again: as long as there is something left, there is a tombstone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.app.journal import DigestNote, RemovalCommand
from holdfast.app.lock_hold_release import ignore_part
from holdfast.app.lock_removal import Ledger, Target, part_words
from holdfast.app.state_lookup import state_for
from holdfast.app.state_move_planning import target_named
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.state_writing import read_state
from holdfast.app.working_locks import locks_seen, stores_of
from holdfast.app.workspace_states import workspaces_there
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.digest_items import DigestAddress, remove_digest, stored_digest
from holdfast.aws.state_objects import StateChanged, StateObject, remove_state, state_versions
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Backend
from holdfast.core.digests import StoredDigest
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import uses_of
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.lock_view import LockPlace
from holdfast.core.locks import LockKind, LockStore, StoredLock
from holdfast.core.state_moves import (
    ForgetOutlook,
    StateToForget,
    key_of_workspace,
    tombstone_of,
    workspace_start,
)
from holdfast.core.state_naming import StateName
from holdfast.errors import (
    MoveNotSettledError,
    StateChangedError,
    StateNotForgottenError,
    StateNotMovedError,
    StateUnknownError,
)

UNMOVED = "was not moved: run the same move again, or remove it"
FORGETTING = "forget the moved state"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedForget:
    """One old state as it was read: its object, and its tombstones."""

    place: StatePlace
    before: StateObject | None
    tombstones: tuple[tuple[LockStore, StoredLock], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPlan:
    """What would be removed, with what it takes to do it."""

    states: tuple[PlannedForget, ...]
    outlook: ForgetOutlook


def moved_state_for(
    name: str,
    backends: Sequence[Backend],
    *,
    connections: Connections,
    customer_key: bytes | None = None,
) -> StateName:
    """Return the state that is meant, as `state_for`; also one of which nothing but the tombstone is left."""
    try:
        return state_for(name, backends, connections=connections, customer_key=customer_key)
    except StateUnknownError:
        text = name.removeprefix("s3://")
        for backend in backends:
            key = text.removeprefix(f"{backend.bucket}/")
            state = StateName(backend=backend, key=key)
            for each in _keys(state, backends, connections):
                place = place_of(backend, each, customer_key=customer_key)
                seen = locks_seen(place, stores_of(place, connections)[:1])
                if any(tombstone_of(lock) is not None for _, lock in seen):
                    return state
        raise


def plan_forget(
    source: StateName,
    *,
    backends: Sequence[Backend],
    connections: Connections,
    customer_key: bytes | None = None,
) -> ForgetPlan:
    """Read what is left at the old place and what is at the new one; nothing is changed.

    Raises `StateNotMovedError`, `StateUnreadError`, and `MoveTargetInvalidError` when the fleet does not know the new
    place any more.
    """
    used = [each.root_path for each in uses_of(source.backend, source.key)]
    if used:
        raise StateNotMovedError(source.key, reason=f"`{used[0]}` uses it")
    planned: list[PlannedForget] = []
    shown: list[StateToForget] = []
    unmoved: list[str] = []
    targets: list[StateName] = []
    for key in _keys(source, backends, connections):
        place = place_of(source.backend, key, customer_key=customer_key)
        tombstones = tuple(
            (store, lock)
            for store, lock in locks_seen(place, stores_of(place, connections))
            if lock is not None and tombstone_of(lock) is not None
        )
        if not tombstones:
            unmoved.append(key)
            continue
        path = tombstone_of(tombstones[0][1]) or ""
        target = target_named(path, source, backends)
        there = read_state(
            place_of(target.backend, target.key, customer_key=customer_key), connections
        )
        targets.append(target)
        before = read_state(place, connections)
        planned.append(PlannedForget(place=place, before=before, tombstones=tombstones))
        shown.append(
            StateToForget(
                source_key=key,
                target_path=path,
                source=before.read if before is not None else None,
                target=there.read if there is not None else None,
            )
        )
    if not planned:
        raise StateNotMovedError(source.key, reason="it bears no lock `moved to ...`")
    named = {
        use.key for each in backends if each.bucket == source.backend.bucket for use in each.uses
    }
    for key in _of_state(source, unmoved, targets):
        place = place_of(source.backend, key, customer_key=customer_key)
        if key not in named and read_state(place, connections) is not None:
            raise StateNotMovedError(source.key, reason=f"`{key}` {UNMOVED}")
    outlook = ForgetOutlook(bucket=source.backend.bucket, states=tuple(shown))
    # The default workspace goes last: a later run is asked for by its key.
    return ForgetPlan(states=tuple(reversed(planned)), outlook=outlook)


def refuse_lost(outlook: ForgetOutlook) -> None:
    """Raise `StateNotMovedError` unless every state is at its new place: else the old one is the last."""
    for each in outlook.states:
        if not each.is_there:
            reason = f"`{each.target_path}` does not hold it: what is here is the only one"
            raise StateNotMovedError(each.source_key, reason=reason)


def refuse_unsettled(outlook: ForgetOutlook) -> None:
    """Raise `MoveNotSettledError` unless every state was written at its new place since the move."""
    unsettled = [each for each in outlook.states if not each.written_since]
    if unsettled:
        raise MoveNotSettledError(
            [
                (each.target_path, "no serial" if each.serial is None else f"serial {each.serial}")
                for each in unsettled
            ]
        )


def forget(planned: PlannedForget, *, connections: Connections, ledger: Ledger) -> bool:
    """Remove one old state, its digests and its tombstone; return whether the bucket keeps it as an older version.

    Raises `StateChangedError`, `StateNotForgottenError` and `JournalNotWrittenError`.
    """
    place = planned.place
    if planned.before is not None:
        _remove_object(place, planned.before, connections)
    for address in place.digests:
        _remove_digest(place, address, connections, ledger)
    noted = ledger.note(
        [
            Target(
                backend=place.backend.name,
                store=store,
                place=_lock_place(place, store),
                lock=lock,
            )
            # The lock file goes last: a later run finds by it what there is to be completed.
            for store, lock in reversed(planned.tombstones)
        ],
        RemovalCommand.RELEASE,
    )
    for each in noted:
        removed = ledger.remove((each,), on_part=ignore_part)
        (part,) = removed.parts
        # Not the next one either: as long as something is left, the lock file shows it.
        if not (isinstance(part.release.after, Known) and part.release.after.value is None):
            raise StateNotForgottenError(place.key, part_words(part))
        if removed.journal_problem:
            raise StateNotForgottenError(place.key, removed.journal_problem)
    versions = state_versions(connections, place.object())
    return isinstance(versions, Known) and any(not each.deleted for each in versions.value)


def _keys(
    source: StateName, backends: Sequence[Backend], connections: Connections
) -> tuple[str, ...]:
    """Return the old keys of every workspace, the default one first."""
    prefixes = {use.workspace_prefix: None for each in backends for use in each.uses}
    keys = {source.key: None}
    bucket = BucketAddress(
        access=source.backend.access,
        region=source.backend.region,
        bucket=source.backend.bucket,
        account=source.backend.account,
    )
    # Without its tombstone a key counts for nothing, so that prefixes of other roots do no harm.
    for prefix in prefixes | {WORKSPACE_PREFIX_DEFAULT: None}:
        for ending in ("", LOCK_OBJECT_SUFFIX):
            start = workspace_start(prefix)
            names = workspaces_there(
                bucket, f"{source.key}{ending}", prefix, connections=connections
            )
            keys |= {f"{start}{name}/{source.key}": None for name in names}
    return tuple(keys)


def _of_state(
    source: StateName, keys: Sequence[str], targets: Sequence[StateName]
) -> Iterator[str]:
    """Yield the keys that are those of a state or of its workspaces, as the code of its new place calls them."""
    uses = [use for each in targets for use in uses_of(each.backend, each.key)]
    prefixes = {use.workspace_prefix for use in uses} or {WORKSPACE_PREFIX_DEFAULT}
    for key in keys:
        workspaces = (key_of_workspace(key, prefix=each, key=source.key) for each in prefixes)
        if key == source.key or any(each is not None for each in workspaces):
            yield key


def _remove_object(place: StatePlace, before: StateObject, connections: Connections) -> None:
    outcome = remove_state(connections, place.object(), tag=before.tag)
    if outcome is None:
        return
    now = read_state(place, connections)
    if now is None:
        return  # a lost answer, or somebody else: it is gone either way
    if isinstance(outcome, StateChanged) or now.tag != before.tag:
        raise StateChangedError(place.key)
    raise StateNotForgottenError(place.key, str(outcome))


def _remove_digest(
    place: StatePlace, address: DigestAddress, connections: Connections, ledger: Ledger
) -> None:
    seen = stored_digest(connections, address)
    if isinstance(seen, Withheld):
        raise StateNotForgottenError(place.key, str(seen))
    before: StoredDigest | None = seen.value
    if before is None:
        return
    ledger.journal.note_digest(
        DigestNote(
            moment=ledger.clock(),
            remover=ledger.remover,
            backend=place.backend.name,
            bucket=place.backend.bucket,
            key=place.key,
            table=address.table.table,
            before=before.text,
            repair=FORGETTING,
        )
    )
    outcome = remove_digest(connections, address, before=before)
    if outcome is None or stored_digest(connections, address) == Known(None):
        return
    words = str(outcome) if isinstance(outcome, Withheld) else "somebody else wrote its digest"
    raise StateNotForgottenError(place.key, words)


def _lock_place(place: StatePlace, store: LockStore) -> LockPlace:
    table = None
    if store.kind is LockKind.ITEM:
        table = next(
            each.table.table for each in place.digests if f"`{each.table.table}`" in store.place
        )
    return LockPlace(
        kind=store.kind,
        bucket=place.backend.bucket,
        key=place.key,
        table=table,
        region=place.backend.region,
        access=place.backend.access,
        account=place.backend.account,
    )
