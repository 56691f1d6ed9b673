"""The scratch lock of one proof: whose it is, where it lies, and what was written of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_taking import Attempt
from holdfast.aws.lock_items import LockItems
from holdfast.aws.lock_objects import LockObjects
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    CannotLock,
    LockKind,
    Refused,
    StoredLock,
)
from holdfast.core.proof import PROVE_INFO, PROVE_OPERATION

ProofStore: TypeAlias = LockObjects | LockItems


@dataclass(slots=True, kw_only=True)
class Scratch:
    """One scratch key. `touched` are the kinds of lock of which something may have been written."""

    bucket: str
    key: str
    identity: LockIdentity
    touched: set[LockKind] = field(default_factory=set)
    versioned: bool = False

    @property
    def path(self) -> str:
        """Return the path that is written into the locks."""
        return lock_path(self.bucket, self.key)

    def sign(self) -> LockInfo:
        """Make the information of a new contender."""
        return self.identity.sign(operation=PROVE_OPERATION, info=PROVE_INFO, path=self.path)

    def acquire(self, store: ProofStore, info: LockInfo) -> AcquireOutcome:
        """Take the lock in one store, and take note of what it left there."""
        outcome = store.acquire(self.key, info)
        self._note(store.kind, outcome)
        return outcome

    def note_attempt(self, attempt: Attempt) -> None:
        """Take note of what an attempt of the race left in the stores."""
        for part in attempt.parts:
            self._note_lock(part.kind, part.lock)
        if attempt.failure is not None:
            self._note(attempt.failure.kind, attempt.failure.outcome)

    def _note(self, kind: LockKind, outcome: AcquireOutcome) -> None:
        match outcome:
            case Acquired():
                self._note_lock(kind, outcome.lock)
            case Refused() | CannotLock():
                return
            case _:
                self.touched.add(kind)

    def _note_lock(self, kind: LockKind, lock: StoredLock) -> None:
        self.touched.add(kind)
        self.versioned = self.versioned or lock.version is not None
