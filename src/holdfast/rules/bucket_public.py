"""Strangers can read or write the bucket.

## What it checks
GetBucketPolicyStatus, which is S3's own judgement of the policy, and GetBucketAcl for grants to `AllUsers`
or `AuthenticatedUsers` (every AWS account there is).

## Why it matters
Whoever reads a state has the secrets in it, and whoever can write it decides what the next apply destroys.

## Fix
Remove the statement or the grant that is shown, by hand: somebody may depend on it, and Holdfast removes nothing
from a policy. Take every secret in the states as known. Blocking public access is a step of its own, and
holds whatever the policy says.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.stored_policy import stored_policy

ADVICE = "Remove it, then take every secret in the states as known to strangers."


@bucket_rule(Severity.CRITICAL)
def bucket_public(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for ACLs and statements that let everybody in."""
    if isinstance(bucket.public_grants, Known) and bucket.public_grants.value:
        grants = bucket.public_grants.value
        yield Hit(
            message=f"the ACL of bucket `{bucket.name}` lets strangers in{_held_back(bucket)}",
            evidence=tuple(Evidence(label="GetBucketAcl", text=grant) for grant in grants),
            advice=ADVICE,
        )
    if need(bucket.policy_public):
        yield Hit(
            message=f"the policy of bucket `{bucket.name}` lets strangers in{_held_back(bucket)}",
            evidence=(
                Evidence(label="GetBucketPolicyStatus", text="IsPublic: true"),
                *_open_statements(bucket),
            ),
            advice=ADVICE,
        )
    need(bucket.public_grants)


def _held_back(bucket: Bucket) -> str:
    block = bucket.public_access_block
    complete = isinstance(block, Known) and block.value.complete
    return "; only the public access block holds them back" if complete else ""


def _open_statements(bucket: Bucket) -> tuple[Evidence, ...]:
    """Show the statements that allow something to everybody; S3's answer does not say which it means."""
    if not isinstance(bucket.policy, Known):
        return ()
    policy = stored_policy(bucket.policy)
    statements = policy.statements if policy is not None else ()
    return tuple(
        Evidence(label="statement", text=printable(each.document))
        for each in statements
        if not each.denies and (each.principals.everyone or each.principals.negated)
    )
