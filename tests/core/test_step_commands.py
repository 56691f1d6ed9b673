"""The command lines: exactly these, and every one as the `aws` command would take it."""

import json
import shlex
from dataclasses import replace

import pytest
from botocore.validate import ParamValidator

from holdfast.core.backends import Access, Endpoints
from holdfast.core.cloud import Bucket, BucketAbsent, Encryption, TableAbsent
from holdfast.core.facts import Known
from holdfast.core.step_commands import commands_of, presence_command
from holdfast.core.steps import Step
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    Changes,
    backend,
    healthy_bucket,
    lifecycle,
    observed,
    policy,
)
from tests.support.aws_command_lines import read_command_line
from tests.support.steps import (
    ADD_LIFECYCLE_RULES,
    ADD_POLICY_STATEMENTS,
    ALL_STEPS,
    BLOCK_PUBLIC_ACCESS,
    CREATE_BUCKET,
    CREATE_TABLE,
    DISABLE_TIME_TO_LIVE,
    ENABLE_VERSIONING,
    ENCRYPT_WITH_KEY,
)

NOTHING = observed(
    bucket=BucketAbsent(name=BUCKET), tables=(TableAbsent(name=TABLE, elsewhere=Known(())),)
)
OWNED = f"--bucket {BUCKET} --expected-bucket-owner 111111111111"


def test_a_bucket_is_created_in_one_command_and_waited_for() -> None:
    assert commands_of(CREATE_BUCKET, NOTHING) == (
        (
            f"aws s3api create-bucket --bucket {BUCKET} --object-ownership BucketOwnerEnforced"
            ' --create-bucket-configuration \'{"LocationConstraint":"eu-west-1",'
            '"Tags":[{"Key":"ManagedBy","Value":"holdfast"}]}\' --region eu-west-1'
        ),
        f"aws s3api wait bucket-exists {OWNED} --region eu-west-1",
    )


def test_the_first_region_takes_no_constraint() -> None:
    step = replace(CREATE_BUCKET, region="us-east-1", tags=(), account_regional=True)
    assert commands_of(step, NOTHING)[0] == (
        f"aws s3api create-bucket --bucket {BUCKET} --object-ownership BucketOwnerEnforced"
        " --bucket-namespace account-regional --region us-east-1"
    )


def test_a_table_is_created_in_one_command_and_waited_for() -> None:
    assert commands_of(CREATE_TABLE, NOTHING) == (
        (
            f"aws dynamodb create-table --table-name {TABLE}"
            " --attribute-definitions AttributeName=LockID,AttributeType=S"
            " --key-schema AttributeName=LockID,KeyType=HASH --billing-mode PAY_PER_REQUEST"
            ' --deletion-protection-enabled --tags \'[{"Key":"ManagedBy","Value":"holdfast"}]\''
            " --region eu-west-1"
        ),
        f"aws dynamodb wait table-exists --table-name {TABLE} --region eu-west-1",
    )


def test_profile_and_endpoint_are_those_of_the_backend() -> None:
    access = Access(
        profile="acme dev",
        endpoints=Endpoints(s3="https://s3.example.test", dynamodb="https://db.example.test"),
    )
    now = observed(backend(access=access))
    assert commands_of(ENABLE_VERSIONING, now) == (
        (
            f"aws s3api put-bucket-versioning {OWNED} --versioning-configuration Status=Enabled"
            " --region eu-west-1 --profile 'acme dev' --endpoint-url https://s3.example.test"
        ),
    )
    assert commands_of(DISABLE_TIME_TO_LIVE, now) == (
        (
            f"aws dynamodb update-time-to-live --table-name {TABLE} --time-to-live-specification"
            ' \'{"Enabled":false,"AttributeName":"Expires"}\''
            " --region eu-west-1 --profile 'acme dev' --endpoint-url https://db.example.test"
        ),
    )


