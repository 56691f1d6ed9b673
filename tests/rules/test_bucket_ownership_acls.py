import pytest

from holdfast.core.cloud import Ownership
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import EnforceBucketOwner
from holdfast.rules.bucket_ownership_acls import bucket_ownership_acls
from tests.rules.fleets import BUCKET, DENIED, REGION, healthy_bucket, hits, observed, unknown


def test_an_enforced_owner_is_fine() -> None:
    assert hits(bucket_ownership_acls, observed()) == ()


@pytest.mark.parametrize(
    ("ownership", "text"),
    [
        (Ownership.UNSET, "not set"),
        (Ownership.WRITER, "ObjectWriter"),
        (Ownership.PREFERRED, "BucketOwnerPreferred"),
    ],
)
def test_access_lists_that_are_on_are_switched_off(ownership: Ownership, text: str) -> None:
    bucket = healthy_bucket(ownership=Known(ownership))
    assert hits(bucket_ownership_acls, observed(bucket=bucket)) == (
        Hit(
            message=f"ACLs are enabled on bucket `{BUCKET}`",
            evidence=(Evidence(label="GetBucketOwnershipControls", text=text),),
            fix=(EnforceBucketOwner(bucket=BUCKET, region=REGION),),
            advice="Remove `acl` from every root that uses the bucket first.",
            backend=BUCKET,
        ),
    )


def test_controls_that_may_not_be_read_are_unknown() -> None:
    bucket = healthy_bucket(ownership=DENIED)
    assert unknown(bucket_ownership_acls, observed(bucket=bucket)) == (DENIED,)
