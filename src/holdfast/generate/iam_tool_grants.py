"""What Holdfast itself is granted: to audit, which reads settings alone, and to apply the steps of a plan. Pure.

A test compares the reads with the calls of `aws/`; what the steps need is asked of the steps.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.core.permission_scope import BackendScope
from holdfast.core.step_words import words_of
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    BucketStep,
    CreateBucket,
    CreateTable,
    DisableTimeToLive,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
)
from holdfast.generate.iam_grants import Grant, with_distinct_sids

BUCKET_READS = (
    "s3:GetBucketAcl",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
)
TABLE_READS = (
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
)
KEY_READS = ("kms:DescribeKey", "kms:GetKeyRotationStatus")
ACCOUNT_READS = ("dynamodb:ListTables", "iam:ListAccountAliases")

# None of these is ever a step. Denied, so that no other policy of the role can allow them.
NEVER_ON_BUCKETS = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketObjectLockConfiguration",
)
NEVER_ON_TABLES = ("dynamodb:DeleteTable", "dynamodb:PutResourcePolicy")


def audit_grants(scopes: Iterable[BackendScope]) -> tuple[Grant, ...]:
    """Return what the audit is granted: settings of buckets and tables, and the health of keys; no state."""
    found = list(scopes)
    partition = found[0].partition
    account = found[0].account or "*"
    grants = (
        Grant(sid="Buckets", actions=BUCKET_READS, resources=_buckets(found)),
        Grant(sid="Tables", actions=TABLE_READS, resources=_tables_anywhere(found)),
        # Which key a bucket has is not known before its settings are read.
        Grant(sid="Keys", actions=KEY_READS, resources=(f"arn:{partition}:kms:*:{account}:key/*",)),
        Grant(sid="Account", actions=ACCOUNT_READS, resources=("*",)),
    )
    return tuple(each for each in grants if each.resources)


def apply_grants(scopes: Iterable[BackendScope]) -> tuple[Grant, ...]:
    """Return what applying a plan is granted: the audit's reads, and what the steps need."""
    found = list(scopes)
    grants = (
        *audit_grants(found),
        Grant(
            sid="ChangeBuckets",
            actions=_permissions("s3", _bucket_steps()),
            resources=_buckets(found),
        ),
        Grant(
            sid="ChangeTables",
            actions=_permissions("dynamodb", _table_steps()),
            resources=_tables(found),
        ),
        Grant(
            sid="NeverBuckets",
            actions=NEVER_ON_BUCKETS,
            resources=tuple(arn for each in _buckets(found) for arn in (each, f"{each}/*")),
            denies=True,
        ),
        Grant(sid="NeverTables", actions=NEVER_ON_TABLES, resources=_tables(found), denies=True),
    )
    return with_distinct_sids(each for each in grants if each.resources)


def _buckets(scopes: Iterable[BackendScope]) -> tuple[str, ...]:
    return tuple(sorted({each.bucket_arn for each in scopes}))


def _tables(scopes: Iterable[BackendScope]) -> tuple[str, ...]:
    return tuple(sorted({each.table_arn(table) for each in scopes for table in each.tables}))


def _tables_anywhere(scopes: Iterable[BackendScope]) -> tuple[str, ...]:
    """Return the ARNs of the tables in every region: one that is missing is looked for in the others."""
    parts = (arn.split(":") for arn in _tables(scopes))
    return tuple(sorted({":".join((*each[:3], "*", *each[4:])) for each in parts}))


def _permissions(service: str, steps: Iterable[Step]) -> tuple[str, ...]:
    needed = {action for step in steps for action in words_of(step).permissions}
    return tuple(sorted(each for each in needed if each.startswith(f"{service}:")))


def _bucket_steps() -> tuple[BucketStep, ...]:
    """Return one of each step on a bucket, with everything that makes a step need more."""
    where = {"bucket": "bucket", "region": "us-east-1"}
    return (
        CreateBucket(**where, tags=(("name", "value"),), account_regional=True),
        BlockPublicAccess(**where),
        EnableVersioning(**where, resume=True),
        EncryptBucket(**where, algorithm="aws:kms", key_arn="arn:aws:kms:::key/1", bucket_key=True),
        EnforceBucketOwner(**where),
        AddPolicyStatements(**where, statements=("{}",)),
        AddLifecycleRules(**where, rules=("{}",)),
    )


def _table_steps() -> tuple[Step, ...]:
    where = {"table": "table", "region": "us-east-1"}
    return (
        CreateTable(**where, tags=(("name", "value"),)),
        ProtectTable(**where),
        EnablePointInTimeRecovery(**where),
        SwitchTableToOnDemand(**where),
        DisableTimeToLive(**where, attribute="ttl"),
    )
