"""Encryption never becomes weaker, whatever is wished for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.cloud import Encryption, EncryptionKey, KeyState
from holdfast.core.encryption import (
    ALGORITHMS_BY_STRENGTH,
    encryption_fulfils,
    encryption_rule,
    encryption_with,
    key_changes,
    strength_of,
)
from holdfast.core.facts import Known
from holdfast.core.steps import EncryptBucket

KEY = "arn:aws:kms:eu-west-1:111111111111:key/one"
OTHER_KEY = "arn:aws:kms:eu-west-1:111111111111:key/other"

ENCRYPTIONS = st.none() | st.builds(
    Encryption,
    algorithm=st.sampled_from((*ALGORITHMS_BY_STRENGTH, "aws:of-tomorrow")),
    key=st.none() | st.sampled_from((KEY, OTHER_KEY)),
    bucket_key=st.booleans(),
    blocked_types=st.sampled_from(((), ("SSE-C",), ("NONE",), ("SSE-C", "of-tomorrow"))),
)


def wish(
    algorithm: str = "AES256", *, key_arn: str | None = None, bucket_key: bool = False
) -> EncryptBucket:
    return EncryptBucket(
        bucket="states",
        region="eu-west-1",
        algorithm=algorithm,
        key_arn=key_arn,
        bucket_key=bucket_key,
    )


WISHES = st.builds(
    wish,
    st.sampled_from(ALGORITHMS_BY_STRENGTH),
    key_arn=st.none() | st.sampled_from((KEY, OTHER_KEY)),
    bucket_key=st.booleans(),
)


@pytest.mark.parametrize(
    ("current", "wished", "expected"),
    [
        (None, wish(), Encryption(algorithm="AES256")),
        (
            Encryption(algorithm="aws:kms", key=KEY, bucket_key=True),
            wish(),
            Encryption(algorithm="aws:kms", key=KEY, bucket_key=True),
        ),
        (
            Encryption(algorithm="AES256", blocked_types=("SSE-C",)),
            wish("aws:kms", key_arn=KEY, bucket_key=True),
            Encryption(algorithm="aws:kms", key=KEY, bucket_key=True, blocked_types=("SSE-C",)),
        ),
        (
            Encryption(algorithm="aws:kms:dsse", key=KEY),
            wish("aws:kms", key_arn=OTHER_KEY, bucket_key=True),
            Encryption(algorithm="aws:kms:dsse", key=OTHER_KEY),
        ),
        (
            Encryption(algorithm="aws:kms", key=KEY),
            wish("aws:kms", bucket_key=True),
            Encryption(algorithm="aws:kms", key=KEY, bucket_key=True),
        ),
    ],
)
def test_a_wish_takes_nothing_away(
    current: Encryption | None, wished: EncryptBucket, expected: Encryption
) -> None:
    assert encryption_with(current, wished) == expected


@given(ENCRYPTIONS, WISHES)
def test_the_result_is_as_strong_as_before_and_fulfils_the_wish(
    current: Encryption | None, wished: EncryptBucket
) -> None:
    after = encryption_with(current, wished)
    before = current or Encryption(algorithm="AES256")
    assert strength_of(after.algorithm) >= strength_of(before.algorithm)
    assert after.blocked_types == before.blocked_types
    assert encryption_fulfils(after, wished)


def test_a_key_written_as_an_alias_is_the_key_that_it_means() -> None:
    health = EncryptionKey(
        arn=KEY,
        state=KeyState.ENABLED,
        state_text="Enabled",
        customer_managed=True,
        rotation=Known(value=True),
    )
    current = Encryption(algorithm="aws:kms", key="alias/states")
    assert encryption_fulfils(current, wish("aws:kms", key_arn=KEY), key=health)
    assert not encryption_fulfils(current, wish("aws:kms", key_arn=KEY))
    assert not key_changes(current, wish("aws:kms", key_arn=KEY), key=health)


@pytest.mark.parametrize(
    ("current", "wished", "changes"),
    [
        (None, wish(), False),
        (Encryption(algorithm="AES256"), wish("aws:kms", key_arn=KEY), True),
        (Encryption(algorithm="aws:kms", key=KEY), wish("aws:kms", key_arn=OTHER_KEY), True),
        (Encryption(algorithm="aws:kms", key=KEY), wish("aws:kms", bucket_key=True), False),
        (Encryption(algorithm="aws:kms", key=KEY), wish(), False),
    ],
)
def test_another_key_is_noticed(
    current: Encryption | None, wished: EncryptBucket, changes: bool
) -> None:
    assert key_changes(current, wished) is changes


def test_the_rule_is_what_the_api_takes() -> None:
    strong = Encryption(algorithm="aws:kms", key=KEY, bucket_key=True, blocked_types=("SSE-C",))
    assert encryption_rule(strong) == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
        "BucketKeyEnabled": True,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    assert encryption_rule(Encryption(algorithm="AES256")) == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": False,
    }


@pytest.mark.parametrize("blocked", [("NONE",), ("SSE-C",), ("SSE-C", "of-tomorrow")])
def test_what_is_said_of_blocked_types_is_written_back(blocked: tuple[str, ...]) -> None:
    current = Encryption(algorithm="AES256", blocked_types=blocked)
    assert encryption_rule(encryption_with(current, wish("aws:kms", key_arn=KEY))) == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
        "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": {"EncryptionType": list(blocked)},
    }
