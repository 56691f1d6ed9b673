"""Observe the states of a fleet for an audit: their heads, their digests and whose place is a tombstone's.

Everything is listed once, as for `holdfast states`. What does not fit is then looked at again before it is said: a digest
that differs may be on its way, and a state that was moved leaves its lineage behind under a tombstone. Nothing is
written, and no value of a state is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from holdfast.app.lock_listing_stores import LockQuestion, lock_seen
from holdfast.app.lock_stores import object_store
from holdfast.app.observe_asking import Questions
from holdfast.app.state_digests import DOUBTFUL, DigestCase, settled_digests
from holdfast.app.state_places import StatePlace
from holdfast.app.states_listing import (
    WHOLE_BYTES_MAX,
    WORKERS_MAX,
    SeenState,
    StatesCounted,
    StatesListing,
)
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject
from holdfast.core.accounts import wrong_account_of
from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedBackend
from holdfast.core.digests import DigestVerdict, judged
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.locks import StoredLock
from holdfast.core.observed_states import (
    FleetStates,
    ObservedDigest,
    ObservedState,
    ObservedStates,
    fleet_states,
)
from holdfast.core.state_board import FoundState
from holdfast.core.state_moves import tombstone_of
from holdfast.errors import StateUnreadError

# A look at what fits shows it at once. Whoever reads this instead has found a fault of ours, and not a fine state.
NOT_LOOKED = Withheld(reason=Reason.NOT_ASKED, detail="not looked at yet")
NO_TOMBSTONE: Known[str | None] = Known(None)


def observe_states(
    observed: Sequence[ObservedBackend],
    *,
    connections: Connections,
    customer_key: bytes | None = None,
    whole_bytes_max: int = WHOLE_BYTES_MAX,
    workers_max: int = WORKERS_MAX,
    on_progress: Callable[[StatesCounted], None] | None = None,
) -> FleetStates:
    """Return what can be seen of the states of these backends, in their order.

    `customer_key` is the SSE-C key of the environment. A backend that was read with credentials of a wrong account is
    not looked at: what they show would be said of the right one. `on_progress` is called on the calling thread.
    """
    wrong = {each.backend.name: wrong_account_of(each) for each in observed}
    with Questions(connections, workers_max=workers_max) as questions:
        looking = _Looking(
            questions=questions,
            listing=StatesListing(
                backends=tuple(each.backend for each in observed if not wrong[each.backend.name]),
                questions=questions,
                read=True,
                customer_key=customer_key,
                whole_bytes_max=whole_bytes_max,
                on_progress=on_progress,
            ),
            connections=connections,
        )
        looking.look()
    seen = {each.backend.name: each for each in looking.observed()}
    return fleet_states(
        seen.get(each.backend.name)
        or ObservedStates(
            backend=each.backend,
            bucket_unread=Withheld(reason=Reason.NOT_ASKED, detail=str(wrong[each.backend.name])),
        )
        for each in observed
    )


def digests_settled(connections: Connections, place: StatePlace) -> Fact[tuple[DigestCase, ...]]:
    """Read a state and its digests until two looks show the same."""
    try:
        return Known(settled_digests(place, connections=connections))
    except StateUnreadError as error:
        return Withheld(reason=Reason.ERROR, detail=error.facts[0][1])


@dataclass(slots=True, kw_only=True)
class _Looking:
    """One run: the listing, and what second looks have shown; by the backend's name and the key."""

    questions: Questions
    listing: StatesListing
    connections: Connections
    states: dict[tuple[str, str], ObservedState] = field(default_factory=dict)

    def look(self) -> None:
        """List everything, and then look again at what does not fit."""
        self.listing.start()
        self.questions.run()
        by_name = {each.name: each for each in self.listing.backends}
        for row in self.listing.board().rows:
            found = row.state
            name = (found.backend, found.key)
            self.states[name] = ObservedState(
                found=found,
                digests=self._digests(by_name[found.backend], found),
                moved_to=NO_TOMBSTONE,
            )
        twins = {
            (each.found.backend, each.found.key)
            for group in fleet_states(self.observed()).twins
            for each in group
        }
        for name, state in self.states.items():
            backend = by_name[state.found.backend]
            if any(each.verdict == NOT_LOOKED for each in state.digests):
                self._settle(backend, state)
            if name in twins or (state.found.is_there and state.found.workspace is None):
                self._look_for_tombstone(backend, state)
        self.questions.run()

    def observed(self) -> tuple[ObservedStates, ...]:
        """Return what was seen of each backend that was listed."""
        states: dict[str, list[ObservedState]] = {}
        for each in self.states.values():
            states.setdefault(each.found.backend, []).append(each)
        return tuple(
            ObservedStates(
                backend=backend,
                states=tuple(states.get(backend.name, ())),
                bucket_unread=self.listing.buckets[backend.name].withheld,
                tables_unread=self._tables_unread(backend),
            )
            for backend in self.listing.backends
        )

    def _tables_unread(self, backend: Backend) -> Withheld | None:
        place = (backend.access, backend.region)
        walks = (
            walk
            for address, walk in self.listing.tables.items()
            if (address.access, address.region) == place and address.table in backend.tables
        )
        return next((walk.withheld for walk in walks if walk.withheld), None)

    def _digests(self, backend: Backend, found: FoundState) -> tuple[ObservedDigest, ...]:
        """Return the digests of one state; those that may be wrong are to be looked at again."""
        name = (backend.name, found.key)
        verdict = _read_withheld(self.listing, backend, found)
        seen = self.listing.seen.get(name, SeenState()).object
        md5 = (
            seen.value.read.md5
            if isinstance(seen, Known) and isinstance(seen.value, StateObject)
            else None
        )
        return tuple(
            ObservedDigest(
                table=table,
                verdict=verdict or _certain(judged(stored, md5)),
            )
            for table, stored in sorted(self.listing.digests.get(name, {}).items())
        )

    def _settle(self, backend: Backend, state: ObservedState) -> None:
        name = (backend.name, state.found.key)

        def receive(cases: Fact[tuple[DigestCase, ...]]) -> None:
            now: dict[str, Fact[DigestVerdict]] = {}
            for each in state.digests:
                now[each.table] = (
                    cases if isinstance(cases, Withheld) else _of_table(cases.value, each.table)
                )
            digests = tuple(replace(each, verdict=now[each.table]) for each in state.digests)
            self.states[name] = replace(self.states[name], digests=digests)

        place = self.listing.place(backend, state.found.key)
        if isinstance(place, Withheld):
            receive(place)
            return
        self.listing.ask(digests_settled, place, receive)

    def _look_for_tombstone(self, backend: Backend, state: ObservedState) -> None:
        name = (backend.name, state.found.key)

        def receive(lock: Fact[StoredLock | None]) -> None:
            moved_to: Fact[str | None] = (
                lock if isinstance(lock, Withheld) else Known(tombstone_of(lock.value))
            )
            self.states[name] = replace(self.states[name], moved_to=moved_to)

        told = self.listing.tombstones.get(name)
        if told is not None:
            self.states[name] = replace(self.states[name], moved_to=Known(told))
            return
        if name not in self.listing.lock_files:
            return  # there is no lock file, and a tombstone has one
        place = self.listing.place(backend, state.found.key)
        if isinstance(place, Withheld):
            receive(place)
            return
        store = object_store(backend, self.connections, place.settings)
        self.listing.ask(lock_seen, LockQuestion(store=store, key=state.found.key), receive)


def _read_withheld(listing: StatesListing, backend: Backend, found: FoundState) -> Withheld | None:
    """Return why the bytes of a state are not known; None when they are, or there are none."""
    if isinstance(found.content, Withheld) and found.is_there:
        return found.content
    return None if found.is_there else listing.buckets[backend.name].withheld


def _certain(verdict: DigestVerdict) -> Fact[DigestVerdict]:
    return NOT_LOOKED if verdict in DOUBTFUL else Known(verdict)


def _of_table(cases: Sequence[DigestCase], table: str) -> Fact[DigestVerdict]:
    verdicts = [each.finding.verdict for each in cases if each.address.table.table == table]
    return Known(verdicts[0] if verdicts else DigestVerdict.NONE)
