"""The lock table is a global table, in which two regions can hold the same lock.

## What it checks
Replicas of the table with eventual consistency, which is the default. Strong consistency across regions is the
rule `lock-table-replicated-strongly`.

## Why it matters
Each region decides on its own that nobody holds the lock, and the last writer wins later: two holders, both sure of
it. A condition on a write excludes nobody in another region.

## Fix
Remove the replicas by hand, after a look at who uses them. Until then no root may reach the table through another
region than the backend's.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule

STRONG = "STRONG"


@table_rule(Severity.HIGH)
def lock_table_replicated(table: Table, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for replicas that decide on their own."""
    if table.replicas and table.multi_region_consistency != STRONG:
        yield Hit(
            message=f"lock table `{table.name}` is replicated, and each region decides on its own",
            evidence=(
                Evidence(label="DescribeTable", text=f"replicas in {', '.join(table.replicas)}"),
                Evidence(
                    label="DescribeTable",
                    text=f"MultiRegionConsistency: {table.multi_region_consistency or 'not set'}",
                ),
            ),
            advice=f"Lock only through {table.region}, and remove the replicas.",
        )
