"""Both kinds of lock side by side: who owns what, what removes it, and what the code says about the key."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Locking
from holdfast.core.lock_board import (
    Board,
    BoardRow,
    StoreListing,
    confirmation_of,
    modes_of,
    owners_of,
    workspace_of,
)
from holdfast.core.locks import LockKind
from tests.core.locked_states import (
    ANN,
    BEN,
    DENIED,
    info_of,
    item_side,
    locks_of,
    object_side,
    stored,
)
from tests.rules.fleets import backend
from tests.support.observation import access_to, backend_of

EMPTY_HASH = "sha256:e3b0c44298fc"


# What removes a lock ----------------------------------------------------------------------------


def test_a_lock_goes_by_its_id() -> None:
    assert confirmation_of(stored(info_of(ANN))) == ANN


def test_a_lock_that_cannot_be_read_goes_by_the_hash_of_its_bytes() -> None:
    assert confirmation_of(stored(b"")) == EMPTY_HASH
    assert confirmation_of(stored(b"not JSON")) == "sha256:62b8125a6f6d"


def test_an_id_that_nobody_can_type_is_no_id() -> None:
    for text in (b"{}", b'{"ID":""}', b'{"ID":"a b"}', b'{"ID":"a\\u001b[2J"}'):
        assert confirmation_of(stored(text)).startswith("sha256:")


def test_a_lock_that_only_we_can_read_in_part_goes_by_its_hash() -> None:
    body = b'{"ID":"9db590f1","Created":"yesterday"}'
    assert confirmation_of(stored(body)).startswith("sha256:")


@given(st.binary(max_size=200))
def test_whatever_is_stored_something_that_can_be_typed_removes_it(body: bytes) -> None:
    confirmation = confirmation_of(stored(body))
    assert confirmation
    assert confirmation == confirmation.strip()
    assert len(confirmation.split()) == 1


# Owners -----------------------------------------------------------------------------------------


def test_both_locks_of_one_run_have_one_owner() -> None:
    sides = (object_side(info_of(ANN)), item_side(info_of(ANN)))
    assert owners_of(sides) == {ANN: sides}


def test_two_runs_are_two_owners() -> None:
    sides = (object_side(info_of(ANN)), item_side(info_of(BEN)))
    assert owners_of(sides) == {ANN: (sides[0],), BEN: (sides[1],)}


def test_a_side_that_nobody_could_read_is_neither_held_nor_free() -> None:
    locks = locks_of(object_side(info_of(ANN)), item_side(DENIED))
    assert locks.held == (locks.sides[0],)
    assert locks.unknown == (locks.sides[1],)
    assert locks.kind_words == "lockfile"


def test_the_kind_says_which_locks_are_there() -> None:
    info = info_of()
    assert locks_of(object_side(info), item_side(info)).kind_words == "both"
    assert locks_of(object_side(None), item_side(info)).kind_words == "dynamodb"
    assert locks_of(object_side(None), item_side(None)).kind_words == ""
    assert locks_of(object_side(DENIED, found=True), item_side(None)).kind_words == "lockfile"


def test_a_board_is_complete_only_when_everything_was_read() -> None:
    read = StoreListing(kind=LockKind.ITEM, place="table `locks`", backends=("dev",))
    denied = StoreListing(
        kind=LockKind.ITEM, place="table `locks`", backends=("dev",), withheld=DENIED
    )
    whole = BoardRow(locks=locks_of(object_side(info_of()), item_side(None)))
    part = BoardRow(locks=locks_of(object_side(info_of()), item_side(DENIED)))
    assert Board(rows=(whole,), stores=(read,)).is_complete
    assert not Board(rows=(whole,), stores=(read, denied)).is_complete
    assert not Board(rows=(part,), stores=(read,)).is_complete


# What the code says -----------------------------------------------------------------------------


def test_the_roots_of_a_key_say_how_it_is_locked() -> None:
    used = backend_of(bucket="b", access=access_to("http://127.0.0.1"), table="t", keys=("a", "c"))
    assert modes_of(used, "a") == {Locking.DYNAMODB}
    assert modes_of(used, "env:/dev/a") == {Locking.DYNAMODB}
    assert modes_of(used, "unknown/key") == {Locking.DYNAMODB}


def test_nobody_locks_a_scratch_key_in_any_mode_of_the_backend() -> None:
    assert modes_of(backend(), ".holdfast/prove/ab/both/terraform.tfstate") == frozenset()


def test_a_key_tells_its_workspace() -> None:
    used = backend_of(bucket="b", access=access_to("http://127.0.0.1"), keys=("net/a",))
    assert workspace_of(used, "net/a") == "default"
    assert workspace_of(used, "env:/dev/net/a") == "dev"
    assert workspace_of(used, "env:/dev/net/b") is None
