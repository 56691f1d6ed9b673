"""A lifecycle rule deletes states, or moves them where they cannot be read.

## What it checks
Every enabled lifecycle rule with an expiration of current versions (`Days` or `Date`), or a transition to `GLACIER`
or `DEEP_ARCHIVE`, whose prefix reaches a known state, its lock or the workspaces beside it. A rule for the
whole bucket reaches everything. Where a tag or a size decides, the answer is unknown.

## Why it matters
A state that is not applied for that long disappears, and the next plan wants to create everything again. A
lock disappears while it is held. An archived state cannot be read for hours (`InvalidObjectState`).

## Fix
Limit the rule to a prefix without states, or to old versions (`NoncurrentVersionExpiration`), by hand: a rule
that deletes was made for something. What it deleted is still there as an old version where versioning is on.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import Reason, UnknownFactError, Withheld, need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.lifecycle import StateLoss, expires_states

SHOWN_MAX = 5


@bucket_rule(Severity.CRITICAL)
def bucket_lifecycle_expires_states(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for lifecycle rules that reach current states."""
    found = (expires_states(rule, observed.backend.uses) for rule in need(bucket.lifecycle))
    losses = [loss for loss in found if loss is not None]
    for loss in losses:
        if loss.certain:
            yield Hit(
                message=f"lifecycle rule {_name(loss)} of bucket `{bucket.name}` {loss.action}",
                evidence=(
                    Evidence(
                        label="GetBucketLifecycleConfiguration", text=printable(loss.rule.document)
                    ),
                    *_reached(loss),
                ),
                advice="Limit the rule to a prefix without states, or to old versions.",
            )
    uncertain = next((loss for loss in losses if not loss.certain), None)
    if uncertain is not None:
        raise UnknownFactError(
            Withheld(
                reason=Reason.NOT_ASKED,
                permission="s3:GetObjectTagging",
                detail=(
                    f"lifecycle rule {_name(uncertain)} {uncertain.action}, those that a tag or a size"
                    " chooses; whether states are among them was not read"
                ),
            )
        )


def _name(loss: StateLoss) -> str:
    return f"`{printable(loss.rule.identifier or 'without a name')}`"


def _reached(loss: StateLoss) -> Iterator[Evidence]:
    for name in loss.objects[:SHOWN_MAX]:
        yield Evidence(label="reaches", text=name)
    if len(loss.objects) > SHOWN_MAX:
        yield Evidence(label="reaches", text=f"{len(loss.objects) - SHOWN_MAX} more")
    for prefix in loss.workspaces:
        yield Evidence(label="reaches", text=f"workspaces below {prefix}")
    if loss.whole_bucket:
        yield Evidence(label="reaches", text="every object of the bucket")
