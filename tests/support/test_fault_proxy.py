import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.support.clients import DIRECT, SESSION, Clients
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, DropAfter, DropBefore, Late, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.ignoring_store import (
    ACCESS_KEY,
    SECRET_KEY,
    ignoring_when_versioned,
    rclone_store,
)
from tests.support.late_requests import Arrival

EVERY_BUCKET_READ = {
    "get_bucket_abac": "s3:GetBucketAbac",
    "get_bucket_accelerate_configuration": "s3:GetBucketAccelerateConfiguration",
    "get_bucket_acl": "s3:GetBucketAcl",
    "get_bucket_cors": "s3:GetBucketCors",
    "get_bucket_encryption": "s3:GetBucketEncryption",
    "get_bucket_lifecycle_configuration": "s3:GetBucketLifecycleConfiguration",
    "get_bucket_location": "s3:GetBucketLocation",
    "get_bucket_logging": "s3:GetBucketLogging",
    "get_bucket_notification_configuration": "s3:GetBucketNotificationConfiguration",
    "get_bucket_ownership_controls": "s3:GetBucketOwnershipControls",
    "get_bucket_policy": "s3:GetBucketPolicy",
    "get_bucket_policy_status": "s3:GetBucketPolicyStatus",
    "get_bucket_replication": "s3:GetBucketReplication",
    "get_bucket_request_payment": "s3:GetBucketRequestPayment",
    "get_bucket_tagging": "s3:GetBucketTagging",
    "get_bucket_versioning": "s3:GetBucketVersioning",
    "get_bucket_website": "s3:GetBucketWebsite",
    "get_object_lock_configuration": "s3:GetObjectLockConfiguration",
    "get_public_access_block": "s3:GetPublicAccessBlock",
    "head_bucket": "s3:HeadBucket",
    "list_multipart_uploads": "s3:ListMultipartUploads",
    "list_object_versions": "s3:ListObjectVersions",
    "list_objects_v2": "s3:ListObjectsV2",
}


def through(proxy: FaultProxy, account: FreshAccount) -> Clients:
    return Clients(url=proxy.url, access_key=account.id)


@pytest.mark.parametrize(("method", "operation"), EVERY_BUCKET_READ.items())
def test_every_read_of_a_bucket_is_told_and_can_be_denied(
    account: FreshAccount, fault_proxy: FaultProxy, method: str, operation: str
) -> None:
    fault_proxy.deny(operation)
    call: Callable[..., object] = getattr(through(fault_proxy, account).s3(), method)
    with pytest.raises(ClientError) as caught:
        call(Bucket="any-bucket")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    code = "403" if method == "head_bucket" else "AccessDenied"
    assert caught.value.response["Error"]["Code"] == code
    assert dict(fault_proxy.counts()) == {operation: 1}


def test_what_a_lock_and_a_state_need_is_told_by_name(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    clients = through(fault_proxy, account)
    s3, dynamodb = clients.s3(), clients.dynamodb()
    bucket = clients.create_bucket(account.name("states"), versioning=True)
    table = clients.create_lock_table(account.name("locks"))
    key = "env:/blue/a b/terraform.tfstate"
    s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    s3.head_object(Bucket=bucket, Key=key)
    s3.get_object(Bucket=bucket, Key=key)
    s3.delete_object(Bucket=bucket, Key="copy")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "copy"}]})
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.list_buckets()
    dynamodb.put_item(TableName=table, Item={"LockID": {"S": "a"}})
    clients.sts().get_caller_identity()
    clients.iam().list_account_aliases()
    assert dict(fault_proxy.counts()) == {
        "s3:CreateBucket": 1,
        "s3:PutBucketVersioning": 1,
        "dynamodb:CreateTable": 1,
        "s3:PutObject": 1,
        "s3:CopyObject": 1,
        "s3:HeadObject": 1,
        "s3:GetObject": 1,
        "s3:DeleteObject": 1,
        "s3:DeleteObjects": 1,
        "s3:DeleteBucketLifecycle": 1,
        "s3:ListBuckets": 1,
        "dynamodb:PutItem": 1,
        "sts:GetCallerIdentity": 1,
        "iam:ListAccountAliases": 1,
    }
    written = [sent for sent in fault_proxy.requests() if sent.operation == "s3:PutObject"]
    assert [(sent.bucket, sent.key) for sent in written] == [(bucket, key)]


