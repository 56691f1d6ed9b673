"""The states are in a directory bucket.

## What it checks
Whether the bucket is a directory bucket (S3 Express One Zone), by what HeadBucket says and by the ending
`--x-s3` of its name.

## Why it matters
Directory buckets have no versioning, and keep everything in one availability zone: what is overwritten or lost
with the zone is gone. Listings are not in order, so that workspaces go missing.

## Fix
Move the states to a general purpose bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule


@bucket_rule(Severity.CRITICAL)
def bucket_directory(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for a bucket that cannot keep versions."""
    if bucket.directory:
        yield Hit(
            message=f"`{bucket.name}` is a directory bucket, which keeps no old versions",
            evidence=(Evidence(label="HeadBucket", text="a directory bucket in one zone"),),
            advice="Create a general purpose bucket and move the states there.",
        )
