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

from holdfast.core.baseline import MULTIPART_DAYS, noncurrent_lifecycle_rule
from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, LifecycleRule, ObservedBackend
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.lifecycle import bounds_noncurrent, expires_noncurrent
from holdfast.core.steps import AddLifecycleRules
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.LOW)
def bucket_noncurrent_unbounded(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for a rule that bounds old versions of everything."""
    rules = need(bucket.lifecycle)
    if any(map(bounds_noncurrent, rules)):
        return
    partial = [rule for rule in rules if expires_noncurrent(rule)]
    mfa_delete = isinstance(bucket.versioning, Known) and bucket.versioning.value.mfa_delete
    rule = noncurrent_lifecycle_rule(
        keep=observed.backend.noncurrent_keep,
        days=observed.backend.noncurrent_days,
        multipart_days=_multipart_days(rules),
    )
    step = AddLifecycleRules(
        bucket=bucket.name, region=region_of_bucket(bucket, observed), rules=(rule,)
    )
    yield Hit(
        message=f"bucket `{bucket.name}` never removes old versions{' of everything' if partial else ''}",
        evidence=(
            Evidence(
                label="GetBucketLifecycleConfiguration",
                text="no rule for all old versions" if rules else "no rules",
            ),
            *(Evidence(label="rule", text=printable(rule.document)) for rule in partial),
        ),
        fix=() if partial or mfa_delete else (step,),
        advice=_advice(partial=bool(partial), mfa_delete=mfa_delete),
    )


def _multipart_days(rules: tuple[LifecycleRule, ...]) -> int | None:
    """Leave abandoned uploads alone where a rule sees to them: ours could be the shorter one."""
    aborts = any(rule.enabled and rule.aborts_multipart_days is not None for rule in rules)
    return None if aborts else MULTIPART_DAYS


def _advice(*, partial: bool, mfa_delete: bool) -> str:
    if mfa_delete:
        return "A bucket with MFA delete cannot have lifecycle rules: remove old versions by hand."
    if partial:
        return (
            "Add rules for the other prefixes: one for the whole bucket would shorten those that"
            " are there."
        )
    return ""
