"""Read what tells of the writers of a fleet's states: versions, digests and locks, all at the same time.

Buckets and tables are walked through once, and each page serves locks, states and digests. The versions of a state
and of its lock file are one question. A state is read only where there is a digest that the listing does not show
to be right. Nothing is written; what nobody may read is withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from holdfast.app.engine_lock_files import LockFileSearch, engine_lock_file
from holdfast.app.lock_listing import WORKERS_MAX, FleetListing
from holdfast.app.lock_listing_stores import Counted, PageSizes
from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.state_digests import settled_digests
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.states_listing import is_state_key
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import bucket_lifecycle
from holdfast.aws.connections import Connections
from holdfast.aws.item_pages import ItemPage
from holdfast.aws.key_pages import FoundKey
from holdfast.aws.key_versions import LockedVersions, VersionsAddress, locked_versions
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict, StoredDigest, judged
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lifecycle import old_versions_kept_days
from holdfast.core.lock_board import StateLocks, uses_of, workspace_of
from holdfast.core.lock_file_history import History, history_of
from holdfast.core.lock_info import lock_object_key
from holdfast.core.locking_evidence import (
    NOT_ASKED,
    FleetEvidence,
    StateEvidence,
    TableDigest,
    TableEvidence,
)
from holdfast.core.proof import PROVE_PREFIX
from holdfast.core.state_versions import StateVersion
from holdfast.errors import CustomerKeyError, StateUnreadError

if TYPE_CHECKING:
    from holdfast.core.cloud import LifecycleRule

NOT_ASKED_YET = Withheld(reason=Reason.NOT_ASKED, detail="its versions were not asked for")


@dataclass(slots=True, kw_only=True)
class SeenTable:
    """What the pages of one table have shown besides locks."""

    other_buckets: set[str] = field(default_factory=set)
    strange: int = 0


@dataclass(frozen=True, slots=True)
class StateName:
    """A state of the fleet: the backend's name and the key."""

    backend: str
    key: str


def read_evidence(
    backends: Sequence[Backend],
    *,
    connections: Connections,
    now: datetime,
    since: datetime | None = None,
    customer_key: bytes | None = None,
    reads_lock_files: bool = True,
    sizes: PageSizes | None = None,
    workers_max: int = WORKERS_MAX,
    on_progress: Callable[[Counted], None] | None = None,
) -> FleetEvidence:
    """Return what is known of the writers of every state of these backends, workspaces included.

    `since` is the moment from which on writers are judged, such as when a stage was done; without it each state is
    judged from its oldest lock file on. `customer_key` is the SSE-C key of the environment. With `reads_lock_files` the newest
    lock file of each state is read, to tell those of engines from our own. `on_progress` is called on
    the calling thread. Nothing of AWS is raised: what could not be read is withheld.
    """
    with Questions(connections, workers_max=workers_max) as questions:
        reading = EvidenceReading(
            backends=tuple(backends),
            connections=connections,
            questions=questions,
            since=since,
            now=now,
            customer_key=customer_key,
            reads_lock_files=reads_lock_files,
        )
        reading.read(sizes or PageSizes(), on_progress)
        return reading.evidence()


