"""Walk through every key of a bucket, with several requests under way and pages of bounded size.

The first page is read alone: most buckets have no second one. A larger bucket is divided at directories that
the caller knows or that a listing shows, and the parts are read side by side. Divisions only make it faster:
every key is in exactly one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from holdfast.app.observe_asking import Ask
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.key_pages import (
    PAGE_KEYS_MAX,
    FoundKey,
    KeyPage,
    KeyRange,
    PrefixRange,
    common_prefixes,
    key_page,
)
from holdfast.core.facts import Fact, Known, Withheld

PARTS_OF_BUCKET = 16
DESCENT_MAX = 6  # directories that are alone in theirs, one below the other


@dataclass(slots=True, kw_only=True)
class KeyWalk:
    """One walk. `on_keys` gets the keys of each page, in no order; `known_keys` hint at directories."""

    bucket: BucketAddress
    ask: Ask
    on_keys: Callable[[tuple[FoundKey, ...]], None]
    known_keys: Iterable[str] = ()
    size: int = PAGE_KEYS_MAX
    looked_at: int = 0
    missing: bool = False
    withheld: Withheld | None = None

    def start(self) -> None:
        """Ask for the first page."""
        self.ask(key_page, KeyRange(bucket=self.bucket, size=self.size), self._first_page)

    def _first_page(self, page: Fact[KeyPage | None]) -> None:
        following = self._taken(page)
        if following is None:
            return
        if not following.is_ordered or not isinstance(page, Known) or page.value is None:
            self.ask(key_page, following, self._page)
            return
        self._divide(PrefixRange(bucket=self.bucket, after=page.value.last_key), DESCENT_MAX)

    def _divide(self, address: PrefixRange, descents_left: int) -> None:
        """Look for directories to divide the rest at; a directory that is alone is looked into."""

        def receive(prefixes: Fact[tuple[str, ...]]) -> None:
            found = prefixes.value if isinstance(prefixes, Known) else ()
            if len(found) == 1 and descents_left:
                self._divide(replace(address, prefix=found[0]), descents_left - 1)
                return
            known = (f"{key.rpartition('/')[0]}/" for key in self.known_keys if "/" in key)
            points = division_points((*found, *known), after=address.after)
            for after, end in zip((address.after, *points), (*points, None), strict=True):
                part = KeyRange(bucket=self.bucket, after=after, end=end, size=self.size)
                self.ask(key_page, part, self._page)

        self.ask(common_prefixes, address, receive)

    def _page(self, page: Fact[KeyPage | None]) -> None:
        following = self._taken(page)
        if following is not None:
            self.ask(key_page, following, self._page)

    def _taken(self, page: Fact[KeyPage | None]) -> KeyRange | None:
        """Take what a page shows, and return the address of the next one."""
        if isinstance(page, Withheld):
            self.withheld = page
            return None
        shown = page.value
        if shown is None:
            self.missing = True
            return None
        self.looked_at += len(shown.keys)
        self.on_keys(shown.keys)
        return shown.next


def division_points(
    directories: Iterable[str], *, after: str, parts_max: int = PARTS_OF_BUCKET
) -> tuple[str, ...]:
    """Return directories after a key, in order, that divide the rest into at most so many parts."""
    ordered = sorted({directory for directory in directories if directory > after})
    count = min(len(ordered), parts_max - 1)
    return tuple(ordered[index * len(ordered) // count] for index in range(count))
