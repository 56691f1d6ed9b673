"""What may not be read is unknown, whichever call is refused; what is not there is missing."""

from dataclasses import replace

import pytest

from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_listing_stores import PageSizes
from holdfast.core.backends import Locking
from holdfast.core.facts import Reason, Withheld
from holdfast.core.lock_board import Mark
from holdfast.core.locks import LockKind
from tests.app.locks.boards import ONLOOKER, board, lock_of
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropBefore, Refuse, Rule, access_denied
from tests.support.locking import KEY, Site
from tests.support.observation import backend_of

KINDS = (LockKind.OBJECT, LockKind.ITEM)


def put_both(place: Site) -> None:
    for kind in KINDS:
        place.put_lock(kind, KEY, lock_of(place, KEY).text)


@pytest.mark.parametrize(
    ("operation", "permission", "seen"),
    [
        ("s3:ListObjectsV2", "s3:ListBucket", LockKind.ITEM),
        ("dynamodb:Scan", "dynamodb:Scan", LockKind.OBJECT),
    ],
)
def test_a_store_that_may_not_be_listed_is_unknown_and_the_other_is_shown(
    faulty: Site, fault_proxy: FaultProxy, operation: str, permission: str, seen: LockKind
) -> None:
    put_both(faulty)
    fault_proxy.add(Rule(action=access_denied(permission), operation=operation))

    found = board(faulty)

    (row,) = found.rows
    (unknown,) = row.locks.unknown
    assert [side.kind for side in row.locks.held] == [seen]
    assert isinstance(unknown.seen, Withheld)
    assert (unknown.seen.reason, unknown.seen.permission) == (Reason.PERMISSION, permission)
    assert [each.mark for each in row.marks] == [Mark.UNKNOWN]
    assert not found.is_complete


def test_nothing_seen_and_nothing_read_is_not_free(faulty: Site, fault_proxy: FaultProxy) -> None:
    put_both(faulty)
    fault_proxy.deny("s3:*")
    fault_proxy.deny("dynamodb:*")
    found = board(faulty)
    assert found.rows == ()
    assert not found.is_complete
    assert all(store.withheld for store in found.stores)


def test_a_lock_file_that_may_not_be_read_is_shown_as_there(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    faulty.put_lock(LockKind.OBJECT, KEY, lock_of(faulty, KEY).text)
    fault_proxy.deny("s3:GetObject")

    (row,) = board(faulty).rows

    assert row.locks.kind_words == "lockfile"
    assert row.locks.held == ()
    (unknown,) = row.locks.unknown
    assert unknown.found
    assert [each.mark for each in row.marks] == [Mark.UNKNOWN]


def test_a_listing_that_is_refused_half_way_keeps_what_it_saw(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    for number in range(6):
        faulty.put_lock(LockKind.OBJECT, f"{number}", lock_of(faulty, f"{number}").text)
    fault_proxy.add(
        Rule(action=access_denied("s3:ListBucket"), operation="s3:ListObjectsV2", skip=1)
    )

    found = board(faulty, sizes=PageSizes(keys=2))

    assert [row.locks.key for row in found.rows] == ["0", "1"]
    assert found.stores[0].looked_at == 2
    assert not found.is_complete


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Refuse(code="SlowDown", status=503), Reason.THROTTLED),
        (Refuse(code="ExpiredToken", status=400), Reason.CREDENTIALS),
        (DropBefore(), Reason.UNREACHABLE),
    ],
)
def test_any_failure_is_unknown_and_says_why(
    faulty: Site, fault_proxy: FaultProxy, action: Refuse | DropBefore, reason: Reason
) -> None:
    fault_proxy.add(Rule(action=action, operation="s3:ListObjectsV2"))
    withheld = board(faulty).stores[0].withheld
    assert withheld is not None
    assert withheld.reason is reason


def test_a_second_look_that_is_refused_makes_it_unknown_and_not_half(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    faulty.put_lock(LockKind.OBJECT, KEY, lock_of(faulty, KEY).text)
    fault_proxy.deny("dynamodb:GetItem")
    (row,) = board(faulty).rows
    assert [each.mark for each in row.marks] == [Mark.UNKNOWN]


# Missing ----------------------------------------------------------------------------------------


def test_a_table_that_is_not_there_holds_no_lock_and_is_said_to_be_missing(place: Site) -> None:
    place.put_lock(LockKind.OBJECT, KEY, lock_of(place, KEY).text)
    gone = replace(place, table="no-such-table")
    found = board(gone)
    assert [store.missing for store in found.stores] == [False, True]
    assert [[each.mark for each in row.marks] for row in found.rows] == [[Mark.HALF]]


def test_a_bucket_that_is_not_there_is_missing(place: Site) -> None:
    found = board(replace(place, bucket="no-such-bucket-anywhere"))
    assert [store.missing for store in found.stores] == [True, False]
    assert found.is_complete


def test_a_table_that_is_no_lock_table_is_not_read_as_one(place: Site) -> None:
    client = place.account.clients.dynamodb()
    client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "Order", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Order", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(3):
        client.put_item(TableName="orders", Item={"Order": {"S": f"{number}"}})
    orders = replace(place, table="orders")

    small = board(orders)
    assert (small.rows, small.stores[1].others) == ((), 3)
    large = board(orders, sizes=PageSizes(items=2))
    assert large.rows == ()
    assert not large.is_complete


# Encryption with a key of one's own --------------------------------------------------------------


def test_a_lock_file_whose_key_is_not_at_hand_is_unknown(place: Site) -> None:
    place.put_object(f"{KEY}.tflock", b"sealed")
    used = backend_of(bucket=place.bucket, access=place.access, keys=(KEY,))
    sealed = replace(used, uses=(replace(used.uses[0], customer_key=True, encrypt=True),))

    found = list_locks((sealed,), connections=place.connections, onlooker=ONLOOKER)

    (row,) = found.rows
    (side,) = row.locks.unknown
    assert side.found
    assert str(side.seen) == f"the key that encrypts `{KEY}` is not at hand"
    assert row.locks.modes == {Locking.LOCKFILE}
