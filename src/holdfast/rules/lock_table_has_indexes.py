"""The lock table has indexes that no engine uses.

## What it checks
Local and global secondary indexes of a table whose key is right for locks.

## Why it matters
Somebody else reads the table through them, and may write to it or delete it. An index that cannot keep up throttles
the locks.

## Fix
Find out whose indexes they are. A lock table of its own for the backend is the cleaner way.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import has_lock_schema


@table_rule(Severity.LOW)
def lock_table_has_indexes(table: Table, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for indexes on a table that locks can be taken in."""
    if has_lock_schema(table) and table.indexes:
        yield Hit(
            message=f"lock table `{table.name}` has indexes, which locks do not need",
            evidence=(Evidence(label="DescribeTable", text=printable(", ".join(table.indexes))),),
            advice="Find out who uses them; a lock table should serve nothing else.",
        )
