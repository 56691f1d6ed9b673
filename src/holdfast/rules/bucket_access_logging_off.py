"""Nobody can tell later who read a state.

## What it checks
GetBucketLogging: access logs are on, and go to a bucket other than this one. CloudTrail data events do the same
and cannot be seen from the bucket: when they are on, accept this finding with that reason.

## Why it matters
Reading a state is reading secrets, and without a log there is no answer to who read one or deleted it. A
bucket that logs into itself writes a log for every log.

## Fix
Send access logs to a log bucket, or switch CloudTrail data events on for this one. Both cost money and need
another resource, so that Holdfast does neither by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule


@bucket_rule(Severity.MEDIUM)
def bucket_access_logging_off(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for access logs that are off, or go where they come from."""
    target = need(bucket.logging)
    if target is None:
        yield Hit(
            message=f"access to bucket `{bucket.name}` is not logged",
            evidence=(Evidence(label="GetBucketLogging", text="off"),),
            advice="Log to another bucket, or use CloudTrail data events and `ignore` this rule.",
        )
    elif target.bucket == bucket.name:
        yield Hit(
            message=f"bucket `{bucket.name}` logs into itself, which makes a log of every log",
            evidence=(
                Evidence(
                    label="GetBucketLogging",
                    text=printable(f"to {target.bucket}/{target.prefix}"),
                ),
            ),
            advice="Choose a target bucket that holds no states.",
        )
