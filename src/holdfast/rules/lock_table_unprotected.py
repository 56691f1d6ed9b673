"""One command can delete the lock table.

## What it checks
`DeletionProtectionEnabled` of DescribeTable. A table that no lock can be taken in is left to its application.

## Why it matters
A `terraform destroy` in the wrong directory takes the table with every held lock and every digest, and nobody is
asked.

## Fix
Switch deletion protection on.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import has_lock_schema, name_in_backend
from holdfast.core.steps import ProtectTable


@table_rule(Severity.MEDIUM)
def lock_table_unprotected(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for deletion protection that is off."""
    if has_lock_schema(table) and not table.deletion_protection:
        yield Hit(
            message=f"lock table `{table.name}` can be deleted",
            evidence=(Evidence(label="DescribeTable", text="DeletionProtectionEnabled: false"),),
            fix=(ProtectTable(table=name_in_backend(table, observed), region=table.region),),
        )
