"""Find out, on a lock that was just taken, whether its store keeps the conditions on which locking rests.

Harmless where it does: the same bytes are written again on the condition that nothing is there, and removed
on the condition that they are something else. A store that keeps conditions refuses both. AWS does; some
servers of the S3 protocol accept a condition and ignore it (`rclone serve s3`; Ceph RGW 16.2 in versioned
buckets), and Terraform notices nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from holdfast.app.lock_taking import HeldPart
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import Acquired, LockKind, Released

WRONG_TAG = f'"{"0" * 32}"'
WRITE_CONDITION = {
    LockKind.OBJECT: "PutObject with `If-None-Match: *` replaces what is there",
    LockKind.ITEM: "PutItem with `attribute_not_exists(LockID)` replaces what is there",
}
DELETE_CONDITION = {
    LockKind.OBJECT: "DeleteObject with another `If-Match` removes what is there",
    LockKind.ITEM: "DeleteItem with another `Info` removes what is there",
}
# One write that is let in can also mean that somebody removed our lock just before.
WRITES_LET_IN_MAX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredCondition:
    """A condition that a store does not keep; `left` is the lock that is still to be given back there."""

    place: str
    condition: str
    left: HeldPart | None


def ignored_condition(
    parts: Sequence[HeldPart], key: str, info: LockInfo
) -> IgnoredCondition | None:
    """Return the first condition that a store ignores; None when all keep theirs.

    Only a clear answer counts: an answer that is lost or refused proves nothing against a store.
    """
    for part in parts:
        store = part.store
        let_in = [
            outcome.lock
            for outcome in (store.acquire(key, info) for _ in range(WRITES_LET_IN_MAX))
            if isinstance(outcome, Acquired) and not outcome.recognised
        ]
        if len(let_in) == WRITES_LET_IN_MAX:
            left = replace(part, lock=let_in[-1])
            return IgnoredCondition(
                place=store.place, condition=WRITE_CONDITION[store.kind], left=left
            )
        outcome = store.release(key, replace(part.lock, tag=WRONG_TAG))
        if isinstance(outcome, Released) and store.read(key) == Known(None):
            return IgnoredCondition(
                place=store.place, condition=DELETE_CONDITION[store.kind], left=None
            )
    return None
