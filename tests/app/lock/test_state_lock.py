"""The lock of a state without faults: taken in every store, held, shown to others, given back."""

import os
from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.errors import LockHeldError, LockLostError, PermissionMissingError
from tests.app.lock.holding import (
    KINDS,
    MODES,
    READ,
    Patience,
    held_texts,
    is_free,
    lock_of,
    remove_by_hand,
    take_by_hand,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, Site

every_mode = pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)


@every_mode
def test_a_lock_is_in_every_store_with_the_same_bytes_while_it_is_held(
    server: Site, mode: Locking
) -> None:
    with lock_of(server, mode, reason="moving <network> & co") as lock:
        assert lock.info is not None
        assert lock.info.path == f"{server.bucket}/{KEY}"
        assert held_texts(server) == dict.fromkeys(KINDS[mode], lock.info.text)
        assert lock.still_held()
    assert held_texts(server) == {}
    assert lock.info is None


@every_mode
def test_a_second_lock_is_refused_and_told_everything_about_the_first(
    server: Site, mode: Locking
) -> None:
    with lock_of(server, mode, reason="freeze") as first:
        ours = first.info
        with pytest.raises(LockHeldError) as refused, lock_of(server, mode):
            pass
        assert ours is not None
        assert held_texts(server) == dict.fromkeys(KINDS[mode], ours.text)
    error = refused.value
    kind = KINDS[mode][0]
    address = (
        f"s3://{server.bucket}/{KEY}.tflock"
        if kind is LockKind.OBJECT
        else f"item `{server.bucket}/{KEY}` in table `{server.table}` in us-east-1"
    )
    assert (error.headline, error.who, error.identifier) == (
        f"`{KEY}` is locked by ann@laptop",
        "ann@laptop",
        ours.identifier,
    )
    assert error.facts == (
        ("lock ID", ours.identifier),
        ("operation", "holdfast-lock"),
        ("reason", "freeze"),
        ("version", "0.1.0"),
        ("since", "2026-11-20T15:25:33.599739994Z"),
        (kind.words, address),
    )


def test_each_try_signs_an_id_of_its_own(place: Site) -> None:
    lock = lock_of(place)
    first = lock.acquire()
    lock.release()
    second = lock.acquire()
    lock.release()
    assert first.identifier != second.identifier


def test_a_lock_that_is_held_is_not_taken_again_by_the_same_object(place: Site) -> None:
    with lock_of(place) as lock, pytest.raises(RuntimeError, match="held already"):
        lock.acquire()


def test_a_lock_that_is_not_held_can_be_released_and_is_not_held(place: Site) -> None:
    lock = lock_of(place)
    lock.release()
    assert lock.still_held() is False


def test_an_error_in_the_block_releases_and_stays_the_error(place: Site) -> None:
    with pytest.raises(ZeroDivisionError), lock_of(place):
        _ = 1 // 0
    assert place.is_empty()


def test_an_interrupt_in_the_block_releases(place: Site) -> None:
    with pytest.raises(KeyboardInterrupt), lock_of(place):
        raise KeyboardInterrupt
    assert place.is_empty()


def test_a_fork_does_not_release_what_its_parent_holds(place: Site) -> None:
    with lock_of(place) as lock:
        child = os.fork()
        if child == 0:
            lock.release()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert lock.still_held()


# Both stores ------------------------------------------------------------------------------------


def test_a_holder_of_the_table_alone_keeps_out_who_takes_both(place: Site) -> None:
    other = take_by_hand(place, Locking.DYNAMODB)
    with pytest.raises(LockHeldError) as refused:
        lock_of(place).acquire()
    assert refused.value.identifier == other.identifier
    assert held_texts(place) == {LockKind.ITEM: other.text}


def test_a_holder_of_the_lock_file_alone_keeps_out_who_takes_both(place: Site) -> None:
    other = take_by_hand(place, Locking.LOCKFILE)
    with pytest.raises(LockHeldError) as refused:
        lock_of(place).acquire()
    assert refused.value.identifier == other.identifier
    assert held_texts(place) == {LockKind.OBJECT: other.text}


def test_two_owners_are_both_left_alone(place: Site) -> None:
    first = take_by_hand(place, Locking.LOCKFILE)
    second = take_by_hand(place, Locking.DYNAMODB)
    with pytest.raises(LockHeldError) as refused:
        lock_of(place).acquire()
    assert refused.value.identifier == first.identifier
    assert held_texts(place) == {LockKind.OBJECT: first.text, LockKind.ITEM: second.text}


@pytest.mark.parametrize("text", ["", "{", '{"Created":"yesterday"}', "null"])
@pytest.mark.parametrize("kind", LockKind, ids=lambda kind: kind.value)
def test_a_lock_that_cannot_be_read_keeps_out(place: Site, kind: LockKind, text: str) -> None:
    place.put_lock(kind, KEY, text)
    with pytest.raises(LockHeldError):
        lock_of(place).acquire()
    assert held_texts(place) == {kind: text}


