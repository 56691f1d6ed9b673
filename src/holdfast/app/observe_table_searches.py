"""Decide how the tables that are missing are looked for: name by name while they are few, by listing all names else.

To ask 33 regions for each of 50 tables would be 1650 requests, most of them for the same account. It is decided
when every table has been asked for in its own region, so that it does not depend on which answer comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from holdfast.core.backends import Access

# As many names are asked for one by one, which takes no permission but that to describe the table itself.
TABLES_DESCRIBED_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTable:
    """A table to be looked for, and what starts that: `search(True)` by listing names."""

    access: Access
    table: str
    search: Callable[[bool], None]


class TableSearches:
    """Start the searches of one run, once all first answers are in."""

    def __init__(self) -> None:
        self._awaited = 0
        self._missing: list[MissingTable] = []

    def expect(self) -> None:
        """Wait for one more first answer."""
        self._awaited += 1

    def answered(self, missing: MissingTable | None) -> None:
        """Take a first answer: a table to be looked for, or None for every other one."""
        self._awaited -= 1
        if missing is not None:
            self._missing.append(missing)
        if not self._awaited:
            self._start()

    def _start(self) -> None:
        names: dict[Access, set[str]] = {}
        for each in self._missing:
            names.setdefault(each.access, set()).add(each.table)
        for each in self._missing:
            each.search(len(names[each.access]) > TABLES_DESCRIBED_MAX)
