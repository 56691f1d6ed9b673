import pytest

from holdfast.core.cloud import Encryption
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import EncryptBucket
from holdfast.rules.bucket_kms_without_bucket_key import bucket_kms_without_bucket_key
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    healthy_bucket,
    hits,
    observed,
    unknown,
)


@pytest.mark.parametrize(
    "encryption",
    [
        None,
        Encryption(algorithm="AES256"),
        Encryption(algorithm="aws:kms", key=KMS_KEY, bucket_key=True),
        Encryption(algorithm="aws:kms:dsse", key=KMS_KEY),
    ],
)
def test_what_needs_no_bucket_key_or_has_one_is_fine(encryption: Encryption | None) -> None:
    bucket = healthy_bucket(encryption=Known(encryption))
    assert hits(bucket_kms_without_bucket_key, observed(bucket=bucket)) == ()


def test_the_bucket_key_is_switched_on_and_the_key_stays() -> None:
    bucket = healthy_bucket(encryption=Known(Encryption(algorithm="aws:kms", key=KMS_KEY)))
    assert hits(bucket_kms_without_bucket_key, observed(bucket=bucket)) == (
        Hit(
            message=f"bucket `{BUCKET}` uses SSE-KMS without a bucket key",
            evidence=(
                Evidence(label="GetBucketEncryption", text="aws:kms, BucketKeyEnabled: false"),
            ),
            fix=(
                EncryptBucket(bucket=BUCKET, region=REGION, algorithm="aws:kms", bucket_key=True),
            ),
            backend=BUCKET,
        ),
    )


def test_encryption_that_may_not_be_read_is_unknown() -> None:
    bucket = healthy_bucket(encryption=DENIED)
    assert unknown(bucket_kms_without_bucket_key, observed(bucket=bucket)) == (DENIED,)
