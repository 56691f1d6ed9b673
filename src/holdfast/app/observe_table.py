"""What is asked about one lock table, and how the answers become a `Table` or a `TableAbsent`.

A table that is not in the backend's region is looked for in others: first in those that the fleet uses, then
in the rest of the partition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from holdfast.app.observe_asking import Ask
from holdfast.app.observe_table_searches import MissingTable, TableSearches
from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import (
    TableAddress,
    TableArnAddress,
    TableNames,
    TablesAddress,
    region_is_off,
    table_names,
    table_point_in_time_recovery,
    table_policy,
    table_presence,
    table_tags,
    table_time_to_live,
)
from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedTable, Table, TableAbsent, TablePresence
from holdfast.core.facts import Fact, Known, Reason, Withheld

NOT_ASKED_YET = Withheld(reason=Reason.NOT_ASKED, detail="not asked yet")
REGION_UNKNOWN = Withheld(reason=Reason.NOT_ASKED, detail="the backend names no region")
ONE_REGION = Withheld(reason=Reason.NOT_ASKED, detail="the table's ARN names its region")
Hold: TypeAlias = Callable[[], Callable[[], None]]
NOT_SEARCHED = Withheld(reason=Reason.NOT_ASKED, detail="other regions were not asked")


class TableObservation:
    """One table of one backend; `observed` is complete once every answer is in."""

    def __init__(
        self,
        table: str,
        backend: Backend,
        ask: Ask,
        connections: Connections,
        *,
        regions_of_fleet: Sequence[str],
        searches: TableSearches | None,
        hold: Hold,
    ) -> None:
        self._ask = ask
        self._hold = hold
        self._connections = connections
        self._address = TableAddress(access=backend.access, region=backend.region, table=table)
        self._regions_of_fleet = regions_of_fleet
        self._searches = searches
        self._by_listing = False
        self._presence: Fact[TablePresence] = NOT_ASKED_YET
        self._unanswered = 0
        self._found: list[str] = []
        self._refused: dict[str, Withheld] = {}

    @property
    def observed(self) -> ObservedTable:
        """Return the table as it is known so far."""
        return ObservedTable(name=self._address.table, presence=self._presence)

    def start(self) -> None:
        """Ask for the table; the rest follows from the answer."""
        if self._address.region is None and not self._address.by_arn:
            self._presence = REGION_UNKNOWN
            return
        if self._searches is not None:
            self._searches.expect()
        self._ask(table_presence, self._address, self._first_answered)

    def _first_answered(self, presence: Fact[TablePresence]) -> None:
        self._described(presence)
        if self._searches is None:
            return
        match presence:
            case Known(TableAbsent()) if not self._address.by_arn:
                release = self._hold()  # the backend is not complete before the search is
                missing = MissingTable(
                    access=self._address.access,
                    table=self._address.table,
                    search=lambda by_listing: self._start_search(release, by_listing=by_listing),
                )
                self._searches.answered(missing)
            case _:
                self._searches.answered(None)

    def _described(self, presence: Fact[TablePresence]) -> None:
        self._presence = presence
        if isinstance(presence, Withheld):
            return
        match presence.value:
            case Table() as table:
                self._table = table
                self._ask_settings()
            case TableAbsent() as absent if self._address.by_arn:
                self._presence = Known(replace(absent, elsewhere=ONE_REGION))
            case TableAbsent() as absent:
                self._presence = Known(replace(absent, elsewhere=NOT_SEARCHED))

    def _keep(self, table: Table) -> None:
        self._table = table
        self._presence = Known(table)

    def _ask_settings(self) -> None:
        ask, keep, at = self._ask, self._keep, self._address
        arn = TableArnAddress(access=at.access, region=self._table.region, arn=self._table.arn)
        ask(
            table_point_in_time_recovery,
            at,
            lambda fact: keep(replace(self._table, point_in_time_recovery=fact)),
        )
        ask(table_time_to_live, at, lambda fact: keep(replace(self._table, time_to_live=fact)))
        ask(table_policy, arn, lambda fact: keep(replace(self._table, policy=fact)))
        ask(table_tags, arn, lambda fact: keep(replace(self._table, tags=fact)))

    # Elsewhere ----------------------------------------------------------------------------------

    def _start_search(self, release: Callable[[], None], *, by_listing: bool) -> None:
        self._by_listing = by_listing
        self._search(in_fleet=True)
        release()

    def _search(self, *, in_fleet: bool) -> None:
        """Ask the fleet's other regions for the table, or the rest of the partition, all at once."""
        own = self._address.region or ""
        fleet = set(self._regions_of_fleet)
        regions = tuple(
            region
            for region in self._connections.regions_of_partition(own)
            if region != own and (region in fleet) is in_fleet
        )
        self._unanswered = len(regions)
        for region in regions:
            told = partial(self._told, region, in_fleet=in_fleet)
            if self._by_listing:
                listing = TablesAddress(access=self._address.access, region=region)
                self._ask(table_names, listing, partial(self._listed, told))
            else:
                there = replace(self._address, region=region)
                self._ask(table_presence, there, partial(self._described_there, told))
        if not regions:
            self._searched(in_fleet=in_fleet)

    def _described_there(
        self, told: Callable[[Fact[bool]], None], presence: Fact[TablePresence]
    ) -> None:
        match presence:
            case Known(found):
                told(Known(isinstance(found, Table)))
            case Withheld():
                told(presence)

    def _listed(self, told: Callable[[Fact[bool]], None], listed: Fact[TableNames]) -> None:
        match listed:
            case Known(tables) if self._address.table in tables.names or tables.complete:
                told(Known(self._address.table in tables.names))
            case Known(tables):
                told(
                    Withheld(
                        reason=Reason.NOT_ASKED,
                        detail=f"more tables are there than the {len(tables.names)} that were listed",
                    )
                )
            case Withheld():
                told(listed)

    def _told(self, region: str, there: Fact[bool], *, in_fleet: bool) -> None:
        """Take what a region told: whether a table of that name is there."""
        self._unanswered -= 1
        match there:
            case Known(True):
                self._found.append(region)
            case Withheld() if not region_is_off(there):
                self._refused[region] = there
            case _:
                pass
        if not self._unanswered:
            self._searched(in_fleet=in_fleet)

    def _searched(self, *, in_fleet: bool) -> None:
        if in_fleet and not self._found:
            self._search(in_fleet=False)
            return
        self._presence = Known(TableAbsent(name=self._address.table, elsewhere=self._elsewhere()))

    def _elsewhere(self) -> Fact[tuple[str, ...]]:
        """Return where the table is; not known when it was found nowhere and a region did not tell."""
        if self._found or not self._refused:
            return Known(tuple(sorted(self._found)))
        first = self._refused[min(self._refused)]
        return replace(first, detail=f"{', '.join(sorted(self._refused))}: {first.detail}")
