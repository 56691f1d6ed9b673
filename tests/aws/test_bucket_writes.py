"""The writes to buckets one by one, where applying a whole plan does not lead: what they refuse, and what they send."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from holdfast.aws.bucket_creation import create_bucket
from holdfast.aws.bucket_lifecycle import add_lifecycle_rules
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_writes import add_policy_statements
from holdfast.aws.connections import Connections
from holdfast.aws.writing import Change, Patience
from holdfast.core.backends import Access
from holdfast.core.baseline import noncurrent_lifecycle_rule, tls_statement
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    CreateBucket,
)
from holdfast.errors import (
    BucketElsewhereError,
    BucketTakenError,
    PermissionMissingError,
    ServiceError,
)
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, DropAfter, DropBefore, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, use_credentials

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import TagTypeDef

REGION = "eu-west-1"
PATIENCE = Patience(seconds=1)


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=2) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> BucketAddress:
    """A bucket that is not there yet."""
    return BucketAddress(
        access=access_to(fault_proxy.url),
        region=REGION,
        bucket=member.name("states"),
        account=member.id,
    )


@pytest.fixture
def made(address: BucketAddress, member: FreshAccount) -> BucketAddress:
    """A bucket that is there."""
    member.clients.create_bucket(address.bucket, region=REGION)
    return address


def xml(text: str, status: int = 200) -> Answer:
    headers = {"Content-Type": "application/xml"}
    return Answer(response=Response(status=status, headers=headers, body=text.encode()))


def test_the_namespace_and_the_ownership_are_in_the_create_call(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    step = CreateBucket(
        bucket=address.bucket, region=REGION, tags=(("Team", "a & b"),), account_regional=True
    )
    fault_proxy.add(Rule(action=Refuse(code="Stop", status=400), operation="s3:CreateBucket"))
    with pytest.raises(ServiceError):
        create_bucket(connections, address, step)
    (request,) = [each for each in fault_proxy.requests() if each.operation == "s3:CreateBucket"]
    assert request.headers["x-amz-bucket-namespace"] == "account-regional"
    assert request.headers["x-amz-object-ownership"] == "BucketOwnerEnforced"
    body = request.body.decode()
    assert f"<LocationConstraint>{REGION}</LocationConstraint>" in body
    assert "<Key>Team</Key><Value>a &amp; b</Value>" in body


def test_tags_that_the_store_ignored_are_added_to_those_that_are_there(
    connections: Connections, made: BucketAddress, member: FreshAccount
) -> None:
    s3 = member.clients.s3(REGION)
    theirs: list[TagTypeDef] = [
        {"Key": "Owner", "Value": "them"},
        {"Key": "Team", "Value": "theirs"},
    ]
    s3.put_bucket_tagging(Bucket=made.bucket, Tagging={"TagSet": theirs})
    tags = (("ManagedBy", "holdfast"), ("Team", "ours"))
    step = CreateBucket(bucket=made.bucket, region=REGION, tags=tags)
    assert create_bucket(connections, made, step) is Change.WRITTEN
    found = s3.get_bucket_tagging(Bucket=made.bucket)["TagSet"]
    assert {each["Key"]: each["Value"] for each in found} == {
        "Owner": "them",
        "Team": "theirs",
        "ManagedBy": "holdfast",
    }
    assert create_bucket(connections, made, step) is Change.ALREADY_THERE


@pytest.mark.parametrize("code", ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"])
def test_a_bucket_that_appears_is_ours_only_when_its_owner_is(
    code: str,
    connections: Connections,
    address: BucketAddress,
    member: FreshAccount,
    fault_proxy: FaultProxy,
) -> None:
    member.clients.create_bucket(address.bucket, region=REGION)
    # HeadBucket comes too early the first time, and CreateBucket is told that somebody was faster.
    fault_proxy.add(Rule(action=xml("", status=404), operation="s3:HeadBucket", times=1))
    fault_proxy.add(Rule(action=Refuse(code=code, status=409), operation="s3:CreateBucket"))
    step = CreateBucket(bucket=address.bucket, region=REGION)
    assert create_bucket(connections, address, step) is Change.WRITTEN


def test_a_bucket_of_an_account_that_is_not_known_is_never_taken_for_ours(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    unknown = BucketAddress(
        access=made.access, region=made.region, bucket=made.bucket, account=None
    )
    fault_proxy.add(Rule(action=xml("", status=404), operation="s3:HeadBucket", times=1))
    fault_proxy.add(
        Rule(action=Refuse(code="BucketAlreadyExists", status=409), operation="s3:CreateBucket")
    )
    with pytest.raises(BucketTakenError):
        create_bucket(connections, unknown, CreateBucket(bucket=made.bucket, region=REGION))


def test_a_bucket_of_ours_in_another_region_is_not_taken_for_the_new_one(
    connections: Connections,
    address: BucketAddress,
    member: FreshAccount,
    fault_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No endpoint of the backend's own: behind one, regions do not count.
    monkeypatch.setenv("AWS_ENDPOINT_URL", fault_proxy.url)
    in_aws = replace(address, access=Access(path_style=True))
    member.clients.create_bucket(address.bucket, region="eu-central-1")
    step = CreateBucket(bucket=address.bucket, region=REGION, tags=(("ManagedBy", "holdfast"),))
    with pytest.raises(BucketElsewhereError) as caught:
        create_bucket(connections, in_aws, step)
    assert caught.value.headline == (
        f"bucket `{address.bucket}` exists in eu-central-1, and was to be created in {REGION}"
    )
    # Nor is one that appeared in between.
    fault_proxy.add(Rule(action=xml("", status=404), operation="s3:HeadBucket", times=1))
    fault_proxy.add(
        Rule(action=Refuse(code="BucketAlreadyOwnedByYou", status=409), operation="s3:CreateBucket")
    )
    with pytest.raises(BucketElsewhereError):
        create_bucket(connections, in_aws, step)
    # Nor is one whose region nobody tells.
    fault_proxy.allow_all()
    fault_proxy.deny("s3:HeadBucket")
    with pytest.raises(PermissionMissingError):
        create_bucket(connections, replace(in_aws, region="eu-central-1"), step)
    assert "s3:PutBucketTagging" not in fault_proxy.counts()


def test_a_bucket_that_does_not_show_at_once_is_waited_for(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=xml("", status=404), operation="s3:HeadBucket", times=3))
    step = CreateBucket(bucket=address.bucket, region=REGION)
    assert create_bucket(connections, address, step) is Change.WRITTEN
    assert fault_proxy.counts()["s3:HeadBucket"] == 4
    assert fault_proxy.counts()["s3:CreateBucket"] == 1


def test_a_policy_that_cannot_be_read_is_not_replaced(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    step = AddPolicyStatements(
        bucket=made.bucket, region=REGION, statements=(tls_statement(made.bucket),)
    )
    actions: tuple[Refuse | Answer, ...] = (
        Refuse(code="AccessDenied", status=403),
        Refuse(code="InternalError", status=500),
        Refuse(code="NoSuchBucket", status=404),
        xml('{"Statement": [{"Sid": "Odd"}]}'),
    )
    for action in actions:
        fault_proxy.add(Rule(action=action, operation="s3:GetBucketPolicy"))
        with pytest.raises((PermissionMissingError, ServiceError)):
            add_policy_statements(connections, made, step, patience=PATIENCE)
        fault_proxy.allow_all()
    assert "s3:PutBucketPolicy" not in fault_proxy.counts()


@pytest.mark.parametrize(
    "action",
    [
        Refuse(code="OperationAborted", status=409),
        Refuse(code="InternalError", status=500),
        Refuse(code="SlowDown", status=503),
        DropBefore(),
    ],
    ids=["conflict", "error", "throttled", "dropped"],
)
def test_a_policy_is_merged_anew_when_its_write_is_repeated(
    action: Refuse | DropBefore,
    connections: Connections,
    made: BucketAddress,
    fault_proxy: FaultProxy,
    member: FreshAccount,
) -> None:
    s3 = member.clients.s3(REGION)
    theirs = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Theirs",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:DeleteBucket",
                    "Resource": f"arn:aws:s3:::{made.bucket}",
                }
            ],
        }
    )

    def somebody_writes(_: Request) -> bool:
        s3.put_bucket_policy(Bucket=made.bucket, Policy=theirs)
        return True

    fault_proxy.add(
        Rule(action=action, operation="s3:PutBucketPolicy", when=somebody_writes, times=1)
    )
    step = AddPolicyStatements(
        bucket=made.bucket, region=REGION, statements=(tls_statement(made.bucket),)
    )
    patience = Patience(seconds=5)
    assert add_policy_statements(connections, made, step, patience=patience) is Change.WRITTEN
    stored = json.loads(s3.get_bucket_policy(Bucket=made.bucket)["Policy"])
    assert [each["Sid"] for each in stored["Statement"]] == [
        "Theirs",
        "HoldfastDenyInsecureTransport",
    ]


def test_a_policy_whose_answer_was_lost_is_not_sent_again(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation="s3:PutBucketPolicy"))
    step = AddPolicyStatements(
        bucket=made.bucket, region=REGION, statements=(tls_statement(made.bucket),)
    )
    assert add_policy_statements(connections, made, step, patience=PATIENCE) is Change.WRITTEN
    assert fault_proxy.counts()["s3:PutBucketPolicy"] == 1


def test_a_lifecycle_that_is_not_told_is_not_replaced(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=xml("<Odd/>"), operation="s3:GetBucketLifecycleConfiguration"))
    step = AddLifecycleRules(
        bucket=made.bucket, region=REGION, rules=(noncurrent_lifecycle_rule(),)
    )
    with pytest.raises(ServiceError):
        add_lifecycle_rules(connections, made, step, patience=PATIENCE)
    assert "s3:PutBucketLifecycleConfiguration" not in fault_proxy.counts()


def test_the_least_size_of_transitions_is_written_along(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    rule = (
        "<LifecycleConfiguration><Rule><ID>theirs</ID><Status>Enabled</Status>"
        "<Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>3</Days></Expiration></Rule>"
        "</LifecycleConfiguration>"
    )
    name = "x-amz-transition-default-minimum-object-size"
    headers = {"Content-Type": "application/xml", name: "varies_by_storage_class"}
    there = Answer(response=Response(status=200, headers=headers, body=rule.encode()))
    fault_proxy.add(Rule(action=there, operation="s3:GetBucketLifecycleConfiguration", times=1))
    step = AddLifecycleRules(
        bucket=made.bucket, region=REGION, rules=(noncurrent_lifecycle_rule(),)
    )
    assert add_lifecycle_rules(connections, made, step, patience=PATIENCE) is Change.WRITTEN
    (request,) = [
        each
        for each in fault_proxy.requests()
        if each.operation == "s3:PutBucketLifecycleConfiguration"
    ]
    assert request.headers[name] == "varies_by_storage_class"
    assert b"<ID>theirs</ID>" in request.body
    assert request.headers["x-amz-expected-bucket-owner"] == made.account
