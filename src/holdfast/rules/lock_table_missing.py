"""The lock table that the code names does not exist.

## What it checks
DescribeTable in the region of the backend, which answers that there is no such table. The same name is then
looked for in the other regions of the account, because that is the usual mistake, and among the tables of the
fleet's other accounts. A refusal is not an absence. Where every root takes a lock file alone, no table is missed.

## Why it matters
Nobody can lock, so people work with `-lock=false`, and then two applies at once can corrupt the state. `init`
succeeds without the table; the first command that locks fails with `ResourceNotFoundException`. A root that locks
in both ways fails as well: it gives the lock file back when the table refuses.

## Fix
Create the table where the backend is: key `LockID`, on-demand, with deletion protection, tags and point-in-time
recovery. Run no two commands at once until it is there. When the table is in another region, the region in the code
may be what is wrong: a table serves only roots of its own region. A bucket that turns out to be in another region
or account is settled first, and no table is created before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from holdfast.core.backends import Backend, StateUse
from holdfast.core.baseline import table_steps
from holdfast.core.cloud import BucketForeign, ObservedBackend, Table, TableAbsent
from holdfast.core.evidence import quoted
from holdfast.core.facts import Known, Withheld, need
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.lock_tables import (
    is_table_arn,
    locks_in_table,
    place_of,
    region_of_table_name,
    uses_of_table,
)
from holdfast.core.names import table_name_problems
from holdfast.core.steps import Step
from holdfast.core.use_evidence import only_root_of, use_evidence, uses_words

UNTIL_THEN = "Run no two commands at once until the table is there; with `-lock=false` nothing keeps them apart."


@backend_rule(Severity.CRITICAL)
def lock_table_missing(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:
    """Name each lock table that is not where its roots look for it."""
    backend = observed.backend
    withheld: list[Withheld] = []
    for table in observed.tables:
        if not locks_in_table(backend, table.name):
            continue
        match table.presence:
            case Known(TableAbsent() as absent):
                yield _hit(observed, absent, _other_accounts(fleet, observed, absent.name))
            case Withheld() as reason:
                withheld.append(reason)
            case Known(_):
                pass
    if withheld:
        need(withheld[0])


def _hit(observed: ObservedBackend, absent: TableAbsent, elsewhere: tuple[Evidence, ...]) -> Hit:
    backend = observed.backend
    uses = uses_of_table(backend, absent.name)
    region = region_of_table_name(absent.name) or backend.region
    return Hit(
        message=(
            f"lock table `{absent.name}` does not exist in {region or 'the region of the backend'};"
            f" {_users(uses)}"
        ),
        evidence=(
            Evidence(label="DescribeTable", text=f"no such table in {region or 'its region'}"),
            _elsewhere(absent),
            *elsewhere,
            *use_evidence(uses),
        ),
        fix=() if _obstacle(observed, absent) else _steps(backend, absent),
        advice=" ".join(filter(None, (UNTIL_THEN, _obstacle(observed, absent) or _doubt(absent)))),
        subject=only_root_of(uses),
    )


def _users(uses: Sequence[StateUse]) -> str:
    if not uses:
        return "it is declared"
    words = uses_words(uses)
    return f"{words} lock{'s' if only_root_of(uses) else ''} with it"


def _elsewhere(absent: TableAbsent) -> Evidence:
    match absent.elsewhere:
        case Known(()):
            return Evidence(label="elsewhere", text="in no other region of this account")
        case Known(regions):
            return Evidence(label="elsewhere", text=f"found in {', '.join(regions)}")
        case Withheld() as withheld:
            return Evidence(label="elsewhere", text=f"not known: {withheld}")
        case _:
            assert_never(absent.elsewhere)


def _other_accounts(fleet: Fleet, observed: ObservedBackend, name: str) -> tuple[Evidence, ...]:
    """Show where other backends of the fleet have a table of this name in another account."""
    own = observed.caller.value.account if isinstance(observed.caller, Known) else None
    found = {
        place
        for other in fleet.observed
        for table in other.tables
        if isinstance(table.presence, Known)
        and isinstance(table.presence.value, Table)
        and table.presence.value.name == name
        for place in [place_of(table.presence.value)]
        if place.account != own
    }
    return tuple(
        Evidence(label="elsewhere", text=f"found in account {place.account}, {place.region}")
        for place in sorted(found)
    )


def _steps(backend: Backend, absent: TableAbsent) -> tuple[Step, ...]:
    if backend.region is None:
        return ()
    return table_steps(absent.name, backend.region, backend.tags)


def _obstacle(observed: ObservedBackend, absent: TableAbsent) -> str:
    """Say why no table can be created from here; nothing where it can."""
    if is_table_arn(absent.name):  # it can belong to another account
        return "Create it in the account and region of its ARN, or name a table of this account."
    problems = table_name_problems(absent.name)
    if problems:
        return f"Give it another name: DynamoDB refuses one that {' and '.join(problems)}."
    if isinstance(observed.bucket, Known) and isinstance(observed.bucket.value, BucketForeign):
        return "First use the credentials of the bucket's account: its table may be there."
    if observed.region not in {None, observed.backend.region}:
        return f"First correct the region: the bucket is in {observed.region}."
    return ""


def _doubt(absent: TableAbsent) -> str:
    if isinstance(absent.elsewhere, Known) and absent.elsewhere.value:
        regions = quoted(absent.elsewhere.value)
        return f"If the backend belongs in {regions}, correct the region in the code instead."
    return ""
