import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.rules.lock_table_not_active import ENABLE_KEY, NEW_TABLE, WAIT, lock_table_not_active
from tests.rules.fleets import BUCKET, KMS_KEY, TABLE, healthy_table, hits, observed

SINCE = "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize("status", ["ACTIVE", "UPDATING"])
def test_a_table_that_serves_requests_is_fine(status: str) -> None:
    assert hits(lock_table_not_active, observed(tables=(healthy_table(status=status),))) == ()


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "SOMETHING_NEW"])
def test_any_other_status_is_a_hit(status: str) -> None:
    assert hits(lock_table_not_active, observed(tables=(healthy_table(status=status),))) == (
        Hit(
            message=f"lock table `{TABLE}` is {status}",
            evidence=(Evidence(label="DescribeTable", text=f"TableStatus: {status}"),),
            advice=WAIT,
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
            advice=ENABLE_KEY,
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize("status", ["ARCHIVING", "ARCHIVED"])
@pytest.mark.parametrize("since", [None, SINCE])
def test_nobody_waits_for_an_archived_table(status: str, since: str | None) -> None:
    table = healthy_table(status=status, key_inaccessible_since=since)
    (hit,) = hits(lock_table_not_active, observed(tables=(table,)))
    assert hit.advice == NEW_TABLE
