"""The lock table does not exist.

## What it checks
Whether DynamoDB knows the tables that the backend locks with, in the backend's region and account. A table of
that name in another region is shown; the engines never look there.

## Why it matters
Every command that locks fails, so people run with `-lock=false`, and then two applies at once can corrupt the
state. `init` does not notice, since neither engine looks at the table before it takes the first lock. A backend
that also takes a lock file gives it back when the table refuses, so it is no better off.

## Fix
Create the table, and let nobody run two commands at once on the backend's states until it is there. Where the
bucket turns out to be in another region or account, settle that first: a table belongs beside its bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.baseline import table_steps
from holdfast.core.cloud import BucketForeign, ObservedBackend, TableAbsent
from holdfast.core.facts import Known, Reason, Withheld, need
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.table_uses import (
    arn_region,
    engine_region,
    lockers_words,
    locks_with,
    table_evidence,
    table_uses,
)

UNTIL_THEN = (
    "Let nobody run two commands at once until it is there: every command that locks fails, and with"
    " `-lock=false` two applies at once can corrupt the state."
)
LOCK_FILE_TOO = (
    "Let nobody run two commands at once until it is there: the lock file still locks, but every command gives"
    " it back and fails for want of the table, and with `-lock=false` neither of them is taken."
)


@backend_rule(Severity.CRITICAL)
def lock_table_missing(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:
    """Name each lock table of the backend that is not there."""
    del fleet
    tables = [each for each in observed.tables if locks_with(observed.backend, each.name)]
    for table in tables:
        match table.presence:
            case Known(TableAbsent() as absent):
                region = need(engine_region(table.name, observed.backend))
                yield _hit(absent, table.name, region, observed)
            case _:
                pass
    for table in tables:  # last, so that a table that is known to be missing is said in any case
        need(table.presence)


def _hit(absent: TableAbsent, table: str, region: str, observed: ObservedBackend) -> Hit:
    uses = table_uses(observed.backend, table)
    only_with_lock_file = bool(uses) and all(use.locking.uses_lockfile for use in uses)
    first = _first(table, region, observed)
    said = Evidence(label="dynamodb:DescribeTable", text=f"ResourceNotFoundException in {region}")
    return Hit(
        message=f"lock table `{table}` does not exist in {region}: {lockers_words(uses)}",
        evidence=(*table_evidence(observed.backend, table), said, *_elsewhere(absent)),
        fix=() if first else table_steps(table, region, observed.backend.tags),
        advice=" ".join(
            filter(None, (first, LOCK_FILE_TOO if only_with_lock_file else UNTIL_THEN))
        ),
    )


def _first(table: str, region: str, observed: ObservedBackend) -> str:
    """Say what has to be settled before a table is created; nothing where it can be at once."""
    if isinstance(observed.bucket, Known) and isinstance(observed.bucket.value, BucketForeign):
        return "First use the credentials of the bucket's account: the table may be there."
    if observed.region not in {None, region}:
        return f"First settle the region: the bucket is in {observed.region}."
    if arn_region(table) is not None:
        return "Create it in the account and region that its ARN names, or name another table."
    return ""


def _elsewhere(absent: TableAbsent) -> Iterator[Evidence]:
    match absent.elsewhere:
        case Known(regions) if regions:
            yield Evidence(
                label="elsewhere", text=f"a table of that name is in {' and '.join(regions)}"
            )
        case Withheld(reason=Reason.NOT_ASKED) as withheld:
            yield Evidence(label="elsewhere", text=f"other regions were not asked: {withheld}")
        case Withheld() as withheld:
            yield Evidence(label="elsewhere", text=f"other regions could not be asked: {withheld}")
        case Known():
            pass
