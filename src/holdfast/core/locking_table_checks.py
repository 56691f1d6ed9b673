"""Checks over the lock table of a backend: whether it can be locked in, and whether anybody still needs it. Pure.

DynamoDB keeps no times of its items. That nobody uses a table can be told from the states alone: one that was written
after its digest had gone, and got none, has a writer without the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedTable, Table, TableAbsent
from holdfast.core.counting import counted
from holdfast.core.exclusion import table_name
from holdfast.core.facts import Known, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.fleet import Fleet
from holdfast.core.lock_tables import has_lock_schema, key_words
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence
from holdfast.core.locking_state_checks import (
    STATE_NOT_WRITTEN,
    moment_text,
    state_lines,
    written_since,
)
from holdfast.core.locks import LockKind

TABLE_MISSING = "table-missing"
TABLE_NOT_ACTIVE = "table-not-active"
TABLE_SCHEMA_WRONG = "table-schema-wrong"
TABLE_UNREADABLE = "table-unreadable"
TABLE_OF_OTHERS = "table-of-others"
TABLE_NOT_QUIET = "table-not-quiet"
DIGEST_IN_TABLE = "digest-in-table"
DIGEST_OF_ORPHAN = "digest-of-orphan"
LOCK_IN_TABLE = "lock-in-table"
ACTIVE = "ACTIVE"
HINT_APPLY = "`holdfast audit` shows what the table lacks, `holdfast plan` and `apply` mend it."


def table_checks(tables: Sequence[ObservedTable]) -> tuple[Check, ...]:
    """Return whether every table of a backend is there and can be locked in; no table at all is refused."""
    absent = [each for each in tables if _known(each, TableAbsent)]
    there = [
        table.presence.value
        for table in tables
        if isinstance(table.presence, Known) and isinstance(table.presence.value, Table)
    ]
    unread = [each for each in tables if isinstance(each.presence, Withheld)]
    inactive = [each for each in there if each.status != ACTIVE]
    wrong = [each for each in there if not has_lock_schema(each)]
    return (
        judged_check(
            TABLE_MISSING,
            [_line(each.name, "there is none") for each in absent]
            or ([] if tables else [Evidence(label="table", text="none is named")]),
            bad=CheckOutcome.REFUSED,
            words="the table is not there",
            passed="the table is there" if not unread else "no table is known to be missing",
            hint="Name the table in the declaration; `holdfast plan` and `apply` create it.",
        ),
        judged_check(
            TABLE_NOT_ACTIVE,
            [_line(each.name, f"status {printable(each.status)}") for each in inactive],
            bad=CheckOutcome.REFUSED,
            words="the table takes no locks now",
            passed="no table is known to be other than active",
            hint="Wait until the table is active, and look again.",
        ),
        judged_check(
            TABLE_SCHEMA_WRONG,
            [_line(each.name, f"its key is {printable(key_words(each))}") for each in wrong],
            bad=CheckOutcome.REFUSED,
            words="the table is no lock table",
            passed="no table is known to have a wrong key",
            hint=HINT_APPLY,
        ),
        judged_check(
            TABLE_UNREADABLE,
            [_line(each.name, str(each.presence)) for each in unread],
            bad=CheckOutcome.UNKNOWN,
            words="whether the table can be locked in could not be read",
            passed="the table could be read",
            hint="See who may read it: `holdfast generate iam --role audit` writes the policy.",
        ),
    )


def _known(table: ObservedTable, kind: type[TableAbsent]) -> bool:
    return isinstance(table.presence, Known) and isinstance(table.presence.value, kind)


def left_in_table_checks(states: Sequence[StateEvidence], table: str) -> tuple[Check, ...]:
    """Return whether anything of a backend's states is left in a table."""
    digests = [
        each
        for each in states
        if any(table_name(digest.table) == table_name(table) for digest in each.digests)
    ]
    used = [each for each in digests if each.roots]
    orphaned = [each for each in digests if not each.roots]
    locks = [each for each in states if each.locks_of(LockKind.ITEM)]
    return (
        judged_check(
            DIGEST_IN_TABLE,
            state_lines(used),
            bad=CheckOutcome.REFUSED,
            words=f"{counted(len(used), 'digest')} left in the table: who wrote last may have used it",
            passed="no digest of a state of the code is left in the table",
            hint="Find who still writes with the table. `--to both` and then `--to lockfile` removes the digests again.",
        ),
        judged_check(
            DIGEST_OF_ORPHAN,
            state_lines(orphaned),
            bad=CheckOutcome.UNKNOWN,
            words=f"{counted(len(orphaned), 'digest')} of states that no code here uses, which other code may",
            passed="no digest of another state of this bucket is left in the table",
            hint="Look whose states they are: `holdfast states`.",
        ),
        judged_check(
            LOCK_IN_TABLE,
            state_lines(locks),
            bad=CheckOutcome.REFUSED,
            words=f"{counted(len(locks), 'lock')} left in the table",
            passed="no lock of this bucket is left in the table",
            hint="Look at them with `holdfast locks`; a run may hold them at this moment.",
        ),
    )


