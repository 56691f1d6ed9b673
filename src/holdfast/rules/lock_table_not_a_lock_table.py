"""What is named as the lock table belongs to another application.

## What it checks
Tables whose key is not called `LockID` in any spelling, and which have a range key or an index: nobody makes
those for locks.

## Why it matters
No command can lock, and the engines' requests reach a table that others depend on.

## Fix
Correct the name in the code. The table that is named now is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import (
    key_words,
    name_in_backend,
    serves_something_else,
    uses_of_table,
)
from holdfast.core.use_evidence import use_evidence


@table_rule(Severity.CRITICAL)
def lock_table_not_a_lock_table(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for the signs of a table that was made for something else."""
    if not serves_something_else(table):
        return
    indexes = f", indexes {', '.join(table.indexes)}" if table.indexes else ""
    uses = uses_of_table(observed.backend, name_in_backend(table, observed))
    yield Hit(
        message=f"`{table.name}` is not a lock table: its key is {printable(key_words(table))}",
        evidence=(
            Evidence(label="DescribeTable", text=printable(f"key {key_words(table)}{indexes}")),
            *use_evidence(uses),
        ),
        advice="Name the table that is meant; leave this one to its application.",
    )
