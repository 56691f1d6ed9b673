import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.rules.lock_table_not_active import lock_table_not_active
from tests.rules.fleets import BUCKET, KMS_KEY, TABLE, healthy_table, hits, observed

SINCE = "2026-01-02T03:04:05+00:00"
ENABLE = "Enable the KMS key or cancel its deletion: after seven days the table is archived."


@pytest.mark.parametrize("status", ["ACTIVE", "UPDATING"])
def test_a_table_that_serves_requests_is_fine(status: str) -> None:
    assert hits(lock_table_not_active, observed(tables=(healthy_table(status=status),))) == ()


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "ARCHIVED", "SOMETHING_NEW"])
def test_any_other_status_is_a_hit(status: str) -> None:
    assert hits(lock_table_not_active, observed(tables=(healthy_table(status=status),))) == (
        Hit(
            message=f"lock table `{TABLE}` is {status}",
            evidence=(Evidence(label="DescribeTable", text=f"TableStatus: {status}"),),
            advice="Find out who is changing the table, and wait until it is active.",
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ACTIVE", "cannot use its KMS key"),
        ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "is INACCESSIBLE_ENCRYPTION_CREDENTIALS"),
    ],
)
def test_a_key_out_of_reach_is_a_hit_with_the_time_left(status: str, words: str) -> None:
    table = healthy_table(status=status, key=KMS_KEY, key_inaccessible_since=SINCE)
    assert hits(lock_table_not_active, observed(tables=(table,))) == (
        Hit(
            message=f"lock table `{TABLE}` {words}",
            evidence=(
                Evidence(label="DescribeTable", text=f"TableStatus: {status}"),
                Evidence(
                    label="DescribeTable", text=f"KMS key {KMS_KEY} out of reach since {SINCE}"
                ),
            ),
            advice=ENABLE,
            backend=BUCKET,
        ),
    )
