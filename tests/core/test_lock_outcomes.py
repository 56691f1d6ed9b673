"""What is known of a lock after its release, from the answer and from what was seen afterwards."""

import pytest

from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo, UnreadableLock
from holdfast.core.lock_outcomes import PartRelease, Standing, is_ours, same_lock
from holdfast.core.locks import (
    Changed,
    ConditionUnsupported,
    LockKind,
    Refused,
    Released,
    ReleaseOutcome,
    StoredLock,
    Unclear,
)

DENIED = Withheld(reason=Reason.PERMISSION, permission="s3:DeleteObject")
SILENT = Withheld(reason=Reason.UNREACHABLE, detail="no answer")
OURS = StoredLock(content=LockInfo(identifier="ours"), tag='"1"')
THEIRS = StoredLock(content=LockInfo(identifier="theirs"), tag='"2"')
NOBODY = Known(None)


@pytest.mark.parametrize(
    ("outcome", "after", "standing"),
    [
        (Released(), NOBODY, Standing.GONE),
        (Released(), Known(THEIRS), Standing.GONE),
        (Released(), DENIED, Standing.GONE),
        (Released(), Known(OURS), Standing.LEFT),
        (Changed(current=NOBODY), NOBODY, Standing.LOST),
        (Changed(current=Known(THEIRS)), Known(THEIRS), Standing.LOST),
        (Changed(current=Known(THEIRS)), DENIED, Standing.LOST),
        (Changed(current=DENIED), NOBODY, Standing.LOST),
        (Changed(current=DENIED), DENIED, Standing.UNKNOWN),
        (Changed(current=DENIED), Known(OURS), Standing.LEFT),
        (ConditionUnsupported(detail="no"), Known(OURS), Standing.LEFT),
        (ConditionUnsupported(detail="no"), DENIED, Standing.UNKNOWN),
        (Refused(withheld=DENIED), Known(OURS), Standing.LEFT),
        (Refused(withheld=DENIED), NOBODY, Standing.LOST),
        (Refused(withheld=DENIED), DENIED, Standing.UNKNOWN),
        (Unclear(write=SILENT), NOBODY, Standing.GONE),
        (Unclear(write=SILENT), Known(THEIRS), Standing.GONE),
        (Unclear(write=SILENT), Known(OURS), Standing.LEFT),
        (Unclear(write=SILENT, read=SILENT), SILENT, Standing.UNKNOWN),
    ],
)
def test_what_is_seen_counts_for_more_than_what_was_answered(
    outcome: ReleaseOutcome, after: Fact[StoredLock | None], standing: Standing
) -> None:
    part = PartRelease(
        kind=LockKind.OBJECT, place="bucket `b`", lock=OURS, outcome=outcome, after=after
    )
    assert part.standing is standing


def test_a_lock_under_another_tag_is_the_same_when_its_text_is() -> None:
    assert same_lock(OURS, StoredLock(content=OURS.content, tag='"rewritten"'))
    assert not same_lock(OURS, THEIRS)


def test_unreadable_locks_are_told_apart_by_their_bytes() -> None:
    def unreadable(body: bytes) -> StoredLock:
        return StoredLock(content=UnreadableLock(body=body, problem="it is not JSON"), tag=None)

    assert same_lock(unreadable(b"{"), unreadable(b"{"))
    assert not same_lock(unreadable(b"{"), unreadable(b"["))


def test_ours_is_what_our_text_says_even_where_it_had_to_be_replaced() -> None:
    written = LockInfo(identifier="ours", who="\udcff@host")
    read_back = StoredLock(content=LockInfo(identifier="ours", who="\ufffd@host"), tag='"1"')
    assert is_ours(read_back, written)
    assert not is_ours(THEIRS, written)
