"""The states that a move of many may be about: those that the code names, and those that are in the buckets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.app.state_move_planning import target_named
from holdfast.app.states_listing import is_state_key
from holdfast.aws.bucket_presence import BucketAddress, bucket_head
from holdfast.aws.connections import Connections
from holdfast.aws.key_pages import KeyRange, key_page
from holdfast.core.backends import Backend
from holdfast.core.cloud import BucketAbsent, BucketForeign
from holdfast.core.facts import Known
from holdfast.core.move_patterns import MoveRename, Unnamed
from holdfast.core.move_selection import MoveWay, default_states
from holdfast.core.settings import Setting, backend_of
from holdfast.core.state_naming import StateName, path_of
from holdfast.errors import BackendAbsentError, MoveTargetInvalidError, StatesUnlistedError


def states_that_may_move(
    backends: Sequence[Backend], *, connections: Connections
) -> tuple[StateName, ...]:
    """Return every state with what it is of, without those of workspaces; raise `StatesUnlistedError`."""
    return default_states(
        StateName(backend=backend, key=key)
        for backend in backends
        for key in (*(use.key for use in backend.uses), *_listed(backend, connections))
    )


def bucket_of(backend: Backend) -> BucketAddress:
    """Return the address of a backend's bucket."""
    return BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )


def _listed(backend: Backend, connections: Connections) -> Iterator[str]:
    """Yield the keys of all states that are in a bucket; none when there is no such bucket."""
    following: KeyRange | None = KeyRange(bucket=bucket_of(backend))
    while following is not None:
        page = key_page(connections, following)
        if not isinstance(page, Known):
            raise StatesUnlistedError(backend.bucket, reason=str(page))
        if page.value is None:
            return
        yield from (each.key for each in page.value.keys if is_state_key(backend, each.key))
        following = page.value.next


def unread_keys(
    settings: Sequence[Setting], backend: Backend, backends: Sequence[Backend]
) -> Iterator[tuple[str, str]]:
    """Yield the roots of a backend whose key nobody can read, with the place in the code."""
    for each in settings:
        if each.use is None:
            used = backend_of(each, backends)
            if used is not None and used.name == backend.name:
                yield str(each.span), f"the key of `{each.root.path}` cannot be read from the code"


def ways_by_pattern(
    states: Sequence[StateName], rename: MoveRename, *, backends: Sequence[Backend]
) -> tuple[tuple[MoveWay, ...], tuple[tuple[str, str], ...]]:
    """Return the way of every state whose key or path fits a pattern, and what is wrong with the others that fit.

    A state that would stay where it is has no way.
    """
    ways: list[MoveWay] = []
    mistakes: list[tuple[str, str]] = []
    for state in states:
        found = rename.renamed(state.key)
        if found is None:
            found = rename.renamed(path_of(state))
        if found is None or found in {state.key, path_of(state)}:
            continue
        if isinstance(found, Unnamed):
            mistakes.append((path_of(state), found.words))
            continue
        try:
            target = target_named(found, state, backends)
        except MoveTargetInvalidError as error:
            mistakes.append((path_of(state), error.headline))
        else:
            ways.append(MoveWay(source=state, target=target))
    return tuple(ways), tuple(mistakes)


def refuse_absent(backend: Backend, *, connections: Connections) -> None:
    """Raise `BackendAbsentError` when there is no such bucket, or one of somebody else; what nobody knows is found later."""
    match bucket_head(connections, bucket_of(backend)):
        case Known(BucketAbsent()):
            raise BackendAbsentError(backend.name, f"there is no bucket `{backend.bucket}`")
        case Known(BucketForeign()):
            reason = f"the bucket `{backend.bucket}` is of another account"
            raise BackendAbsentError(backend.name, reason)
        case _:
            return
