"""What a person would write instead: a shell script of `aws` commands, one after the other.

It asks and changes what `holdfast audit` and `holdfast apply` ask and change for one backend, and leaves out what
they do besides: looking for a missing table in every other region, and looking again before the first change.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"DenyPlainHttp","Effect":"Deny","Principal":"*",'
    '"Action":"s3:*","Resource":["arn:aws:s3:::%s","arn:aws:s3:::%s/*"],'
    '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}'
)
LIFECYCLE = (
    '{"Rules":[{"ID":"old-versions","Status":"Enabled","Filter":{"Prefix":""},'
    '"NoncurrentVersionExpiration":{"NoncurrentDays":90,"NewerNoncurrentVersions":50},'
    '"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}'
)
BUCKET_READS = (
    "get-bucket-versioning",
    "get-bucket-encryption",
    "get-public-access-block",
    "get-bucket-policy",
    "get-bucket-policy-status",
    "get-bucket-acl",
    "get-bucket-ownership-controls",
    "get-bucket-lifecycle-configuration",
    "get-bucket-logging",
    "get-object-lock-configuration",
    "get-bucket-replication",
    "get-bucket-tagging",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedBackend:
    """The names that a script's commands are about."""

    bucket: str
    table: str
    region: str
    account: str

    @property
    def table_arn(self) -> str:
        """The ARN, by which two of DynamoDB's calls want the table named."""
        return f"arn:aws:dynamodb:{self.region}:{self.account}:table/{self.table}"


def audit_commands(backend: ScriptedBackend) -> Iterator[tuple[str, ...]]:
    """Yield the reads of an audit: the caller, every setting of bucket and table, the states."""
    bucket, table = ("--bucket", backend.bucket), ("--table-name", backend.table)
    yield ("sts", "get-caller-identity")
    yield ("iam", "list-account-aliases")
    yield ("s3api", "head-bucket", *bucket)
    yield from (("s3api", read, *bucket) for read in BUCKET_READS)
    yield ("s3api", "list-objects-v2", *bucket)
    yield ("dynamodb", "describe-table", *table)
    yield ("dynamodb", "describe-continuous-backups", *table)
    yield ("dynamodb", "describe-time-to-live", *table)
    yield ("dynamodb", "get-resource-policy", "--resource-arn", backend.table_arn)
    yield ("dynamodb", "list-tags-of-resource", "--resource-arn", backend.table_arn)


def apply_commands(backend: ScriptedBackend) -> Iterator[tuple[str, ...]]:
    """Yield what makes a backend from nothing: look, create, wait, and set what is not set, reading back."""
    bucket, table = ("--bucket", backend.bucket), ("--table-name", backend.table)
    yield ("sts", "get-caller-identity")
    yield ("iam", "list-account-aliases")
    yield ("s3api", "head-bucket", *bucket)
    yield ("dynamodb", "describe-table", *table)
    location = f"LocationConstraint={backend.region}"
    yield ("s3api", "create-bucket", *bucket, "--create-bucket-configuration", location)
    yield ("s3api", "wait", "bucket-exists", *bucket)
    yield ("s3api", "get-bucket-tagging", *bucket)
    # AWS gives these three to every new bucket.
    yield ("s3api", "get-public-access-block", *bucket)
    yield ("s3api", "get-bucket-encryption", *bucket)
    yield ("s3api", "get-bucket-ownership-controls", *bucket)
    for setting, flag, value in (
        ("bucket-versioning", "--versioning-configuration", "Status=Enabled"),
        ("bucket-policy", "--policy", POLICY.replace("%s", backend.bucket)),
        ("bucket-lifecycle-configuration", "--lifecycle-configuration", LIFECYCLE),
    ):
        yield ("s3api", f"get-{setting}", *bucket)
        yield ("s3api", f"put-{setting}", *bucket, flag, value)
        yield ("s3api", f"get-{setting}", *bucket)
    yield (
        *("dynamodb", "create-table", *table),
        *("--attribute-definitions", "AttributeName=LockID,AttributeType=S"),
        *("--key-schema", "AttributeName=LockID,KeyType=HASH"),
        *("--billing-mode", "PAY_PER_REQUEST", "--deletion-protection-enabled"),
    )
    yield ("dynamodb", "wait", "table-exists", *table)
    recovery = ("--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true")
    yield ("dynamodb", "describe-continuous-backups", *table)
    yield ("dynamodb", "update-continuous-backups", *table, *recovery)
    yield ("dynamodb", "describe-continuous-backups", *table)


def script_of(aws: Path, commands: Iterator[tuple[str, ...]], *, region: str) -> str:
    """Return the script; what is not there is an answer too, so it goes on after a refusal."""
    lines = [shlex.join((str(aws), *words, "--region", region)) for words in commands]
    return "\n".join(["#!/bin/sh", *(f"{line} >/dev/null 2>&1" for line in lines), "true"]) + "\n"
