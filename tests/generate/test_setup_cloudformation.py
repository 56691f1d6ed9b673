"""The template: what it says, and that cfn-lint, which has the schemas of AWS with it, has nothing to say."""

import pytest
import yaml
from cfnlint.api import ManualArgs, lint

from holdfast.core.cloud import Encryption
from holdfast.core.facts import Known
from holdfast.generate.setup_cloudformation import cloudformation_template
from holdfast.generate.setup_settings import SetupSettings
from tests.generate.setups import new_backend, settings_of, settings_offline, without_lock_table
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    KMS_KEY,
    REGION,
    TABLE,
    Changes,
    healthy_bucket,
    healthy_table,
    lifecycle,
    observed,
    policy,
    withheld_bucket,
)

REGIONAL = f"state-{ACCOUNT}-{REGION}-an"
EVERY_SETTING = {
    "new": settings_of(new_backend(kms_key=KMS_KEY, tags=(("Team Of", "x: y # z"),))),
    "offline": settings_offline(),
    "without a table": without_lock_table(),
    "regional": settings_of(new_backend(bucket=REGIONAL, account_regional=True)),
    "healthy": settings_of(observed(tables=[healthy_table(key=KMS_KEY)])),
    "nothing readable": settings_of(observed(bucket=withheld_bucket())),
    "foreign": settings_of(
        observed(
            bucket=healthy_bucket(
                policy=Known(
                    policy(
                        {
                            "Sid": "Readers",
                            "Effect": "Allow",
                            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
                            "Action": "s3:GetObject",
                            "Resource": f"arn:aws:s3:::{BUCKET}/*",
                            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
                        }
                    )
                ),
                lifecycle=lifecycle(
                    {
                        "ID": "a",
                        "Status": "Enabled",
                        "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
                        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
                        "NoncurrentVersionTransitions": [
                            {"NoncurrentDays": 30, "StorageClass": "STANDARD_IA"}
                        ],
                    }
                ),
                tags=Known({"Owner": "ops"}),
            ),
        )
    ),
}


def text_of(settings: SetupSettings) -> str:
    return cloudformation_template(settings, "setup").text


def properties(settings: SetupSettings, resource: str) -> Changes:
    return yaml.safe_load(text_of(settings))["Resources"][resource]["Properties"]


@pytest.mark.parametrize("settings", EVERY_SETTING.values(), ids=EVERY_SETTING)
def test_cfn_lint_has_nothing_to_say(settings: SetupSettings) -> None:
    found = lint(text_of(settings), config=ManualArgs(regions=[REGION], include_checks=["I"]))
    assert [str(each) for each in found] == []


def test_cfn_lint_would_have_something_to_say() -> None:
    broken = text_of(settings_of()).replace("BillingMode:", "BillingModes:")
    found = lint(broken, config=ManualArgs(regions=[REGION]))
    assert "E3002" in [each.rule.id for each in found]


@pytest.mark.parametrize("settings", EVERY_SETTING.values(), ids=EVERY_SETTING)
def test_nothing_goes_when_the_stack_goes(settings: SetupSettings) -> None:
    resources = yaml.safe_load(text_of(settings))["Resources"]
    assert {each["DeletionPolicy"] for each in resources.values()} == {"Retain"}
    assert {each["UpdateReplacePolicy"] for each in resources.values()} == {"Retain"}


def test_the_template_of_a_new_backend_has_the_whole_baseline() -> None:
    settings = settings_of()
    assert properties(settings, "StateBucket") == {
        "BucketName": BUCKET,
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            True,
        ),
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "holdfast-state-history",
                    "Status": "Enabled",
                    "ExpiredObjectDeleteMarker": True,
                    "NoncurrentVersionExpiration": {
                        "NewerNoncurrentVersions": 100,
                        "NoncurrentDays": 365,
                    },
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
        "Tags": [{"Key": "ManagedBy", "Value": "holdfast"}],
    }
    assert properties(settings, "LockTable") == {
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "Tags": [{"Key": "ManagedBy", "Value": "holdfast"}],
    }
    (statement,) = properties(settings, "StateBucketPolicy")["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "HoldfastDenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_what_is_there_stays() -> None:
    settings = EVERY_SETTING["foreign"]
    bucket = properties(settings, "StateBucket")
    assert [each["Id"] for each in bucket["LifecycleConfiguration"]["Rules"]] == [
        "a",
        "holdfast-state-history",
    ]
    assert {"Key": "Owner", "Value": "ops"} in bucket["Tags"]
    statements = properties(settings, "StateBucketPolicy")["PolicyDocument"]["Statement"]
    assert [each["Sid"] for each in statements] == ["Readers", "HoldfastDenyInsecureTransport"]


def test_a_stronger_encryption_that_is_there_stays() -> None:
    there = Encryption(algorithm="aws:kms", key=KMS_KEY, bucket_key=True, blocked_types=("SSE-C",))
    settings = settings_of(observed(bucket=healthy_bucket(encryption=Known(there))))
    assert properties(settings, "StateBucket")["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": KMS_KEY,
                },
                "BucketKeyEnabled": True,
                "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
            }
        ]
    }


def test_the_first_lines_say_what_must_be_imported_and_what_is_not_known() -> None:
    def comment(settings: SetupSettings) -> list[str]:
        return [line for line in text_of(settings).splitlines() if line.startswith("#")]

    first = [
        "# Generated by holdfast: `holdfast generate setup --format cloudformation`.",
        f"# For region {REGION} of account {ACCOUNT}.",
    ]
    assert comment(settings_of()) == first
    assert comment(settings_of(observed())) == [
        *first,
        "# What exists is taken over by a change set of type IMPORT, before the rest is created:",
        f"# - {BUCKET}",
        f"# - {TABLE}",
    ]
    assert comment(EVERY_SETTING["offline"])[2] == "# Not known, or in the way:"
    left_out = [line for line in comment(EVERY_SETTING["nothing readable"]) if "not in the" in line]
    assert [line.split(" of the bucket")[0] for line in left_out] == [
        "# The default encryption",
        "# The policy",
        "# The lifecycle",
        "# The tags",
    ]


def test_a_table_with_replicas_is_not_to_be_imported() -> None:
    text = text_of(settings_of(observed(tables=[healthy_table(replicas=("eu-west-2",))])))
    assert "# The table has replicas (eu-west-2), which this type of resource cannot have" in text
