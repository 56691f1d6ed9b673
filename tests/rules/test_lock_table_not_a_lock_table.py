import pytest

from holdfast.core.cloud import Table, TableKey
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_not_a_lock_table import lock_table_not_a_lock_table
from tests.rules.fleets import BUCKET, TABLE, healthy_table, hits, observed

PK = TableKey(name="pk", type="S")


@pytest.mark.parametrize(
    "table",
    [
        healthy_table(),
        healthy_table(indexes=("by-user",)),
        healthy_table(hash_key=TableKey(name="lockid", type="S"), indexes=("by-user",)),
        healthy_table(range_key=PK),
        healthy_table(hash_key=PK),
    ],
)
def test_a_lock_table_with_a_mistake_is_not_one_of_these(table: Table) -> None:
    assert hits(lock_table_not_a_lock_table, observed(tables=(table,))) == ()


def test_a_table_of_another_application_is_named_with_who_locks_in_it() -> None:
    table = healthy_table(
        hash_key=PK, range_key=TableKey(name="sk", type="N"), indexes=("by-user",)
    )
    assert hits(lock_table_not_a_lock_table, observed(tables=(table,))) == (
        Hit(
            message=f"`{TABLE}` is not a lock table: its key is pk (S) and sk (N)",
            evidence=(
                Evidence(label="DescribeTable", text="key pk (S) and sk (N), indexes by-user"),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice="Name the table that is meant; leave this one to its application.",
            backend=BUCKET,
        ),
    )


def test_an_index_alone_gives_it_away() -> None:
    table = healthy_table(hash_key=PK, indexes=("by-user",))
    assert len(hits(lock_table_not_a_lock_table, observed(tables=(table,)))) == 1
