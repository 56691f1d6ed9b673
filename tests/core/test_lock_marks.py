"""Marks: what locks look like, and never more than the evidence says."""

from datetime import timedelta

import pytest

from holdfast.core.backends import Locking
from holdfast.core.lock_board import Mark, Marked, StateLocks
from holdfast.core.lock_marks import Onlooker, is_suspicious, marks_of
from tests.core.locked_states import (
    ANN,
    BEN,
    DENIED,
    NOW,
    info_of,
    item_side,
    locks_of,
    object_side,
)

ANN_LOOKS = Onlooker(who="ann@laptop", now=NOW)
FILE = "lock file in bucket `states`"
ITEM = "lock item in table `locks` in eu-west-1"


def marks(locks: StateLocks, onlooker: Onlooker = ANN_LOOKS) -> tuple[Marked, ...]:
    return marks_of(locks, onlooker)


def names(locks: StateLocks, onlooker: Onlooker = ANN_LOOKS) -> list[Mark]:
    return [each.mark for each in marks(locks, onlooker)]


def test_a_lock_that_is_whole_has_no_mark() -> None:
    info = info_of()
    assert marks(locks_of(object_side(info), item_side(info))) == ()
    assert marks(locks_of(object_side(None), item_side(info), mode=Locking.DYNAMODB)) == ()
    assert marks(locks_of(object_side(info), item_side(None), mode=Locking.LOCKFILE)) == ()


# Half and differ --------------------------------------------------------------------------------


def test_one_of_two_locks_is_half() -> None:
    locks = locks_of(object_side(info_of()), item_side(None))
    assert marks(locks) == (
        Marked(
            mark=Mark.HALF,
            evidence=f"{FILE} is there, {ITEM} is not; this state is locked with both",
        ),
    )
    assert is_suspicious(locks)


def test_what_nobody_could_read_is_not_missing() -> None:
    locks = locks_of(object_side(info_of()), item_side(DENIED))
    assert marks(locks) == (
        Marked(
            mark=Mark.UNKNOWN,
            evidence=(
                "table `locks` in eu-west-1: what it holds is not known:"
                " permission `dynamodb:GetItem` is missing"
            ),
        ),
    )
    assert not is_suspicious(locks)


def test_a_lock_file_that_is_there_and_cannot_be_read_is_said_to_be_there() -> None:
    (mark,) = marks(locks_of(object_side(DENIED, found=True), item_side(None)))
    assert mark.evidence.startswith(
        "bucket `states`: there is a lock file, and who holds it is not known: "
    )


def test_two_owners_differ() -> None:
    locks = locks_of(
        object_side(info_of(ANN)), item_side(info_of(BEN, who="ben@laptop")), mode=Locking.DYNAMODB
    )
    assert marks(locks) == (
        Marked(
            mark=Mark.DIFFER,
            evidence=f"{FILE}: ann@ci-runner-7 with {ANN}; {ITEM}: ben@laptop with {BEN}",
        ),
    )
    assert is_suspicious(locks)


def test_a_lock_that_cannot_be_read_has_no_owner_to_differ() -> None:
    assert names(locks_of(object_side(b""), item_side(info_of()))) == [Mark.UNREADABLE]


def test_an_unreadable_lock_says_what_is_wrong_with_it() -> None:
    assert marks(locks_of(object_side(b""), mode=Locking.LOCKFILE)) == (
        Marked(
            mark=Mark.UNREADABLE,
            evidence=f"{FILE}: it is empty; no engine can show or force-unlock it",
        ),
    )


# Self -------------------------------------------------------------------------------------------


def own_lock(age: timedelta, *, who: str = "ann@laptop") -> StateLocks:
    info = info_of(who=who, age=age)
    return locks_of(object_side(info), item_side(info))


def test_a_lock_of_mine_from_just_before_my_failure_may_be_its_own() -> None:
    looks = Onlooker(who="ann@laptop", now=NOW, failed_at=NOW - timedelta(minutes=2))
    assert marks(own_lock(timedelta(seconds=124)), looks) == (
        Marked(
            mark=Mark.SELF,
            evidence=(
                "ann@laptop is you, and it was created 4 s before that failure: an engine whose answer"
                " got lost is refused by its own lock"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("age", "who", "failed"),
    [
        (timedelta(seconds=4), "ann@laptop", None),  # nobody said that anything failed
        (timedelta(seconds=64), "ann@laptop", timedelta(0)),  # too long before it
        (timedelta(seconds=4), "ann@laptop", timedelta(seconds=9)),  # after the failure
        (timedelta(seconds=4), "ann@ci-runner-7", timedelta(0)),
        (timedelta(seconds=4), "", timedelta(0)),
    ],
)
def test_anything_less_is_no_evidence(age: timedelta, who: str, failed: timedelta | None) -> None:
    failed_at = None if failed is None else NOW - failed
    looks = Onlooker(who="ann@laptop", now=NOW, failed_at=failed_at)
    assert marks(own_lock(age, who=who), looks) == ()


def test_an_onlooker_without_a_name_owns_no_lock() -> None:
    looks = Onlooker(who="", now=NOW, failed_at=NOW)
    assert marks(own_lock(timedelta(seconds=4), who=""), looks) == ()


# Scratch and old --------------------------------------------------------------------------------


def test_a_lock_of_prove_is_scratch() -> None:
    info = info_of(operation="holdfast-prove")
    assert names(locks_of(object_side(info), item_side(info))) == [Mark.SCRATCH]


def test_an_operation_that_only_claims_to_be_prove_is_not() -> None:
    info = info_of(operation="holdfast-prove")
    assert names(locks_of(object_side(info), item_side(info), key="other")) == []


def test_age_is_a_hint_and_says_so() -> None:
    assert marks(own_lock(timedelta(hours=27))) == (
        Marked(
            mark=Mark.OLD,
            evidence="created 1 d 3 h ago; an apply may run for hours, so that this proves nothing",
        ),
    )
    assert names(own_lock(timedelta(hours=3, minutes=59))) == []


def test_foreign_text_in_evidence_is_clean() -> None:
    info = info_of(who="ann\x1b[2J@x", age=timedelta(0))
    other = info_of("b\x1b[1m", who="ben\n@x", age=timedelta(0))
    (mark,) = marks(locks_of(object_side(info), item_side(other), mode=Locking.NONE))
    assert "\x1b" not in mark.evidence
    assert "\n" not in mark.evidence
