"""Writes of locks that got no answer, and were not seen either: they may arrive later, when nobody holds the lock.

A request that timed out can still be under way. If it arrives while the lock is held, its condition refuses
it. If it arrives afterwards, it takes the lock for nobody. So whoever is done with a lock looks for such a
write for a while, and takes it back: it carries an id that is known to be ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from holdfast.app.lock_taking import HeldPart, release_parts
from holdfast.core.facts import Known, Withheld
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_outcomes import REMAINING, PartRelease, is_ours
from holdfast.core.locks import LockStore, StoredLock

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateWrite:
    """A write that may still arrive: where, with what, and until when it is looked for."""

    store: LockStore
    info: LockInfo
    until: float


@dataclass(slots=True, kw_only=True)
class LateWrites:
    """The writes of one lock that may still arrive. `seconds` is for how long each is looked for."""

    key: str
    seconds: float
    clock: Callable[[], float]
    pause: Callable[[float], None]
    _expected: list[LateWrite] = field(default_factory=list)

    def expect(self, store: LockStore, info: LockInfo) -> None:
        """Take note of a write without an answer."""
        until = self.clock() + self.seconds
        self._expected.append(LateWrite(store=store, info=info, until=until))

    def take_back(self) -> tuple[PartRelease, ...]:
        """Look once for each, take back what is there, and return what could not be taken back."""
        left: list[PartRelease] = []
        for write in tuple(self._expected):
            match write.store.read(self.key):
                case Known(StoredLock() as lock) if is_ours(lock, write.info):
                    self._expected.remove(write)
                    part = HeldPart(store=write.store, lock=lock)
                    released = release_parts((part,), self.key)
                    left += [each for each in released if each.standing in REMAINING]
                case Known(_):
                    continue
                case Withheld():
                    # It cannot be looked for: whoever took note of it says that it may arrive.
                    self._expected.remove(write)
        return tuple(left)

    def settle(self) -> tuple[PartRelease, ...]:
        """Look again and again until the time of each is over; return what could not be taken back."""
        left: list[PartRelease] = []
        while self._expected:
            left += self.take_back()
            now = self.clock()
            self._expected = [each for each in self._expected if now < each.until]
            if self._expected:
                self.pause(LOOK_SECONDS)
        return tuple(left)
