import pytest
from botocore.exceptions import ClientError

from tests.contracts.conftest import Cloud
from tests.contracts.errors import refused

LOCK = {"LockID": {"S": "bucket/a/terraform.tfstate"}, "Info": {"S": '{"ID":"1"}'}}
KEY = {"LockID": LOCK["LockID"]}


def test_a_second_lock_is_refused_and_the_holder_comes_with_the_refusal(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.lock_table()
    dynamodb.put_item(
        TableName=table, Item=LOCK, ConditionExpression="attribute_not_exists(LockID)"
    )
    with pytest.raises(ClientError) as caught:
        dynamodb.put_item(
            TableName=table,
            Item={**LOCK, "Info": {"S": '{"ID":"2"}'}},
            ConditionExpression="attribute_not_exists(LockID)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    response = caught.value.response
    assert response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert response.get("Item") == LOCK


def test_a_lock_is_deleted_only_as_it_was_read(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.lock_table()
    dynamodb.put_item(TableName=table, Item=LOCK)
    with refused("ConditionalCheckFailedException"):
        dynamodb.delete_item(
            TableName=table,
            Key=KEY,
            ConditionExpression="Info = :info",
            ExpressionAttributeValues={":info": {"S": '{"ID":"2"}'}},
        )
    deleted = dynamodb.delete_item(
        TableName=table,
        Key=KEY,
        ConditionExpression="Info = :info",
        ExpressionAttributeValues={":info": LOCK["Info"]},
        ReturnValues="ALL_OLD",
    )
    assert deleted["Attributes"] == LOCK
    assert "Item" not in dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)


def test_a_table_is_in_one_region(cloud: Cloud) -> None:
    table = cloud.lock_table(region="eu-west-1")
    with refused("ResourceNotFoundException"):
        cloud.dynamodb("us-east-1").describe_table(TableName=table)
    found = cloud.dynamodb("eu-west-1").describe_table(TableName=table)["Table"]
    expected = f"arn:aws:dynamodb:eu-west-1:{cloud.account.id}:table/{table}"
    assert (found["TableStatus"], found["TableArn"]) == ("ACTIVE", expected)


def test_a_table_of_another_account_is_not_seen(cloud: Cloud, stranger: Cloud) -> None:
    table = cloud.lock_table()
    with refused("ResourceNotFoundException"):
        stranger.dynamodb().describe_table(TableName=table)


def test_protection_and_tags_are_set_by_the_create_call(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.name("protected")
    created = dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "Purpose", "Value": "terraform-backend"}],
    )["TableDescription"]
    found = dynamodb.describe_table(TableName=table)["Table"]
    tags = dynamodb.list_tags_of_resource(ResourceArn=created["TableArn"])["Tags"]
    assert found["DeletionProtectionEnabled"] is True
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert tags == [{"Key": "Purpose", "Value": "terraform-backend"}]
    with refused("ValidationException"):
        dynamodb.delete_table(TableName=table)


def test_recovery_to_a_point_in_time_can_be_switched_on(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.lock_table()
    before = dynamodb.describe_continuous_backups(TableName=table)
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    after = dynamodb.describe_continuous_backups(TableName=table)
    statuses = [
        answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"][
            "PointInTimeRecoveryStatus"
        ]
        for answer in (before, after)
    ]
    assert statuses == ["DISABLED", "ENABLED"]


def test_a_table_with_another_key_refuses_a_lock(cloud: Cloud) -> None:
    dynamodb, table = cloud.dynamodb(), cloud.name("wrong")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "LockId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with refused("ValidationException"):
        dynamodb.put_item(TableName=table, Item=LOCK)
