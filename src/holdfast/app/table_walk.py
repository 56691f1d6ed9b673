"""Walk through every item of a lock table, in segments that are read side by side.

The first page is read alone: most tables have no second one. The items of a table have no order by which the rest
could be divided, so that a larger one is read again in segments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from holdfast.app.observe_asking import Ask
from holdfast.aws.item_pages import PAGE_ITEMS_MAX, ItemPage, ItemRange, item_page
from holdfast.aws.table_reads import TableAddress
from holdfast.core.facts import Fact, Known, Withheld

SEGMENTS_OF_TABLE = 8


@dataclass(slots=True, kw_only=True)
class TableWalk:
    """One walk. `on_page` gets each page, in no order; items of other buckets than `buckets` are only counted."""

    table: TableAddress
    buckets: frozenset[str]
    ask: Ask
    on_page: Callable[[ItemPage], None]
    size: int = PAGE_ITEMS_MAX
    looked_at: int = 0
    missing: bool = False
    withheld: Withheld | None = None

    def start(self) -> None:
        """Ask for the first page."""
        whole = ItemRange(table=self.table, buckets=self.buckets, size=self.size)
        self.ask(item_page, whole, self._first_page)

    def _first_page(self, page: Fact[ItemPage | None]) -> None:
        if not isinstance(page, Known) or page.value is None or page.value.next is None:
            self._page(page)
            return
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
        self.on_page(shown)
        if shown.next is not None:
            self.ask(item_page, shown.next, self._page)
