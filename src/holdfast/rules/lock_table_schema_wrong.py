"""The lock table has a key that the engines cannot lock with.

## What it checks
The key schema: one partition key, called exactly `LockID`, of type string, and no range key. Upper and lower
case matter. A table that clearly serves another application is the rule `lock-table-not-a-lock-table`.

## Why it matters
Nobody can lock, so that people work with `-lock=false` and two writers run at once. No engine looks at the schema:
`init` succeeds, and the first command that locks fails with a `ValidationException`.

## Fix
The key of a table cannot be changed. Create a lock table under a new name, name it in every root of the backend
at once, and delete the old one when nothing names it any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import (
    has_lock_schema,
    key_words,
    name_in_backend,
    refusal_words,
    serves_something_else,
    uses_of_table,
)
from holdfast.core.use_evidence import use_evidence


@table_rule(Severity.CRITICAL)
def lock_table_schema_wrong(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for another key than `LockID`, a string."""
    if has_lock_schema(table) or serves_something_else(table):
        return
    uses = uses_of_table(observed.backend, name_in_backend(table, observed))
    yield Hit(
        message=f"lock table `{table.name}` has the key {printable(key_words(table))}, not LockID (S)",
        evidence=(
            Evidence(label="DescribeTable", text=f"key {printable(key_words(table))}"),
            Evidence(label="PutItem", text=f"refuses a lock: {printable(refusal_words(table))}"),
            *use_evidence(uses),
        ),
        advice="Create a lock table under a new name and name it in every root at once.",
    )
