from holdfast.core.cloud import TableKey
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.lock_table_has_indexes import lock_table_has_indexes
from tests.rules.fleets import BUCKET, TABLE, healthy_table, hits, observed


def test_a_table_without_indexes_or_without_the_key_of_locks_is_fine() -> None:
    other = healthy_table(hash_key=TableKey(name="pk", type="S"), indexes=("by-user",))
    assert hits(lock_table_has_indexes, observed()) == ()
    assert hits(lock_table_has_indexes, observed(tables=(other,))) == ()


def test_indexes_are_named() -> None:
    table = healthy_table(indexes=("by-user", "by-date"))
    assert hits(lock_table_has_indexes, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` has indexes, which locks do not need",
            evidence=(Evidence(label="DescribeTable", text="by-user, by-date"),),
            advice="Find out who uses them; a lock table should serve nothing else.",
            backend=BUCKET,
        ),
    )
