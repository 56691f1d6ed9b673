"""Old versions of states and locks pile up for ever.

## What it checks
Whether an enabled lifecycle rule for the whole bucket removes noncurrent versions at some time. How soon is not
judged, and no existing rule is made stricter.

## Why it matters
A secret that was in a state years ago is still there, and listings grow slower with every version. Every plan
with a lock file leaves a version and a delete marker behind.

## Fix
Add a lifecycle rule that keeps the 100 newest old versions of every object, and removes others after a year, or
what `baseline.noncurrent_versions` in `holdfast.yaml` says. A filter cannot name `*.tflock` alone. Where rules for
parts of the bucket exist, one for all of it would shorten theirs, and the step is left to you. Buckets with MFA
delete cannot have lifecycle rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.lifecycle import bounds_noncurrent
from holdfast.core.noncurrent_bounds import noncurrent_bound


@bucket_rule(Severity.LOW)
def bucket_noncurrent_unbounded(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for a rule that bounds old versions of everything."""
    rules = need(bucket.lifecycle)
    if any(map(bounds_noncurrent, rules)):
        return
    bound = noncurrent_bound(bucket, observed, rules)
    of_everything = " of everything" if bound.partial else ""
    yield Hit(
        message=f"bucket `{bucket.name}` never removes old versions{of_everything}",
        evidence=(
            Evidence(
                label="GetBucketLifecycleConfiguration",
                text="no rule for all old versions" if rules else "no rules",
            ),
            *bound.evidence,
        ),
        fix=bound.fix,
        advice=bound.advice,
    )
