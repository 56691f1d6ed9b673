"""The writes to tables one by one, where applying a whole plan does not lead: what they refuse, and what they send."""

import json
from collections.abc import Iterator

import pytest

from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import TableAddress
from holdfast.aws.table_writes import create_table, disable_time_to_live, protect_table
from holdfast.aws.writing import Change, Patience
from holdfast.core.steps import (
    CreateTable,
    DisableTimeToLive,
)
from holdfast.errors import (
    TableNotALockTableError,
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
def table(member: FreshAccount, fault_proxy: FaultProxy) -> TableAddress:
    """A table that is not there yet."""
    return TableAddress(
        access=access_to(fault_proxy.url), region=REGION, table=member.name("locks")
    )


def test_a_table_that_is_being_made_is_waited_for(
    connections: Connections, table: TableAddress, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table(table.table, region=REGION)
    description = {
        "TableName": table.table,
        "TableArn": f"arn:aws:dynamodb:{REGION}:{member.id}:table/{table.table}",
        "TableStatus": "CREATING",
        "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
    }
    creating = Response(
        status=200,
        headers={"Content-Type": "application/x-amz-json-1.0"},
        body=json.dumps({"Table": description}).encode(),
    )
    fault_proxy.add(
        Rule(action=Answer(response=creating), operation="dynamodb:DescribeTable", times=3)
    )
    step = CreateTable(table=table.table, region=REGION)
    assert create_table(connections, table, step) is Change.ALREADY_THERE
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 4
    assert "dynamodb:CreateTable" not in fault_proxy.counts()


def test_a_table_with_other_keys_is_not_taken_for_a_lock_table(
    connections: Connections, table: TableAddress, member: FreshAccount
) -> None:
    member.clients.dynamodb(REGION).create_table(
        TableName=table.table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(TableNotALockTableError) as caught:
        create_table(connections, table, CreateTable(table=table.table, region=REGION))
    assert "keys id (S)" in caught.value.facts[0][1]
    assert not protected(member, table)


def test_a_table_that_somebody_made_meanwhile_is_taken_and_protected(
    connections: Connections, table: TableAddress, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table(table.table, region=REGION)
    absent = Refuse(code="ResourceNotFoundException", status=400)
    fault_proxy.add(Rule(action=absent, operation="dynamodb:DescribeTable", times=2))
    assert (
        create_table(connections, table, CreateTable(table=table.table, region=REGION))
        is Change.WRITTEN
    )
    assert fault_proxy.counts()["dynamodb:CreateTable"] == 1
    assert protected(member, table)


def test_a_table_that_is_being_changed_is_waited_for(
    connections: Connections, table: TableAddress, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table(table.table, region=REGION)
    busy = Refuse(code="ResourceInUseException", status=400)
    fault_proxy.add(Rule(action=busy, operation="dynamodb:UpdateTable", times=1))
    assert protect_table(connections, table) is Change.WRITTEN
    assert protect_table(connections, table) is Change.ALREADY_THERE
    assert fault_proxy.counts()["dynamodb:UpdateTable"] == 2


def test_a_time_to_live_that_is_on_its_way_out_is_not_switched_off_again(
    connections: Connections, table: TableAddress, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table(table.table, region=REGION)
    leaving = b'{"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLING", "AttributeName": "E"}}'
    answer = Response(
        status=200, headers={"Content-Type": "application/x-amz-json-1.0"}, body=leaving
    )
    fault_proxy.add(Rule(action=Answer(response=answer), operation="dynamodb:DescribeTimeToLive"))
    step = DisableTimeToLive(table=table.table, region=REGION, attribute="E")
    assert disable_time_to_live(connections, table, step) is Change.ALREADY_THERE
    assert "dynamodb:UpdateTimeToLive" not in fault_proxy.counts()


def protected(member: FreshAccount, table: TableAddress) -> bool:
    answer = member.clients.dynamodb(REGION).describe_table(TableName=table.table)
    return answer["Table"].get("DeletionProtectionEnabled", False)
