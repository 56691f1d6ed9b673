"""Objects of the bucket can belong to whoever wrote them.

## What it checks
GetBucketOwnershipControls: `BucketOwnerEnforced`, which switches ACLs off. No controls at all is the
old default, `ObjectWriter`.

## Why it matters
A state that a role of another account wrote can then belong to that account, and the bucket's own account
cannot read it, or an ACL on a single state lets somebody in whom no policy names.

## Fix
Enforce the bucket owner. S3 refuses that while the bucket's ACL grants something to others, and
roots that set `acl` fail afterwards (`AccessControlListNotSupported`), so that the step has to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend, Ownership
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.steps import EnforceBucketOwner
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.MEDIUM)
def bucket_ownership_acls(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for ACLs that are still in use."""
    ownership = need(bucket.ownership)
    if ownership is Ownership.ENFORCED:
        return
    yield Hit(
        message=f"ACLs are enabled on bucket `{bucket.name}`",
        evidence=(
            Evidence(
                label="GetBucketOwnershipControls",
                text="not set" if ownership is Ownership.UNSET else ownership.value,
            ),
        ),
        fix=(EnforceBucketOwner(bucket=bucket.name, region=region_of_bucket(bucket, observed)),),
        advice="Remove `acl` from every root that uses the bucket first.",
    )