def test_clients_with_the_environment_alone_come_through_the_proxy(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    code = """
import sys, boto3
boto3.client("s3").create_bucket(Bucket=sys.argv[1])
boto3.client("s3").get_bucket_versioning(Bucket=sys.argv[1])
boto3.client("kms").list_keys()
"""
    bucket = account.name("states")
    environment = account.environment(through=fault_proxy.url)
    subprocess.run([sys.executable, "-c", code, bucket], env=environment, check=True)
    assert [(sent.operation, sent.bucket) for sent in fault_proxy.requests()] == [
        ("s3:CreateBucket", bucket),
        ("s3:GetBucketVersioning", bucket),
        ("kms:ListKeys", ""),
    ]


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("dynamodb:DescribeTable", 400, "AccessDeniedException"),
        ("kms:DescribeKey", 400, "AccessDeniedException"),
        ("sts:GetCallerIdentity", 403, "AccessDenied"),
        ("iam:ListAccountAliases", 403, "AccessDenied"),
    ],
)
def test_a_denial_has_the_shape_of_its_service(
    account: FreshAccount, fault_proxy: FaultProxy, operation: str, status: int, code: str
) -> None:
    fault_proxy.deny(operation)
    clients = through(fault_proxy, account)
    kms = SESSION.client(
        "kms",
        endpoint_url=fault_proxy.url,
        region_name="us-east-1",
        aws_access_key_id=account.id,
        aws_secret_access_key="test",
        config=DIRECT,
    )
    calls: dict[str, Callable[[], object]] = {
        "dynamodb:DescribeTable": lambda: clients.dynamodb().describe_table(TableName="locks"),
        "kms:DescribeKey": lambda: kms.describe_key(KeyId="key"),
        "sts:GetCallerIdentity": clients.sts().get_caller_identity,
        "iam:ListAccountAliases": clients.iam().list_account_aliases,
    }
    with pytest.raises(ClientError) as caught:
        calls[operation]()
    response = caught.value.response
    found = (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"])
    assert found == (status, code)
    assert f"is not authorized to perform: {operation}" in response["Error"]["Message"]


def test_a_request_dropped_before_the_server_was_never_done(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    bucket = account.clients.create_bucket(account.name("states"))
    fault_proxy.add(Rule(action=DropBefore(), operation="s3:PutObject"))
    with pytest.raises(ConnectionClosedError):
        through(fault_proxy, account).s3().put_object(Bucket=bucket, Key="a", Body=b"1")
    assert account.clients.s3().list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_request_dropped_after_the_server_was_done(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    bucket = account.clients.create_bucket(account.name("states"))
    fault_proxy.add(Rule(action=DropAfter(), operation="s3:PutObject"))
    with pytest.raises(ConnectionClosedError):
        through(fault_proxy, account).s3().put_object(Bucket=bucket, Key="a", Body=b"1")
    assert account.clients.s3().list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_a_rule_skips_and_ends(account: FreshAccount, fault_proxy: FaultProxy) -> None:
    slow_down = Refuse(code="SlowDown", status=503)
    fault_proxy.add(Rule(action=slow_down, operation="s3:ListBuckets", skip=1, times=2))
    s3 = through(fault_proxy, account).s3()
    codes = []
    for _ in range(4):
        try:
            s3.list_buckets()
            codes.append("")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert codes == ["", "SlowDown", "SlowDown", ""]


def test_an_answer_can_be_late(account: FreshAccount, fault_proxy: FaultProxy) -> None:
    fault_proxy.add(Rule(action=Delay(after_seconds=1), operation="s3:ListBuckets"))
    impatient = SESSION.client(
        "s3",
        endpoint_url=fault_proxy.url,
        region_name="us-east-1",
        aws_access_key_id=account.id,
        aws_secret_access_key="test",
        config=DIRECT.merge(type(DIRECT)(read_timeout=0.2)),
    )
    with pytest.raises(ReadTimeoutError):
        impatient.list_buckets()


def test_rclone_ignores_if_none_match(tmp_path: Path) -> None:
    with rclone_store(tmp_path) as url:
        clients = Clients(url=url, access_key=ACCESS_KEY, secret_key=SECRET_KEY)
        bucket = clients.create_bucket("states")
        for body in (b"first", b"second"):
            clients.s3().put_object(Bucket=bucket, Key="a", Body=body, IfNoneMatch="*")
        assert clients.s3().get_object(Bucket=bucket, Key="a")["Body"].read() == b"second"


@pytest.mark.parametrize("versioning", [False, True])
def test_the_imitated_store_excludes_without_versions_only(
    account: FreshAccount, fault_proxy: FaultProxy, versioning: bool
) -> None:
    fault_proxy.add(ignoring_when_versioned(fault_proxy.upstream))
    bucket = account.clients.create_bucket(account.name("states"), versioning=versioning)
    s3 = through(fault_proxy, account).s3()
    s3.put_object(Bucket=bucket, Key="a", Body=b"first", IfNoneMatch="*")
    try:
        s3.put_object(Bucket=bucket, Key="a", Body=b"second", IfNoneMatch="*")
        excluded = False
    except ClientError:
        excluded = True
    assert excluded is not versioning


def test_threads_end_with_the_proxy(account: FreshAccount) -> None:
    before = set(threading.enumerate())
    with FaultProxy(account.sandbox.url) as proxy:
        s3 = through(proxy, account).s3()
        s3.list_buckets()
        during = set(threading.enumerate()) - before
    assert len(during) == 2
    assert set(threading.enumerate()) <= before


def test_a_late_request_arrives_when_it_is_let_and_not_before(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    bucket = account.clients.create_bucket(account.name("late"))
    arrival = Arrival()
    fault_proxy.add(Rule(action=Late(arrival), operation="s3:PutObject", times=1))
    with pytest.raises(ConnectionClosedError):
        through(fault_proxy, account).s3().put_object(Bucket=bucket, Key="a", Body=b"late")
    s3 = account.clients.s3()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    arrival.arrive()
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"late"
