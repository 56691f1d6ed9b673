from holdfast.core.findings import Evidence, Hit
from holdfast.rules.lock_table_replicated_strongly import lock_table_replicated_strongly
from tests.rules.fleets import BUCKET, TABLE, healthy_table, hits, observed


def test_one_region_is_fine_and_eventual_consistency_is_another_rule() -> None:
    eventual = healthy_table(replicas=("us-east-1",), multi_region_consistency="EVENTUAL")
    assert hits(lock_table_replicated_strongly, observed()) == ()
    assert hits(lock_table_replicated_strongly, observed(tables=(eventual,))) == ()


def test_strong_replicas_are_named() -> None:
    table = healthy_table(replicas=("us-east-1",), multi_region_consistency="STRONG")
    assert hits(lock_table_replicated_strongly, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` is replicated, which locks do not need",
            evidence=(
                Evidence(label="DescribeTable", text="replicas in us-east-1"),
                Evidence(label="DescribeTable", text="MultiRegionConsistency: STRONG"),
            ),
            advice="Expect `ReplicatedWriteConflictException` in pipelines, or remove the replicas.",
            backend=BUCKET,
        ),
    )
