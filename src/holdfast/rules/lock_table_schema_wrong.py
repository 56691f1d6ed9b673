"""The lock table has the wrong key.

## What it checks
That the partition key of the table is `LockID`, a string, spelled exactly so, and that there is no sort key. A
table that evidently serves another application is left to the rule `lock-table-not-a-lock-table`.

## Why it matters
Every command that locks fails, so people run with `-lock=false`, and then two applies at once can corrupt the
state. Neither engine looks at the schema: `init` succeeds, and the first lock is refused with a
`ValidationException` such as `Missing the key … in the item` or `Type mismatch for key LockID`.

## Fix
The key of a table cannot be changed. Create a table with the right key under a new name, let every root name
it, and run `init -reconfigure`: the state stays where it is. Delete the old table when nothing names it any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.standings import is_lock_table
from holdfast.core.table_uses import (
    is_of_other_application,
    key_words,
    locks_with,
    name_in_code,
    refusal_words,
    table_evidence,
)

ADVICE = (
    "Create a table with the key `LockID` (S) alone under a new name, let every root name it, then run"
    " `init -reconfigure`: the key of a table cannot be changed."
)


@table_rule(Severity.CRITICAL)
def lock_table_schema_wrong(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Compare the table's key with the one that the engines write."""
    name = name_in_code(table, observed)
    if not locks_with(observed.backend, name) or is_lock_table(table):
        return
    if not is_of_other_application(table):
        yield Hit(
            message=f"no lock can be taken in table `{name}`: its key is {key_words(table)}",
            evidence=(
                *table_evidence(observed.backend, name),
                Evidence(label="dynamodb:DescribeTable", text=f"key {key_words(table)}"),
                Evidence(label="dynamodb:PutItem", text=f"refuses locks: {refusal_words(table)}"),
            ),
            advice=ADVICE,
        )
