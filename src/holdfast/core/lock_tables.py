"""Lock tables: what makes one, and how it is named. Pure.

Source: Terraform 1.11.4 writes items with the one key `LockID`, a string, and never looks at the schema;
`lockid`, `ID`, type N or a range key each fail at the first lock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.core.backends import Backend, Locking, StateUse
from holdfast.core.cloud import ObservedBackend, Table, TableKey

LOCK_KEY = TableKey(name="LockID", type="S")
ARN_PATTERN = re.compile(
    r"^arn:[a-z-]+:dynamodb:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):table/(?P<name>[^/]+)$"
)
ENDPOINT_PATTERN = re.compile(
    r"^https?://(?:\d{12}\.ddb|dynamodb(?:-fips)?)\.(?P<region>[a-z0-9-]+)\."
)


@dataclass(frozen=True, slots=True, order=True)
class TablePlace:
    """Where a table is."""

    account: str
    region: str


def place_of(table: Table) -> TablePlace:
    """Return the account and region in a table's ARN."""
    match = ARN_PATTERN.match(table.arn)
    return TablePlace(match["account"] if match else "unknown", table.region)


def has_lock_schema(table: Table) -> bool:
    """Tell whether the engines can lock in the table."""
    return table.hash_key == LOCK_KEY and table.range_key is None


def serves_something_else(table: Table) -> bool:
    """Tell whether a table without the schema of a lock table was never meant for locks.

    A wrong name, case or type of the key is a mistake in a lock table. A range key or an index beside a key
    that is not even called `LockID` belongs to another application.
    """
    named_alike = re.sub(r"[^a-z]", "", table.hash_key.name.lower()) == "lockid"
    return (
        not has_lock_schema(table)
        and not named_alike
        and (table.range_key is not None or bool(table.indexes))
    )


def name_in_backend(table: Table, observed: ObservedBackend) -> str:
    """Return the name under which the backend knows the table: its ARN where the code gives that."""
    return table.arn if any(each.name == table.arn for each in observed.tables) else table.name


def key_words(table: Table) -> str:
    """Return a table's key in words: `LockID (S)`, `pk (S) and sk (N)`."""
    keys = [table.hash_key, *([table.range_key] if table.range_key else [])]
    return " and ".join(f"{key.name} ({key.type})" for key in keys)


def refusal_words(table: Table) -> str:
    """Return what DynamoDB says to a lock in a table that does not have the schema of a lock table.

    Measured with Terraform 1.11.4: a `ValidationException` of PutItem.
    """
    if table.hash_key.name == LOCK_KEY.name and table.hash_key.type != LOCK_KEY.type:
        return f"Type mismatch for key LockID expected: {table.hash_key.type} actual: S"
    missing = table.hash_key
    if missing == LOCK_KEY and table.range_key is not None:
        missing = table.range_key
    return f"Missing the key {missing.name} in the item"


def is_table_arn(name: str) -> bool:
    """Tell whether the code names a table by its ARN, which DynamoDB takes wherever it takes a name."""
    return name.startswith("arn:")


def region_of_table_name(name: str) -> str | None:
    """Return the region in a table's ARN; None for a plain name."""
    match = ARN_PATTERN.match(name)
    return match["region"] if match else None


def region_of_endpoint(endpoint: str) -> str | None:
    """Return the region in one of AWS's DynamoDB endpoints; None for any other address."""
    match = ENDPOINT_PATTERN.match(endpoint)
    return match["region"] if match and "amazonaws" in endpoint else None


def uses_of_table(backend: Backend, name: str) -> Sequence[StateUse]:
    """Return the uses that lock in a table."""
    return [use for use in backend.uses if use.table == name and use.locking.uses_table]


def locks_in_table(backend: Backend, name: str) -> bool:
    """Tell whether locks are taken in a table, or are to be: not where every root takes a lock file alone."""
    return bool(uses_of_table(backend, name)) or backend.locking is not Locking.LOCKFILE
