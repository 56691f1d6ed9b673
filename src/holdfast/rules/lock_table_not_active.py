"""The lock table cannot be used now, or its key is out of reach.

## What it checks
`TableStatus`: `ACTIVE` and `UPDATING` are usable, anything else is not. `InaccessibleEncryptionDateTime`: since
when DynamoDB cannot use the table's KMS key.

## Why it matters
No lock can be taken, and held locks cannot be released. A table whose key stays out of reach for seven days is
archived.

## Fix
Enable the KMS key, or cancel its deletion, within seven days. A table that is being created or deleted needs time,
and a look at who does it. An archived table does not come back by itself: create one under a new name and name it
in every root at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule

# DynamoDB API, TableStatus: a table that is being updated serves requests as before.
USABLE_STATUSES = frozenset({"ACTIVE", "UPDATING"})
# DynamoDB archives a table whose key was out of reach for seven days: it does not come back by itself.
ARCHIVED_STATUSES = frozenset({"ARCHIVING", "ARCHIVED"})

WAIT = "Find out who is changing the table, and wait until it is active."
ENABLE_KEY = "Enable the KMS key or cancel its deletion: after seven days the table is archived."
NEW_TABLE = (
    "Create a lock table under a new name and name it in every root at once: an archived table does not"
    " come back by itself. Every apply writes the digest of its state anew."
)


@table_rule(Severity.CRITICAL)
def lock_table_not_active(table: Table, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for a table that serves no requests, or soon will not."""
    if table.status in USABLE_STATUSES and table.key_inaccessible_since is None:
        return
    evidence = [Evidence(label="DescribeTable", text=printable(f"TableStatus: {table.status}"))]
    advice = NEW_TABLE if table.status in ARCHIVED_STATUSES else WAIT
    if table.key_inaccessible_since is not None:
        since = f"KMS key {table.key or 'of the table'} out of reach since {table.key_inaccessible_since}"
        evidence.append(Evidence(label="DescribeTable", text=printable(since)))
        if table.status not in ARCHIVED_STATUSES:
            advice = ENABLE_KEY
    yield Hit(
        message=(
            f"lock table `{table.name}` is {printable(table.status)}"
            if table.status not in USABLE_STATUSES
            else f"lock table `{table.name}` cannot use its KMS key"
        ),
        evidence=tuple(evidence),
        advice=advice,
    )
