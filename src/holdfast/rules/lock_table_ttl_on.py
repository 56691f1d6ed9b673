"""DynamoDB may delete locks while they are held.

## What it checks
DescribeTimeToLive: time to live is off. The engines write no attribute with a time, so that it is of no use. A
table that no lock can be taken in is left to its application.

## Why it matters
As soon as something adds that attribute to an item, a held lock disappears without its holder knowing, and a
second writer starts. A digest that disappears takes the check of the state with it.

## Fix
Switch time to live off. Somebody switched it on, so that the step has to be confirmed; it takes up to an hour, and
cannot be undone in that time.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import has_lock_schema, name_in_backend
from holdfast.core.steps import DisableTimeToLive


@table_rule(Severity.HIGH)
def lock_table_ttl_on(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for time to live."""
    if not has_lock_schema(table):
        return
    time_to_live = need(table.time_to_live)
    if not time_to_live.enabled:
        return
    yield Hit(
        message=f"lock table `{table.name}` has time to live switched on",
        evidence=(
            Evidence(
                label="DescribeTimeToLive",
                text=printable(f"on, by attribute {time_to_live.attribute}"),
            ),
        ),
        fix=(
            DisableTimeToLive(
                table=name_in_backend(table, observed),
                region=table.region,
                attribute=time_to_live.attribute,
            ),
        ),
    )