def others_check(fleet: Fleet, evidence: FleetEvidence, backend: str, table: str) -> Check:
    """Return whether the table serves anybody else: other backends of the code, items of other buckets."""
    named = [
        Evidence(label="backend", text=f"`{each.name}` names the table", span=each.span)
        for each in fleet.backends
        if each.name != backend and any(table_name(one) == table_name(table) for one in each.tables)
    ]
    found = [each for each in evidence.tables if table_name(each.table) == table_name(table)]
    buckets = dict.fromkeys(bucket for each in found for bucket in each.other_buckets)
    items = [Evidence(label="items", text=f"of bucket `{printable(bucket)}`") for bucket in buckets]
    strange = sum(each.strange for each in found)
    items += [Evidence(label="items", text=f"{strange} that are of no bucket")] if strange else []
    return judged_check(
        TABLE_OF_OTHERS,
        (*named, *items),
        bad=CheckOutcome.REFUSED,
        words="the table serves others as well",
        passed="no item of another bucket is in the table",
        hint="Let the others leave the table first; this backend does not use it any more as it is.",
    )


def quiet_checks(evidence: FleetEvidence, backend: str, *, quiet_days: int) -> tuple[Check, ...]:
    """Return whether the table was left alone for so many days, as far as that can be known.

    `FleetEvidence.since` is the moment at which the digests had gone.
    """
    states = [each for each in evidence.states_of(backend) if each.is_there]
    since = evidence.since
    silent = [each for each in states if not written_since(each, since)]
    return (
        _quiet_check(since, evidence.now, quiet_days),
        judged_check(
            STATE_NOT_WRITTEN,
            state_lines(silent),
            bad=CheckOutcome.UNKNOWN,
            words=f"{len(silent)} of {counted(len(states), 'state')} not written since their digests went:"
            " whether their clients use the table is not known",
            passed=f"{counted(len(states), 'state')} written since, and none got a digest: their writers do"
            " not use the table",
            hint="Run `apply` once where these states are used, pipelines above all.",
        ),
    )


def _quiet_check(since: datetime | None, now: datetime, quiet_days: int) -> Check:
    hint = "Wait; DynamoDB keeps no times, so that only time can show who comes back."
    if since is None:
        return Check(
            slug=TABLE_NOT_QUIET,
            outcome=CheckOutcome.UNKNOWN,
            words="when the digests went is not known, and DynamoDB keeps no times",
            hint=hint,
        )
    end = since + timedelta(days=quiet_days)
    quiet = now >= end
    return Check(
        slug=TABLE_NOT_QUIET,
        outcome=CheckOutcome.PASSED if quiet else CheckOutcome.REFUSED,
        words=f"the digests went at {moment_text(since)}, {(now - since).days} days ago;"
        f" {quiet_days} are asked for",
        hint="" if quiet else f"{hint} The time is up at {moment_text(end)}.",
    )


def _line(table: str, text: str) -> Evidence:
    return Evidence(label="table", text=f"`{printable(table)}`: {text}")
