"""List the locks of one bucket, or of one table: the walks go through everything, and only locks are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from holdfast.app.key_walk import KeyWalk
from holdfast.app.lock_stores import item_store, object_store, settings_for
from holdfast.app.observe_asking import Ask
from holdfast.app.table_walk import TableWalk
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.item_pages import PAGE_ITEMS_MAX, FoundItem, ItemPage
from holdfast.aws.key_pages import PAGE_KEYS_MAX, FoundKey
from holdfast.aws.lock_items import LockItems
from holdfast.aws.lock_objects import LockObjects
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import LockSide, StoreListing
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.locks import LockKind, StoredLock
from holdfast.errors import CustomerKeyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one page added: to be shown as progress."""

    keys: int = 0
    items: int = 0
    locks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSizes:
    """How much one request reads."""

    keys: int = PAGE_KEYS_MAX
    items: int = PAGE_ITEMS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class LockQuestion:
    """One look at one lock; `look` tells a second look from the first."""

    store: LockObjects | LockItems
    key: str
    look: int = 1


def lock_seen(connections: Connections, question: LockQuestion) -> Fact[StoredLock | None]:
    """Read the lock; the store brings its own connections."""
    del connections
    return question.store.read(question.key)


@dataclass(slots=True, kw_only=True)
class ObjectListing:
    """The listing of one bucket: its lock files, each read as soon as it is found.

    `on_keys` is shown every page of keys, for whoever looks for more than locks.
    """

    backend: Backend
    connections: Connections
    ask: Ask
    on_count: Callable[[Counted], None]
    customer_key: bytes | None = None
    size: int = PAGE_KEYS_MAX
    on_keys: Callable[[Backend, tuple[FoundKey, ...]], None] | None = None
    sides: dict[str, LockSide] = field(default_factory=dict)
    _walk: KeyWalk = field(init=False)

    def __post_init__(self) -> None:
        self._walk = KeyWalk(
            bucket=self._bucket,
            ask=self.ask,
            on_keys=self._keys,
            known_keys=self.backend.keys,
            size=self.size,
        )

    @property
    def missing(self) -> bool:
        """Tell whether there is no such bucket."""
        return self._walk.missing

    @property
    def withheld(self) -> Withheld | None:
        """Return why the listing is not complete; None when it is."""
        return self._walk.withheld

    @property
    def place(self) -> str:
        """Return where the lock files are."""
        return f"bucket `{self.backend.bucket}`"

    @property
    def result(self) -> StoreListing:
        """Return what was counted."""
        return StoreListing(
            kind=LockKind.OBJECT,
            place=self.place,
            backends=(self.backend.name,),
            looked_at=self._walk.looked_at,
            missing=self.missing,
            withheld=self.withheld,
        )

    def side_of(self, key: str) -> LockSide:
        """Return what is known of the lock file of a key."""
        found = self.sides.get(key)
        if found is not None:
            return found
        seen: Fact[StoredLock | None] = self.withheld if self.withheld is not None else Known(None)
        return LockSide(kind=LockKind.OBJECT, place=self.place, seen=seen)

    def store_of(self, key: str) -> LockObjects | Withheld:
        """Return the store that reads the lock file of a key, or why it cannot be read."""
        try:
            settings = settings_for(self.backend, key, customer_key=self.customer_key)
        except CustomerKeyError as error:
            return Withheld(reason=Reason.NOT_ASKED, detail=error.headline)
        return object_store(self.backend, self.connections, settings)

    @property
    def _bucket(self) -> BucketAddress:
        return BucketAddress(
            access=self.backend.access,
            region=self.backend.region,
            bucket=self.backend.bucket,
            account=self.backend.account,
        )

    def start(self) -> None:
        """Ask for the first page."""
        self._walk.start()

    def _keys(self, keys: tuple[FoundKey, ...]) -> None:
        self.on_count(Counted(keys=len(keys)))
        if self.on_keys is not None:
            self.on_keys(self.backend, keys)
        for found in keys:
            key = found.key.removesuffix(LOCK_OBJECT_SUFFIX)
            if key and key != found.key:
                self._read(key)

    def _read(self, key: str) -> None:
        def receive(seen: Fact[StoredLock | None]) -> None:
            if seen == Known(None):
                return  # released since it was listed
            self.sides[key] = LockSide(
                kind=LockKind.OBJECT, place=self.place, seen=seen, found=True
            )
            self.on_count(Counted(locks=1))

        store = self.store_of(key)
        if isinstance(store, Withheld):
            receive(store)
            return
        self.ask(lock_seen, LockQuestion(store=store, key=key), receive)


@dataclass(slots=True, kw_only=True)
class TableListing:
    """The listing of one table, for every backend of the fleet that may have locks in it.

    `on_items` is shown every page, for whoever looks for more than locks.
    """

    address: TableAddress
    backends: Sequence[Backend]
    connections: Connections
    ask: Ask
    on_count: Callable[[Counted], None]
    size: int = PAGE_ITEMS_MAX
    on_items: Callable[[TableAddress, Sequence[Backend], ItemPage], None] | None = None
    sides: dict[tuple[str, str], LockSide] = field(default_factory=dict)  # backend's name, key
    digests: int = 0
    others: int = 0
    _walk: TableWalk = field(init=False)

    def __post_init__(self) -> None:
        self._walk = TableWalk(
            table=self.address,
            buckets=frozenset(each.bucket for each in self.backends),
            ask=self.ask,
            on_page=self._page,
            size=self.size,
        )

    @property
    def missing(self) -> bool:
        """Tell whether there is no such table."""
        return self._walk.missing

    @property
    def withheld(self) -> Withheld | None:
        """Return why the listing is not complete; None when it is."""
        return self._walk.withheld

    @property
    def place(self) -> str:
        """Return where the lock items are."""
        return self.store_of(self.backends[0]).place

    @property
    def result(self) -> StoreListing:
        """Return what was counted."""
        return StoreListing(
            kind=LockKind.ITEM,
            place=self.place,
            backends=tuple(each.name for each in self.backends if self._is_named_by(each)),
            looked_at=self._walk.looked_at,
            digests=self.digests,
            others=self.others,
            missing=self.missing,
            withheld=self.withheld,
        )

    def side_of(self, backend: Backend, key: str) -> LockSide:
        """Return what is known of the lock item of a key."""
        found = self.sides.get((backend.name, key))
        if found is not None:
            return found
        seen: Fact[StoredLock | None] = self.withheld if self.withheld is not None else Known(None)
        return LockSide(kind=LockKind.ITEM, place=self.place, seen=seen, missing=self.missing)

    def store_of(self, backend: Backend) -> LockItems:
        """Return the store that reads the lock item of a key."""
        return item_store(backend, self.address.table, self.connections)

    def start(self) -> None:
        """Ask for the first page."""
        self._walk.start()

    def _page(self, shown: ItemPage) -> None:
        self.digests += len(shown.digests) + sum(count for _, count in shown.foreign_digests)
        self.others += shown.others
        self.on_count(Counted(items=shown.looked_at, locks=len(shown.locks)))
        if self.on_items is not None:
            self.on_items(self.address, self.backends, shown)
        for found in shown.locks:
            self._keep(found)

    def _keep(self, found: FoundItem) -> None:
        backend = next(each for each in self.backends if each.bucket == found.bucket)
        side = LockSide(kind=LockKind.ITEM, place=self.place, seen=Known(found.lock), found=True)
        self.sides[backend.name, found.key] = side

    def _is_named_by(self, backend: Backend) -> bool:
        return self.address.table in backend.tables
