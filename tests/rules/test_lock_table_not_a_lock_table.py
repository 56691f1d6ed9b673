from dataclasses import replace
from typing import Any

import pytest

from holdfast.core.backends import Locking
from holdfast.core.cloud import ObservedTable, TableKey
from holdfast.core.findings import Evidence, Hit, Severity, Unjudged
from holdfast.core.source import SourceSpan
from holdfast.core.standings import is_lock_table
from holdfast.rules.lock_table_not_a_lock_table import ADVICE, lock_table_not_a_lock_table
from holdfast.rules.lock_table_schema_wrong import lock_table_schema_wrong
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    backend,
    healthy_table,
    hits,
    judged,
    observed,
    use,
)

PK = TableKey(name="PK", type="S")
SK = TableKey(name="SK", type="N")


def test_a_lock_table_is_fine_whatever_indexes_it_has() -> None:
    assert hits(lock_table_not_a_lock_table, observed()) == ()
    world = observed(tables=(healthy_table(indexes=("by-info",)),))
    assert hits(lock_table_not_a_lock_table, world) == ()


def test_a_misspelt_key_is_left_to_another_rule() -> None:
    misspelt = TableKey(name="lock_id", type="S")
    world = observed(tables=(healthy_table(hash_key=misspelt, range_key=SK),))
    assert hits(lock_table_not_a_lock_table, world) == ()


def test_a_table_in_which_nobody_locks_may_be_anybodys() -> None:
    lockfile = backend(locking=Locking.LOCKFILE, uses=(use(locking=Locking.LOCKFILE, table=None),))
    world = observed(lockfile, tables=(healthy_table(hash_key=PK, range_key=SK),))
    assert hits(lock_table_not_a_lock_table, world) == ()


def test_the_table_of_another_application_is_shown_with_its_marks() -> None:
    table = healthy_table(hash_key=PK, range_key=SK, indexes=("GSI1", "GSI2"))
    assert hits(lock_table_not_a_lock_table, observed(tables=(table,))) == (
        Hit(
            message=(
                f"table `{TABLE}` belongs to another application:"
                " its key is `PK` (S) and sort key `SK` (N)"
            ),
            evidence=(
                Evidence(
                    label="root", text="`network`", span=SourceSpan("network/backend.tf", 4, 5)
                ),
                Evidence(
                    label="dynamodb:DescribeTable",
                    text="key `PK` (S) and sort key `SK` (N), indexes `GSI1`, `GSI2`",
                ),
                Evidence(
                    label="dynamodb:PutItem",
                    text="refuses locks: Missing the key PK in the item",
                ),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_indexes_alone_show_another_application_where_the_key_is_another() -> None:
    table = healthy_table(hash_key=PK, indexes=("GSI1",))
    (hit,) = hits(lock_table_not_a_lock_table, observed(tables=(table,)))
    assert hit.message == f"table `{TABLE}` belongs to another application: its key is `PK` (S)"


@pytest.mark.parametrize("indexes", [(), ("GSI1",)])
@pytest.mark.parametrize("range_key", [None, SK])
@pytest.mark.parametrize(
    "hash_key",
    [
        PK,
        TableKey(name="LockID", type="S"),
        TableKey(name="LockID", type="N"),
        TableKey(name="lockid", type="S"),
    ],
)
def test_a_table_in_which_no_lock_can_be_taken_is_said_by_exactly_one_rule(
    hash_key: TableKey, range_key: TableKey | None, indexes: tuple[str, ...]
) -> None:
    changes: dict[str, Any] = {"hash_key": hash_key, "range_key": range_key, "indexes": indexes}
    table = healthy_table(**changes)
    world = observed(tables=(table,))
    said = hits(lock_table_not_a_lock_table, world) + hits(lock_table_schema_wrong, world)
    assert len(said) == (0 if is_lock_table(table) else 1)


def test_a_table_that_could_not_be_read_is_unknown() -> None:
    world = replace(observed(), tables=(ObservedTable(name=TABLE, presence=DENIED),))
    assert judged(lock_table_not_a_lock_table, world) == (
        Unjudged(
            rule="lock-table-not-a-lock-table",
            severity=Severity.CRITICAL,
            backend=BUCKET,
            withheld=DENIED,
        ),
    )
