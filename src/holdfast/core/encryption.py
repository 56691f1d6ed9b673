"""Default encryption by strength: what a wish makes of what is there, which is never weaker.

PutBucketEncryption replaces the whole configuration, so whatever is not wished for is carried over. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.core.cloud import Encryption, EncryptionKey
from holdfast.core.steps import EncryptBucket

# S3 user guide, "Protecting data with server-side encryption": dsse encrypts twice, and has no bucket keys.
ALGORITHMS_BY_STRENGTH = ("AES256", "aws:kms", "aws:kms:dsse")
TWO_LAYERS = "aws:kms:dsse"


def strength_of(algorithm: str) -> int:
    """Return how strong an algorithm is; one that is not known counts as the strongest and stays."""
    if algorithm in ALGORITHMS_BY_STRENGTH:
        return ALGORITHMS_BY_STRENGTH.index(algorithm)
    return len(ALGORITHMS_BY_STRENGTH)


def encryption_with(current: Encryption | None, wish: EncryptBucket) -> Encryption:
    """Return the encryption that fulfils the wish without taking anything from the current one.

    The stronger algorithm wins. A key is replaced only by a key that the wish names. A bucket key, once on,
    stays on. What is said of blocked types stays, `NONE` included: without it S3 may block SSE-C, with which
    states can be encrypted.
    """
    if current is None:
        current = Encryption(algorithm=wish.algorithm)
    algorithm = max(current.algorithm, wish.algorithm, key=strength_of)
    if strength_of(algorithm) == 0:
        return replace(current, algorithm=algorithm)
    return replace(
        current,
        algorithm=algorithm,
        key=wish.key_arn or current.key,
        bucket_key=(current.bucket_key or wish.bucket_key) and algorithm != TWO_LAYERS,
    )


def encryption_fulfils(
    current: Encryption | None, wish: EncryptBucket, *, key: EncryptionKey | None = None
) -> bool:
    """Tell whether the wish would change nothing.

    `key` is the key that the current configuration means: it may be written as an id or an alias there, and
    is then the same as the ARN that is wished for.
    """
    if current is None:
        return False
    if key is not None and current.key is not None:
        current = replace(current, key=key.arn)
    return encryption_with(current, wish) == current


def key_changes(
    current: Encryption | None, wish: EncryptBucket, *, key: EncryptionKey | None = None
) -> bool:
    """Tell whether readers would need another key than before."""
    if current is not None and key is not None and current.key is not None:
        current = replace(current, key=key.arn)
    after = encryption_with(current, wish)
    before = current or Encryption(algorithm=ALGORITHMS_BY_STRENGTH[0])
    return (after.algorithm, after.key) != (before.algorithm, before.key)


def encryption_rule(encryption: Encryption) -> dict[str, object]:
    """Return the one rule of PutBucketEncryption, as the API takes it."""
    default = {"SSEAlgorithm": encryption.algorithm}
    if encryption.key is not None:
        default["KMSMasterKeyID"] = encryption.key
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": list(encryption.blocked_types)}}
    return {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": encryption.bucket_key,
        **(blocked if encryption.blocked_types else {}),
    }
