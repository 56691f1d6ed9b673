"""The KMS key of the bucket is never rotated.

## What it checks
GetKeyRotationStatus of a customer managed key that is enabled. AWS rotates its own keys.

## Why it matters
The same key material protects every state for as long as the bucket lives, and whoever once got hold of it reads
them all. Audits after CIS ask for rotation.

## Fix
Switch rotation on (`aws kms enable-key-rotation`). Old states stay readable: KMS keeps the old material. The key is
often shared with others, so that Holdfast leaves it to its owner.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, KeyState, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule


@bucket_rule(Severity.LOW)
def bucket_key_not_rotated(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for a customer managed key without rotation."""
    key = need(bucket.key)
    if key is None or not key.customer_managed or key.state is not KeyState.ENABLED:
        return
    if not need(key.rotation):
        yield Hit(
            message=f"the KMS key of bucket `{bucket.name}` is not rotated",
            evidence=(Evidence(label="GetKeyRotationStatus", text=printable(f"{key.arn}: off")),),
            advice=f"Run `aws kms enable-key-rotation --key-id {printable(key.arn)}`.",
        )
