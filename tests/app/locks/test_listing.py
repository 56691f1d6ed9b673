"""The board on a real protocol: every situation that locks can be in, each seen for what it is."""

from dataclasses import replace
from datetime import timedelta

from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_listing_stores import PageSizes
from holdfast.core.backends import Locking
from holdfast.core.lock_board import Board, BoardRow, Mark
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind
from tests.app.locks.boards import ANN, BEN, ONLOOKER, board, lock_of
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule
from tests.support.locking import Site, prove

KINDS = (LockKind.OBJECT, LockKind.ITEM)


def put_both(place: Site, key: str, identifier: str = ANN) -> LockInfo:
    """Put both locks of one owner there."""
    info = lock_of(place, key, identifier)
    for kind in KINDS:
        place.put_lock(kind, key, info.text)
    return info


def put_digests(place: Site, count: int) -> None:
    """Put the digests of that many states there, 25 with each request."""
    client = place.account.clients.dynamodb()
    for start in range(0, count, 25):
        client.batch_write_item(
            RequestItems={
                place.table: [
                    {
                        "PutRequest": {
                            "Item": {
                                "LockID": {"S": f"{place.bucket}/states/{number}-md5"},
                                "Digest": {"S": "0" * 32},
                            }
                        }
                    }
                    for number in range(start, min(start + 25, count))
                ]
            }
        )


def shown(found: Board) -> dict[str, tuple[str, list[str]]]:
    """Return the kind and the marks of each key."""
    return {
        row.locks.key: (row.locks.kind_words, [each.mark.value for each in row.marks])
        for row in found.rows
    }


def only(found: Board) -> BoardRow:
    (row,) = found.rows
    return row


def test_every_situation_is_told_from_every_other(place: Site) -> None:
    put_both(place, "both")
    place.put_lock(LockKind.OBJECT, "half/file", lock_of(place, "half/file").text)
    place.put_lock(LockKind.ITEM, "half/item", lock_of(place, "half/item").text)
    place.put_lock(LockKind.OBJECT, "two", lock_of(place, "two", ANN).text)
    place.put_lock(LockKind.ITEM, "two", lock_of(place, "two", BEN, who="ben@laptop").text)
    place.put_object("empty.tflock", b"")
    place.put_item(f"{place.bucket}/no-text", None)
    old = lock_of(place, "old", age=timedelta(days=3))
    for kind in KINDS:
        place.put_lock(kind, "old", old.text)
    put_digests(place, 1000)
    place.put_object("state/terraform.tfstate", b"{}")

    found = board(place)

    assert shown(found) == {
        "both": ("both", []),
        "empty": ("lockfile", ["half", "unreadable"]),
        "half/file": ("lockfile", ["half"]),
        "half/item": ("dynamodb", ["half"]),
        "no-text": ("dynamodb", ["half", "unreadable"]),
        "old": ("both", ["old"]),
        "two": ("both", ["differ"]),
    }
    assert found.is_complete
    assert [(each.looked_at, each.digests, each.others) for each in found.stores] == [
        (6, 0, 0),
        (1005, 1000, 0),
    ]


def test_a_backend_of_one_kind_has_no_halves(place: Site) -> None:
    place.put_lock(LockKind.OBJECT, "a", lock_of(place, "a").text)
    place.put_lock(LockKind.ITEM, "b", lock_of(place, "b").text)
    for locking in (Locking.LOCKFILE, Locking.DYNAMODB):
        assert shown(board(place, locking)) == {"a": ("lockfile", []), "b": ("dynamodb", [])}


