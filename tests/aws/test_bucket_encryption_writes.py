"""Encrypting a bucket: a key is looked at before it is written, and known by any of its names."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_writes import encrypt_bucket
from holdfast.aws.connections import Connections
from holdfast.aws.writing import Change, Patience
from holdfast.core.backends import Access, Endpoints
from holdfast.core.steps import (
    EncryptBucket,
)
from holdfast.errors import (
    KeyUnusableError,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, use_credentials

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


@pytest.mark.parametrize("state", ["missing", "disabled", "denied"])
def test_a_key_that_cannot_be_used_is_not_written(
    state: str, connections: Connections, made: BucketAddress, fault_proxy: FaultProxy
) -> None:
    actions: dict[str, Refuse | Answer] = {
        "missing": Refuse(code="NotFoundException", status=400),
        "disabled": Answer(
            response=Response(
                status=200,
                headers={"Content-Type": "application/x-amz-json-1.1"},
                body=b'{"KeyMetadata": {"KeyId": "k", "KeyState": "Disabled"}}',
            )
        ),
        "denied": Refuse(code="AccessDeniedException", status=400),
    }
    fault_proxy.add(Rule(action=actions[state], operation="kms:DescribeKey"))
    key = f"arn:aws:kms:{REGION}:{made.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    step = EncryptBucket(bucket=made.bucket, region=REGION, algorithm="aws:kms", key_arn=key)
    with pytest.raises(KeyUnusableError) as caught:
        encrypt_bucket(connections, made, step, patience=PATIENCE)
    assert (
        dict(caught.value.facts)["it is"]
        == {
            "missing": "NotFoundException",
            "disabled": "Disabled",
            "denied": "not known: permission `kms:DescribeKey` is missing",
        }[state]
    )
    assert "s3:PutBucketEncryption" not in fault_proxy.counts()


def test_a_key_that_can_be_used_is_written_once_and_known_by_its_alias(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy, member: FreshAccount
) -> None:
    key = f"arn:aws:kms:{REGION}:{made.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    metadata = {"KeyId": key, "Arn": key, "KeyState": "Enabled", "KeyManager": "CUSTOMER"}
    enabled = Response(
        status=200,
        headers={"Content-Type": "application/x-amz-json-1.1"},
        body=json.dumps({"KeyMetadata": metadata}).encode(),
    )
    fault_proxy.add(Rule(action=Answer(response=enabled), operation="kms:DescribeKey"))
    step = EncryptBucket(
        bucket=made.bucket, region=REGION, algorithm="aws:kms", key_arn=key, bucket_key=True
    )
    assert encrypt_bucket(connections, made, step, patience=PATIENCE) is Change.WRITTEN
    s3 = member.clients.s3(REGION)
    stored = s3.get_bucket_encryption(Bucket=made.bucket)["ServerSideEncryptionConfiguration"]
    rule = stored["Rules"][0]
    assert rule["BucketKeyEnabled"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": key,
    }
    rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = "alias/states"
    s3.put_bucket_encryption(Bucket=made.bucket, ServerSideEncryptionConfiguration=stored)
    assert encrypt_bucket(connections, made, step, patience=PATIENCE) is Change.ALREADY_THERE


@pytest.mark.parametrize("blocked", ["NONE", "SSE-C"])
def test_blocked_types_are_written_back_as_they_were(
    connections: Connections, made: BucketAddress, fault_proxy: FaultProxy, blocked: str
) -> None:
    # The embedded AWS forgets them; S3 takes a rule without them for a wish of its own defaults.
    types = f"<BlockedEncryptionTypes><EncryptionType>{blocked}</EncryptionType></BlockedEncryptionTypes>"
    stored = (
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
        f"{types}</Rule></ServerSideEncryptionConfiguration>"
    )
    answer = Response(status=200, headers={"Content-Type": "application/xml"}, body=stored.encode())
    fault_proxy.add(
        Rule(action=Answer(response=answer), operation="s3:GetBucketEncryption", times=1)
    )
    step = EncryptBucket(bucket=made.bucket, region=REGION, algorithm="aws:kms")
    assert encrypt_bucket(connections, made, step, patience=PATIENCE) is Change.WRITTEN
    (write,) = [
        each for each in fault_proxy.requests() if each.operation == "s3:PutBucketEncryption"
    ]
    assert types in write.body.decode()


def test_credentials_of_another_store_are_not_shown_to_kms(
    connections: Connections,
    made: BucketAddress,
    fault_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # nothing leaves the machine
    store = replace(made, access=Access(endpoints=Endpoints(s3=fault_proxy.url), path_style=True))
    key = f"arn:aws:kms:{REGION}:{made.account}:key/1234"
    step = EncryptBucket(bucket=made.bucket, region=REGION, algorithm="aws:kms", key_arn=key)
    with pytest.raises(KeyUnusableError) as caught:
        encrypt_bucket(connections, store, step, patience=PATIENCE)
    assert "S3 has an endpoint of its own and KMS has none" in str(caught.value.facts)
    assert "s3:PutBucketEncryption" not in fault_proxy.counts()
