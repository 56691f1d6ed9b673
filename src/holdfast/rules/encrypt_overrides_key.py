"""States are written with AES256 although the bucket's default is a KMS key.

## What it checks
Roots with `encrypt = true` and without `kms_key_id`, in a bucket whose default encryption (GetBucketEncryption) is
SSE-KMS. A root with a customer's own key, `sse_customer_key`, is not meant.

## Why it matters
`encrypt = true` alone sends `x-amz-server-side-encryption: AES256` with every state and lock file, and S3 takes what is
sent for more than its default. The states are then off the key: whoever may read the bucket reads them, whatever the key's
policy says, and no use of the key is recorded. A bucket policy that asks for the key refuses the write instead.

## Fix
Set `kms_key_id` beside `encrypt`, or leave both out. In the declaration it is the backend's `kms_key`, which
`holdfast init` takes from the bucket. Then run `init -reconfigure`; what is stored keeps AES256 until it is written again.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.default_encryption import SSE_S3
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.use_evidence import only_root_of, use_evidence, uses_words

ADVICE = "Set `kms_key_id` to the bucket's key beside `encrypt = true`, or leave both out."


@bucket_rule(Severity.MEDIUM)
def encrypt_overrides_key(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for roots that ask for less than the bucket does by itself."""
    encryption = need(bucket.encryption)
    if encryption is None or encryption.algorithm == SSE_S3:
        return
    uses = [
        each
        for each in observed.backend.uses
        if each.encrypt and each.kms_key is None and each.kms_key_known and not each.customer_key
    ]
    if not uses:
        return
    verb = "writes" if only_root_of(uses) else "write"
    key = f", key {encryption.key}" if encryption.key else ""
    yield Hit(
        message=f"{uses_words(uses)} {verb} with {SSE_S3} what `{bucket.name}` would encrypt with KMS",
        evidence=(
            Evidence(label="GetBucketEncryption", text=printable(f"{encryption.algorithm}{key}")),
            *use_evidence(uses, "`encrypt` without `kms_key_id`"),
        ),
        advice=ADVICE,
        subject=only_root_of(uses),
    )
