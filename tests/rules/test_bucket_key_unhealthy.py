import pytest

from holdfast.core.cloud import EncryptionKey, KeyState
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_key_unhealthy import bucket_key_unhealthy
from tests.rules.fleets import BUCKET, DENIED, KMS_KEY, healthy_bucket, hits, observed, unknown


def key(state: KeyState, text: str) -> Known[EncryptionKey]:
    return Known(
        EncryptionKey(
            arn=KMS_KEY, state=state, state_text=text, customer_managed=True, rotation=DENIED
        )
    )


@pytest.mark.parametrize(
    "fact", [Known(None), key(KeyState.ENABLED, "Enabled"), key(KeyState.OTHER, "Updating")]
)
def test_a_key_that_can_be_used_is_fine(fact: Known[EncryptionKey | None]) -> None:
    assert hits(bucket_key_unhealthy, observed(bucket=healthy_bucket(key=fact))) == ()


@pytest.mark.parametrize(
    ("state", "text", "words", "advice"),
    [
        (
            KeyState.DISABLED,
            "Disabled",
            "is disabled",
            f"Run `aws kms enable-key --key-id {KMS_KEY}`.",
        ),
        (
            KeyState.PENDING_DELETION,
            "PendingDeletion",
            "is about to be deleted",
            f"Run `aws kms cancel-key-deletion --key-id {KMS_KEY}`, then `enable-key`.",
        ),
        (
            KeyState.MISSING,
            "NotFoundException",
            "does not exist",
            "Find the key, or set another one before the next apply.",
        ),
        (
            KeyState.OTHER,
            "PendingImport",
            "cannot be used",
            "Find the key, or set another one before the next apply.",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_a_hit(
    state: KeyState, text: str, words: str, advice: str
) -> None:
    assert hits(bucket_key_unhealthy, observed(bucket=healthy_bucket(key=key(state, text)))) == (
        Hit(
            message=f"the KMS key of bucket `{BUCKET}` {words}",
            evidence=(Evidence(label="DescribeKey", text=f"{KMS_KEY}: {text}"),),
            advice=advice,
            backend=BUCKET,
        ),
    )


def test_a_key_that_may_not_be_read_is_unknown() -> None:
    assert unknown(bucket_key_unhealthy, observed(bucket=healthy_bucket(key=DENIED))) == (DENIED,)
