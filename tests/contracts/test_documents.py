import json

from tests.contracts.conftest import Cloud
from tests.contracts.test_new_buckets import tls_policy


def test_a_policy_comes_back_as_it_was_put(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_bucket_policy(Bucket=bucket, Policy=tls_policy(bucket))
    found = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert json.loads(found) == json.loads(tls_policy(bucket))


def test_lifecycle_rules_come_back_as_they_were_put(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "noncurrent",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {
                        "NoncurrentDays": 90,
                        "NewerNoncurrentVersions": 50,
                    },
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    "Expiration": {"ExpiredObjectDeleteMarker": True},
                }
            ]
        },
    )
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [
        {
            "ID": "noncurrent",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 50},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
        }
    ]


def test_encryption_with_a_key_comes_back_as_it_was_put(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    key = f"arn:aws:kms:us-east-1:{cloud.account.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    found = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    assert found["Rules"] == [
        {
            "ApplyServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": key,
            },
            "BucketKeyEnabled": True,
        }
    ]


def test_tags_come_back_as_they_were_put(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Team", "Value": "core"}]})
    found = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    assert found == [{"Key": "Team", "Value": "core"}]


def test_a_part_of_the_public_access_block_can_be_taken_away(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        },
    )
    found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert found == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }
