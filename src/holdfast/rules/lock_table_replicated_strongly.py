"""The lock table is a strongly consistent global table, whose conflicts no engine retries.

## What it checks
Replicas of the table with `MultiRegionConsistency: STRONG`.

## Why it matters
When two regions write at once, DynamoDB answers `ReplicatedWriteConflictException`, which Terraform does not retry:
a plan fails for no reason that its reader knows. It excludes as a lock must.

## Fix
A lock needs no replica: one table in the region of the backend is enough. Leave it if others need it.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule

STRONG = "STRONG"


@table_rule(Severity.LOW)
def lock_table_replicated_strongly(table: Table, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for replicas that decide together."""
    if table.replicas and table.multi_region_consistency == STRONG:
        yield Hit(
            message=f"lock table `{table.name}` is replicated, which locks do not need",
            evidence=(
                Evidence(label="DescribeTable", text=f"replicas in {', '.join(table.replicas)}"),
                Evidence(label="DescribeTable", text="MultiRegionConsistency: STRONG"),
            ),
            advice="Expect `ReplicatedWriteConflictException` in pipelines, or remove the replicas.",
        )