def test_an_unknown_owner_is_not_named() -> None:
    now = observed(backend(account=None), caller=DENIED)
    assert commands_of(BLOCK_PUBLIC_ACCESS, now) == (
        (
            f"aws s3api put-public-access-block --bucket {BUCKET} --public-access-block-configuration"
            " BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
            "RestrictPublicBuckets=true --region eu-west-1"
        ),
    )


def written(step: Step, bucket: Bucket) -> object:
    """Return the document that the only command of a step writes."""
    (command,) = commands_of(step, observed(bucket=bucket))
    words = shlex.split(command)
    return json.loads(next(word for word in words if word.startswith("{")))


def test_what_is_there_is_written_along() -> None:
    foreign = {"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "s3:Get*"} | {
        "Resource": f"arn:aws:s3:::{BUCKET}/it's public/*"
    }
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}} | {
        "Expiration": {"Days": 3}
    }
    bucket = healthy_bucket(
        policy=Known(policy(foreign)),
        lifecycle=lifecycle(theirs),
        encryption=Known(Encryption(algorithm="AES256", blocked_types=("SSE-C",))),
    )
    assert written(ADD_POLICY_STATEMENTS, bucket) == {
        "Version": "2012-10-17",
        "Statement": [foreign, json.loads(ADD_POLICY_STATEMENTS.statements[0])],
    }
    assert written(ADD_LIFECYCLE_RULES, bucket) == {
        "Rules": [theirs, json.loads(ADD_LIFECYCLE_RULES.rules[0])]
    }
    assert written(ENCRYPT_WITH_KEY, bucket) == {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": ENCRYPT_WITH_KEY.key_arn,
                },
                "BucketKeyEnabled": True,
                "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
            }
        ]
    }


@pytest.mark.parametrize(
    ("step", "unread", "command"),
    [
        (ADD_POLICY_STATEMENTS, {"policy": DENIED}, "get-bucket-policy"),
        (ADD_POLICY_STATEMENTS, {"policy": Known("{}")}, "get-bucket-policy"),
        (ADD_LIFECYCLE_RULES, {"lifecycle": DENIED}, "get-bucket-lifecycle-configuration"),
        (ENCRYPT_WITH_KEY, {"encryption": DENIED}, "get-bucket-encryption"),
    ],
    ids=str,
)
def test_what_could_not_be_read_is_only_read(step: Step, unread: Changes, command: str) -> None:
    now = observed(bucket=healthy_bucket(**unread))
    assert commands_of(step, now) == (f"aws s3api {command} {OWNED} --region eu-west-1",)


@pytest.mark.parametrize(
    ("step", "command"),
    [
        (ADD_POLICY_STATEMENTS, "get-bucket-policy"),
        (ADD_LIFECYCLE_RULES, "get-bucket-lifecycle-configuration"),
        (ENCRYPT_WITH_KEY, "get-bucket-encryption"),
    ],
    ids=str,
)
def test_nothing_is_replaced_of_a_bucket_that_nobody_saw(step: Step, command: str) -> None:
    now = observed(bucket=DENIED)
    assert commands_of(step, now) == (f"aws s3api {command} {OWNED} --region eu-west-1",)


def test_presence_is_asked_for_in_the_region_of_what_would_be_created() -> None:
    assert presence_command(CREATE_BUCKET, NOTHING) == (
        f"aws s3api head-bucket {OWNED} --region eu-west-1"
    )
    assert presence_command(CREATE_TABLE, NOTHING) == (
        f"aws dynamodb describe-table --table-name {TABLE} --region eu-west-1"
    )


# As the aws command takes it ---------------------------------------------------------------------


@pytest.mark.parametrize("now", [observed(), NOTHING], ids=["healthy", "nothing"])
@pytest.mark.parametrize("step", [*ALL_STEPS, ENCRYPT_WITH_KEY], ids=str)
def test_every_command_line_is_one_that_aws_takes(step: Step, now: Changes) -> None:
    for command in commands_of(step, now):
        line = read_command_line(command)
        report = ParamValidator().validate(line.parameters, line.shape)
        assert not report.has_errors(), report.generate_report()
