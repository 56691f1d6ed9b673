"""The bucket keeps no old versions of states.

## What it checks
GetBucketVersioning: the status is `Enabled`. `Suspended` is a hit as well: old versions are still there then,
and new ones are not made.

## Why it matters
What a bad apply, a wrong `state push` or a deleted object takes away cannot be brought back, since every apply
overwrites the state as a whole.

## Fix
Switch versioning on. S3 may take up to 15 minutes to do so everywhere after the first time. Versioning that was
suspended was suspended by somebody: resuming it has to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend, VersioningStatus
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.steps import EnableVersioning
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.CRITICAL)
def bucket_versioning_off(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for versioning that was never on, or was suspended."""
    status = need(bucket.versioning).status
    if status is VersioningStatus.ENABLED:
        return
    suspended = status is VersioningStatus.SUSPENDED
    yield Hit(
        message=f"versioning of bucket `{bucket.name}` is {'suspended' if suspended else 'off'}",
        evidence=(
            Evidence(
                label="GetBucketVersioning",
                text="Status: Suspended" if suspended else "no Status: it was never switched on",
            ),
        ),
        fix=(
            EnableVersioning(
                bucket=bucket.name, region=region_of_bucket(bucket, observed), resume=suspended
            ),
        ),
    )