def test_a_holder_that_may_not_be_read_is_not_taken_for_a_free_lock(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    take_by_hand(faulty, Locking.LOCKFILE)
    fault_proxy.deny("s3:GetObject")
    with pytest.raises(LockHeldError) as refused:
        lock_of(faulty).acquire()
    assert refused.value.facts[-1] == (
        "its holder",
        "cannot be read; it is not taken for free: permission `s3:GetObject` is missing",
    )


def test_what_the_holder_wrote_cannot_steer_a_terminal(place: Site) -> None:
    info = replace(place.sign("\x1b[2J gone"), who="eve\r\n@\u202ehost")
    place.put_lock(LockKind.OBJECT, KEY, info.text)
    with pytest.raises(LockHeldError) as refused:
        lock_of(place).acquire()
    assert refused.value.who == "eve  @\ufffdhost"
    assert ("reason", "\ufffd[2J gone") in refused.value.facts


# Lost while it is held --------------------------------------------------------------------------


@every_mode
def test_a_foreign_lock_in_place_of_ours_is_never_removed(server: Site, mode: Locking) -> None:
    lock = lock_of(server, mode)
    ours = lock.acquire()
    remove_by_hand(server, mode)
    theirs = take_by_hand(server, mode)

    assert lock.still_held() is False
    with pytest.raises(LockLostError) as lost:
        lock.release()

    assert held_texts(server) == dict.fromkeys(KINDS[mode], theirs.text)
    assert lost.value.identifier == ours.identifier
    assert all(
        words.endswith(
            f"was removed by somebody else; {theirs.identifier} of ann@laptop is there now"
        )
        for _, words in lost.value.facts[1:]
    )


@every_mode
def test_a_lock_that_somebody_broke_is_said_to_be_lost(server: Site, mode: Locking) -> None:
    lock = lock_of(server, mode)
    lock.acquire()
    remove_by_hand(server, mode)
    assert lock.still_held() is False
    with pytest.raises(LockLostError) as lost:
        lock.release()
    assert [
        words.endswith("was removed by somebody else") for _, words in lost.value.facts[1:]
    ] == [True] * len(KINDS[mode])
    lock.release()  # there is nothing left to be released


@pytest.mark.parametrize(
    "broken", [Locking.LOCKFILE, Locking.DYNAMODB], ids=lambda mode: mode.value
)
def test_one_of_two_that_was_broken_is_said_and_the_other_is_released(
    place: Site, broken: Locking
) -> None:
    lock = lock_of(place)
    lock.acquire()
    remove_by_hand(place, broken)
    assert lock.still_held() is False
    with pytest.raises(LockLostError) as lost:
        lock.release()
    assert sorted(words.rpartition(" is ")[2] == "gone" for _, words in lost.value.facts[1:]) == [
        False,
        True,
    ]
    assert place.is_empty()


def test_not_knowing_is_not_holding(faulty: Site, fault_proxy: FaultProxy) -> None:
    with lock_of(faulty) as lock:
        fault_proxy.deny(READ[LockKind.ITEM])
        with pytest.raises(PermissionMissingError):
            lock.still_held()
        fault_proxy.allow_all()


# Waiting ----------------------------------------------------------------------------------------


@every_mode
def test_waiting_ends_when_the_holder_releases(server: Site, mode: Locking) -> None:
    other = take_by_hand(server, mode)
    patience = Patience(meanwhile={3: lambda: remove_by_hand(server, mode)})
    with lock_of(server, mode, timeout_seconds=60, patience=patience) as lock:
        assert lock.still_held()
    assert patience.waits == [1, 2, 4]
    assert [each.holder for each in patience.shown] == [other] * 3
    assert is_free(server, mode)


def test_waiting_ends_with_its_time(place: Site) -> None:
    other = take_by_hand(place, Locking.BOTH)
    patience = Patience()
    with pytest.raises(LockHeldError) as refused:
        lock_of(place, timeout_seconds=10, patience=patience).acquire()
    assert patience.waits == [1, 2, 4, 3]
    assert refused.value.identifier == other.identifier


def test_who_waits_for_the_table_does_not_take_the_lock_file_over_and_over(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    take_by_hand(faulty, Locking.DYNAMODB)
    with pytest.raises(LockHeldError):
        lock_of(faulty, timeout_seconds=31).acquire()
    assert fault_proxy.counts()["s3:PutObject"] == 1


def test_the_next_holder_is_waited_for_as_well(place: Site) -> None:
    take_by_hand(place, Locking.LOCKFILE)

    def change_hands() -> None:
        remove_by_hand(place, Locking.LOCKFILE)
        take_by_hand(place, Locking.DYNAMODB, info="the next one")

    patience = Patience(
        meanwhile={1: change_hands, 3: lambda: remove_by_hand(place, Locking.DYNAMODB)}
    )
    with lock_of(place, timeout_seconds=60, patience=patience):
        pass
    assert [each.holder.info if each.holder else None for each in patience.shown] == [
        "",
        "the next one",
        "the next one",
    ]


def test_an_interrupt_while_waiting_leaves_nothing(place: Site) -> None:
    other = take_by_hand(place, Locking.DYNAMODB)

    def interrupt() -> None:
        raise KeyboardInterrupt

    patience = Patience(meanwhile={2: interrupt})
    with (
        pytest.raises(KeyboardInterrupt),
        lock_of(place, timeout_seconds=60, patience=patience),
    ):
        pass
    assert held_texts(place) == {LockKind.ITEM: other.text}