@dataclass(slots=True, kw_only=True)
class EvidenceReading:
    """What one run has seen so far."""

    backends: tuple[Backend, ...]
    connections: Connections
    questions: Questions
    since: datetime | None
    now: datetime
    customer_key: bytes | None
    reads_lock_files: bool
    listed: dict[StateName, str] = field(default_factory=dict)  # the ETag
    histories: dict[StateName, Fact[History]] = field(default_factory=dict)
    engine_lock_files: dict[StateName, Fact[datetime | None]] = field(default_factory=dict)
    digests: dict[StateName, dict[str, StoredDigest]] = field(default_factory=dict)
    verdicts: dict[StateName, dict[str, DigestVerdict]] = field(default_factory=dict)
    tables: dict[TableAddress, SeenTable] = field(default_factory=dict)
    lifecycles: dict[str, Fact[tuple[LifecycleRule, ...]]] = field(default_factory=dict)
    locks: dict[StateName, StateLocks] = field(default_factory=dict)
    listing: FleetListing = field(init=False)

    def read(self, sizes: PageSizes, on_progress: Callable[[Counted], None] | None) -> None:
        """Read everything: the lifecycles, then the walks with the versions, then what follows from them."""
        self.listing = FleetListing(
            backends=self.backends,
            connections=self.connections,
            questions=self.questions,
            customer_key=self.customer_key,
            sizes=sizes,
            on_progress=on_progress,
            on_keys=self._keys,
            on_items=self._items,
        )
        for backend in self.backends:
            self._ask_lifecycle(backend)
        self.questions.run()
        self.listing.read()
        self.listing.look_again()
        self.locks = {StateName(locks.backend, locks.key): locks for locks in self.listing.locks()}
        by_name = {each.name: each for each in self.backends}
        for name in self._names() - self.histories.keys():
            self._ask_versions(by_name[name.backend], name.key)
        for name, stored in self.digests.items():
            self._judge_digests(by_name[name.backend], name, stored)
        self.questions.run()

    def evidence(self) -> FleetEvidence:
        """Return what was read."""
        by_name = {each.name: each for each in self.backends}
        ordered = sorted(self._names(), key=lambda name: (name.backend, name.key))
        buckets = tuple(each.result for each in self.listing.objects.values())
        tables = tuple(each.result for each in self.listing.tables.values())
        return FleetEvidence(
            states=tuple(self._state(by_name[name.backend], name) for name in ordered),
            tables=tuple(self._table(address) for address in self.listing.tables),
            stores=(*buckets, *tables),
            since=self.since,
            now=self.now,
        )

    def _names(self) -> set[StateName]:
        """Return every state that is known: of the code, listed, with a digest, or with a lock."""
        named = {StateName(each.name, key) for each in self.backends for key in each.keys}
        found = named | self.listed.keys() | self.digests.keys() | self.locks.keys()
        # `prove` takes locks of every kind alone, on keys of its own that no state has.
        return {name for name in found if not name.key.startswith(PROVE_PREFIX)}

    # Asking -----------------------------------------------------------------------------------------

    def _ask_lifecycle(self, backend: Backend) -> None:
        def receive(answer: Answer[Fact[tuple[LifecycleRule, ...]]]) -> None:
            self.lifecycles[backend.name] = answer.value

        self.questions.ask(bucket_lifecycle, bucket_of(backend), receive)

    def _keys(self, backend: Backend, keys: tuple[FoundKey, ...]) -> None:
        for found in keys:
            if is_state_key(backend, found.key):
                self.listed[StateName(backend.name, found.key)] = found.tag
                self._ask_versions(backend, found.key)

    def _items(self, table: TableAddress, near: Sequence[Backend], page: ItemPage) -> None:
        seen = self.tables.setdefault(table, SeenTable())
        seen.other_buckets |= page.other_buckets
        seen.strange += page.strange
        for found in page.digests:
            backend = next(each for each in near if each.bucket == found.bucket)
            name = StateName(backend.name, found.key)
            self.digests.setdefault(name, {})[table.table] = StoredDigest(text=found.text)

    def _ask_versions(self, backend: Backend, key: str) -> None:
        name = StateName(backend.name, key)
        self.histories[name] = NOT_ASKED_YET

        def receive(answer: Answer[Fact[LockedVersions]]) -> None:
            self.histories[name] = self._history(backend, key, answer.value)
            if isinstance(answer.value, Known) and self.reads_lock_files and name in self.listed:
                self._ask_lock_files(backend, name, answer.value.value.lock_file)

        address = VersionsAddress(bucket=bucket_of(backend), key=key)
        self.questions.ask_unshared(locked_versions, address, receive)

    def _ask_lock_files(
        self, backend: Backend, name: StateName, versions: tuple[StateVersion, ...]
    ) -> None:
        def receive(answer: Answer[Fact[datetime | None]]) -> None:
            self.engine_lock_files[name] = answer.value

        search = LockFileSearch(
            backend=backend,
            key=name.key,
            versions=versions,
            since=self.since,
            customer_key=self.customer_key,
        )
        self.questions.ask_unshared(engine_lock_file, search, receive)

    def _history(self, backend: Backend, key: str, read: Fact[LockedVersions]) -> Fact[History]:
        match read:
            case Known(versions):
                found = history_of(
                    versions.state,
                    versions.lock_file,
                    since=self.since,
                    kept=self._kept_days(backend, key),
                    now=self.now,
                )
                return Known(found)
            case Withheld() as withheld:
                return withheld

    def _kept_days(self, backend: Backend, key: str) -> Fact[int | None]:
        match self.lifecycles[backend.name]:
            case Known(rules):
                return Known(old_versions_kept_days(rules, lock_object_key(key)))
            case Withheld() as withheld:
                return withheld

    def _judge_digests(
        self, backend: Backend, name: StateName, stored: dict[str, StoredDigest]
    ) -> None:
        """Judge the digests of one state; it is read only where the listing does not show them to be right.

        The ETag of an object in one part that no KMS key encrypts is its MD5 (S3 API, Object).
        """
        listed = self.listed.get(name, "").strip('"')
        if listed and all(judged(each, listed) is DigestVerdict.RIGHT for each in stored.values()):
            self.verdicts[name] = dict.fromkeys(stored, DigestVerdict.RIGHT)
            return
        try:
            place = place_of(backend, name.key, customer_key=self.customer_key)
        except CustomerKeyError:
            return

        def receive(answer: Answer[dict[str, DigestVerdict]]) -> None:
            self.verdicts[name] = answer.value

        self.questions.ask_unshared(digest_verdicts, place, receive)

    # Joining ----------------------------------------------------------------------------------------

    def _state(self, backend: Backend, name: StateName) -> StateEvidence:
        verdicts = self.verdicts.get(name, {})
        tables = dict.fromkeys((*self.digests.get(name, {}), *verdicts))
        found = {each: verdicts.get(each, DigestVerdict.UNKNOWN) for each in tables}
        return StateEvidence(
            backend=backend.name,
            bucket=backend.bucket,
            key=name.key,
            workspace=workspace_of(backend, name.key),
            roots=tuple(dict.fromkeys(use.root_path for use in uses_of(backend, name.key))),
            is_there=name in self.listed,
            history=self.histories[name],
            engine_lock_file=self.engine_lock_files.get(name, NOT_ASKED),
            digests=tuple(
                TableDigest(table=table, verdict=verdict)
                for table, verdict in found.items()
                if verdict is not DigestVerdict.NONE
            ),
            locks=self.locks.get(name),
        )

    def _table(self, address: TableAddress) -> TableEvidence:
        listing = self.listing.tables[address]
        seen = self.tables.get(address, SeenTable())
        result = listing.result
        return TableEvidence(
            table=address.table,
            region=address.region,
            backends=result.backends,
            other_buckets=tuple(sorted(seen.other_buckets)),
            strange=seen.strange,
            looked_at=result.looked_at,
            missing=result.missing,
            withheld=result.withheld,
        )


def bucket_of(backend: Backend) -> BucketAddress:
    """Return the address of a backend's bucket."""
    return BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )


def digest_verdicts(connections: Connections, place: StatePlace) -> dict[str, DigestVerdict]:
    """Read a state and its digests until they stand still; empty when one of them cannot be read."""
    try:
        cases = settled_digests(place, connections=connections)
    except StateUnreadError:
        return {}
    return {case.address.table.table: case.finding.verdict for case in cases}
