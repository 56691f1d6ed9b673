import pytest

from holdfast.core.cloud import Encryption
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.encrypt_overrides_key import ADVICE, encrypt_overrides_key
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KMS_KEY,
    Changes,
    backend,
    healthy_bucket,
    hits,
    observed,
    unknown,
    use,
)

BY_KEY = healthy_bucket(encryption=Known(Encryption(algorithm="aws:kms", key=KMS_KEY)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"encrypt": True, "kms_key": KMS_KEY},
        {"encrypt": True, "kms_key_known": False},
        {"encrypt": True, "customer_key": True},
    ],
)
def test_roots_that_do_not_ask_for_aes256_are_fine(changes: Changes) -> None:
    of = backend(uses=(use(**changes),))
    assert hits(encrypt_overrides_key, observed(of, bucket=BY_KEY)) == ()


@pytest.mark.parametrize("encryption", [None, Encryption(algorithm="AES256")])
def test_a_bucket_without_a_key_is_fine(encryption: Encryption | None) -> None:
    of = backend(uses=(use(encrypt=True),))
    bucket = healthy_bucket(encryption=Known(encryption))
    assert hits(encrypt_overrides_key, observed(of, bucket=bucket)) == ()


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_a_root_that_takes_its_state_off_the_key_is_named(algorithm: str) -> None:
    of = backend(uses=(use(encrypt=True),))
    bucket = healthy_bucket(encryption=Known(Encryption(algorithm=algorithm, key=KMS_KEY)))
    assert hits(encrypt_overrides_key, observed(of, bucket=bucket)) == (
        Hit(
            message=f"`network` writes with AES256 what `{BUCKET}` would encrypt with KMS",
            evidence=(
                Evidence(label="GetBucketEncryption", text=f"{algorithm}, key {KMS_KEY}"),
                Evidence(
                    label="root",
                    text="`network`: `encrypt` without `kms_key_id`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice=ADVICE,
            subject="network",
            backend=BUCKET,
        ),
    )


def test_several_roots_are_one_finding() -> None:
    of = backend(uses=(use(encrypt=True), use(encrypt=True, root_path="dns"), use(root_path="x")))
    (hit,) = hits(encrypt_overrides_key, observed(of, bucket=BY_KEY))
    assert hit.message == f"2 roots write with AES256 what `{BUCKET}` would encrypt with KMS"
    assert [each.label for each in hit.evidence] == ["GetBucketEncryption", "root", "root"]


def test_encryption_that_may_not_be_read_is_unknown() -> None:
    bucket = healthy_bucket(encryption=DENIED)
    assert unknown(encrypt_overrides_key, observed(bucket=bucket)) == (DENIED,)
