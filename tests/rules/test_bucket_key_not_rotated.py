import pytest

from holdfast.core.cloud import EncryptionKey, KeyState
from holdfast.core.facts import Fact, Known
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_key_not_rotated import bucket_key_not_rotated
from tests.rules.fleets import BUCKET, DENIED, KMS_KEY, healthy_bucket, hits, observed, unknown


def key(
    rotation: Fact[bool], *, customer_managed: bool = True, state: KeyState = KeyState.ENABLED
) -> Known[EncryptionKey]:
    return Known(
        EncryptionKey(
            arn=KMS_KEY,
            state=state,
            state_text=state.value,
            customer_managed=customer_managed,
            rotation=rotation,
        )
    )


@pytest.mark.parametrize(
    "fact",
    [
        Known(None),
        key(Known(value=True)),
        key(DENIED, customer_managed=False),
        key(DENIED, state=KeyState.DISABLED),
    ],
)
def test_no_key_and_a_rotated_one_are_fine(fact: Known[EncryptionKey | None]) -> None:
    assert hits(bucket_key_not_rotated, observed(bucket=healthy_bucket(key=fact))) == ()


def test_a_key_without_rotation_is_a_hit() -> None:
    bucket = healthy_bucket(key=key(Known(value=False)))
    assert hits(bucket_key_not_rotated, observed(bucket=bucket)) == (
        Hit(
            message=f"the KMS key of bucket `{BUCKET}` is not rotated",
            evidence=(Evidence(label="GetKeyRotationStatus", text=f"{KMS_KEY}: off"),),
            advice=f"Run `aws kms enable-key-rotation --key-id {KMS_KEY}`.",
            backend=BUCKET,
        ),
    )


def test_a_key_or_rotation_that_may_not_be_read_is_unknown() -> None:
    for fact in (DENIED, key(DENIED)):
        bucket = healthy_bucket(key=fact)
        assert unknown(bucket_key_not_rotated, observed(bucket=bucket)) == (DENIED,)
