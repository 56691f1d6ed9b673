"""Both lock stores keep one protocol, on two servers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.facts import Known
from holdfast.core.lock_info import UnreadableLock
from holdfast.core.locks import (
    Acquired,
    Changed,
    Held,
    LocatedLock,
    LockKind,
    Released,
)
from holdfast.sandbox.embedded import Sandbox
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, acquired, site
from tests.support.moto_serialised import SerialisedMoto

pytestmark = pytest.mark.parametrize("kind", list(LockKind), ids=lambda kind: kind.value)


@pytest.fixture(scope="module")
def moto() -> Iterator[Sandbox]:
    with Sandbox.start(provider=SerialisedMoto()) as running:
        yield running


@pytest.fixture(params=["ministack", "moto"])
def place(
    request: pytest.FixtureRequest,
    member: FreshAccount,
    moto: Sandbox,
    connections: Connections,
) -> Site:
    """A bucket and a table, once on each server."""
    account = member if request.param == "ministack" else replace(member, sandbox=moto)
    return site(account, connections)


# Acquire, read, release -------------------------------------------------------------------------


def test_a_lock_is_taken_read_and_released(place: Site, kind: LockKind) -> None:
    store, info = place.store(kind), place.sign()

    outcome = store.acquire(KEY, info)
    assert isinstance(outcome, Acquired)
    assert outcome.lock.content == info
    assert outcome.recognised is False
    assert store.read(KEY) == Known(outcome.lock)

    assert store.release(KEY, outcome.lock) == Released()
    assert store.read(KEY) == Known(None)


def test_a_second_lock_is_refused_and_names_the_holder(place: Site, kind: LockKind) -> None:
    first = acquired(place, kind, place.sign())

    assert place.store(kind).acquire(KEY, place.sign()) == Held(holder=Known(first))


def test_a_freed_lock_can_be_taken_again(place: Site, kind: LockKind) -> None:
    store = place.store(kind)
    store.release(KEY, acquired(place, kind, place.sign()))

    second = acquired(place, kind, place.sign())

    assert store.read(KEY) == Known(second)


def test_a_release_of_another_lock_leaves_the_one_that_is_there(
    place: Site, kind: LockKind
) -> None:
    store = place.store(kind)
    stale = acquired(place, kind, place.sign())
    store.release(KEY, stale)
    held = acquired(place, kind, place.sign())

    assert store.release(KEY, stale) == Changed(current=Known(held))
    assert store.read(KEY) == Known(held)


def test_a_release_of_a_lock_that_is_gone_says_so(place: Site, kind: LockKind) -> None:
    store = place.store(kind)
    lock = acquired(place, kind, place.sign())
    store.release(KEY, lock)

    assert store.release(KEY, lock) == Changed(current=Known(None))


def test_an_unreadable_lock_refuses_is_shown_and_can_be_released(
    place: Site, kind: LockKind
) -> None:
    store = place.store(kind)
    place.put_lock(kind, KEY, "not a lock")

    outcome = store.acquire(KEY, place.sign())

    assert isinstance(outcome, Held)
    assert isinstance(outcome.holder, Known)
    assert outcome.holder.value.content == UnreadableLock(
        body=b"not a lock",
        problem="it is not JSON: Expecting value: line 1 column 1 (char 0)",
    )
    assert store.release(KEY, outcome.holder.value) == Released()
    assert store.read(KEY) == Known(None)


def test_locks_below_a_prefix_are_listed_and_nothing_else(place: Site, kind: LockKind) -> None:
    store, info = place.store(kind), place.sign()
    place.put_lock(kind, "scratch/a/terraform.tfstate", info.text)
    place.put_lock(kind, "scratch/b/terraform.tfstate", "odd")
    place.put_lock(kind, "other/terraform.tfstate", info.text)
    place.put_object("scratch/a/terraform.tfstate", b"a state")
    place.account.clients.dynamodb().put_item(
        TableName=place.table,
        Item={
            "LockID": {"S": f"{place.bucket}/scratch/a/terraform.tfstate-md5"},
            "Digest": {"S": "0"},
        },
    )

    listed = store.listed("scratch/", limit=100)

    assert isinstance(listed, Known)
    found = {each.key: each for each in listed.value}
    assert sorted(found) == ["scratch/a/terraform.tfstate", "scratch/b/terraform.tfstate"]
    for key, each in found.items():
        current = store.read(key)
        assert isinstance(current, Known)
        assert current.value is not None
        assert each == LocatedLock(key=key, lock=current.value)
