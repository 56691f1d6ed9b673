"""Every state and lock asks KMS for a key of its own.

## What it checks
`BucketKeyEnabled` of the default encryption, where that is SSE-KMS. Encryption in two layers (`aws:kms:dsse`) has
no bucket keys.

## Why it matters
Every read and write of a state or a lock is then a request to KMS: it costs money, and a large pipeline is
throttled by KMS rather than by S3.

## Fix
Switch the bucket key on. New objects use it; the key itself and what is there stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.steps import EncryptBucket
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.LOW)
def bucket_kms_without_bucket_key(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for SSE-KMS without a bucket key."""
    encryption = need(bucket.encryption)
    if encryption is None or encryption.algorithm != "aws:kms" or encryption.bucket_key:
        return
    yield Hit(
        message=f"bucket `{bucket.name}` uses SSE-KMS without a bucket key",
        evidence=(Evidence(label="GetBucketEncryption", text="aws:kms, BucketKeyEnabled: false"),),
        fix=(
            EncryptBucket(
                bucket=bucket.name,
                region=region_of_bucket(bucket, observed),
                algorithm=encryption.algorithm,
                bucket_key=True,
            ),
        ),
    )
