from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import EnablePointInTimeRecovery
from holdfast.rules.lock_table_pitr_off import lock_table_pitr_off
from tests.rules.fleets import BUCKET, DENIED, REGION, TABLE, healthy_table, hits, observed, unknown


def test_a_table_with_backups_is_fine() -> None:
    assert hits(lock_table_pitr_off, observed()) == ()


def test_a_table_without_backups_gets_them() -> None:
    table = healthy_table(point_in_time_recovery=Known(value=False))
    assert hits(lock_table_pitr_off, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` has no point-in-time recovery",
            evidence=(Evidence(label="DescribeContinuousBackups", text="off"),),
            fix=(EnablePointInTimeRecovery(table=TABLE, region=REGION),),
            backend=BUCKET,
        ),
    )


def test_backups_that_may_not_be_read_about_are_unknown() -> None:
    table = healthy_table(point_in_time_recovery=DENIED)
    assert unknown(lock_table_pitr_off, observed(tables=(table,))) == (DENIED,)
