"""Builders of states for the tests of rules over states: one state that is right unless a test says otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import (
    ObservedDigest,
    ObservedState,
    ObservedStates,
    fleet_states,
)
from holdfast.core.repository import Root
from holdfast.core.state_board import FoundState
from holdfast.core.state_content import EmptyState, StateContent, StateHead
from tests.rules.fleets import BUCKET, KEY, TABLE, fleet, observed, root

LINEAGE = "11111111-2222-4333-8444-555555555555"
OTHER_LINEAGE = "66666666-7777-4888-8999-aaaaaaaaaaaa"
OLD_KEY = "old/terraform.tfstate"
WRITTEN = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
RIGHT = Known(DigestVerdict.RIGHT)
STALE = Known(DigestVerdict.STALE)
MISSING = Known(DigestVerdict.STATE_MISSING)


def head(lineage: str = LINEAGE, *, serial: int = 7) -> StateHead:
    """Return the head of a readable state."""
    return StateHead(
        format_version=4,
        engine_version="1.11.4",
        serial=serial,
        lineage=lineage,
        resource_count=3,
    )


def state(
    key: str = KEY,
    content: Fact[StateContent] | StateContent | None = None,
    *,
    digest: Fact[DigestVerdict] | None = RIGHT,
    moved_to: Fact[str | None] | None = None,
    there: bool = True,
    table: str = TABLE,
    of: str = BUCKET,
) -> ObservedState:
    """Return a state of the backend and bucket `of`; its key is in use where it is that of `root()`."""
    if content is None:
        content = head() if there else EmptyState()
    in_use = key == KEY
    found = FoundState(
        backend=of,
        bucket=of,
        key=key,
        workspace="default" if in_use else None,
        roots=("network",) if in_use else (),
        size_bytes=512 if there else None,
        written=WRITTEN if there else None,
        content=content if isinstance(content, Known | Withheld) else Known(content),
        digest=DigestVerdict.UNKNOWN,  # of the listing, which no rule looks at
    )
    return ObservedState(
        found=found,
        digests=(ObservedDigest(table=table, verdict=digest),) if digest is not None else (),
        moved_to=moved_to or Known(None),
    )


def states_of(
    backend: Backend,
    *states: ObservedState,
    bucket_unread: Withheld | None = None,
    tables_unread: Withheld | None = None,
) -> ObservedStates:
    """Return these states of a backend."""
    return ObservedStates(
        backend=backend, states=states, bucket_unread=bucket_unread, tables_unread=tables_unread
    )


def looked_through(
    *states: ObservedState,
    roots: Sequence[Root] | None = None,
    bucket_unread: Withheld | None = None,
    tables_unread: Withheld | None = None,
) -> Fleet:
    """Return a fleet of one backend whose states were asked for; its code is `root()` unless roots are given."""
    code = fleet(*(roots if roots is not None else [root()]))
    (backend,) = code.backends
    seen = states_of(backend, *states, bucket_unread=bucket_unread, tables_unread=tables_unread)
    return replace(code, observed=(observed(backend),), online=True, states=fleet_states([seen]))
