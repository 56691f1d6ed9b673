"""The lock table is a table of another application.

## What it checks
Whether the partition key of the table has nothing to do with `LockID` while a sort key or indexes show that the
table serves something else. A table whose key is only misspelt is left to the rule `lock-table-schema-wrong`,
and a table with the right key can be locked in, whatever indexes it has.

## Why it matters
Every command that locks fails, so people run with `-lock=false`, and then two applies at once can corrupt the
state. What would be done to a lock table, such as protecting it, would be done to somebody else's data.

## Fix
Name the real lock table, or create one under a name of its own. Let every root name it, and run
`init -reconfigure`: the state stays where it is. Leave this table alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.table_uses import (
    is_of_other_application,
    key_words,
    locks_with,
    name_in_code,
    refusal_words,
    table_evidence,
)

ADVICE = (
    "Name the real lock table, or create one under a name of its own, let every root name it, then run"
    " `init -reconfigure`; leave this table alone."
)


@table_rule(Severity.CRITICAL)
def lock_table_not_a_lock_table(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for the marks of another application."""
    name = name_in_code(table, observed)
    if not locks_with(observed.backend, name) or not is_of_other_application(table):
        return
    found = f"key {key_words(table)}"
    if table.indexes:
        found += f", indexes {', '.join(f'`{printable(index)}`' for index in table.indexes)}"
    yield Hit(
        message=f"table `{name}` belongs to another application: its key is {key_words(table)}",
        evidence=(
            *table_evidence(observed.backend, name),
            Evidence(label="dynamodb:DescribeTable", text=found),
            Evidence(label="dynamodb:PutItem", text=f"refuses locks: {refusal_words(table)}"),
        ),
        advice=ADVICE,
    )
