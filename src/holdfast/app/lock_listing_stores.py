"""List the locks of one bucket, or of one table, with several requests under way and pages of bounded size.

The first page is read alone: most buckets and tables have no second one. What is larger is divided, a bucket at
directories that the code names or that a listing shows, a table into segments, and the parts are read side by
side. Divisions only make it faster: every key and every item is in exactly one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from holdfast.app.lock_stores import item_store, object_store, settings_for
from holdfast.app.observe_asking import Ask
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.lock_items import LockItems
from holdfast.aws.lock_objects import LockObjects
from holdfast.aws.lock_pages import (
    PAGE_ITEMS_MAX,
    PAGE_KEYS_MAX,
    FoundItem,
    FoundObject,
    ItemPage,
    ItemRange,
    ObjectPage,
    ObjectRange,
    PrefixRange,
    common_prefixes,
    item_page,
    object_page,
)
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import LockSide, StoreListing
from holdfast.core.locks import LockKind, StoredLock
from holdfast.errors import CustomerKeyError

PARTS_OF_BUCKET = 16
SEGMENTS_OF_TABLE = 8
DESCENT_MAX = 6  # directories that are alone in theirs, one below the other


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
    """The listing of one bucket: its lock files, each read as soon as it is found."""

    backend: Backend
    connections: Connections
    ask: Ask
    on_count: Callable[[Counted], None]
    customer_key: bytes | None = None
    size: int = PAGE_KEYS_MAX
    sides: dict[str, LockSide] = field(default_factory=dict)
    looked_at: int = 0
    missing: bool = False
    withheld: Withheld | None = None

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
            looked_at=self.looked_at,
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
        whole = ObjectRange(bucket=self._bucket, size=self.size)
        self.ask(object_page, whole, self._first_page)

    def _first_page(self, page: Fact[ObjectPage | None]) -> None:
        following = self._taken(page)
        if following is None:
            return
        if not following.is_ordered or not isinstance(page, Known) or page.value is None:
            self.ask(object_page, following, self._page)
            return
        self._divide(PrefixRange(bucket=self._bucket, after=page.value.last_key), DESCENT_MAX)

    def _divide(self, address: PrefixRange, descents_left: int) -> None:
        """Look for directories to divide the rest at; a directory that is alone is looked into."""

        def receive(prefixes: Fact[tuple[str, ...]]) -> None:
            found = prefixes.value if isinstance(prefixes, Known) else ()
            if len(found) == 1 and descents_left:
                self._divide(replace(address, prefix=found[0]), descents_left - 1)
                return
            known = (f"{key.rpartition('/')[0]}/" for key in self.backend.keys if "/" in key)
            points = division_points((*found, *known), after=address.after)
            for after, end in zip((address.after, *points), (*points, None), strict=True):
                part = ObjectRange(bucket=self._bucket, after=after, end=end, size=self.size)
                self.ask(object_page, part, self._page)

        self.ask(common_prefixes, address, receive)

    def _page(self, page: Fact[ObjectPage | None]) -> None:
        following = self._taken(page)
        if following is not None:
            self.ask(object_page, following, self._page)

    def _taken(self, page: Fact[ObjectPage | None]) -> ObjectRange | None:
        """Take what a page shows, and return the address of the next one."""
        if isinstance(page, Withheld):
            self.withheld = page
            return None
        shown = page.value
        if shown is None:
            self.missing = True
            return None
        self.looked_at += shown.looked_at
        self.on_count(Counted(keys=shown.looked_at))
        for found in shown.locks:
            self._read(found)
        return shown.next

    def _read(self, found: FoundObject) -> None:
        def receive(seen: Fact[StoredLock | None]) -> None:
            if seen == Known(None):
                return  # released since it was listed
            self.sides[found.key] = LockSide(
                kind=LockKind.OBJECT, place=self.place, seen=seen, found=True
            )
            self.on_count(Counted(locks=1))

        store = self.store_of(found.key)
        if isinstance(store, Withheld):
            receive(store)
            return
        self.ask(lock_seen, LockQuestion(store=store, key=found.key), receive)


def division_points(
    directories: Iterable[str], *, after: str, parts_max: int = PARTS_OF_BUCKET
) -> tuple[str, ...]:
    """Return directories after a key, in order, that divide the rest into at most so many parts."""
    ordered = sorted({directory for directory in directories if directory > after})
    count = min(len(ordered), parts_max - 1)
    return tuple(ordered[index * len(ordered) // count] for index in range(count))


@dataclass(slots=True, kw_only=True)
class TableListing:
    """The listing of one table, for every backend of the fleet that may have locks in it."""

    address: TableAddress
    backends: Sequence[Backend]
    connections: Connections
    ask: Ask
    on_count: Callable[[Counted], None]
    size: int = PAGE_ITEMS_MAX
    sides: dict[tuple[str, str], LockSide] = field(default_factory=dict)  # backend's name, key
    looked_at: int = 0
    digests: int = 0
    others: int = 0
    missing: bool = False
    withheld: Withheld | None = None

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
            looked_at=self.looked_at,
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
        buckets = frozenset(each.bucket for each in self.backends)
        whole = ItemRange(table=self.address, buckets=buckets, size=self.size)
        self.ask(item_page, whole, self._first_page)

    def _first_page(self, page: Fact[ItemPage | None]) -> None:
        if not isinstance(page, Known) or page.value is None or page.value.next is None:
            self._page(page)
            return
        # The items of a table have no order by which the rest could be divided: it is read again in segments.
        whole = replace(page.value.next, after=None, segments=SEGMENTS_OF_TABLE)
        for segment in range(SEGMENTS_OF_TABLE):
            self.ask(item_page, replace(whole, segment=segment), self._page)

    def _page(self, page: Fact[ItemPage | None]) -> None:
        if isinstance(page, Withheld):
            self.withheld = page
            return
        shown = page.value
        if shown is None:
            self.missing = True
            return
        self.looked_at += shown.looked_at
        self.digests += shown.digests
        self.others += shown.others
        self.on_count(Counted(items=shown.looked_at, locks=len(shown.locks)))
        for found in shown.locks:
            self._keep(found)
        if shown.next is not None:
            self.ask(item_page, shown.next, self._page)

    def _keep(self, found: FoundItem) -> None:
        backend = next(each for each in self.backends if each.bucket == found.bucket)
        side = LockSide(kind=LockKind.ITEM, place=self.place, seen=Known(found.lock), found=True)
        self.sides[backend.name, found.key] = side

    def _is_named_by(self, backend: Backend) -> bool:
        return self.address.table in backend.tables
