from holdfast.core.cloud import PublicAccessBlock
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import BlockPublicAccess
from holdfast.rules.bucket_public_access_block_off import bucket_public_access_block_off
from tests.rules.fleets import BUCKET, DENIED, REGION, healthy_bucket, hits, observed, unknown


def block(*, others: bool) -> Known[PublicAccessBlock]:
    return Known(
        PublicAccessBlock(
            block_public_acls=others,
            ignore_public_acls=others,
            block_public_policy=False,
            restrict_public_buckets=others,
        )
    )


def test_a_complete_block_is_fine() -> None:
    assert hits(bucket_public_access_block_off, observed()) == ()


def test_what_is_off_is_named_and_switched_on() -> None:
    bucket = healthy_bucket(public_access_block=block(others=True))
    assert hits(bucket_public_access_block_off, observed(bucket=bucket)) == (
        Hit(
            message=f"the public access block of bucket `{BUCKET}` is incomplete",
            evidence=(Evidence(label="GetPublicAccessBlock", text="off: BlockPublicPolicy"),),
            fix=(BlockPublicAccess(bucket=BUCKET, region=REGION),),
            backend=BUCKET,
        ),
    )


def test_no_block_at_all_is_said_so() -> None:
    bucket = healthy_bucket(public_access_block=block(others=False))
    assert [
        hit.message for hit in hits(bucket_public_access_block_off, observed(bucket=bucket))
    ] == [f"the public access block of bucket `{BUCKET}` is not set"]


def test_a_block_that_may_not_be_read_is_unknown() -> None:
    bucket = healthy_bucket(public_access_block=DENIED)
    assert unknown(bucket_public_access_block_off, observed(bucket=bucket)) == (DENIED,)