def test_the_scratch_lock_of_a_proof_that_was_killed_is_called_scratch(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("s3:DeleteObject")
    fault_proxy.deny("dynamodb:DeleteItem")
    prove(faulty, Locking.BOTH)
    assert [[each.mark for each in row.marks] for row in board(faulty).rows] == [[Mark.SCRATCH]]


def test_a_digest_is_no_lock_and_a_lock_whose_state_is_called_like_one_is(place: Site) -> None:
    put_digests(place, 3)
    place.put_lock(LockKind.ITEM, "state-md5", lock_of(place, "state-md5").text)
    found = board(place, Locking.DYNAMODB)
    assert only(found).locks.key == "state-md5"
    assert found.stores[1].digests == 3


def test_a_lock_without_a_state_is_seen(place: Site) -> None:
    put_both(place, "env:/gone/network/terraform.tfstate")
    assert shown(board(place)) == {"env:/gone/network/terraform.tfstate": ("both", [])}


# Several backends -------------------------------------------------------------------------------


def test_a_shared_table_shows_each_lock_with_its_own_backend(place: Site) -> None:
    other = replace(place, bucket=place.account.clients.create_bucket(f"{place.bucket}-second"))
    place.put_item(f"{place.bucket}/a", lock_of(place, "a").text)
    place.put_item(f"{other.bucket}/a", lock_of(other, "a", BEN).text)
    place.put_item("bucket-of-somebody-else/a", lock_of(place, "a").text)
    first = place.backend(Locking.DYNAMODB)
    second = replace(other.backend(Locking.DYNAMODB), name="second")

    found = list_locks((first, second), connections=place.connections, onlooker=ONLOOKER)

    holders = [
        (row.locks.backend, side.lock.holder.identifier)
        for row in found.rows
        for side in row.locks.held
        if side.lock is not None and side.lock.holder is not None
    ]
    assert holders == [("dev", ANN), ("second", BEN)]
    (table,) = (each for each in found.stores if each.kind is LockKind.ITEM)
    assert (table.backends, table.looked_at, table.others) == (("dev", "second"), 3, 1)


def test_a_lock_in_a_table_that_its_backend_does_not_name_is_seen_all_the_same(
    place: Site,
) -> None:
    second = place.account.clients.create_bucket(f"{place.bucket}-second")
    place.put_item(f"{second}/a", lock_of(place, "a").text)
    lockfile = replace(place.backend(Locking.LOCKFILE), name="second", bucket=second, tables=())
    found = list_locks(
        (place.backend(Locking.DYNAMODB), lockfile),
        connections=place.connections,
        onlooker=ONLOOKER,
    )
    assert only(found).locks.backend == "second"
    assert only(found).locks.kind_words == "dynamodb"


# What moves while it is listed ------------------------------------------------------------------


def test_a_lock_that_is_taken_during_the_listing_is_not_called_half(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    info = lock_of(faulty, "moving")
    faulty.put_lock(LockKind.OBJECT, "moving", info.text)

    def take_the_other(_: object) -> bool:
        faulty.put_lock(LockKind.ITEM, "moving", info.text)
        return False

    # The table was read before; the first look at the item finds it.
    fault_proxy.add(Rule(action=Delay(), operation="dynamodb:GetItem", when=take_the_other))

    assert shown(board(faulty)) == {"moving": ("both", [])}


def test_a_lock_that_is_given_back_during_the_listing_is_not_there(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    faulty.put_lock(LockKind.OBJECT, "moving", lock_of(faulty, "moving").text)
    s3 = faulty.account.clients.s3()

    def give_back(_: object) -> bool:
        s3.delete_object(Bucket=faulty.bucket, Key="moving.tflock")
        return False

    fault_proxy.add(Rule(action=Delay(), operation="s3:GetObject", when=give_back, times=1))

    found = board(faulty)
    assert found.rows == ()
    assert found.is_complete


def test_two_looks_that_agree_settle_it(faulty: Site, fault_proxy: FaultProxy) -> None:
    faulty.put_lock(LockKind.OBJECT, "half", lock_of(faulty, "half").text)
    assert shown(board(faulty)) == {"half": ("lockfile", ["half"])}
    assert fault_proxy.counts()["s3:GetObject"] == 2
    assert fault_proxy.counts()["dynamodb:GetItem"] == 1


def test_a_lock_that_fits_together_is_looked_at_once(faulty: Site, fault_proxy: FaultProxy) -> None:
    put_both(faulty, "whole")
    board(faulty)
    assert fault_proxy.counts() == {
        "s3:ListObjectsV2": 1,
        "s3:GetObject": 1,
        "dynamodb:Scan": 1,
    }


# Large ------------------------------------------------------------------------------------------


def test_the_embedded_aws_is_read_in_parts_as_well(place: Site) -> None:
    for number in range(12):
        put_both(place, f"layers/{number % 4}/{number}")
    put_digests(place, 30)
    found = board(place, sizes=PageSizes(keys=3, items=4))
    assert shown(found) == {f"layers/{number % 4}/{number}": ("both", []) for number in range(12)}
    assert [(each.looked_at, each.digests) for each in found.stores] == [(12, 0), (42, 30)]
