"""Lock items on the wire: the requests are the engines' own, and odd items do no harm."""

import json

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.facts import Known
from holdfast.core.lock_info import UnreadableLock
from holdfast.core.locks import Acquired, CannotLock, Held, Obstacle, Released, StoredLock
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site


@pytest.fixture
def place(member: FreshAccount, fault_proxy: FaultProxy, connections: Connections) -> Site:
    return site(member, connections, through=fault_proxy.url)


def test_a_lock_costs_one_request_and_its_release_another(
    place: Site, fault_proxy: FaultProxy
) -> None:
    store, info = place.items(), place.sign()
    outcome = store.acquire(KEY, info)
    assert isinstance(outcome, Acquired)
    store.release(KEY, outcome.lock)

    put, delete = fault_proxy.requests()
    path = {"S": f"{place.bucket}/{KEY}"}
    assert (put.operation, delete.operation) == ("dynamodb:PutItem", "dynamodb:DeleteItem")
    assert json.loads(put.body) == {
        "TableName": place.table,
        "Item": {"LockID": path, "Info": {"S": info.text}},
        "ConditionExpression": "attribute_not_exists(LockID)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    assert json.loads(delete.body) == {
        "TableName": place.table,
        "Key": {"LockID": path},
        "ConditionExpression": "Info = :info",
        "ExpressionAttributeValues": {":info": {"S": info.text}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_a_refusal_brings_the_holder_along(place: Site, fault_proxy: FaultProxy) -> None:
    place.items().acquire(KEY, place.sign())
    fault_proxy.forget()

    assert isinstance(place.items().acquire(KEY, place.sign()), Held)
    assert fault_proxy.counts() == {"dynamodb:PutItem": 1}


def test_the_read_is_consistent(place: Site, fault_proxy: FaultProxy) -> None:
    place.items().read(KEY)
    assert json.loads(fault_proxy.requests()[0].body) == {
        "TableName": place.table,
        "Key": {"LockID": {"S": f"{place.bucket}/{KEY}"}},
        "ProjectionExpression": "LockID, Info",
        "ConsistentRead": True,
    }


def test_a_lock_in_another_spelling_is_released_by_its_stored_text(place: Site) -> None:
    stored = '{ "ID": "1", "Who": "somebody" }'
    place.put_item(f"{place.bucket}/{KEY}", stored)
    current = place.items().read(KEY)
    assert isinstance(current, Known)
    assert current.value is not None
    assert current.value.tag == stored

    assert place.items().release(KEY, current.value) == Released()
    assert place.item_paths() == []


def test_an_item_without_information_refuses_and_can_be_released(place: Site) -> None:
    place.put_item(f"{place.bucket}/{KEY}", None)
    bare = StoredLock(content=UnreadableLock(body=b"", problem="it has no `Info` text"), tag=None)

    assert place.items().acquire(KEY, place.sign()) == Held(holder=Known(bare))
    assert place.items().release(KEY, bare) == Released()
    assert place.item_paths() == []


def test_an_item_that_got_information_since_is_left_alone(place: Site) -> None:
    bare = StoredLock(content=UnreadableLock(body=b"", problem="it has no `Info` text"), tag=None)
    place.items().acquire(KEY, place.sign())

    assert not isinstance(place.items().release(KEY, bare), Released)
    assert place.item_paths() == [f"{place.bucket}/{KEY}"]


@pytest.mark.parametrize(("name", "kind"), [("lockid", "S"), ("LockID", "N")])
def test_a_table_with_another_key_cannot_lock(
    member: FreshAccount, connections: Connections, name: str, kind: str
) -> None:
    place = site(member, connections)
    table = member.name("odd")
    member.clients.dynamodb().create_table(
        TableName=table,
        KeySchema=[{"AttributeName": name, "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S" if kind == "S" else "N"}
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    odd = Site(
        account=member, connections=connections, url=place.url, bucket=place.bucket, table=table
    )
    outcome = odd.items().acquire(KEY, odd.sign())
    assert isinstance(outcome, CannotLock)
    assert outcome.obstacle is Obstacle.SCHEMA


def test_a_table_is_asked_for_in_the_region_that_its_arn_names(
    member: FreshAccount, connections: Connections
) -> None:
    place = site(member, connections)
    name = member.clients.create_lock_table(member.name("west"), region="eu-west-1")
    arn = f"arn:aws:dynamodb:eu-west-1:{member.id}:table/{name}"
    west = Site(
        account=member, connections=connections, url=place.url, bucket=place.bucket, table=arn
    )
    assert isinstance(west.items().acquire(KEY, west.sign()), Acquired)


def test_a_refusal_without_the_holder_is_followed_by_a_read(
    place: Site, fault_proxy: FaultProxy
) -> None:
    """Some DynamoDB-compatible servers do not know ALL_OLD."""
    first = place.items().acquire(KEY, place.sign())
    assert isinstance(first, Acquired)
    refusal = Refuse(code="ConditionalCheckFailedException", status=400)
    fault_proxy.add(Rule(action=refusal, operation="dynamodb:PutItem"))

    assert place.items().acquire(KEY, place.sign()) == Held(holder=Known(first.lock))
