from holdfast.core.cloud import TimeToLive
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import DisableTimeToLive
from holdfast.rules.lock_table_ttl_on import lock_table_ttl_on
from tests.rules.fleets import BUCKET, DENIED, REGION, TABLE, healthy_table, hits, observed, unknown


def test_a_table_without_time_to_live_is_fine() -> None:
    assert hits(lock_table_ttl_on, observed()) == ()


def test_time_to_live_is_switched_off() -> None:
    table = healthy_table(time_to_live=Known(TimeToLive(enabled=True, attribute="Expires")))
    assert hits(lock_table_ttl_on, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` has time to live switched on",
            evidence=(Evidence(label="DescribeTimeToLive", text="on, by attribute Expires"),),
            fix=(DisableTimeToLive(table=TABLE, region=REGION, attribute="Expires"),),
            backend=BUCKET,
        ),
    )


def test_time_to_live_that_may_not_be_read_is_unknown() -> None:
    table = healthy_table(time_to_live=DENIED)
    assert unknown(lock_table_ttl_on, observed(tables=(table,))) == (DENIED,)
