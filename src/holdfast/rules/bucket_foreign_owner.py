"""The bucket belongs to an account that is not the expected one.

## What it checks
HeadBucket with `ExpectedBucketOwner` set to the account of the declaration or of `allowed_account_ids`. It is a
hit when the call is refused with that account and succeeds without it. Where no account is named, there is
nothing to compare with.

## Why it matters
Somebody else created a bucket of this name, and whoever owns it reads every state that is written to it, with
all the secrets in it, and can change what the next plan sees.

## Fix
Write nothing more to it. Find out whose it is; use a bucket of a name of your own (an account-regional name
cannot be taken by others), move the states there, and take every secret in them as known to a stranger.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import BucketForeign, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.use_evidence import use_evidence


@backend_rule(Severity.CRITICAL)
def bucket_foreign_owner(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Name a bucket of another account."""
    bucket = need(observed.bucket)
    if isinstance(bucket, BucketForeign):
        yield Hit(
            message=f"bucket `{bucket.name}` does not belong to account {bucket.expected_account}",
            evidence=(
                Evidence(
                    label="HeadBucket",
                    text=f"refused for the expected owner {bucket.expected_account}, answered without",
                ),
                *use_evidence(observed.backend.uses),
            ),
            advice=(
                "Stop writing to it and find out whose it is; then use a bucket of another name and change"
                " the secrets that the states hold."
            ),
        )
