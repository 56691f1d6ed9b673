import json

from holdfast.core.baseline import (
    TAGS_DEFAULT,
    bucket_steps,
    noncurrent_lifecycle_rule,
    table_steps,
    tags_with_defaults,
    tls_statement,
)
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
)


def test_a_new_bucket_is_created_protected_and_configured_in_this_order() -> None:
    assert bucket_steps("b", "eu-west-1") == (
        CreateBucket(bucket="b", region="eu-west-1", tags=TAGS_DEFAULT),
        BlockPublicAccess(bucket="b", region="eu-west-1"),
        EnableVersioning(bucket="b", region="eu-west-1"),
        EncryptBucket(bucket="b", region="eu-west-1", algorithm="AES256"),
        EnforceBucketOwner(bucket="b", region="eu-west-1"),
        AddPolicyStatements(bucket="b", region="eu-west-1", statements=(tls_statement("b"),)),
        AddLifecycleRules(bucket="b", region="eu-west-1", rules=(noncurrent_lifecycle_rule(),)),
    )


def test_wishes_reach_the_steps_of_a_new_bucket() -> None:
    steps = bucket_steps(
        "b-111111111111-cn-north-1-an",
        "cn-north-1",
        partition="aws-cn",
        kms_key="arn:aws-cn:kms:cn-north-1:111111111111:key/k",
        tags=(("Team", "platform"),),
        account_regional=True,
        noncurrent_keep=50,
        noncurrent_days=90,
    )
    name = "b-111111111111-cn-north-1-an"
    assert steps[0] == CreateBucket(
        bucket=name,
        region="cn-north-1",
        tags=(("ManagedBy", "holdfast"), ("Team", "platform")),
        account_regional=True,
    )
    assert steps[3] == EncryptBucket(
        bucket=name,
        region="cn-north-1",
        algorithm="aws:kms",
        key_arn="arn:aws-cn:kms:cn-north-1:111111111111:key/k",
        bucket_key=True,
    )
    assert steps[5] == AddPolicyStatements(
        bucket=name, region="cn-north-1", statements=(tls_statement(name, "aws-cn"),)
    )
    assert steps[6] == AddLifecycleRules(
        bucket=name, region="cn-north-1", rules=(noncurrent_lifecycle_rule(keep=50, days=90),)
    )


def test_a_new_table_is_created_and_then_gets_its_backups() -> None:
    assert table_steps("t", "us-east-2", (("Team", "platform"),)) == (
        CreateTable(
            table="t",
            region="us-east-2",
            tags=(("ManagedBy", "holdfast"), ("Team", "platform")),
        ),
        EnablePointInTimeRecovery(table="t", region="us-east-2"),
    )


def test_a_tag_that_was_asked_for_wins_over_the_default() -> None:
    assert tags_with_defaults((("ManagedBy", "terraform"),)) == (("ManagedBy", "terraform"),)


def test_the_statement_names_bucket_and_objects_of_its_partition() -> None:
    assert json.loads(tls_statement("b", "aws-us-gov")) == {
        "Sid": "HoldfastDenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws-us-gov:s3:::b", "arn:aws-us-gov:s3:::b/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_history_is_kept_by_number_and_age_and_uploads_are_left_to_others_on_request() -> None:
    expected = {
        "ID": "holdfast-state-history",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 365, "NewerNoncurrentVersions": 100},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    aborts = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
    assert json.loads(noncurrent_lifecycle_rule()) == expected | aborts
    assert json.loads(noncurrent_lifecycle_rule(multipart_days=None)) == expected
    wished = {"NoncurrentDays": 90, "NewerNoncurrentVersions": 50}
    assert json.loads(noncurrent_lifecycle_rule(keep=50, days=90)) == (
        expected | aborts | {"NoncurrentVersionExpiration": wished}
    )
