"""What became of a lock that was to be given back: judged by the answer and by what was seen afterwards. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_info import LockInfo
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


class Standing(StrEnum):
    """Say what is known of a lock after its release was tried."""

    GONE = "gone"  # the store confirmed it, or it is not seen after an answer that was lost
    LOST = "lost"  # somebody else had removed or replaced it
    LEFT = "left"  # it is still there
    UNKNOWN = "unknown"  # nobody can say, so it may be there


REMAINING = frozenset({Standing.LEFT, Standing.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRelease:
    """The release of one lock in one store: the answer, and what the store showed afterwards."""

    kind: LockKind
    place: str
    lock: StoredLock
    outcome: ReleaseOutcome
    after: Fact[StoredLock | None]

    @property
    def standing(self) -> Standing:
        """Judge it; a lock that is seen counts for more than an answer that says it is gone."""
        match self.outcome, self.after:
            case _, Known(StoredLock() as seen) if same_lock(seen, self.lock):
                return Standing.LEFT
            case Released(), _:
                # Confirmed by the store on the condition that it was this lock: a look that failed
                # afterwards does not make it uncertain.
                return Standing.GONE
            case Unclear(), Known():
                return Standing.GONE
            case Changed(current=Known()), _:
                return Standing.LOST
            case _, Known():
                return Standing.LOST
            case _:
                return Standing.UNKNOWN

    @property
    def reason(self) -> str:
        """Say why it was not simply released; empty when it was."""
        match self.outcome:
            case Released():
                shown = self.standing is Standing.LEFT
                return "the store confirmed the release and still shows it" if shown else ""
            case Changed(current=Withheld() as current):
                return f"the store refused the release, and what is there cannot be read: {current}"
            case Changed():
                return ""
            case Unclear():
                return str(self.outcome.read or self.outcome.write)
            case Refused():
                return str(self.outcome.withheld)
            case ConditionUnsupported():
                return f"the store has no conditional deletes: {self.outcome.detail}"
            case _:
                assert_never(self.outcome)


def same_lock(one: StoredLock, other: StoredLock) -> bool:
    """Tell whether two looks show one lock: the same tag, or the same text under another tag.

    An object that is encrypted with KMS has a new ETag with every write, also with a late one of ours.
    """
    return (one.tag is not None and one.tag == other.tag) or one.content == other.content


def is_ours(lock: StoredLock, info: LockInfo) -> bool:
    """Tell whether a stored lock is the one that was written with this information.

    The texts are compared, not the fields: writing replaces what UTF-8 cannot carry.
    """
    return isinstance(lock.content, LockInfo) and lock.content.text == info.text
