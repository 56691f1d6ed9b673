"""Holds: told from all other locks, and what they announce."""

from holdfast.core.lock_holds import announced, hold_of
from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.core.locks import StoredLock

NOW_NANOSECONDS = 1_795_188_333_599_739_994  # 2026-11-20T15:25:33.599739994Z


def stored(info: LockInfo) -> StoredLock:
    return StoredLock(content=info, tag="tag")


def test_a_lock_of_ours_is_a_hold_and_a_lock_of_an_engine_is_none() -> None:
    hold = LockInfo(identifier="one", operation="holdfast-hold", info="freeze")
    assert hold_of(stored(hold)) == hold
    assert hold_of(stored(LockInfo(identifier="one", operation="OperationTypeApply"))) is None
    assert hold_of(stored(LockInfo(identifier="one", operation="holdfast-lock"))) is None
    assert hold_of(None) is None


def test_a_hold_without_an_id_or_that_cannot_be_read_is_none() -> None:
    assert hold_of(stored(LockInfo(identifier="", operation="holdfast-hold"))) is None
    torn = read_lock(b'{"ID":"one","Operation":"holdfast-hold","Created":"yesterday"}')
    assert hold_of(StoredLock(content=torn, tag="tag")) is None


def test_the_planned_end_is_words_after_the_reason() -> None:
    assert announced("freeze", from_nanoseconds=NOW_NANOSECONDS, seconds=None) == "freeze"
    words = announced("freeze", from_nanoseconds=NOW_NANOSECONDS, seconds=9_000)
    assert words == "freeze (planned until 2026-11-20 17:55 UTC)"
