"""What a bucket encrypts with when a write does not say it, and what `encrypt = true` makes of that. Pure.

`encrypt = true` without `kms_key_id` sends `x-amz-server-side-encryption: AES256`, which goes before the bucket's default
(Terraform 1.11.4, request log). With `kms_key_id` it sends `aws:kms`.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.cloud import Bucket, BucketAbsent, Encryption, EncryptionKey, ObservedBackend
from holdfast.core.encryption import ALGORITHMS_BY_STRENGTH
from holdfast.core.facts import Known

SSE_S3 = ALGORITHMS_BY_STRENGTH[0]
SSE_KMS = "aws:kms"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultEncryption:
    """The algorithm, and the ARN of the KMS key where there is one and it is known."""

    algorithm: str = SSE_S3
    key: str | None = None
    managed_by_aws: bool = False  # `aws/s3`, which cannot be shared with other accounts


def default_encryption(observed: ObservedBackend | None) -> DefaultEncryption | None:
    """Return what a bucket encrypts with by default; None when it is not known.

    A bucket that is not there yet will have SSE-S3, as every new one, and nothing is in it.
    """
    match observed.bucket if observed is not None else None:
        case Known(Bucket(encryption=Known(None))) | Known(BucketAbsent()):
            return DefaultEncryption()
        case Known(Bucket(encryption=Known(Encryption() as encryption)) as bucket):
            return _of(encryption, bucket)
        case _:
            return None


def _of(encryption: Encryption, bucket: Bucket) -> DefaultEncryption:
    if encryption.algorithm == SSE_S3:
        return DefaultEncryption()
    key = bucket.key.value if isinstance(bucket.key, Known) else None
    return DefaultEncryption(
        algorithm=encryption.algorithm,
        key=_arn(encryption.key, key),
        managed_by_aws=encryption.key is None or (key is not None and not key.customer_managed),
    )


def _arn(name: str | None, key: EncryptionKey | None) -> str | None:
    """Return the ARN of the key that is named; an alias or a bare id is none while nobody says what it means."""
    if key is not None:
        return key.arn
    return name if name is not None and name.startswith("arn:") and ":key/" in name else None
