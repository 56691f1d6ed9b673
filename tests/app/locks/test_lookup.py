"""One state by any of its names, and nobody's by a name that fits several."""

from dataclasses import replace

import pytest

from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_lookup import look_at, state_named, states_to_release
from holdfast.core.backends import Backend, Locking
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_board import Board, BoardRow, StoreListing
from holdfast.core.locks import LockKind
from holdfast.core.state_naming import StateName
from holdfast.errors import StateAmbiguousError, StateUnknownError
from tests.app.locks.boards import ANN, ONLOOKER, lock_of
from tests.core.locked_states import DENIED, info_of, item_side, locks_of
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, Site
from tests.support.observation import access_to, backend_of

EMPTY = Board(rows=(), stores=())
ORPHAN = Board(
    rows=(BoardRow(locks=replace(locks_of(item_side(info_of()), key="gone/x"), backend="first")),),
    stores=(),
)


def fleet() -> tuple[Backend, Backend]:
    """Two backends with two states each, and one key that both have."""
    access = access_to("http://127.0.0.1")
    return (
        backend_of(bucket="first", access=access, keys=("network/dev", "shared/x")),
        backend_of(bucket="second", access=access, keys=("network/prod", "shared/x")),
    )


def found(name: str, board: Board = EMPTY) -> tuple[str, str]:
    state = state_named(name, fleet(), board=lambda: board)
    return state.backend.name, state.key


def never() -> Board:
    raise AssertionError("the cloud was asked")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("network/dev", ("first", "network/dev")),
        ("first/network/dev", ("first", "network/dev")),
        ("s3://second/shared/x", ("second", "shared/x")),
        ("s3://second/shared/x.tflock", ("second", "shared/x")),
        ("env:/blue/network/dev", ("first", "env:/blue/network/dev")),
        ("second/env:/blue/shared/x", ("second", "env:/blue/shared/x")),
    ],
)
def test_a_state_that_the_code_uses_is_found_without_the_cloud(
    name: str, state: tuple[str, str]
) -> None:
    named = state_named(name, fleet(), board=never)
    assert (named.backend.name, named.key) == state


def test_a_root_is_a_name_of_its_state() -> None:
    first, _ = fleet()
    named = state_named("./roots/1/", (first,), board=never)
    assert named == StateName(backend=first, key="shared/x")


def test_a_pattern_that_fits_one_is_a_name() -> None:
    assert found("network/p*") == ("second", "network/prod")
    assert found("first/net*") == ("first", "network/dev")


def test_a_pattern_is_never_taken_for_a_workspace() -> None:
    with pytest.raises(StateUnknownError):
        found("env:/*/network/dev")


def test_a_lock_that_no_code_knows_is_found_by_listing() -> None:
    assert found("gone/x", ORPHAN) == ("first", "gone/x")
    assert found("gone/*", ORPHAN) == ("first", "gone/x")
    assert found("first/gone/x", ORPHAN) == ("first", "gone/x")


@pytest.mark.parametrize("name", ["shared/x", "network/*", "*"])
def test_what_fits_several_is_refused_with_all_of_them(name: str) -> None:
    with pytest.raises(StateAmbiguousError) as caught:
        found(name)
    assert len(caught.value.facts) > 1
    assert list(caught.value.facts) == sorted(caught.value.facts)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(StateUnknownError) as caught:
        found("network/devv")
    assert caught.value.hints[0] == "did you mean `network/dev`?"


def test_an_unknown_name_is_said_to_be_so_only_as_far_as_could_be_read() -> None:
    denied = StoreListing(
        kind=LockKind.ITEM, place="table `locks`", backends=("first",), withheld=DENIED
    )
    with pytest.raises(StateUnknownError) as caught:
        found("nothing/like/it", Board(rows=(), stores=(denied,)))
    assert caught.value.facts == (
        ("not read", "table `locks`: permission `dynamodb:GetItem` is missing"),
    )


# Looking ----------------------------------------------------------------------------------------


