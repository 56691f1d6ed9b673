from holdfast.core.cloud import BucketForeign
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.bucket_foreign_owner import bucket_foreign_owner
from tests.rules.fleets import ACCOUNT, BUCKET, DENIED, hits, observed, unknown


def test_a_bucket_of_the_expected_account_is_fine() -> None:
    assert hits(bucket_foreign_owner, observed()) == ()


def test_a_bucket_of_another_account_is_named_with_who_writes_to_it() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region="eu-west-1")
    assert hits(bucket_foreign_owner, observed(bucket=foreign)) == (
        Hit(
            message=f"bucket `{BUCKET}` does not belong to account {ACCOUNT}",
            evidence=(
                Evidence(
                    label="HeadBucket",
                    text=f"refused for the expected owner {ACCOUNT}, answered without",
                ),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice=(
                "Stop writing to it and find out whose it is; then use a bucket of another name and change"
                " the secrets that the states hold."
            ),
            backend=BUCKET,
        ),
    )


def test_a_bucket_that_did_not_answer_is_unknown() -> None:
    assert unknown(bucket_foreign_owner, observed(bucket=DENIED)) == (DENIED,)
