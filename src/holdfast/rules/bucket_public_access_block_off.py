"""Nothing stops the bucket from being made public.

## What it checks
GetPublicAccessBlock of the bucket: all four settings are on. The account's own block, which can make up for it,
is not asked for: it can be switched off without anybody looking at this bucket.

## Why it matters
One wrong statement or one `acl` argument is then enough to publish every state with the secrets in it.

## Fix
Switch all four on. When the bucket is public today, somebody may depend on it, and the step has to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend, PublicAccessBlock
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.steps import BlockPublicAccess
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.HIGH)
def bucket_public_access_block_off(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for a public access block that is not complete."""
    block = need(bucket.public_access_block)
    if block.complete:
        return
    off = [name for name, on in _settings(block) if not on]
    words = "not set" if len(off) == len(_settings(block)) else "incomplete"
    yield Hit(
        message=f"the public access block of bucket `{bucket.name}` is {words}",
        evidence=(Evidence(label="GetPublicAccessBlock", text=f"off: {', '.join(off)}"),),
        fix=(BlockPublicAccess(bucket=bucket.name, region=region_of_bucket(bucket, observed)),),
    )


def _settings(block: PublicAccessBlock) -> tuple[tuple[str, bool], ...]:
    return (
        ("BlockPublicAcls", block.block_public_acls),
        ("IgnorePublicAcls", block.ignore_public_acls),
        ("BlockPublicPolicy", block.block_public_policy),
        ("RestrictPublicBuckets", block.restrict_public_buckets),
    )
