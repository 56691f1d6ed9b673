"""List every state of a fleet: all buckets and all lock tables at the same time, joined with the code.

Nothing is written, and no value of a state is kept. A large state is read as far as its head; `states check` reads
all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from holdfast.app.key_walk import KeyWalk
from holdfast.app.lock_listing import sharing
from holdfast.app.lock_stores import tables_for
from holdfast.app.observe_asking import Questions
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.table_walk import TableWalk
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.item_pages import ItemPage
from holdfast.aws.key_pages import FoundKey
from holdfast.aws.state_objects import StateObject, state_object
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict, StoredDigest, judged
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import uses_of, workspace_of
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.proof import PROVE_PREFIX
from holdfast.core.state_board import (
    STATE_SUFFIX,
    FoundState,
    StateBoard,
    WalkedStore,
    board_of,
)
from holdfast.core.state_content import EmptyState, StateContent
from holdfast.core.state_moves import tombstone_of
from holdfast.errors import CustomerKeyError

WORKERS_MAX = 32
WHOLE_BYTES_MAX = 16 << 20  # a state beyond this is read as far as its head
HEAD_BYTES = 65_536
NOT_READ = Withheld(reason=Reason.NOT_ASKED, detail="states were not read (`--no-read`)")
WORST_FIRST = (
    DigestVerdict.STALE,
    DigestVerdict.STATE_MISSING,
    DigestVerdict.INVALID,
    DigestVerdict.RIGHT,
    DigestVerdict.NONE,
)
NO_STATE: Known[StateContent] = Known(EmptyState())

Address = TypeVar("Address", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesCounted:
    """What was looked at so far, to be shown as progress."""

    keys: int = 0
    states: int = 0


@dataclass(slots=True, kw_only=True)
class SeenState:
    """What was seen of one key: the object in a listing, and what was read of it."""

    listed: FoundKey | None = None
    object: Fact[StateObject | None] = NOT_READ


def list_states(
    backends: Sequence[Backend],
    *,
    connections: Connections,
    read: bool,
    customer_key: bytes | None = None,
    whole_bytes_max: int = WHOLE_BYTES_MAX,
    workers_max: int = WORKERS_MAX,
    on_progress: Callable[[StatesCounted], None] | None = None,
) -> StateBoard:
    """Return every state of the backends that could be seen, with its marks.

    `read` False lists alone. `customer_key` is the SSE-C key of the environment. `on_progress` is called on the
    calling thread.
    """
    with Questions(connections, workers_max=workers_max) as questions:
        listing = StatesListing(
            backends=tuple(backends),
            questions=questions,
            read=read,
            customer_key=customer_key,
            whole_bytes_max=whole_bytes_max,
            on_progress=on_progress,
        )
        listing.start()
        questions.run()
        return listing.board()


@dataclass(slots=True, kw_only=True)
class StatesListing:
    """The walks of one run, and what they have shown so far."""

    backends: tuple[Backend, ...]
    questions: Questions
    read: bool
    customer_key: bytes | None
    whole_bytes_max: int
    on_progress: Callable[[StatesCounted], None] | None
    seen: dict[tuple[str, str], SeenState] = field(default_factory=dict)  # backend's name, key
    # By the backend's name and the key, then by table.
    digests: dict[tuple[str, str], dict[str, StoredDigest]] = field(default_factory=dict)
    lock_files: set[tuple[str, str]] = field(
        default_factory=set
    )  # backend's name, key of the state
    tombstones: dict[tuple[str, str], str] = field(default_factory=dict)  # by the same, in a table
    others: dict[str, int] = field(default_factory=dict)  # by backend's name
    buckets: dict[str, KeyWalk] = field(default_factory=dict)
    tables: dict[TableAddress, TableWalk] = field(default_factory=dict)
    foreign: dict[TableAddress, Counter[str]] = field(default_factory=dict)  # digests by bucket
    counted: StatesCounted = field(default_factory=StatesCounted)

    def start(self) -> None:
        """Begin all walks."""
        for backend in self.backends:
            self._walk_bucket(backend)
            for name in backend.tables:
                address = TableAddress(access=backend.access, region=backend.region, table=name)
                if address not in self.tables:
                    self._walk_table(address)
        for bucket in self.buckets.values():
            bucket.start()
        for table in self.tables.values():
            table.start()

    def board(self) -> StateBoard:
        """Return what was found, once every question is answered."""
        names = {(each.name, key) for each in self.backends for key in each.keys}
        names |= set(self.seen) | set(self.digests)
        by_name = {each.name: each for each in self.backends}
        states = [self._found(by_name[name], key) for name, key in names]
        stores = [
            WalkedStore(
                place=f"bucket `{walk.bucket.bucket}`",
                looked_at=walk.looked_at,
                others=self.others.get(name, 0),
                missing=walk.missing,
                withheld=walk.withheld,
            )
            for name, walk in self.buckets.items()
        ]
        stores += [
            WalkedStore(
                place=f"table `{address.table}`",
                looked_at=walk.looked_at,
                others=0,
                missing=walk.missing,
                withheld=walk.withheld,
                foreign_digests=tuple(sorted(self.foreign.get(address, {}).items())),
            )
            for address, walk in self.tables.items()
        ]
        return board_of(states, stores, was_read=self.read)

    # Walking ----------------------------------------------------------------------------------------

    def _walk_bucket(self, backend: Backend) -> None:
        self.buckets[backend.name] = KeyWalk(
            bucket=BucketAddress(
                access=backend.access,
                region=backend.region,
                bucket=backend.bucket,
                account=backend.account,
            ),
            ask=self.ask,
            on_keys=lambda keys: self._keys(backend, keys),
            known_keys=backend.keys,
        )

    def _walk_table(self, address: TableAddress) -> None:
        near = sharing(address, self.backends)
        self.tables[address] = TableWalk(
            table=address,
            buckets=frozenset(each.bucket for each in near),
            ask=self.ask,
            on_page=lambda page: self._items(address, near, page),
        )

    def _keys(self, backend: Backend, keys: tuple[FoundKey, ...]) -> None:
        for found in keys:
            if found.key.endswith(LOCK_OBJECT_SUFFIX):
                self.lock_files.add((backend.name, found.key.removesuffix(LOCK_OBJECT_SUFFIX)))
            if not is_state_key(backend, found.key):
                self.others[backend.name] = self.others.get(backend.name, 0) + 1
                continue
            self.seen[backend.name, found.key] = SeenState(listed=found)
            if self.read:
                self._read(backend, found)
        self.counted = StatesCounted(keys=self.counted.keys + len(keys), states=len(self.seen))
        if self.on_progress is not None:
            self.on_progress(self.counted)

    def _items(self, address: TableAddress, near: Sequence[Backend], page: ItemPage) -> None:
        table = address.table
        foreign = self.foreign.setdefault(address, Counter())
        foreign.update(dict(page.foreign_digests))
        for found in page.digests:
            backend = next(each for each in near if each.bucket == found.bucket)
            if table in tables_for(backend, found.key):
                stored = StoredDigest(text=found.text)
                self.digests.setdefault((backend.name, found.key), {})[table] = stored
        for item in page.locks:
            moved_to = tombstone_of(item.lock)
            if moved_to is not None:
                backend = next(each for each in near if each.bucket == item.bucket)
                self.tombstones[backend.name, item.key] = moved_to

    def _read(self, backend: Backend, found: FoundKey) -> None:
        state = self.seen[backend.name, found.key]

        def receive(read: Fact[StateObject | None]) -> None:
            state.object = read

        place = self.place(backend, found.key)
        if isinstance(place, Withheld):
            state.object = place
            return
        head = None if found.size_bytes <= self.whole_bytes_max else HEAD_BYTES
        self.ask(state_object, place.object(head_bytes=head), receive)

    def place(self, backend: Backend, key: str) -> StatePlace | Withheld:
        """Return where a state is, or why it cannot be read: its SSE-C key is not at hand."""
        try:
            return place_of(backend, key, customer_key=self.customer_key)
        except CustomerKeyError as error:
            return Withheld(reason=Reason.NOT_ASKED, detail=error.headline)

    def ask(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Value], None],
    ) -> None:
        """Ask a read of an address, and give its value to a function later."""
        self.questions.ask_unshared(read, address, lambda answer: then(answer.value))

    # Joining ----------------------------------------------------------------------------------------

    def _found(self, backend: Backend, key: str) -> FoundState:
        seen = self.seen.get((backend.name, key), SeenState())
        content, md5 = self._content(backend, seen)
        stored = self.digests.get((backend.name, key), {})
        there = seen.listed is not None
        return FoundState(
            backend=backend.name,
            bucket=backend.bucket,
            key=key,
            workspace=workspace_of(backend, key),
            roots=tuple(dict.fromkeys(use.root_path for use in uses_of(backend, key))),
            size_bytes=seen.listed.size_bytes if seen.listed is not None else None,
            written=seen.listed.written if seen.listed is not None else None,
            content=content,
            digest=self._digest(backend, stored, there=there, md5=md5),
        )

    def _content(self, backend: Backend, seen: SeenState) -> tuple[Fact[StateContent], str | None]:
        """Return what the state holds, and the MD5 of its bytes where all of them were read."""
        if seen.listed is None:
            withheld = self.buckets[backend.name].withheld
            return (withheld if withheld is not None else NO_STATE), None
        match seen.object:
            case Known(StateObject(read=read)):
                return Known(read.content), read.md5
            case Known(_):
                gone = Withheld(reason=Reason.ERROR, detail="it was removed while it was listed")
                return gone, None
            case Withheld() as withheld:
                return withheld, None

    def _digest(
        self,
        backend: Backend,
        stored: Mapping[str, StoredDigest],
        *,
        there: bool,
        md5: str | None,
    ) -> DigestVerdict:
        """Return the worst of what the tables say."""
        walks = [walk for address, walk in self.tables.items() if address.table in backend.tables]
        bucket = self.buckets[backend.name]
        if any(walk.withheld for walk in walks) or (bucket.withheld is not None and not there):
            return DigestVerdict.UNKNOWN
        verdicts = {judged(each, md5) for each in stored.values()} or {DigestVerdict.NONE}
        if DigestVerdict.STATE_MISSING in verdicts and there and md5 is None:
            return DigestVerdict.UNKNOWN  # there is a state, and nobody has read all of it
        return next(each for each in WORST_FIRST if each in verdicts)


def is_state_key(backend: Backend, key: str) -> bool:
    """Tell whether a key is that of a state: the code uses it, or it is named as states are."""
    if key.startswith(PROVE_PREFIX) or key.endswith(LOCK_OBJECT_SUFFIX):
        return False
    return key.endswith(STATE_SUFFIX) or bool(uses_of(backend, key))
