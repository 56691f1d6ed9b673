"""What is deleted from the lock table is gone.

## What it checks
DescribeContinuousBackups: point-in-time recovery is on. A table that no lock can be taken in is left to its
application.

## Why it matters
Who deleted a lock or a digest, and what it said, cannot be found out afterwards. Little is lost: locks are
short-lived, and digests can be computed again.

## Fix
Switch point-in-time recovery on.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import has_lock_schema, name_in_backend
from holdfast.core.steps import EnablePointInTimeRecovery


@table_rule(Severity.LOW)
def lock_table_pitr_off(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for point-in-time recovery that is off."""
    if has_lock_schema(table) and not need(table.point_in_time_recovery):
        yield Hit(
            message=f"lock table `{table.name}` has no point-in-time recovery",
            evidence=(Evidence(label="DescribeContinuousBackups", text="off"),),
            fix=(
                EnablePointInTimeRecovery(
                    table=name_in_backend(table, observed), region=table.region
                ),
            ),
        )
