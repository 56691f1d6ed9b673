"""The settings of a bucket, one read each.

S3 has a way of its own to say "not set" for almost every setting: an error code, or an empty answer. Only
those codes count as unset; every other error is a withheld fact. What S3 always answers is demanded of every
store: an answer without it says nothing, and must not pass for "not public" or "no rules". The IAM actions are not named as the
calls are (Service Authorization Reference, Amazon S3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import canonical_json, plain_document, reads, unset
from holdfast.core.cloud import (
    Encryption,
    LifecycleRule,
    LoggingTarget,
    ObjectLock,
    Ownership,
    PublicAccessBlock,
    Versioning,
    VersioningStatus,
)
from holdfast.core.lifecycle import lifecycle_rule

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import LoggingEnabledOutputTypeDef

PUBLIC_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "AuthenticatedUsers",
}
DAYS_OF_YEAR = 365


@reads("s3:GetBucketVersioning")
def bucket_versioning(connections: Connections, address: BucketAddress) -> Versioning:
    """Read GetBucketVersioning; an answer without a status means that it was never switched on."""
    answer = address.client(connections).get_bucket_versioning(**address.arguments)
    return Versioning(
        status=VersioningStatus(answer.get("Status", VersioningStatus.OFF)),
        mfa_delete=answer.get("MFADelete") == "Enabled",
    )


@reads("s3:GetEncryptionConfiguration")
def bucket_encryption(connections: Connections, address: BucketAddress) -> Encryption | None:
    """Read GetBucketEncryption; real S3 always has a rule, other stores may have none."""
    try:
        answer = address.client(connections).get_bucket_encryption(**address.arguments)
    except ClientError as error:
        unset(error, "ServerSideEncryptionConfigurationNotFoundError")
        return None
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    if not rules:
        return None
    default = rules[0].get("ApplyServerSideEncryptionByDefault")
    blocked = rules[0].get("BlockedEncryptionTypes", {}).get("EncryptionType", [])
    return Encryption(
        algorithm=default["SSEAlgorithm"] if default else "AES256",
        key=(default.get("KMSMasterKeyID") or None) if default else None,
        bucket_key=rules[0].get("BucketKeyEnabled", False),
        blocked_types=tuple(blocked),
    )


@reads("s3:GetBucketPublicAccessBlock")
def bucket_public_access_block(
    connections: Connections, address: BucketAddress
) -> PublicAccessBlock:
    """Read GetPublicAccessBlock of the bucket; no configuration is all four off."""
    try:
        answer = address.client(connections).get_public_access_block(**address.arguments)
    except ClientError as error:
        unset(error, "NoSuchPublicAccessBlockConfiguration")
        return PublicAccessBlock(
            block_public_acls=False,
            ignore_public_acls=False,
            block_public_policy=False,
            restrict_public_buckets=False,
        )
    configuration = answer["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_public_acls=configuration["BlockPublicAcls"],
        ignore_public_acls=configuration["IgnorePublicAcls"],
        block_public_policy=configuration["BlockPublicPolicy"],
        restrict_public_buckets=configuration["RestrictPublicBuckets"],
    )


@reads("s3:GetBucketOwnershipControls")
def bucket_ownership(connections: Connections, address: BucketAddress) -> Ownership:
    """Read GetBucketOwnershipControls."""
    try:
        answer = address.client(connections).get_bucket_ownership_controls(**address.arguments)
    except ClientError as error:
        unset(error, "OwnershipControlsNotFoundError")
        return Ownership.UNSET
    rules = answer["OwnershipControls"]["Rules"]
    return Ownership(rules[0]["ObjectOwnership"]) if rules else Ownership.UNSET


@reads("s3:GetBucketPolicy")
def bucket_policy(connections: Connections, address: BucketAddress) -> str | None:
    """Read GetBucketPolicy: the text exactly as it is stored, which is always JSON."""
    try:
        text = address.client(connections).get_bucket_policy(**address.arguments)["Policy"]
    except ClientError as error:
        unset(error, "NoSuchBucketPolicy")
        return None
    json.loads(text)
    return text


@reads("s3:GetBucketPolicyStatus")
def bucket_policy_public(connections: Connections, address: BucketAddress) -> bool:
    """Read GetBucketPolicyStatus: whether S3 itself takes the policy to be public."""
    try:
        answer = address.client(connections).get_bucket_policy_status(**address.arguments)
    except ClientError as error:
        unset(error, "NoSuchBucketPolicy")
        return False
    return answer["PolicyStatus"]["IsPublic"]


@reads("s3:GetBucketAcl")
def bucket_public_grants(connections: Connections, address: BucketAddress) -> tuple[str, ...]:
    """Read GetBucketAcl: the grants to everybody, each as `AllUsers READ`."""
    answer = address.client(connections).get_bucket_acl(**address.arguments)
    return tuple(
        f"{PUBLIC_GROUPS[grant['Grantee']['URI']]} {grant['Permission']}"
        for grant in answer["Grants"]
        if grant.get("Grantee", {}).get("URI") in PUBLIC_GROUPS
    )


@reads("s3:GetLifecycleConfiguration")
def bucket_lifecycle(connections: Connections, address: BucketAddress) -> tuple[LifecycleRule, ...]:
    """Read GetBucketLifecycleConfiguration, every rule with its whole document."""
    client = address.client(connections)
    try:
        answer = client.get_bucket_lifecycle_configuration(**address.arguments)
    except ClientError as error:
        unset(error, "NoSuchLifecycleConfiguration")
        return ()
    return tuple(lifecycle_rule(plain_document(rule)) for rule in answer["Rules"])


@reads("s3:GetBucketLogging")
def bucket_logging(connections: Connections, address: BucketAddress) -> LoggingTarget | None:
    """Read GetBucketLogging; an empty answer means that it is off."""
    answer = address.client(connections).get_bucket_logging(**address.arguments)
    target: LoggingEnabledOutputTypeDef | None = answer.get("LoggingEnabled", None)
    if target is None:
        return None
    return LoggingTarget(bucket=target["TargetBucket"], prefix=target.get("TargetPrefix", ""))


@reads("s3:GetBucketObjectLockConfiguration")
def bucket_object_lock(connections: Connections, address: BucketAddress) -> ObjectLock | None:
    """Read GetObjectLockConfiguration; a retention in years is given in days."""
    try:
        answer = address.client(connections).get_object_lock_configuration(**address.arguments)
    except ClientError as error:
        unset(error, "ObjectLockConfigurationNotFoundError")
        return None
    configuration = answer["ObjectLockConfiguration"]
    if str(configuration["ObjectLockEnabled"]) != "Enabled":
        return None
    retention = configuration.get("Rule", {}).get("DefaultRetention", {})
    days = retention.get("Days") or retention.get("Years", 0) * DAYS_OF_YEAR
    return ObjectLock(mode=retention.get("Mode"), days=days or None)


@reads("s3:GetReplicationConfiguration")
def bucket_replication(connections: Connections, address: BucketAddress) -> str | None:
    """Read GetBucketReplication: the configuration as canonical JSON."""
    try:
        answer = address.client(connections).get_bucket_replication(**address.arguments)
    except ClientError as error:
        unset(error, "ReplicationConfigurationNotFoundError")
        return None
    configuration = answer["ReplicationConfiguration"]
    if not configuration["Rules"]:
        return None
    return canonical_json(configuration)


@reads("s3:GetBucketTagging")
def bucket_tags(connections: Connections, address: BucketAddress) -> Mapping[str, str]:
    """Read GetBucketTagging."""
    try:
        answer = address.client(connections).get_bucket_tagging(**address.arguments)
    except ClientError as error:
        unset(error, "NoSuchTagSet")
        return {}
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
