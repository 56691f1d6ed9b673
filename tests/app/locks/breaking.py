"""Break locks in tests as the command does: look, confirm, remove, with a journal of the test's own."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_breaking import Breaking, break_locks
from holdfast.app.lock_lookup import LookedAt, look_at
from holdfast.app.lock_removal import BrokenPart, Ledger
from holdfast.core.backends import Backend, Locking
from holdfast.core.lock_outcomes import Standing
from holdfast.core.state_naming import StateName
from tests.app.locks.boards import ONLOOKER
from tests.support.locking import KEY, Site, counting_bytes

MOMENTS = "2026-11-20T15:25:33Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Somebody who looks at the locks of one state of a place, and breaks them."""

    place: Site
    journal: Journal
    locking: Locking = Locking.BOTH
    key: str = KEY
    told: list[BrokenPart] = field(default_factory=list)
    random: Callable[[int], bytes] = field(default_factory=counting_bytes)

    @property
    def backend(self) -> Backend:
        return self.place.backend(self.locking)

    def look(self) -> LookedAt:
        state = StateName(backend=self.backend, key=self.key)
        return look_at(
            state, (self.backend,), connections=self.place.connections, onlooker=ONLOOKER
        )

    def remove(self, looked: LookedAt, *confirmations: str) -> Breaking:
        return break_locks(
            looked,
            confirmations,
            ledger=Ledger(
                journal=self.journal,
                remover=Remover(
                    who="ann@laptop", caller="arn:aws:iam::1:user/ann", version="0.1.0"
                ),
                clock=lambda: MOMENTS,
                random=self.random,
            ),
            on_part=self.told.append,
        )

    def lines(self) -> list[Mapping[str, object]]:
        """Return the records of the journal."""
        if not self.journal.path.exists():
            return []
        text = self.journal.path.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def events(self) -> list[tuple[object, object]]:
        """Return what the journal says happened, in order: the lock's kind, or what became of it."""
        return [
            (each["event"], each["lock"] if each["event"] == "intent" else each["standing"])
            for each in self.lines()
        ]


def breaker(place: Site, directory: Path, locking: Locking = Locking.BOTH) -> Breaker:
    """Return somebody with a new journal."""
    number = next(_numbers)
    return Breaker(
        place=place, journal=Journal(path=directory / f"{number}.jsonl"), locking=locking
    )


_numbers = itertools.count(1)


def standings(breaking: Breaking) -> list[Standing]:
    return [part.release.standing for part in breaking.parts]