def test_every_store_is_looked_at(place: Site) -> None:
    place.put_lock(LockKind.ITEM, KEY, lock_of(place, KEY, ANN).text)
    state = StateName(backend=place.backend(Locking.BOTH), key=KEY)
    looked = look_at(state, (state.backend,), connections=place.connections, onlooker=ONLOOKER)
    assert [side.kind for side in looked.view.locks.sides] == [LockKind.OBJECT, LockKind.ITEM]
    assert [each.kind for each in looked.stores] == [LockKind.OBJECT, LockKind.ITEM]
    assert [each.address for each in looked.view.places] == [
        f"s3://{place.bucket}/{KEY}.tflock",
        f"`{place.bucket}/{KEY}` in table `{place.table}` in us-east-1",
    ]


def test_a_table_of_others_counts_where_it_holds_a_lock_of_this_state(place: Site) -> None:
    state = StateName(
        backend=replace(place.backend(Locking.LOCKFILE), tables=()),
        key=KEY,
    )
    beside = replace(place.backend(Locking.DYNAMODB), name="beside", bucket="beside")
    fleet_of_two = (state.backend, beside)

    def kinds() -> list[LockKind]:
        looked = look_at(state, fleet_of_two, connections=place.connections, onlooker=ONLOOKER)
        return [side.kind for side in looked.view.locks.sides]

    assert kinds() == [LockKind.OBJECT]
    place.put_lock(LockKind.ITEM, KEY, lock_of(place, KEY, ANN).text)
    assert kinds() == [LockKind.OBJECT, LockKind.ITEM]


def test_a_table_that_others_name_by_its_arn_is_looked_at_once(place: Site) -> None:
    state = StateName(backend=place.backend(Locking.DYNAMODB), key=KEY)
    arn = f"arn:aws:dynamodb:us-east-1:{place.account.id}:table/{place.table}"
    beside = replace(state.backend, name="beside", bucket="beside", tables=(arn,), uses=())
    place.put_lock(LockKind.ITEM, KEY, lock_of(place, KEY, ANN).text)
    for fleet_of_two in ((state.backend, beside), (beside, state.backend)):
        looked = look_at(state, fleet_of_two, connections=place.connections, onlooker=ONLOOKER)
        kinds = [each.kind for each in looked.view.locks.sides]
        assert (kinds, len(looked.stores)) == ([LockKind.OBJECT, LockKind.ITEM], 2)
        listed = list_locks(fleet_of_two, connections=place.connections, onlooker=ONLOOKER)
        (row,) = listed.rows
        assert [side.kind for side in row.locks.sides] == [LockKind.OBJECT, LockKind.ITEM]


def test_a_table_that_is_not_there_holds_no_lock(place: Site) -> None:
    gone = replace(place, table="no-such-table")
    state = StateName(backend=gone.backend(Locking.DYNAMODB), key=KEY)
    looked = look_at(state, (state.backend,), connections=place.connections, onlooker=ONLOOKER)
    _, item = looked.view.locks.sides
    assert (item.seen, item.missing) == (Known(None), True)


def test_a_table_that_may_not_be_read_is_unknown(place: Site, fault_proxy: FaultProxy) -> None:
    fault_proxy.deny("dynamodb:GetItem")
    denied = replace(place, url=fault_proxy.url)
    state = StateName(backend=denied.backend(Locking.DYNAMODB), key=KEY)
    looked = look_at(state, (state.backend,), connections=place.connections, onlooker=ONLOOKER)
    (unknown,) = looked.view.locks.unknown
    assert isinstance(unknown.seen, Withheld)
    assert not unknown.missing


# Releasing --------------------------------------------------------------------------------------


def to_release(name: str, board: Board = ORPHAN) -> list[tuple[str, str]]:
    states = states_to_release(name, fleet(), board=lambda: board)
    return [(each.backend.name, each.key) for each in states]


def test_what_the_code_knows_is_released_without_the_cloud() -> None:
    named = states_to_release("network/*", fleet(), board=never)
    assert [each.key for each in named] == ["network/dev", "network/prod"]


def test_a_lock_that_no_code_knows_can_be_released_by_its_key_and_by_a_pattern() -> None:
    assert to_release("gone/x") == to_release("first/gone/x") == [("first", "gone/x")]
    assert to_release("gone/*") == [("first", "gone/x")]


@pytest.mark.parametrize("name", ["nothing/like/it", "nothing/*"])
def test_what_nobody_knows_cannot_be_released(name: str) -> None:
    with pytest.raises(StateUnknownError):
        to_release(name)
