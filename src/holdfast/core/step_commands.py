"""Commands: the `aws` command lines that do by hand what a step does. Pure.

They are for reading, and for those who may not let a program do it. Holdfast itself reads before it writes and
reads back afterwards; a command line cannot. Everything is quoted for a POSIX shell.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, assert_never

from holdfast.core.aws_command_lines import aws_line
from holdfast.core.cloud import Bucket, LifecycleRule, ObservedBackend, existing_bucket
from holdfast.core.encryption import encryption_rule, encryption_with
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lifecycle import merged_rules
from holdfast.core.policy import merged_policy
from holdfast.core.standings import readable_policy
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
    TableStep,
    Tags,
)

Value = TypeVar("Value")

NO_RULES: tuple[LifecycleRule, ...] = ()

# CreateBucket refuses a location constraint there and nowhere else (S3 API reference, CreateBucket).
REGION_WITHOUT_CONSTRAINT = "us-east-1"


@dataclass(frozen=True, slots=True)
class _Aws:
    """The beginning and the end of every command line for one backend."""

    observed: ObservedBackend
    region: str

    def s3(self, verb: str, bucket: str, *arguments: str, owned: bool = True) -> str:
        owner = self._account if owned else None
        expected = ("--expected-bucket-owner", owner) if owner else ()
        endpoint = self.observed.backend.access.endpoints.s3
        return self._line(
            ("s3api", *verb.split(), "--bucket", bucket, *expected, *arguments), endpoint
        )

    def dynamodb(self, verb: str, table: str, *arguments: str) -> str:
        endpoint = self.observed.backend.access.endpoints.dynamodb
        return self._line(("dynamodb", *verb.split(), "--table-name", table, *arguments), endpoint)

    @property
    def _account(self) -> str | None:
        if isinstance(self.observed.caller, Known):
            return self.observed.caller.value.account
        return self.observed.backend.account

    def _line(self, words: tuple[str, ...], endpoint: str | None) -> str:
        access = self.observed.backend.access
        return aws_line(*words, region=self.region, access=access, endpoint=endpoint)


def commands_of(step: Step, observed: ObservedBackend) -> tuple[str, ...]:
    """Return the command lines of a step, in order, for the backend as it was observed.

    What S3 replaces whole (policy, lifecycle, encryption) is written with what is there now merged in. Where that
    could not be read, the only command is the one that reads it: what to write then depends on the answer.
    """
    aws = _Aws(observed, step.region)
    if isinstance(step, BucketStep):
        return _bucket_commands(step, observed, aws)
    return _table_commands(step, aws)


def presence_command(step: CreateBucket | CreateTable, observed: ObservedBackend) -> str:
    """Return the command line that fails when what the step creates is not there, and changes nothing."""
    aws = _Aws(observed, step.region)
    match step:
        case CreateBucket():
            return aws.s3("head-bucket", step.bucket)
        case CreateTable():
            return aws.dynamodb("describe-table", step.table)
        case _:
            assert_never(step)


def _bucket_commands(step: BucketStep, observed: ObservedBackend, aws: _Aws) -> tuple[str, ...]:
    match step:
        case CreateBucket():
            return _create_bucket(step, aws)
        case BlockPublicAccess():
            all_four = (
                "BlockPublicAcls=true,IgnorePublicAcls=true,"
                "BlockPublicPolicy=true,RestrictPublicBuckets=true"
            )
            flag = "--public-access-block-configuration"
            return (aws.s3("put-public-access-block", step.bucket, flag, all_four),)
        case EnableVersioning():
            flag = "--versioning-configuration"
            return (aws.s3("put-bucket-versioning", step.bucket, flag, "Status=Enabled"),)
        case EncryptBucket():
            return _encrypt(step, observed, aws)
        case EnforceBucketOwner():
            rules = _json({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
            flag = "--ownership-controls"
            return (aws.s3("put-bucket-ownership-controls", step.bucket, flag, rules),)
        case AddPolicyStatements():
            return _add_statements(step, observed, aws)
        case AddLifecycleRules():
            return _add_rules(step, observed, aws)
        case _:
            assert_never(step)


def _table_commands(step: TableStep, aws: _Aws) -> tuple[str, ...]:
    match step:
        case CreateTable():
            return (
                aws.dynamodb(
                    "create-table",
                    step.table,
                    "--attribute-definitions",
                    "AttributeName=LockID,AttributeType=S",
                    "--key-schema",
                    "AttributeName=LockID,KeyType=HASH",
                    "--billing-mode",
                    "PAY_PER_REQUEST",
                    "--deletion-protection-enabled",
                    *(("--tags", _json(_tags(step.tags))) if step.tags else ()),
                ),
                aws.dynamodb("wait table-exists", step.table),
            )
        case EnablePointInTimeRecovery():
            flag = "--point-in-time-recovery-specification"
            on = "PointInTimeRecoveryEnabled=true"
            return (aws.dynamodb("update-continuous-backups", step.table, flag, on),)
        case ProtectTable():
            return (aws.dynamodb("update-table", step.table, "--deletion-protection-enabled"),)
        case SwitchTableToOnDemand():
            mode = ("--billing-mode", "PAY_PER_REQUEST")
            return (aws.dynamodb("update-table", step.table, *mode),)
        case DisableTimeToLive():
            off = _json({"Enabled": False, "AttributeName": step.attribute})
            flag = "--time-to-live-specification"
            return (aws.dynamodb("update-time-to-live", step.table, flag, off),)
        case _:
            assert_never(step)


def _create_bucket(step: CreateBucket, aws: _Aws) -> tuple[str, ...]:
    configuration: dict[str, object] = {}
    if step.region != REGION_WITHOUT_CONSTRAINT:
        configuration["LocationConstraint"] = step.region
    if step.tags:
        configuration["Tags"] = _tags(step.tags)
    flag = "--create-bucket-configuration"
    return (
        aws.s3(
            "create-bucket",
            step.bucket,
            "--object-ownership",
            "BucketOwnerEnforced",
            *(("--bucket-namespace", "account-regional") if step.account_regional else ()),
            *((flag, _json(configuration)) if configuration else ()),
            owned=False,  # CreateBucket takes no expected owner
        ),
        aws.s3("wait bucket-exists", step.bucket),
    )


def _encrypt(step: EncryptBucket, observed: ObservedBackend, aws: _Aws) -> tuple[str, ...]:
    current = _current(observed, lambda bucket: bucket.encryption, absent=Known(None))
    if isinstance(current, Withheld):
        return (aws.s3("get-bucket-encryption", step.bucket),)
    document = {"Rules": [encryption_rule(encryption_with(current.value, step))]}
    flag = "--server-side-encryption-configuration"
    return (aws.s3("put-bucket-encryption", step.bucket, flag, _json(document)),)


def _add_statements(
    step: AddPolicyStatements, observed: ObservedBackend, aws: _Aws
) -> tuple[str, ...]:
    current = _current(observed, lambda bucket: readable_policy(bucket.policy), absent=Known(None))
    if isinstance(current, Withheld):
        return (aws.s3("get-bucket-policy", step.bucket),)
    policy = merged_policy(current.value, step.statements)
    return (aws.s3("put-bucket-policy", step.bucket, "--policy", policy),)


def _add_rules(step: AddLifecycleRules, observed: ObservedBackend, aws: _Aws) -> tuple[str, ...]:
    current = _current(observed, lambda bucket: bucket.lifecycle, absent=Known(NO_RULES))
    if isinstance(current, Withheld):
        return (aws.s3("get-bucket-lifecycle-configuration", step.bucket),)
    rules = [json.loads(rule) for rule in merged_rules(current.value, step.rules)]
    flag = "--lifecycle-configuration"
    command = aws.s3(
        "put-bucket-lifecycle-configuration", step.bucket, flag, _json({"Rules": rules})
    )
    return (command,)


def _current(
    observed: ObservedBackend, setting: Callable[[Bucket], Fact[Value]], *, absent: Fact[Value]
) -> Fact[Value]:
    """Return a setting of the bucket; withheld when it is not known whether there is a bucket at all."""
    bucket = existing_bucket(observed)
    if isinstance(bucket, Withheld):
        return bucket
    return absent if bucket.value is None else setting(bucket.value)


def _tags(tags: Tags) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags]


def _json(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))
