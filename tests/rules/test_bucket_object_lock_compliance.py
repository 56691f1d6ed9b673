import pytest

from holdfast.core.cloud import ObjectLock
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_object_lock_compliance import bucket_object_lock_compliance
from tests.rules.fleets import BUCKET, DENIED, healthy_bucket, hits, observed, unknown


@pytest.mark.parametrize(
    "lock", [None, ObjectLock(mode=None, days=None), ObjectLock(mode="GOVERNANCE", days=7)]
)
def test_what_can_be_undone_is_fine(lock: ObjectLock | None) -> None:
    bucket = healthy_bucket(object_lock=Known(lock))
    assert hits(bucket_object_lock_compliance, observed(bucket=bucket)) == ()


@pytest.mark.parametrize(("days", "words"), [(30, "30 days"), (None, "an unknown time")])
def test_a_retention_that_nobody_can_shorten_is_a_hit(days: int | None, words: str) -> None:
    bucket = healthy_bucket(object_lock=Known(ObjectLock(mode="COMPLIANCE", days=days)))
    assert hits(bucket_object_lock_compliance, observed(bucket=bucket)) == (
        Hit(
            message=f"bucket `{BUCKET}` keeps every version, locks included, for {words}",
            evidence=(
                Evidence(
                    label="GetObjectLockConfiguration",
                    text=f"default retention COMPLIANCE, {words}",
                ),
            ),
            advice="Remove the default retention, or change it to GOVERNANCE; what is written stays.",
            backend=BUCKET,
        ),
    )


def test_object_lock_that_may_not_be_read_is_unknown() -> None:
    bucket = healthy_bucket(object_lock=DENIED)
    assert unknown(bucket_object_lock_compliance, observed(bucket=bucket)) == (DENIED,)
