import pytest

from holdfast.core.cloud import BillingMode
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import SwitchTableToOnDemand
from holdfast.rules.lock_table_throttles import lock_table_throttles
from tests.rules.fleets import BUCKET, REGION, TABLE, backend, healthy_table, hits, observed


@pytest.mark.parametrize("maximum", [None, -1])
def test_a_table_without_a_limit_is_fine(maximum: int | None) -> None:
    table = healthy_table(on_demand_write_max=maximum)
    assert hits(lock_table_throttles, observed(tables=(table,))) == ()


def test_a_provisioned_table_is_switched_to_on_demand() -> None:
    table = healthy_table(billing=BillingMode.PROVISIONED, read_units=5, write_units=1)
    assert hits(lock_table_throttles, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` is limited to 1 write a second",
            evidence=(
                Evidence(label="DescribeTable", text="provisioned, 5 read and 1 write units"),
            ),
            fix=(SwitchTableToOnDemand(table=TABLE, region=REGION),),
            backend=BUCKET,
        ),
    )


def test_a_maximum_that_somebody_set_is_left_to_them() -> None:
    table = healthy_table(on_demand_write_max=4)
    assert hits(lock_table_throttles, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` is limited to 4 writes a second",
            evidence=(Evidence(label="DescribeTable", text="MaxWriteRequestUnits: 4"),),
            advice="Remove the maximum: `OnDemandThroughput={MaxWriteRequestUnits=-1}`.",
            backend=BUCKET,
        ),
    )


def test_a_table_that_is_known_by_its_arn_is_changed_by_its_arn() -> None:
    table = healthy_table(billing=BillingMode.PROVISIONED)
    by_arn = observed(backend(tables=(table.arn,)), tables=(table,), table_names=(table.arn,))
    assert [hit.fix for hit in hits(lock_table_throttles, by_arn)] == [
        (SwitchTableToOnDemand(table=table.arn, region=REGION),)
    ]
