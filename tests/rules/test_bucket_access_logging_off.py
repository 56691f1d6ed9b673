from holdfast.core.cloud import LoggingTarget
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_access_logging_off import bucket_access_logging_off
from tests.rules.fleets import BUCKET, DENIED, healthy_bucket, hits, observed, unknown


def test_logs_that_go_elsewhere_are_fine() -> None:
    assert hits(bucket_access_logging_off, observed()) == ()


def test_a_bucket_without_logs_is_a_hit() -> None:
    assert hits(
        bucket_access_logging_off, observed(bucket=healthy_bucket(logging=Known(None)))
    ) == (
        Hit(
            message=f"access to bucket `{BUCKET}` is not logged",
            evidence=(Evidence(label="GetBucketLogging", text="off"),),
            advice="Log to another bucket, or use CloudTrail data events and `ignore` this rule.",
            backend=BUCKET,
        ),
    )


def test_a_bucket_that_logs_into_itself_is_a_hit() -> None:
    bucket = healthy_bucket(logging=Known(LoggingTarget(bucket=BUCKET, prefix="logs/")))
    assert hits(bucket_access_logging_off, observed(bucket=bucket)) == (
        Hit(
            message=f"bucket `{BUCKET}` logs into itself, which makes a log of every log",
            evidence=(Evidence(label="GetBucketLogging", text=f"to {BUCKET}/logs/"),),
            advice="Choose a target bucket that holds no states.",
            backend=BUCKET,
        ),
    )


def test_logs_that_may_not_be_read_about_are_unknown() -> None:
    bucket = healthy_bucket(logging=DENIED)
    assert unknown(bucket_access_logging_off, observed(bucket=bucket)) == (DENIED,)
