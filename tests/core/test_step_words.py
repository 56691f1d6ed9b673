"""What is said about each step."""

from dataclasses import replace

import pytest

from holdfast.core.step_words import StepWords, words_of
from holdfast.core.steps import EnableVersioning, Step
from tests.rules.fleets import BUCKET, KMS_KEY, REGION
from tests.support.steps import (
    ADD_LIFECYCLE_RULES,
    ADD_POLICY_STATEMENTS,
    ALL_STEPS,
    BLOCK_PUBLIC_ACCESS,
    CREATE_BUCKET,
    CREATE_TABLE,
    DISABLE_TIME_TO_LIVE,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENCRYPT_WITH_KEY,
    ENFORCE_BUCKET_OWNER,
)

# The steps that are dangerous to something, in some world.
CAN_NEED_CONFIRMATION = (
    BLOCK_PUBLIC_ACCESS,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENFORCE_BUCKET_OWNER,
    ADD_LIFECYCLE_RULES,
    DISABLE_TIME_TO_LIVE,
)


def test_the_summaries() -> None:
    assert [words_of(step).summary for step in ALL_STEPS] == [
        "create bucket `acme-terraform-state` in eu-west-1",
        "block all public access to bucket `acme-terraform-state`",
        "enable versioning of bucket `acme-terraform-state`",
        "encrypt bucket `acme-terraform-state` by default: AES256",
        "switch off the access control lists of bucket `acme-terraform-state`",
        "add statement `HoldfastDenyInsecureTransport` to the policy of bucket `acme-terraform-state`",
        "add lifecycle rule `holdfast-state-history` to bucket `acme-terraform-state`",
        "create lock table `acme-terraform-locks` in eu-west-1",
        "switch on point-in-time recovery of table `acme-terraform-locks`",
        "protect table `acme-terraform-locks` against deletion",
        "switch table `acme-terraform-locks` to on-demand billing",
        "switch off time to live (`Expires`) of table `acme-terraform-locks`",
    ]


def test_the_calls() -> None:
    assert [words_of(step).calls for step in ALL_STEPS] == [
        ("s3:CreateBucket",),
        ("s3:PutPublicAccessBlock",),
        ("s3:PutBucketVersioning",),
        ("s3:PutBucketEncryption",),
        ("s3:PutBucketOwnershipControls",),
        ("s3:PutBucketPolicy",),
        ("s3:PutBucketLifecycleConfiguration",),
        ("dynamodb:CreateTable",),
        ("dynamodb:UpdateContinuousBackups",),
        ("dynamodb:UpdateTable",),
        ("dynamodb:UpdateTable",),
        ("dynamodb:UpdateTimeToLive",),
    ]


@pytest.mark.parametrize(
    ("step", "summary"),
    [
        (
            replace(CREATE_BUCKET, account_regional=True),
            "create bucket `acme-terraform-state` in eu-west-1, in the account-regional namespace",
        ),
        (
            EnableVersioning(bucket=BUCKET, region=REGION, resume=True),
            "resume versioning of bucket `acme-terraform-state`",
        ),
        (
            replace(ADD_POLICY_STATEMENTS, statements=('{"Sid":"A"}', "{}", '{"Sid":"\\u0007C"}')),
            "add statements `A`, `unnamed` and `�C` to the policy of bucket `acme-terraform-state`",
        ),
        (
            replace(ADD_LIFECYCLE_RULES, rules=('{"ID":"a"}', '{"ID":"b"}')),
            "add lifecycle rules `a` and `b` to bucket `acme-terraform-state`",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_summaries_of_variants(step: Step, summary: str) -> None:
    assert words_of(step).summary == summary


def test_a_key_is_named_and_needs_a_permission_to_be_looked_at() -> None:
    assert words_of(ENCRYPT_WITH_KEY) == StepWords(
        summary=f"encrypt bucket `{BUCKET}` by default: aws:kms with key {KMS_KEY}",
        calls=("s3:PutBucketEncryption",),
        permissions=("s3:PutEncryptionConfiguration", "kms:DescribeKey"),
        caution="whoever reads and writes states needs permission to use the new key",
    )


def test_tags_need_permissions_of_their_own() -> None:
    assert words_of(CREATE_BUCKET).permissions == (
        "s3:CreateBucket",
        "s3:PutBucketOwnershipControls",
        "s3:TagResource",
        "s3:PutBucketTagging",
    )
    assert words_of(replace(CREATE_BUCKET, tags=())).permissions == (
        "s3:CreateBucket",
        "s3:PutBucketOwnershipControls",
    )
    assert words_of(CREATE_TABLE).permissions == ("dynamodb:CreateTable", "dynamodb:TagResource")


def test_what_may_have_to_be_confirmed_says_why() -> None:
    cautious = [step for step in ALL_STEPS if words_of(step).caution]
    assert cautious == list(CAN_NEED_CONFIRMATION)
