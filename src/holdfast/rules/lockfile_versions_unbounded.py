"""Lock files leave versions behind for ever.

## What it checks
For every state of a versioned bucket that a root locks with `use_lockfile = true`, whether an enabled lifecycle rule
removes noncurrent versions of its `.tflock` object at some time: by a prefix that reaches it, or for the whole
bucket, and by no size that leaves a lock file out. Of a rule that a tag narrows nobody knows whether it does. How soon
is not judged.

## Why it matters
Every plan and every apply writes the lock file and deletes it: one more version and one more delete marker each time,
with the same key. Whatever lists versions, and with it the undoing of a mistake, grows slower with each of them.

## Fix
Add a lifecycle rule that keeps the 100 newest old versions of every object, and removes others after a year, or
what `baseline.noncurrent_versions` in `holdfast.yaml` says. A filter knows prefixes, tags and sizes, and cannot name
`*.tflock` alone. Where rules for parts of the bucket exist, the step is left to you, as it is with MFA delete.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import StateUse
from holdfast.core.cloud import Bucket, LifecycleRule, ObservedBackend, VersioningStatus
from holdfast.core.facts import Reason, Withheld, need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.lifecycle import bounds_noncurrent, bounds_noncurrent_of
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.noncurrent_bounds import noncurrent_bound

# A lock file is the JSON of eight members (protocol of Terraform 1.11.4): `Who`, `Path` and `Info` vary in length.
LOCK_FILE_BYTES = range(100, 4096)
OF_TAGS = Withheld(
    reason=Reason.NOT_ASKED,
    detail="a lifecycle rule is narrowed by tags, and the tags of lock files are not read",
)


@bucket_rule(Severity.LOW)
def lockfile_versions_unbounded(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for lock files whose old versions no rule reaches."""
    backend = observed.backend
    uses = [use for use in backend.uses if use.locking.uses_lockfile]
    declared_only = not backend.uses and backend.locking.uses_lockfile
    if not uses and not declared_only:
        return
    if need(bucket.versioning).status is not VersioningStatus.ENABLED:
        return  # then there are no versions to pile up; `bucket-versioning-off` speaks of that
    rules = need(bucket.lifecycle)
    if any(map(bounds_noncurrent, rules)):
        return
    judged = {
        (use, key): _is_bounded(rules, f"{key}{LOCK_OBJECT_SUFFIX}")
        for use in uses
        for key in use.state_keys()
    }
    unbounded = [name for name, bounded in judged.items() if bounded is False]
    if unbounded or declared_only:
        bound = noncurrent_bound(bucket, observed, rules)
        yield Hit(
            message=f"old versions of lock files in `{bucket.name}` are never removed",
            evidence=(
                Evidence(
                    label="GetBucketLifecycleConfiguration",
                    text="no rule for old versions of lock files" if rules else "no rules",
                ),
                *(_evidence(use, key) for use, key in unbounded),
                *bound.evidence,
            ),
            fix=bound.fix,
            advice=bound.advice,
        )
    if None in judged.values():
        need(OF_TAGS)


def _is_bounded(rules: tuple[LifecycleRule, ...], key: str) -> bool | None:
    """Tell whether any rule bounds the lock file; None where only tags decide."""
    answers = {bounds_noncurrent_of(rule, key, size_bytes=LOCK_FILE_BYTES) for rule in rules}
    return True if True in answers else None if None in answers else False


def _evidence(use: StateUse, key: str) -> Evidence:
    words = f"`{use.root_path}`: `{key}{LOCK_OBJECT_SUFFIX}`"
    return Evidence(label="lock file", text=words, span=use.span)
