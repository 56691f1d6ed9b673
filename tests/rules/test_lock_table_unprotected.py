from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import ProtectTable
from holdfast.rules.lock_table_unprotected import lock_table_unprotected
from tests.rules.fleets import BUCKET, REGION, TABLE, healthy_table, hits, observed


def test_a_protected_table_is_fine() -> None:
    assert hits(lock_table_unprotected, observed()) == ()


def test_a_table_that_can_be_deleted_is_protected() -> None:
    table = healthy_table(deletion_protection=False)
    assert hits(lock_table_unprotected, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` can be deleted",
            evidence=(Evidence(label="DescribeTable", text="DeletionProtectionEnabled: false"),),
            fix=(ProtectTable(table=TABLE, region=REGION),),
            backend=BUCKET,
        ),
    )
