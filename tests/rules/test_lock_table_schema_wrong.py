import pytest

from holdfast.core.cloud import Table, TableKey
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_schema_wrong import lock_table_schema_wrong
from tests.rules.fleets import BUCKET, TABLE, healthy_table, hits, observed

OTHER = healthy_table(
    hash_key=TableKey(name="pk", type="S"), range_key=TableKey(name="sk", type="S")
)


def test_the_key_of_locks_is_fine_and_another_application_is_another_rule() -> None:
    assert hits(lock_table_schema_wrong, observed()) == ()
    assert hits(lock_table_schema_wrong, observed(tables=(OTHER,))) == ()


@pytest.mark.parametrize(
    ("table", "key", "refusal"),
    [
        (
            healthy_table(hash_key=TableKey(name="lockid", type="S")),
            "lockid (S)",
            "Missing the key lockid in the item",
        ),
        (
            healthy_table(hash_key=TableKey(name="Lock_ID", type="S"), indexes=("x",)),
            "Lock_ID (S)",
            "Missing the key Lock_ID in the item",
        ),
        (
            healthy_table(hash_key=TableKey(name="LockID", type="N")),
            "LockID (N)",
            "Type mismatch for key LockID expected: N actual: S",
        ),
        (
            healthy_table(hash_key=TableKey(name="ID", type="S")),
            "ID (S)",
            "Missing the key ID in the item",
        ),
        (
            healthy_table(range_key=TableKey(name="Env", type="S")),
            "LockID (S) and Env (S)",
            "Missing the key Env in the item",
        ),
    ],
)
def test_every_other_key_is_a_hit_without_a_step(table: Table, key: str, refusal: str) -> None:
    assert hits(lock_table_schema_wrong, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` has the key {key}, not LockID (S)",
            evidence=(
                Evidence(label="DescribeTable", text=f"key {key}"),
                Evidence(label="PutItem", text=f"refuses a lock: {refusal}"),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice="Create a lock table under a new name and name it in every root at once.",
            backend=BUCKET,
        ),
    )
