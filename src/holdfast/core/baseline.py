"""The default baseline: what Holdfast wishes for a bucket and a lock table that nobody described further.

This is the one place that says it. A bucket has:

- tags `ManagedBy=holdfast` and those that were asked for, ownership `BucketOwnerEnforced` (both in the create
  call), and all four public access blocks;
- versioning;
- default encryption with SSE-S3, or with the KMS key that was asked for and a bucket key;
- a policy statement that denies every request without TLS;
- a lifecycle rule that keeps the 100 newest old versions of every object, removes others 365 days after they
  were replaced, and removes expired delete markers and abandoned uploads.

A lock table is on-demand, with the key `LockID`, deletion protection and point-in-time recovery.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    CreateBucket,
    CreateTable,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    Step,
    Tags,
)

TAGS_DEFAULT: Tags = (("ManagedBy", "holdfast"),)
TLS_SID = "HoldfastDenyInsecureTransport"
HISTORY_IDENTIFIER = "holdfast-state-history"

# S3 keeps at most 100 by number (API reference, NewerNoncurrentVersions). A version is removed only when it
# is beyond the newest 100 and older than a year as well.
NONCURRENT_KEEP = 100
NONCURRENT_DAYS = 365
MULTIPART_DAYS = 7


def bucket_steps(
    bucket: str,
    region: str,
    *,
    partition: str = "aws",
    kms_key: str | None = None,
    tags: Tags = (),
    account_regional: bool = False,
    noncurrent_keep: int | None = None,
    noncurrent_days: int | None = None,
) -> tuple[Step, ...]:
    """Return all steps for a new bucket, in order: create, protect, configure."""
    rule = noncurrent_lifecycle_rule(keep=noncurrent_keep, days=noncurrent_days)
    return (
        CreateBucket(
            bucket=bucket,
            region=region,
            tags=tags_with_defaults(tags),
            account_regional=account_regional,
        ),
        BlockPublicAccess(bucket=bucket, region=region),
        EnableVersioning(bucket=bucket, region=region),
        encryption_step(bucket, region, kms_key=kms_key),
        EnforceBucketOwner(bucket=bucket, region=region),
        AddPolicyStatements(
            bucket=bucket, region=region, statements=(tls_statement(bucket, partition),)
        ),
        AddLifecycleRules(bucket=bucket, region=region, rules=(rule,)),
    )


def table_steps(table: str, region: str, tags: Tags = ()) -> tuple[Step, ...]:
    """Return all steps for a new lock table, in order."""
    return (
        CreateTable(table=table, region=region, tags=tags_with_defaults(tags)),
        EnablePointInTimeRecovery(table=table, region=region),
    )


def tags_with_defaults(tags: Tags) -> Tags:
    """Return the default tags followed by those that were asked for; what was asked for wins."""
    return tuple((dict(TAGS_DEFAULT) | dict(tags)).items())


def encryption_step(bucket: str, region: str, *, kms_key: str | None = None) -> EncryptBucket:
    """Return the step to the wished default encryption: SSE-S3, or SSE-KMS with the key that is named."""
    return EncryptBucket(
        bucket=bucket,
        region=region,
        algorithm="aws:kms" if kms_key else "AES256",
        key_arn=kms_key,
        bucket_key=kms_key is not None,
    )


def tls_statement(bucket: str, partition: str = "aws") -> str:
    """Return the policy statement that denies every request without TLS, as canonical JSON.

    Bucket and objects are both named, or one of them would stay open (AWS Config rule
    `s3-bucket-ssl-requests-only`).
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    return _canonical(
        {
            "Sid": TLS_SID,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def noncurrent_lifecycle_rule(
    *,
    keep: int | None = None,
    days: int | None = None,
    multipart_days: int | None = MULTIPART_DAYS,
) -> str:
    """Return the lifecycle rule that bounds old versions, as canonical JSON.

    `keep` and `days` None take the default. `multipart_days` None leaves abandoned uploads to another rule. It holds for the whole bucket: states and
    locks alike, since a filter cannot name `*.tflock` alone. Every lock leaves one old version and one delete
    marker behind, and both are small.
    """
    rule: dict[str, object] = {
        "ID": HISTORY_IDENTIFIER,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {
            "NoncurrentDays": days if days is not None else NONCURRENT_DAYS,
            "NewerNoncurrentVersions": keep if keep is not None else NONCURRENT_KEEP,
        },
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    if multipart_days is not None:
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": multipart_days}
    return _canonical(rule)


def _canonical(document: Mapping[str, object]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
