"""What is known of the writers of a fleet's states, as versions, digests and locks show it. Pure.

Values only; `app/locking_evidence.py` fills them, `locking_gates` judges by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import LockSide, StateLocks, StoreListing
from holdfast.core.lock_file_history import History, Write
from holdfast.core.locks import LockKind

NOT_ASKED = Withheld(reason=Reason.NOT_ASKED, detail="lock files were not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDigest:
    """The digest of a state in one table."""

    table: str
    verdict: DigestVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEvidence:
    """What is known of the writers of one state.

    `roots` and `workspace` are those of the code: empty and None when no code uses the key. `is_there`: the bucket
    lists an object. `digests` has the tables with an item; it says nothing where `FleetEvidence.stores` says that a table
    could not be read. `engine_lock_file` is when the newest lock file since the moment that was asked about was put that is
    no lock of this program. `locks` are the locks that were there, in all tables; None when there were none.
    """

    backend: str
    bucket: str
    key: str
    workspace: str | None
    roots: tuple[str, ...]
    is_there: bool
    history: Fact[History]
    engine_lock_file: Fact[datetime | None] = NOT_ASKED
    digests: tuple[TableDigest, ...] = ()
    locks: StateLocks | None = None

    @property
    def last_write(self) -> Write | None:
        """Return the last write, None when there was none or nobody could tell."""
        return self.history.value.last_write if isinstance(self.history, Known) else None

    @property
    def first_seen(self) -> datetime | None:
        """Return when the oldest lock file that is left was put."""
        return self.history.value.lock_file_first if isinstance(self.history, Known) else None

    @property
    def unlocked(self) -> Write | None:
        """Return the newest write without a lock file."""
        return self.history.value.unlocked if isinstance(self.history, Known) else None

    @property
    def name(self) -> str:
        """Return bucket and key."""
        return f"{self.bucket}/{self.key}"

    def locks_of(self, kind: LockKind) -> tuple[LockSide, ...]:
        """Return the locks of one kind that were seen, read or not."""
        sides = self.locks.sides if self.locks is not None else ()
        return tuple(side for side in sides if side.kind is kind and (side.lock or side.found))

    @property
    def has_unknown_locks(self) -> bool:
        """Tell whether a store of its locks could not be read."""
        return self.locks is not None and bool(self.locks.unknown)

    def has_lone(self, kind: LockKind) -> bool:
        """Tell whether a lock of one kind is there, and surely none of the other: its holder takes this kind alone."""
        if not self.locks_of(kind) or self.locks is None:
            return False
        others = [side for side in self.locks.sides if side.kind is not kind]
        return all(side.seen == Known(None) for side in others)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEvidence:
    """One lock table: which backends name it, which other buckets have items in it, and why it is not known whole.

    `strange` counts items whose name is no path of a bucket.
    """

    table: str
    region: str | None
    backends: tuple[str, ...]
    other_buckets: tuple[str, ...] = ()
    strange: int = 0
    looked_at: int = 0
    missing: bool = False
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetEvidence:
    """Everything that was read: the states by backend and key, the tables, and every store that was walked through.

    `since` is the moment that was asked about.
    """

    states: tuple[StateEvidence, ...]
    tables: tuple[TableEvidence, ...]
    stores: tuple[StoreListing, ...]
    since: datetime | None
    now: datetime

    def states_of(self, backend: str) -> tuple[StateEvidence, ...]:
        """Return the states of a backend."""
        return tuple(each for each in self.states if each.backend == backend)

    def unread_of(self, backend: str) -> Mapping[str, Withheld]:
        """Return the stores of a backend that could not be read to their end, each with the reason."""
        return {
            each.place: each.withheld
            for each in self.stores
            if backend in each.backends and each.withheld is not None
        }
