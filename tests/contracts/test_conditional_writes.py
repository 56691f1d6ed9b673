from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from botocore.exceptions import ClientError

from tests.contracts.conftest import Cloud
from tests.contracts.errors import refused

CONTENDERS = 16
ROUNDS = 4


def test_a_second_put_with_if_none_match_is_refused(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"first", IfNoneMatch="*")
    with refused("PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"second", IfNoneMatch="*")
    assert s3.get_object(Bucket=bucket, Key="a.tflock")["Body"].read() == b"first"


def test_a_delete_marker_does_not_stand_in_the_way_of_if_none_match(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"first", IfNoneMatch="*")
    s3.delete_object(Bucket=bucket, Key="a.tflock")
    s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"second", IfNoneMatch="*")
    assert s3.get_object(Bucket=bucket, Key="a.tflock")["Body"].read() == b"second"


def test_a_delete_with_another_etag_is_refused(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"mine")
    with refused("PreconditionFailed"):
        s3.delete_object(
            Bucket=bucket, Key="a.tflock", IfMatch='"00000000000000000000000000000000"'
        )
    assert s3.get_object(Bucket=bucket, Key="a.tflock")["Body"].read() == b"mine"


def test_a_delete_with_the_right_etag_deletes(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    etag = s3.put_object(Bucket=bucket, Key="a.tflock", Body=b"mine")["ETag"]
    s3.delete_object(Bucket=bucket, Key="a.tflock", IfMatch=etag)
    with refused("NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="a.tflock")


def test_a_put_with_another_etag_is_refused(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="a.tfstate", Body=b"serial 1")
    with refused("PreconditionFailed"):
        s3.put_object(
            Bucket=bucket,
            Key="a.tfstate",
            Body=b"serial 2",
            IfMatch='"00000000000000000000000000000000"',
        )
    assert s3.get_object(Bucket=bucket, Key="a.tfstate")["Body"].read() == b"serial 1"


def test_a_copy_does_not_overwrite_what_must_not_be_there(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="source.tfstate", Body=b"source")
    s3.put_object(Bucket=bucket, Key="target.tfstate", Body=b"target")
    with refused("PreconditionFailed"):
        s3.copy_object(
            Bucket=bucket,
            Key="target.tfstate",
            CopySource={"Bucket": bucket, "Key": "source.tfstate"},
            IfNoneMatch="*",
        )
    assert s3.get_object(Bucket=bucket, Key="target.tfstate")["Body"].read() == b"target"


@pytest.mark.parametrize("versioning", [False, True])
def test_one_of_sixteen_contenders_wins_in_s3(cloud: Cloud, *, versioning: bool) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=versioning)
    together = Barrier(CONTENDERS)

    def contend(number: int, key: str) -> bool:
        together.wait()
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"  # noqa: PT017 - a loser is no failure
            return False
        return True

    for round_number in range(ROUNDS):
        key = f"{round_number}.tflock"
        with ThreadPoolExecutor(CONTENDERS) as pool:
            won = list(pool.map(contend, range(CONTENDERS), [key] * CONTENDERS))
        assert won.count(True) == 1
        holder = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert holder == str(won.index(True)).encode()


def test_one_of_sixteen_contenders_wins_in_dynamodb(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.lock_table()
    together = Barrier(CONTENDERS)

    def contend(number: int, lock_id: str) -> bool:
        together.wait()
        try:
            dynamodb.put_item(
                TableName=table,
                Item={"LockID": {"S": lock_id}, "Info": {"S": str(number)}},
                ConditionExpression="attribute_not_exists(LockID)",
            )
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"  # noqa: PT017 - as above
            return False
        return True

    for round_number in range(ROUNDS):
        lock_id = f"bucket/{round_number}"
        with ThreadPoolExecutor(CONTENDERS) as pool:
            won = list(pool.map(contend, range(CONTENDERS), [lock_id] * CONTENDERS))
        assert won.count(True) == 1
        item = dynamodb.get_item(
            TableName=table, Key={"LockID": {"S": lock_id}}, ConsistentRead=True
        )["Item"]
        assert item["Info"] == {"S": str(won.index(True))}
