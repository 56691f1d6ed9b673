"""List every lock of a fleet: all buckets and all lock tables at the same time, joined by state.

Nothing is written. What nobody may read is withheld, and whoever reads the board can tell. Only the locks are
kept in memory: it does not grow with the keys and the items that are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from holdfast.app.lock_listing_stores import (
    Counted,
    LockQuestion,
    ObjectListing,
    PageSizes,
    TableListing,
    lock_seen,
)
from holdfast.app.lock_stores import tables_for
from holdfast.app.observe_asking import Questions
from holdfast.aws.connections import Connections
from holdfast.aws.item_pages import ItemPage
from holdfast.aws.key_pages import FoundKey
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_board import (
    Board,
    BoardRow,
    LockSide,
    StateLocks,
    modes_of,
    workspace_of,
)
from holdfast.core.lock_marks import Onlooker, is_suspicious, marks_of
from holdfast.core.locks import StoredLock
from holdfast.core.table_spellings import tables_beside

WORKERS_MAX = 32
LOOK_FIRST_AGAIN = 2
LOOKS_MAX = 5

Address = TypeVar("Address", bound=Hashable)
Value = TypeVar("Value")
Name = TypeVar("Name")


def list_locks(
    backends: Sequence[Backend],
    *,
    connections: Connections,
    onlooker: Onlooker,
    customer_key: bytes | None = None,
    sizes: PageSizes | None = None,
    workers_max: int = WORKERS_MAX,
    on_progress: Callable[[Counted], None] | None = None,
) -> Board:
    """Return every lock of the backends that could be seen, with marks as `onlooker` would put them.

    `customer_key` is the SSE-C key of the environment. `on_progress` is called on the calling thread with the sums
    so far. Locks that do not fit together are looked at a second time before they are marked.
    """
    with Questions(connections, workers_max=workers_max) as questions:
        listing = FleetListing(
            backends=tuple(backends),
            connections=connections,
            questions=questions,
            customer_key=customer_key,
            sizes=sizes or PageSizes(),
            on_progress=on_progress,
        )
        listing.read()
        listing.look_again()
        rows = tuple(
            BoardRow(locks=locks, marks=marks_of(locks, onlooker)) for locks in listing.locks()
        )
        buckets = tuple(each.result for each in listing.objects.values())
        tables = tuple(each.result for each in listing.tables.values())
        return Board(rows=rows, stores=(*buckets, *tables))


@dataclass(slots=True, kw_only=True)
class FleetListing:
    """The listings of a fleet while they are read; keyed by the backend's name, and by the table's address.

    `on_keys` and `on_items` are shown every page, so that whoever looks for more than locks walks through nothing twice.
    """

    backends: tuple[Backend, ...]
    connections: Connections
    questions: Questions
    customer_key: bytes | None
    sizes: PageSizes
    on_progress: Callable[[Counted], None] | None
    on_keys: Callable[[Backend, tuple[FoundKey, ...]], None] | None = None
    on_items: Callable[[TableAddress, Sequence[Backend], ItemPage], None] | None = None
    objects: dict[str, ObjectListing] = field(default_factory=dict)
    tables: dict[TableAddress, TableListing] = field(default_factory=dict)
    total: Counted = field(default_factory=Counted)

    def read(self) -> None:
        """Read every bucket and every table to its end, or to where somebody refuses."""
        for backend in self.backends:
            self.objects[backend.name] = ObjectListing(
                backend=backend,
                connections=self.connections,
                ask=self._ask,
                on_count=self._count,
                customer_key=self.customer_key,
                size=self.sizes.keys,
                on_keys=self.on_keys,
            )
            for table in backend.tables:
                address = TableAddress(access=backend.access, region=backend.region, table=table)
                if address not in self.tables:
                    self.tables[address] = TableListing(
                        address=address,
                        backends=sharing(address, self.backends),
                        connections=self.connections,
                        ask=self._ask,
                        on_count=self._count,
                        size=self.sizes.items,
                        on_items=self.on_items,
                    )
        for bucket in self.objects.values():
            bucket.start()
        for listing in self.tables.values():
            listing.start()
        self.questions.run()

    def locks(self) -> tuple[StateLocks, ...]:
        """Return the locks by state, in order of backend and key; states without a lock are left out."""
        found: list[StateLocks] = []
        for backend in self.backends:
            keys = set(self.objects[backend.name].sides)
            for table in self.tables.values():
                keys.update(key for name, key in table.sides if name == backend.name)
            found += [self._locks_of(backend, key) for key in sorted(keys)]
        return tuple(found)

    def look_again(self) -> None:
        """Look again at states whose locks do not fit together, until two looks in a row show the same.

        An engine takes one lock after the other: a single look may fall between the two.
        """
        before: dict[tuple[str, str], StateLocks] = {}
        for look in range(LOOK_FIRST_AGAIN, LOOKS_MAX + 1):
            now = {
                (locks.backend, locks.key): locks for locks in self.locks() if is_suspicious(locks)
            }
            unsettled = [locks for state, locks in now.items() if before.get(state) != locks]
            if not unsettled:
                return
            for locks in unsettled:
                self._look(locks, look)
            self.questions.run()
            before = before | now

    def _look(self, locks: StateLocks, look: int) -> None:
        backend = next(each for each in self.backends if each.name == locks.backend)
        key = locks.key
        objects = self.objects[backend.name]

        def see_object(seen: Fact[StoredLock | None]) -> None:
            put(objects.sides, key, replace(objects.side_of(key), seen=seen))

        store = objects.store_of(key)
        if not isinstance(store, Withheld) and not objects.missing:
            self._ask(lock_seen, LockQuestion(store=store, key=key, look=look), see_object)
        for table in self._tables_of(backend, key):
            if table.missing:
                continue

            def see_item(seen: Fact[StoredLock | None], table: TableListing = table) -> None:
                side = replace(table.side_of(backend, key), seen=seen)
                put(table.sides, (backend.name, key), side)

            items = LockQuestion(store=table.store_of(backend), key=key, look=look)
            self._ask(lock_seen, items, see_item)

    def _locks_of(self, backend: Backend, key: str) -> StateLocks:
        tables = self._tables_of(backend, key)
        return StateLocks(
            backend=backend.name,
            bucket=backend.bucket,
            key=key,
            workspace=workspace_of(backend, key),
            modes=modes_of(backend, key),
            sides=(
                self.objects[backend.name].side_of(key),
                *(table.side_of(backend, key) for table in tables),
            ),
        )

    def _tables_of(self, backend: Backend, key: str) -> tuple[TableListing, ...]:
        """Return the tables in which a key is locked, and any other in which it has a lock all the same."""
        names = tables_for(backend, key)
        own = {
            TableAddress(access=backend.access, region=backend.region, table=table)
            for table in names
        }
        locked = [
            address for address, each in self.tables.items() if (backend.name, key) in each.sides
        ]
        beside = tables_beside(names, (address.table for address in locked), backend)
        return tuple(
            listing
            for address, listing in self.tables.items()
            if address in own or (address in locked and address.table in beside)
        )

    def _ask(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Value], None],
    ) -> None:
        self.questions.ask_unshared(read, address, lambda answer: then(answer.value))

    def _count(self, more: Counted) -> None:
        self.total = Counted(
            keys=self.total.keys + more.keys,
            items=self.total.items + more.items,
            locks=self.total.locks + more.locks,
        )
        if self.on_progress is not None:
            self.on_progress(self.total)


def put(sides: dict[Name, LockSide], name: Name, side: LockSide) -> None:
    """Keep what was seen last; a side on which nothing is there any more is forgotten."""
    if side.seen == Known(None):
        sides.pop(name, None)
    else:
        sides[name] = side


def sharing(address: TableAddress, backends: Sequence[Backend]) -> tuple[Backend, ...]:
    """Return the backends that may have locks in a table: those that name it, then those beside them.

    Beside them are backends with the same credentials in the same region: code that is not in this tree may
    lock their states in this table.
    """
    near = [
        each for each in backends if each.access == address.access and each.region == address.region
    ]
    return tuple(sorted(near, key=lambda each: address.table not in each.tables))
