"""Every setting of a bucket, as a server stores it."""

import pytest

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import (
    bucket_encryption,
    bucket_lifecycle,
    bucket_logging,
    bucket_object_lock,
    bucket_ownership,
    bucket_policy,
    bucket_policy_public,
    bucket_public_access_block,
    bucket_public_grants,
    bucket_replication,
    bucket_tags,
    bucket_versioning,
)
from holdfast.aws.connections import Connections
from holdfast.core.cloud import (
    Encryption,
    LoggingTarget,
    ObjectLock,
    Ownership,
    PublicAccessBlock,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import Known
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> BucketAddress:
    return BucketAddress(
        access=access_to(fault_proxy.url),
        region="us-east-1",
        bucket=member.clients.create_bucket(member.name("settings")),
        account=member.id,
    )


def test_versioning_is_off_until_it_is_enabled_and_then_suspended(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    s3 = member.clients.s3()
    found = [bucket_versioning(connections, address)]
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(
            Bucket=address.bucket,
            VersioningConfiguration={"Status": status},
        )
        found.append(bucket_versioning(connections, address))

    assert found == [
        Known(Versioning(status=VersioningStatus.OFF)),
        Known(Versioning(status=VersioningStatus.ENABLED)),
        Known(Versioning(status=VersioningStatus.SUSPENDED)),
    ]


def test_encryption_gives_algorithm_key_and_bucket_key(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    key = f"arn:aws:kms:us-east-1:{member.id}:key/11111111-2222-3333-8444-555555555555"
    member.clients.s3().put_bucket_encryption(
        Bucket=address.bucket,
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

    assert bucket_encryption(connections, address) == Known(
        Encryption(algorithm="aws:kms", key=key, bucket_key=True)
    )


@pytest.mark.parametrize("blocked", ["SSE-C", "NONE"])
def test_blocked_types_are_told(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy, blocked: str
) -> None:
    body = (
        b"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        b"<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
        b"<BlockedEncryptionTypes><EncryptionType>%s</EncryptionType></BlockedEncryptionTypes>"
        b"</Rule></ServerSideEncryptionConfiguration>"
    ) % blocked.encode()
    headers = {"Content-Type": "application/xml"}
    fault_proxy.add(Rule(action=Answer(response=Response(status=200, headers=headers, body=body))))

    assert bucket_encryption(connections, address) == Known(
        Encryption(algorithm="AES256", blocked_types=(blocked,))
    )


def test_the_public_access_block_gives_each_of_its_four_parts(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    member.clients.s3().put_public_access_block(
        Bucket=address.bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": False,
        },
    )

    assert bucket_public_access_block(connections, address) == Known(
        PublicAccessBlock(
            block_public_acls=True,
            ignore_public_acls=False,
            block_public_policy=True,
            restrict_public_buckets=False,
        )
    )


def test_ownership_is_as_configured(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    member.clients.s3().put_bucket_ownership_controls(
        Bucket=address.bucket,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
    )

    assert bucket_ownership(connections, address) == Known(Ownership.PREFERRED)


def test_the_policy_is_the_text_as_it_was_stored(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    text = (
        '{ "Version":"2012-10-17",\n "Statement":[{"Sid":"Own","Effect":"Deny","Principal":"*",'
        f'"Action":"s3:*","Resource":"arn:aws:s3:::{address.bucket}/*",'
        '"Condition":{"Bool":{"aws:SecureTransport":"false"}}} ]}'
    )
    member.clients.s3().put_bucket_policy(Bucket=address.bucket, Policy=text)

    assert bucket_policy(connections, address) == Known(text)
    assert bucket_policy_public(connections, address) == Known(value=False)


def test_grants_to_everybody_are_told_and_the_owners_own_is_not(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    namespace = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    groups = "http://acs.amazonaws.com/groups/global/"
    grants = "".join(
        f'<Grant><Grantee {namespace} xsi:type="{kind}">{grantee}</Grantee>'
        f"<Permission>{permission}</Permission></Grant>"
        for kind, grantee, permission in (
            ("CanonicalUser", "<ID>owner</ID>", "FULL_CONTROL"),
            ("Group", f"<URI>{groups}AllUsers</URI>", "READ"),
            ("Group", f"<URI>{groups}AuthenticatedUsers</URI>", "WRITE"),
            ("Group", "<URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI>", "WRITE"),
        )
    )
    body = (
        "<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList>"
        f"{grants}</AccessControlList></AccessControlPolicy>"
    )
    headers = {"Content-Type": "application/xml"}
    fault_proxy.add(
        Rule(action=Answer(response=Response(status=200, headers=headers, body=body.encode())))
    )

    assert bucket_public_grants(connections, address) == Known(
        ("AllUsers READ", "AuthenticatedUsers WRITE")
    )


def test_a_bucket_of_nobody_elses_has_no_public_grants(
    connections: Connections, address: BucketAddress
) -> None:
    assert bucket_public_grants(connections, address) == Known(())


def test_lifecycle_rules_come_with_their_whole_documents(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    member.clients.s3().put_bucket_lifecycle_configuration(
        Bucket=address.bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "old-versions",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "a/"},
                    "NoncurrentVersionExpiration": {
                        "NoncurrentDays": 90,
                        "NewerNoncurrentVersions": 50,
                    },
                },
                {
                    "ID": "dated",
                    "Status": "Disabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Date": "2030-01-01T00:00:00Z"},
                },
            ]
        },
    )

    rules = bucket_lifecycle(connections, address)

    assert isinstance(rules, Known)
    told = [(rule.identifier, rule.enabled, rule.prefix) for rule in rules.value]
    assert told == [("old-versions", True, "a/"), ("dated", False, "")]
    assert (rules.value[0].noncurrent_days, rules.value[0].noncurrent_keep) == (90, 50)
    assert rules.value[1].expires_current_date is not None
    assert rules.value[1].expires_current_date.startswith("2030-01-01T00:00:00")


def test_logging_is_off_or_goes_to_a_target(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    off = bucket_logging(connections, address)
    target = member.clients.create_bucket(member.name("logs"))
    member.clients.s3().put_bucket_logging(
        Bucket=address.bucket,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "state/"}},
    )

    assert (off, bucket_logging(connections, address)) == (
        Known(None),
        Known(LoggingTarget(bucket=target, prefix="state/")),
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ObjectLock(mode=None, days=None)),
        (
            "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>7</Days></DefaultRetention></Rule>",
            ObjectLock(mode="GOVERNANCE", days=7),
        ),
        (
            "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>2</Years></DefaultRetention></Rule>",
            ObjectLock(mode="COMPLIANCE", days=730),
        ),
    ],
)
def test_object_lock_gives_mode_and_days(
    connections: Connections,
    address: BucketAddress,
    fault_proxy: FaultProxy,
    rule: str,
    expected: ObjectLock,
) -> None:
    body = (
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        f"{rule}</ObjectLockConfiguration>"
    )
    headers = {"Content-Type": "application/xml"}
    fault_proxy.add(
        Rule(action=Answer(response=Response(status=200, headers=headers, body=body.encode())))
    )

    assert bucket_object_lock(connections, address) == Known(expected)


def test_tags_are_a_mapping(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    member.clients.s3().put_bucket_tagging(
        Bucket=address.bucket, Tagging={"TagSet": [{"Key": "team", "Value": "platform"}]}
    )

    assert bucket_tags(connections, address) == Known({"team": "platform"})


def test_replication_is_canonical_json(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    body = (
        b"<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role><Rule><ID>all</ID>"
        b"<Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::copy</Bucket></Destination></Rule>"
        b"</ReplicationConfiguration>"
    )
    headers = {"Content-Type": "application/xml"}
    fault_proxy.add(Rule(action=Answer(response=Response(status=200, headers=headers, body=body))))

    assert bucket_replication(connections, address) == Known(
        '{"Role":"arn:aws:iam::1:role/r","Rules":[{"Destination":{"Bucket":"arn:aws:s3:::copy"},'
        '"ID":"all","Status":"Enabled"}]}'
    )
