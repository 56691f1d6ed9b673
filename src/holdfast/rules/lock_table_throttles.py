"""The lock table can refuse a lock because it is busy.

## What it checks
The billing mode: provisioned capacity, and a maximum of write requests on an on-demand table. A table that no
lock can be taken in is left to its application.

## Why it matters
A pipeline that starts many plans at once uses up the capacity, and a throttled lock is a failed plan. A throttled
unlock leaves the lock behind.

## Fix
Switch to on-demand, which costs next to nothing for locks. AWS allows such a switch a few times a day. A maximum
on an on-demand table was set by somebody: remove it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import BillingMode, ObservedBackend, Table
from holdfast.core.findings import Evidence, Hit, Severity, table_rule
from holdfast.core.lock_tables import has_lock_schema, name_in_backend
from holdfast.core.steps import SwitchTableToOnDemand


@table_rule(Severity.MEDIUM)
def lock_table_throttles(table: Table, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for a limit on how many locks can be taken."""
    if not has_lock_schema(table):
        return
    maximum = table.on_demand_write_max
    if table.billing is BillingMode.PROVISIONED:
        units = f"provisioned, {table.read_units} read and {table.write_units} write units"
        yield Hit(
            message=f"lock table `{table.name}` is limited to {_rate(table.write_units)}",
            evidence=(Evidence(label="DescribeTable", text=units),),
            fix=(
                SwitchTableToOnDemand(table=name_in_backend(table, observed), region=table.region),
            ),
        )
    elif maximum is not None and maximum >= 0:
        yield Hit(
            message=f"lock table `{table.name}` is limited to {_rate(maximum)}",
            evidence=(Evidence(label="DescribeTable", text=f"MaxWriteRequestUnits: {maximum}"),),
            advice="Remove the maximum: `OnDemandThroughput={MaxWriteRequestUnits=-1}`.",
        )


def _rate(units: int) -> str:
    return f"{units} write{'' if units == 1 else 's'} a second"
