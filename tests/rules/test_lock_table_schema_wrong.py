from dataclasses import replace
from typing import Any

import pytest

from holdfast.core.backends import Locking
from holdfast.core.cloud import ObservedTable, TableKey
from holdfast.core.findings import Evidence, Hit, Severity, Unjudged
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_schema_wrong import ADVICE, lock_table_schema_wrong
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


def key(name: str, of_type: str = "S") -> TableKey:
    return TableKey(name=name, type=of_type)


def test_a_table_with_the_key_of_the_engines_is_fine() -> None:
    assert hits(lock_table_schema_wrong, observed()) == ()


def test_indexes_beside_the_right_key_hinder_no_lock() -> None:
    world = observed(tables=(healthy_table(indexes=("by-info",)),))
    assert hits(lock_table_schema_wrong, world) == ()


def test_the_table_of_another_application_is_left_to_another_rule() -> None:
    table = healthy_table(hash_key=key("PK"), range_key=key("SK"))
    assert hits(lock_table_schema_wrong, observed(tables=(table,))) == ()


def test_a_table_in_which_nobody_locks_may_have_any_key() -> None:
    lockfile = backend(locking=Locking.LOCKFILE, uses=(use(locking=Locking.LOCKFILE, table=None),))
    table = healthy_table(hash_key=key("ID"))
    assert hits(lock_table_schema_wrong, observed(lockfile, tables=(table,))) == ()


@pytest.mark.parametrize(
    ("changes", "words", "refusal"),
    [
        ({"hash_key": key("LockId")}, "`LockId` (S)", "Missing the key LockId in the item"),
        ({"hash_key": key("ID")}, "`ID` (S)", "Missing the key ID in the item"),
        (
            {"hash_key": key("LockID", "N")},
            "`LockID` (N)",
            "Type mismatch for key LockID expected: N actual: S",
        ),
        (
            {"range_key": key("Env")},
            "`LockID` (S) and sort key `Env` (S)",
            "Missing the key Env in the item",
        ),
        (
            {"hash_key": key("lock_id"), "range_key": key("Env", "N")},
            "`lock_id` (S) and sort key `Env` (N)",
            "Missing the key lock_id in the item",
        ),
    ],
)
def test_a_wrong_key_is_shown_with_the_refusal_that_it_leads_to(
    changes: dict[str, Any], words: str, refusal: str
) -> None:
    world = observed(tables=(healthy_table(**changes),))
    assert hits(lock_table_schema_wrong, world) == (
        Hit(
            message=f"no lock can be taken in table `{TABLE}`: its key is {words}",
            evidence=(
                Evidence(
                    label="root", text="`network`", span=SourceSpan("network/backend.tf", 4, 5)
                ),
                Evidence(label="dynamodb:DescribeTable", text=f"key {words}"),
                Evidence(label="dynamodb:PutItem", text=f"refuses locks: {refusal}"),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_the_name_of_a_key_cannot_write_to_the_terminal() -> None:
    world = observed(tables=(healthy_table(hash_key=key("ID\x1b[2J")),))
    (hit,) = hits(lock_table_schema_wrong, world)
    assert "\x1b" not in hit.message + "".join(each.text for each in hit.evidence)


def test_a_table_that_could_not_be_read_is_unknown() -> None:
    world = replace(observed(), tables=(ObservedTable(name=TABLE, presence=DENIED),))
    assert judged(lock_table_schema_wrong, world) == (
        Unjudged(
            rule="lock-table-schema-wrong",
            severity=Severity.CRITICAL,
            backend=BUCKET,
            withheld=DENIED,
        ),
    )
