"""Words: what a step does in one line, why it may have to be confirmed, and what it asks of AWS. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from holdfast.core.cleaning import printable
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """What is said about one step.

    `calls` are the API operations that change something, reads before and after are not among them.
    `permissions` are the IAM actions that they need, which are not always named alike (Service Authorization
    Reference). `caution` says what can go wrong where the step has to be confirmed, and is empty elsewhere.
    """

    summary: str
    calls: tuple[str, ...]
    permissions: tuple[str, ...]
    caution: str = ""


def words_of(step: Step) -> StepWords:
    """Describe a step."""
    match step:
        case CreateBucket():
            return _create_bucket(step)
        case BlockPublicAccess():
            return StepWords(
                summary=f"block all public access to bucket `{step.bucket}`",
                calls=("s3:PutPublicAccessBlock",),
                permissions=("s3:PutBucketPublicAccessBlock",),
                caution="the bucket is public, or that is not known: readers without credentials are shut out",
            )
        case EnableVersioning():
            return StepWords(
                summary=f"{'resume' if step.resume else 'enable'} versioning of bucket `{step.bucket}`",
                calls=("s3:PutBucketVersioning",),
                permissions=("s3:PutBucketVersioning",),
                caution="somebody suspended versioning: old versions will be kept, and paid for, again",
            )
        case EncryptBucket():
            return _encrypt(step)
        case EnforceBucketOwner():
            return StepWords(
                summary=f"switch off the access control lists of bucket `{step.bucket}`",
                calls=("s3:PutBucketOwnershipControls",),
                permissions=("s3:PutBucketOwnershipControls",),
                caution=(
                    "backends that set `acl` can then write no state;"
                    " S3 refuses it while a list grants access to others"
                ),
            )
        case AddPolicyStatements():
            return StepWords(
                summary=(
                    f"add {_named(step.statements, 'Sid', 'statement')}"
                    f" to the policy of bucket `{step.bucket}`"
                ),
                calls=("s3:PutBucketPolicy",),
                permissions=("s3:PutBucketPolicy",),
            )
        case AddLifecycleRules():
            return StepWords(
                summary=f"add {_named(step.rules, 'ID', 'lifecycle rule')} to bucket `{step.bucket}`",
                calls=("s3:PutBucketLifecycleConfiguration",),
                permissions=("s3:PutLifecycleConfiguration",),
                caution=(
                    "S3 will remove the oldest versions of everything in the bucket by these rules,"
                    " also of what is no state"
                ),
            )
        case (
            CreateTable()
            | EnablePointInTimeRecovery()
            | ProtectTable()
            | SwitchTableToOnDemand()
            | DisableTimeToLive()
        ):
            return _table(step)
        case _:
            assert_never(step)


def _create_bucket(step: CreateBucket) -> StepWords:
    where = (
        f"{step.region}, in the account-regional namespace"
        if step.account_regional
        else step.region
    )
    tags = ("s3:TagResource", "s3:PutBucketTagging") if step.tags else ()
    return StepWords(
        summary=f"create bucket `{step.bucket}` in {where}",
        calls=("s3:CreateBucket",),
        permissions=("s3:CreateBucket", "s3:PutBucketOwnershipControls", *tags),
    )


def _encrypt(step: EncryptBucket) -> StepWords:
    key = f" with key {printable(step.key_arn)}" if step.key_arn else ""
    return StepWords(
        summary=f"encrypt bucket `{step.bucket}` by default: {printable(step.algorithm)}{key}",
        calls=("s3:PutBucketEncryption",),
        permissions=(
            "s3:PutEncryptionConfiguration",
            *(("kms:DescribeKey",) if step.key_arn else ()),
        ),
        caution="whoever reads and writes states needs permission to use the new key",
    )


def _table(
    step: CreateTable
    | EnablePointInTimeRecovery
    | ProtectTable
    | SwitchTableToOnDemand
    | DisableTimeToLive,
) -> StepWords:
    match step:
        case CreateTable():
            return StepWords(
                summary=f"create lock table `{step.table}` in {step.region}",
                calls=("dynamodb:CreateTable",),
                permissions=(
                    "dynamodb:CreateTable",
                    *(("dynamodb:TagResource",) if step.tags else ()),
                ),
            )
        case EnablePointInTimeRecovery():
            return StepWords(
                summary=f"switch on point-in-time recovery of table `{step.table}`",
                calls=("dynamodb:UpdateContinuousBackups",),
                permissions=("dynamodb:UpdateContinuousBackups",),
            )
        case ProtectTable():
            return StepWords(
                summary=f"protect table `{step.table}` against deletion",
                calls=("dynamodb:UpdateTable",),
                permissions=("dynamodb:UpdateTable",),
            )
        case SwitchTableToOnDemand():
            return StepWords(
                summary=f"switch table `{step.table}` to on-demand billing",
                calls=("dynamodb:UpdateTable",),
                permissions=("dynamodb:UpdateTable",),
            )
        case DisableTimeToLive():
            return StepWords(
                summary=f"switch off time to live (`{printable(step.attribute)}`) of table `{step.table}`",
                calls=("dynamodb:UpdateTimeToLive",),
                permissions=("dynamodb:UpdateTimeToLive",),
                caution="items that somebody lets expire stay; DynamoDB takes an hour to change it back",
            )
        case _:
            assert_never(step)


def _named(documents: Sequence[str], name: str, noun: str) -> str:
    """Return the documents by their names: ``statement `A` ``, ``statements `A` and `B` ``."""
    names = [
        f"`{printable(str(json.loads(document).get(name, 'unnamed')))}`" for document in documents
    ]
    if len(names) == 1:
        return f"{noun} {names[0]}"
    return f"{noun}s {', '.join(names[:-1])} and {names[-1]}"
