import pytest

from holdfast.core.baseline import noncurrent_lifecycle_rule
from holdfast.core.cloud import Versioning, VersioningStatus
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import AddLifecycleRules
from holdfast.rules.bucket_noncurrent_unbounded import bucket_noncurrent_unbounded
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    REGION,
    backend,
    healthy_bucket,
    hits,
    lifecycle,
    observed,
    unknown,
)

BOUND = {"NoncurrentVersionExpiration": {"NoncurrentDays": 3650}}
ABORTS = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 30}}
FOR_PART = {"ID": "part", "Status": "Enabled", "Filter": {"Prefix": "env:/"}, **BOUND}


def step(rule: str) -> AddLifecycleRules:
    return AddLifecycleRules(bucket=BUCKET, region=REGION, rules=(rule,))


def test_any_bound_on_everything_is_fine_however_late() -> None:
    bucket = healthy_bucket(lifecycle=lifecycle({"ID": "x", "Status": "Enabled", **BOUND}))
    assert hits(bucket_noncurrent_unbounded, observed(bucket=bucket)) == ()


def test_a_bucket_without_rules_gets_one() -> None:
    bucket = healthy_bucket(lifecycle=Known(()))
    assert hits(bucket_noncurrent_unbounded, observed(bucket=bucket)) == (
        Hit(
            message=f"bucket `{BUCKET}` never removes old versions",
            evidence=(Evidence(label="GetBucketLifecycleConfiguration", text="no rules"),),
            fix=(step(noncurrent_lifecycle_rule()),),
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize(("status", "multipart_days"), [("Enabled", None), ("Disabled", 7)])
def test_a_rule_for_abandoned_uploads_is_not_made_stricter(
    status: str, multipart_days: int | None
) -> None:
    bucket = healthy_bucket(lifecycle=lifecycle({"ID": "x", "Status": status, **ABORTS}))
    (hit,) = hits(bucket_noncurrent_unbounded, observed(bucket=bucket))
    assert hit.fix == (step(noncurrent_lifecycle_rule(multipart_days=multipart_days)),)


def test_the_wish_of_the_declaration_reaches_the_rule() -> None:
    wish = backend(noncurrent_keep=50, noncurrent_days=90)
    (hit,) = hits(
        bucket_noncurrent_unbounded,
        observed(wish, bucket=healthy_bucket(lifecycle=Known(()))),
    )
    assert hit.fix == (step(noncurrent_lifecycle_rule(keep=50, days=90)),)


def test_a_bound_on_a_part_is_not_shortened() -> None:
    bucket = healthy_bucket(lifecycle=lifecycle(FOR_PART))
    (hit,) = hits(bucket_noncurrent_unbounded, observed(bucket=bucket))
    assert hit.message == f"bucket `{BUCKET}` never removes old versions of everything"
    assert [each.label for each in hit.evidence] == ["GetBucketLifecycleConfiguration", "rule"]
    assert hit.fix == ()
    assert hit.advice.startswith("Add rules for the other prefixes")


def test_a_bucket_with_mfa_delete_has_no_step() -> None:
    versioning = Versioning(status=VersioningStatus.ENABLED, mfa_delete=True)
    bucket = healthy_bucket(lifecycle=Known(()), versioning=Known(versioning))
    (hit,) = hits(bucket_noncurrent_unbounded, observed(bucket=bucket))
    assert hit.fix == ()
    assert hit.advice.startswith("A bucket with MFA delete")


def test_rules_that_may_not_be_read_are_unknown() -> None:
    bucket = healthy_bucket(lifecycle=DENIED)
    assert unknown(bucket_noncurrent_unbounded, observed(bucket=bucket)) == (DENIED,)
