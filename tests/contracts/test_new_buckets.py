import json

from tests.contracts.conftest import Cloud
from tests.contracts.errors import refused

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def public_policy(bucket: str) -> str:
    statement = {
        "Sid": "Everybody",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def tls_policy(bucket: str) -> str:
    statement = {
        "Sid": "RequireTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_new_bucket_blocks_public_access(cloud: Cloud) -> None:
    found = cloud.s3().get_public_access_block(Bucket=cloud.bucket())
    assert found["PublicAccessBlockConfiguration"] == ALL_BLOCKED


def test_a_second_create_call_does_not_bring_the_block_back(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.delete_public_access_block(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    with refused("NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket=bucket)


def test_a_new_bucket_has_no_access_control_lists(cloud: Cloud) -> None:
    found = cloud.s3().get_bucket_ownership_controls(Bucket=cloud.bucket())
    assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_a_new_bucket_encrypts(cloud: Cloud) -> None:
    found = cloud.s3().get_bucket_encryption(Bucket=cloud.bucket())
    rule = found["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_new_bucket_has_neither_versions_nor_documents(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    with refused("NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=bucket)
    with refused("NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    with refused("NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=bucket)
    with refused("ObjectLockConfigurationNotFoundError"):
        s3.get_object_lock_configuration(Bucket=bucket)
    with refused("ReplicationConfigurationNotFoundError"):
        s3.get_bucket_replication(Bucket=bucket)


def test_a_bucket_policy_cannot_grant_public_access(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    with refused("AccessDenied"):
        s3.put_bucket_policy(Bucket=bucket, Policy=public_policy(bucket))


def test_the_policy_status_follows_the_policy(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    with refused("NoSuchBucketPolicy"):
        s3.get_bucket_policy_status(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=tls_policy(bucket))
    strict = s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=public_policy(bucket))
    public = s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    assert (strict, public) == ({"IsPublic": False}, {"IsPublic": True})


def test_the_policy_status_of_a_missing_bucket_is_no_such_bucket(cloud: Cloud) -> None:
    with refused("NoSuchBucket"):
        cloud.s3().get_bucket_policy_status(Bucket=cloud.name("missing"))
