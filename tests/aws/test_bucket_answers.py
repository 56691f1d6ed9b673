"""What S3 says when a setting is not there, and what never passes for it."""

from collections.abc import Callable

import pytest

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import (
    bucket_encryption,
    bucket_lifecycle,
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
    Ownership,
    PublicAccessBlock,
)
from holdfast.core.facts import Fact, Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to

Read = Callable[[Connections, BucketAddress], Fact[object]]

# What S3 says when a setting is not there: the call, its code for it, and the fact that it stands for.
UNSET: list[tuple[Read, str, str, object]] = [
    (
        bucket_encryption,
        "GetBucketEncryption",
        "ServerSideEncryptionConfigurationNotFoundError",
        None,
    ),
    (
        bucket_public_access_block,
        "GetPublicAccessBlock",
        "NoSuchPublicAccessBlockConfiguration",
        PublicAccessBlock(
            block_public_acls=False,
            ignore_public_acls=False,
            block_public_policy=False,
            restrict_public_buckets=False,
        ),
    ),
    (
        bucket_ownership,
        "GetBucketOwnershipControls",
        "OwnershipControlsNotFoundError",
        Ownership.UNSET,
    ),
    (bucket_policy, "GetBucketPolicy", "NoSuchBucketPolicy", None),
    (bucket_policy_public, "GetBucketPolicyStatus", "NoSuchBucketPolicy", False),
    (bucket_lifecycle, "GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", ()),
    (
        bucket_object_lock,
        "GetObjectLockConfiguration",
        "ObjectLockConfigurationNotFoundError",
        None,
    ),
    (bucket_replication, "GetBucketReplication", "ReplicationConfigurationNotFoundError", None),
    (bucket_tags, "GetBucketTagging", "NoSuchTagSet", {}),
]


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> BucketAddress:
    return BucketAddress(
        access=access_to(fault_proxy.url),
        region="us-east-1",
        bucket=member.clients.create_bucket(member.name("settings")),
        account=member.id,
    )


@pytest.mark.parametrize("row", UNSET)
def test_only_the_services_own_code_means_not_set(
    connections: Connections,
    address: BucketAddress,
    fault_proxy: FaultProxy,
    row: tuple[Read, str, str, object],
) -> None:
    read, operation, code, expected = row
    fault_proxy.add(Rule(action=Refuse(code=code, status=404), operation=f"s3:{operation}"))
    assert read(connections, address) == Known(expected)

    fault_proxy.allow_all()
    fault_proxy.add(Rule(action=Refuse(code="NoSuchBucket", status=404, message="gone")))
    assert read(connections, address) == Withheld(reason=Reason.ERROR, detail="NoSuchBucket: gone")


@pytest.mark.parametrize(
    "read", sorted({row[0] for row in UNSET} | {bucket_public_grants}, key=str)
)
def test_an_answer_of_another_kind_is_not_known(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy, read: Read
) -> None:
    body = b"<ListBucketResult><Name>settings</Name></ListBucketResult>"
    fault_proxy.add(
        Rule(
            action=Answer(
                response=Response(
                    status=200, headers={"Content-Type": "application/xml"}, body=body
                )
            )
        )
    )

    fact = read(connections, address)

    assert isinstance(fact, Withheld)
    assert fact.reason is Reason.ERROR
    assert fact.detail.startswith("the answer is not as the API describes it: ")


@pytest.mark.parametrize("body", [b"<html>sign in to the proxy</html", b"\xff\xfe"])
def test_a_page_of_something_in_between_is_not_known(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy, body: bytes
) -> None:
    fault_proxy.add(
        Rule(
            action=Answer(
                response=Response(status=200, headers={"Content-Type": "text/html"}, body=body)
            )
        )
    )

    fact = bucket_versioning(connections, address)

    assert isinstance(fact, Withheld)
    assert fact.reason is Reason.ERROR
