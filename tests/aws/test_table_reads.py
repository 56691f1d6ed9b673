"""The lock table and what stands beside it, as a server describes it."""

import json
from collections.abc import Mapping

import pytest

from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import (
    NOT_ASKED_YET,
    TableAddress,
    TableArnAddress,
    region_is_off,
    table_point_in_time_recovery,
    table_policy,
    table_presence,
    table_tags,
    table_time_to_live,
)
from holdfast.core.cloud import BillingMode, Table, TableAbsent, TableKey, TimeToLive
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> TableAddress:
    """The address of a lock table in eu-west-1."""
    table = member.clients.create_lock_table("locks", region="eu-west-1")
    return TableAddress(access=access_to(fault_proxy.url), region="eu-west-1", table=table)


def arn_of(member: FreshAccount) -> str:
    return f"arn:aws:dynamodb:eu-west-1:{member.id}:table/locks"


def lock_table(member: FreshAccount) -> Table:
    return Table(
        name="locks",
        arn=arn_of(member),
        region="eu-west-1",
        status="ACTIVE",
        hash_key=TableKey(name="LockID", type="S"),
        range_key=None,
        indexes=(),
        billing=BillingMode.ON_DEMAND,
        read_units=0,
        write_units=0,
        on_demand_write_max=None,
        deletion_protection=False,
        replicas=(),
        multi_region_consistency="",
        key=None,
        key_inaccessible_since=None,
        point_in_time_recovery=NOT_ASKED_YET,
        time_to_live=NOT_ASKED_YET,
        policy=NOT_ASKED_YET,
        tags=NOT_ASKED_YET,
    )


def described(fault_proxy: FaultProxy, description: Mapping[str, object]) -> None:
    body = json.dumps({"Table": description}).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    fault_proxy.add(Rule(action=Answer(response=Response(status=200, headers=headers, body=body))))


def test_a_lock_table_is_described(
    connections: Connections, address: TableAddress, member: FreshAccount
) -> None:
    assert table_presence(connections, address) == Known(lock_table(member))


def test_a_table_may_be_named_by_its_arn_from_any_region(
    connections: Connections, address: TableAddress, member: FreshAccount
) -> None:
    by_arn = TableAddress(access=address.access, region="us-east-1", table=arn_of(member))

    assert table_presence(connections, by_arn) == Known(lock_table(member))


def test_a_table_of_another_region_is_absent_here(
    connections: Connections, address: TableAddress
) -> None:
    elsewhere = TableAddress(access=address.access, region="us-east-1", table="locks")

    assert table_presence(connections, elsewhere) == Known(
        TableAbsent(name="locks", elsewhere=NOT_ASKED_YET)
    )


def test_everything_unusual_about_a_table_is_told(
    connections: Connections, address: TableAddress, fault_proxy: FaultProxy
) -> None:
    described(
        fault_proxy,
        {
            "TableName": "locks",
            "TableArn": "arn:aws:dynamodb:eu-west-1:1:table/locks",
            "TableStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
            "KeySchema": [
                {"AttributeName": "LockId", "KeyType": "HASH"},
                {"AttributeName": "Env", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": [
                {"AttributeName": "LockId", "AttributeType": "S"},
                {"AttributeName": "Env", "AttributeType": "N"},
            ],
            "LocalSecondaryIndexes": [{"IndexName": "local"}],
            "GlobalSecondaryIndexes": [{"IndexName": "global"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            "OnDemandThroughput": {"MaxWriteRequestUnits": 3},
            "DeletionProtectionEnabled": True,
            "Replicas": [
                {"RegionName": "us-west-2"},
                {"RegionName": "eu-west-1"},
                {"RegionName": "eu-central-1"},
            ],
            "SSEDescription": {
                "KMSMasterKeyArn": "arn:aws:kms:eu-west-1:1:key/k",
                "InaccessibleEncryptionDateTime": 1767225600,
            },
        },
    )

    assert table_presence(connections, address) == Known(
        Table(
            name="locks",
            arn="arn:aws:dynamodb:eu-west-1:1:table/locks",
            region="eu-west-1",
            status="INACCESSIBLE_ENCRYPTION_CREDENTIALS",
            hash_key=TableKey(name="LockId", type="S"),
            range_key=TableKey(name="Env", type="N"),
            indexes=("local", "global"),
            billing=BillingMode.PROVISIONED,
            read_units=1,
            write_units=2,
            on_demand_write_max=3,
            deletion_protection=True,
            replicas=("eu-central-1", "us-west-2"),
            multi_region_consistency="EVENTUAL",
            key="arn:aws:kms:eu-west-1:1:key/k",
            key_inaccessible_since="2026-01-01T00:00:00+00:00",
            point_in_time_recovery=NOT_ASKED_YET,
            time_to_live=NOT_ASKED_YET,
            policy=NOT_ASKED_YET,
            tags=NOT_ASKED_YET,
        )
    )


def test_a_description_that_lacks_what_a_table_has_is_not_known(
    connections: Connections, address: TableAddress, fault_proxy: FaultProxy
) -> None:
    described(fault_proxy, {"TableName": "locks"})

    assert table_presence(connections, address) == Withheld(
        reason=Reason.ERROR, detail="the answer is not as the API describes it: 'KeySchema'"
    )


def test_point_in_time_recovery_ttl_policy_and_tags_are_read(
    connections: Connections, address: TableAddress, member: FreshAccount
) -> None:
    arn = TableArnAddress(access=address.access, region="eu-west-1", arn=arn_of(member))
    before = (
        table_point_in_time_recovery(connections, address),
        table_time_to_live(connections, address),
        table_policy(connections, arn),
        table_tags(connections, arn),
    )
    dynamodb = member.clients.dynamodb("eu-west-1")
    dynamodb.update_continuous_backups(
        TableName="locks",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    dynamodb.update_time_to_live(
        TableName="locks",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "Expires"},
    )
    dynamodb.tag_resource(ResourceArn=arn_of(member), Tags=[{"Key": "team", "Value": "platform"}])
    after = (
        table_point_in_time_recovery(connections, address),
        table_time_to_live(connections, address),
        table_tags(connections, arn),
    )

    assert before == (
        Known(value=False),
        Known(TimeToLive(enabled=False)),
        Known(None),
        Known({}),
    )
    assert after == (
        Known(value=True),
        Known(TimeToLive(enabled=True, attribute="Expires")),
        Known({"team": "platform"}),
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("UnrecognizedClientException", True),
        ("InvalidClientTokenId", True),
        ("ExpiredTokenException", False),
        ("AccessDeniedException", False),
    ],
)
def test_a_region_that_is_not_enabled_is_told_from_a_refusal_and_from_an_expired_token(
    connections: Connections,
    address: TableAddress,
    fault_proxy: FaultProxy,
    code: str,
    expected: bool,
) -> None:
    fault_proxy.add(Rule(action=Refuse(code=code, status=400)))

    fact = table_presence(connections, address)

    assert isinstance(fact, Withheld)
    assert region_is_off(fact) is expected
