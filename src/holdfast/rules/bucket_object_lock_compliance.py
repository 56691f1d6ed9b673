"""Object Lock keeps every version of every lock, and nobody can shorten it.

## What it checks
GetObjectLockConfiguration: a default retention in `COMPLIANCE` mode. `GOVERNANCE` mode, and Object Lock without
a default, are fine.

## Why it matters
Every plan leaves a version of its lock that not even the account's root can remove before its time, and a secret
that got into a state stays there as long. The default retention falls on `.tflock` objects as well. Locking goes on
working, for an unlock only adds a delete marker.

## Fix
Remove the default retention by hand, or change it to `GOVERNANCE` mode; versions that were written under it
stay until it ends. Versioning and a bound on old versions are what a state bucket needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule


@bucket_rule(Severity.HIGH)
def bucket_object_lock_compliance(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for a default retention that cannot be undone."""
    lock = need(bucket.object_lock)
    if lock is None or lock.mode != "COMPLIANCE":
        return
    days = f"{lock.days} days" if lock.days is not None else "an unknown time"
    yield Hit(
        message=f"bucket `{bucket.name}` keeps every version, locks included, for {days}",
        evidence=(
            Evidence(
                label="GetObjectLockConfiguration", text=f"default retention COMPLIANCE, {days}"
            ),
        ),
        advice="Remove the default retention, or change it to GOVERNANCE; what is written stays.",
    )
