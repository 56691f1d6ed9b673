"""Gates: what has to be seen before a fleet's locking goes on to its next stage, or back to the one before. Pure.

The stages are `dynamodb` → `both` → `lockfile`. Two clients of neighbouring stages exclude each other, two that are
further apart do not: both ran, and one write was lost (Terraform 1.11.4, two processes). So a stage ends only when
nobody is left in the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.core.backends import Backend, Locking
from holdfast.core.cloud import ObservedTable
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import Checks
from holdfast.core.locking_code_checks import (
    BOTH_OR_LOCKFILE,
    BOTH_OR_TABLE,
    LOCKFILE_ALONE,
    code_checks,
    tables_check,
)
from holdfast.core.locking_digest_checks import digest_checks
from holdfast.core.locking_evidence import FleetEvidence
from holdfast.core.locking_state_checks import (
    lone_item_check,
    lone_object_check,
    unread_check,
    writer_checks,
)
from holdfast.core.locking_table_checks import (
    left_in_table_checks,
    others_check,
    quiet_checks,
    table_checks,
)


def gate_to_lockfile(fleet: Fleet, backend: Backend, evidence: FleetEvidence) -> Checks:
    """Judge `both` → `lockfile`: nobody may be left who would not see a lock file.

    `evidence.since` is when every root was given both locks. Roots that are already at `lockfile` are no hindrance:
    they and those with both exclude each other. Nor are roots without any lock where there is no table: the stage gives
    them their first.
    """
    wanted = BOTH_OR_LOCKFILE if backend.tables else (*BOTH_OR_LOCKFILE, Locking.NONE)
    return Checks(
        backend=backend.name,
        title="both → lockfile",
        checks=(
            *code_checks(fleet, backend, wanted),
            tables_check(fleet, backend),
            *writer_checks(evidence, backend),
            unread_check(evidence, backend.name),
        ),
    )


def gate_to_retire_table(
    fleet: Fleet, backend: Backend, evidence: FleetEvidence, *, table: str, quiet_days: int
) -> Checks:
    """Judge the retirement of a table: nobody may still use it.

    `evidence.since` is when the digests had gone. The evidence is that of a backend which names the table, even
    though no root does any more.
    """
    states = evidence.states_of(backend.name)
    return Checks(
        backend=backend.name,
        title=f"retire table {table}",
        checks=(
            *code_checks(fleet, backend, LOCKFILE_ALONE),
            *left_in_table_checks(states, table),
            others_check(fleet, evidence, backend.name, table),
            *quiet_checks(evidence, backend.name, quiet_days=quiet_days),
            unread_check(evidence, backend.name),
        ),
    )


def gate_back_to_both(
    fleet: Fleet, backend: Backend, tables: Sequence[ObservedTable], evidence: FleetEvidence
) -> Checks:
    """Judge `lockfile` → `both`: everybody has to be able to lock in the table.

    A lock that was left in it would stop every root.
    """
    return Checks(
        backend=backend.name,
        title="lockfile → both",
        checks=(
            tables_check(fleet, backend),
            *table_checks(tables),
            lone_item_check(evidence.states_of(backend.name)),
            unread_check(evidence, backend.name),
        ),
    )


def gate_back_to_dynamodb(
    fleet: Fleet, backend: Backend, tables: Sequence[ObservedTable], evidence: FleetEvidence
) -> Checks:
    """Judge `both` → `dynamodb`: nobody may be left who would not see its locks."""
    return Checks(
        backend=backend.name,
        title="both → dynamodb",
        checks=(
            *code_checks(fleet, backend, BOTH_OR_TABLE),
            tables_check(fleet, backend),
            *table_checks(tables),
            *digest_checks(evidence, backend),
            lone_object_check(evidence.states_of(backend.name)),
            unread_check(evidence, backend.name),
        ),
    )
