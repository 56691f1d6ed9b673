"""What was seen of a fleet's states beyond their settings: heads, digests and tombstones, never a value. Pure.

`app/observe_states.py` fills it when an audit is asked for states; the rules over states judge by it. What could not be
read is withheld, state by state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict
from holdfast.core.exclusion import table_name
from holdfast.core.facts import Fact, Withheld, need
from holdfast.core.key_index import KeyIndex
from holdfast.core.state_board import FoundState


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedDigest:
    """A digest item of one state, and how it compares with the bytes that are there."""

    table: str
    verdict: Fact[DigestVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedState:
    """One state. `moved_to` is what the tombstone at its key says, None without one.

    Whether there is a tombstone is asked only of a state that no code uses, or that has the lineage of another.
    """

    found: FoundState
    digests: tuple[ObservedDigest, ...] = ()
    moved_to: Fact[str | None]

    @property
    def path(self) -> str:
        """Return `<bucket>/<key>`."""
        return f"{self.found.bucket}/{self.found.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedStates:
    """The states of one backend, in order of their keys: those that are there, used by code, or have a digest.

    `bucket_unread` and `tables_unread` are why a listing is not complete; what was seen until then is there all the same.
    """

    backend: Backend
    states: tuple[ObservedState, ...] = ()
    bucket_unread: Withheld | None = None
    tables_unread: Withheld | None = None

    def digests(self, *, in_use: bool) -> Iterator[tuple[ObservedState, ObservedDigest]]:
        """Yield the digests that engines compare, or those that none of this code's does.

        An engine compares the digest in the table that its own configuration names (Terraform 1.11.4, S3 client `Get`).
        """
        tables = KeyIndex(
            (use.workspace_prefix, use.key, table_name(use.table))
            for use in self.backend.uses
            if use.table is not None
        )
        for state in self.states:
            for digest in state.digests:
                if (table_name(digest.table) in tables.of(state.found.key)) is in_use:
                    yield state, digest

    def need_listings(self) -> None:
        """Raise `UnknownFactError` unless the bucket and the tables were looked through to their ends."""
        for unread in (self.bucket_unread, self.tables_unread):
            if unread is not None:
                need(unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetStates:
    """The states of every backend that was looked at; `twins` are groups of states with one lineage."""

    backends: tuple[ObservedStates, ...]
    twins: tuple[tuple[ObservedState, ...], ...] = ()


def fleet_states(backends: Iterable[ObservedStates]) -> FleetStates:
    """Put the states of the backends together, and those of one lineage side by side."""
    looked_at = tuple(backends)
    states = [(each.backend, state) for each in looked_at for state in each.states]
    by_lineage: dict[str, dict[tuple[str | None, str], ObservedState]] = {}
    for backend, state in states:
        if state.found.lineage:
            # Two backends may lead to one bucket: then both have listed the same object.
            place = (backend.access.endpoints.s3, state.path)
            by_lineage.setdefault(state.found.lineage, {}).setdefault(place, state)
    groups = (tuple(group.values()) for group in by_lineage.values() if len(group) > 1)
    return FleetStates(backends=looked_at, twins=tuple(groups))
