"""How old versions in a bucket get a bound: the step that adds a rule, or why a step cannot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.core.baseline import MULTIPART_DAYS, noncurrent_lifecycle_rule
from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, LifecycleRule, ObservedBackend
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence
from holdfast.core.lifecycle import expires_noncurrent
from holdfast.core.steps import AddLifecycleRules
from holdfast.core.whereabouts import region_of_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class NoncurrentBound:
    """The step to a bound for everything in the bucket, or the advice where there is no such step.

    `partial` are the rules that bound old versions of a part.
    """

    fix: tuple[AddLifecycleRules, ...]
    advice: str
    partial: tuple[LifecycleRule, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the rules that bound a part, as evidence."""
        return tuple(Evidence(label="rule", text=printable(rule.document)) for rule in self.partial)


def noncurrent_bound(
    bucket: Bucket, observed: ObservedBackend, rules: Sequence[LifecycleRule]
) -> NoncurrentBound:
    """Return how the bucket gets a rule of the baseline beside the `rules` that it has."""
    partial = tuple(rule for rule in rules if expires_noncurrent(rule))
    if isinstance(bucket.versioning, Known) and bucket.versioning.value.mfa_delete:
        advice = (
            "A bucket with MFA delete cannot have lifecycle rules: remove old versions by hand."
        )
        return NoncurrentBound(fix=(), advice=advice, partial=partial)
    if partial:
        advice = (
            "Add rules for the other prefixes: one for the whole bucket would shorten those that"
            " are there."
        )
        return NoncurrentBound(fix=(), advice=advice, partial=partial)
    rule = noncurrent_lifecycle_rule(
        keep=observed.backend.noncurrent_keep,
        days=observed.backend.noncurrent_days,
        multipart_days=_multipart_days(rules),
    )
    step = AddLifecycleRules(
        bucket=bucket.name, region=region_of_bucket(bucket, observed), rules=(rule,)
    )
    return NoncurrentBound(fix=(step,), advice="", partial=partial)


def _multipart_days(rules: Sequence[LifecycleRule]) -> int | None:
    """Leave abandoned uploads alone where a rule sees to them: ours could be the shorter one."""
    aborts = any(rule.enabled and rule.aborts_multipart_days is not None for rule in rules)
    return None if aborts else MULTIPART_DAYS
