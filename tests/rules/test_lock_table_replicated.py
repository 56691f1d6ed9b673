import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.rules.lock_table_replicated import lock_table_replicated
from tests.rules.fleets import BUCKET, REGION, TABLE, healthy_table, hits, observed


def test_one_region_or_one_decision_is_fine() -> None:
    strong = healthy_table(replicas=("us-east-1",), multi_region_consistency="STRONG")
    assert hits(lock_table_replicated, observed()) == ()
    assert hits(lock_table_replicated, observed(tables=(strong,))) == ()


@pytest.mark.parametrize(("consistency", "words"), [("EVENTUAL", "EVENTUAL"), ("", "not set")])
def test_regions_that_decide_on_their_own_are_a_hit(consistency: str, words: str) -> None:
    table = healthy_table(replicas=("us-east-1", "us-east-2"), multi_region_consistency=consistency)
    assert hits(lock_table_replicated, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` is replicated, and each region decides on its own",
            evidence=(
                Evidence(label="DescribeTable", text="replicas in us-east-1, us-east-2"),
                Evidence(label="DescribeTable", text=f"MultiRegionConsistency: {words}"),
            ),
            advice=f"Lock only through {REGION}, and remove the replicas.",
            backend=BUCKET,
        ),
    )
