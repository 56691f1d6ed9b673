"""What a bucket encrypts with by default, from what was observed of it."""

import pytest

from holdfast.core.cloud import (
    BucketAbsent,
    BucketForeign,
    Encryption,
    EncryptionKey,
    KeyState,
)
from holdfast.core.default_encryption import DefaultEncryption, default_encryption
from holdfast.core.facts import Fact, Known
from tests.rules.fleets import ACCOUNT, BUCKET, DENIED, KMS_KEY, healthy_bucket, observed

ALIAS = "alias/states"


def health(*, customer_managed: bool = True) -> Known[EncryptionKey | None]:
    """Return what KMS says of the key."""
    return Known(
        EncryptionKey(
            arn=KMS_KEY,
            state=KeyState.ENABLED,
            state_text="Enabled",
            customer_managed=customer_managed,
            rotation=Known(value=True),
        )
    )


def by_key(key: str | None, algorithm: str = "aws:kms") -> Known[Encryption | None]:
    return Known(Encryption(algorithm=algorithm, key=key))


@pytest.mark.parametrize(
    ("encryption", "key", "expected"),
    [
        (Known(None), Known(None), DefaultEncryption()),
        (Known(Encryption(algorithm="AES256")), Known(None), DefaultEncryption()),
        (by_key(KMS_KEY), health(), DefaultEncryption(algorithm="aws:kms", key=KMS_KEY)),
        (by_key(KMS_KEY), DENIED, DefaultEncryption(algorithm="aws:kms", key=KMS_KEY)),
        (by_key(ALIAS), health(), DefaultEncryption(algorithm="aws:kms", key=KMS_KEY)),
        (by_key(ALIAS), DENIED, DefaultEncryption(algorithm="aws:kms")),
        (
            by_key(KMS_KEY),
            health(customer_managed=False),
            DefaultEncryption(algorithm="aws:kms", key=KMS_KEY, managed_by_aws=True),
        ),
        (by_key(None), Known(None), DefaultEncryption(algorithm="aws:kms", managed_by_aws=True)),
        (
            by_key(KMS_KEY, "aws:kms:dsse"),
            health(),
            DefaultEncryption(algorithm="aws:kms:dsse", key=KMS_KEY),
        ),
        (DENIED, DENIED, None),
    ],
)
def test_the_default_is_what_the_bucket_says(
    encryption: Fact[Encryption | None],
    key: Fact[EncryptionKey | None],
    expected: DefaultEncryption | None,
) -> None:
    bucket = healthy_bucket(encryption=encryption, key=key)
    assert default_encryption(observed(bucket=bucket)) == expected


def test_a_bucket_that_is_not_there_has_the_default_of_a_new_one() -> None:
    assert default_encryption(observed(bucket=BucketAbsent(name=BUCKET))) == DefaultEncryption()


def test_of_a_bucket_that_nobody_read_nothing_is_known() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region=None)
    assert default_encryption(observed(bucket=foreign)) is None
    assert default_encryption(observed(bucket=DENIED)) is None
    assert default_encryption(None) is None
