"""The board: every lock of a fleet, both kinds side by side for each state, and what could not be seen.

Values only; `app/lock_listing.py` fills them, `lock_marks` judges them. A side that nobody could read is a
`Withheld` and never an absence, so that nothing here can be taken for "free" by mistake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.backends import WORKSPACE_DEFAULT, Backend, Locking, StateUse
from holdfast.core.cleaning import printable
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind, StoredLock
from holdfast.core.proof import PROVE_PREFIX

FINGERPRINT_PREFIX = "sha256:"
FINGERPRINT_DIGITS = 12


class Mark(StrEnum):
    """Name what a lock looks like; each mark comes with its evidence."""

    DIFFER = "differ"  # two owners
    HALF = "half"  # one of the two locks is missing
    UNREADABLE = "unreadable"  # no engine can show or force-unlock it
    UNKNOWN = "unknown"  # one of its stores could not be read
    SELF = "self"  # looks like the orphan of a run whose answer got lost
    SCRATCH = "scratch"  # ours, from `prove`
    OLD = "old"  # age alone: a hint, never a proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A mark, and the facts that it rests on."""

    mark: Mark
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSide:
    """One store that may hold a lock of a state, and what it shows.

    `found`: a listing saw that a lock is there, though it could not be read. `missing`: there is no such store, so
    that no lock can be in it.
    """

    kind: LockKind
    place: str
    seen: Fact[StoredLock | None]
    found: bool = False
    missing: bool = False

    @property
    def lock(self) -> StoredLock | None:
        """Return the lock that was read, None when there is none or nobody could read it."""
        return self.seen.value if isinstance(self.seen, Known) else None

    @property
    def is_unknown(self) -> bool:
        """Tell whether nobody knows what this store holds."""
        return isinstance(self.seen, Withheld)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLocks:
    """The locks of one state, in every store that was looked at; the object first.

    `workspace` is None when the key is none that the code uses. `modes` are the modes in which it is locked:
    those of the roots that use it, or of the backend.
    """

    backend: str
    bucket: str
    key: str
    workspace: str | None
    modes: frozenset[Locking]
    sides: tuple[LockSide, ...]

    @property
    def held(self) -> tuple[LockSide, ...]:
        """Return the sides on which a lock was read."""
        return tuple(side for side in self.sides if side.lock is not None)

    @property
    def unknown(self) -> tuple[LockSide, ...]:
        """Return the sides that could not be read."""
        return tuple(side for side in self.sides if side.is_unknown)

    @property
    def kind_words(self) -> str:
        """Return `dynamodb`, `lockfile` or `both` for the locks that are there; empty when none was seen."""
        kinds = {side.kind for side in self.sides if side.lock is not None or side.found}
        return "both" if len(kinds) > 1 else next((kind.value for kind in kinds), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """The locks of one state, and what they look like."""

    locks: StateLocks
    marks: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreListing:
    """One store that was read from one end to the other, for the backends that keep locks there.

    `looked_at` counts keys or items, `digests` the items of state digests, `others` the items that are of no
    backend of the fleet. `missing`: there is no such bucket or table, so no lock can be in it. `withheld` is why
    the listing is not complete; what was seen until then is counted all the same.
    """

    kind: LockKind
    place: str
    backends: tuple[str, ...]
    looked_at: int = 0
    digests: int = 0
    others: int = 0
    missing: bool = False
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every lock of a fleet that could be seen, in order of backend and key, and every store that was looked at."""

    rows: tuple[BoardRow, ...]
    stores: tuple[StoreListing, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether everything could be read: only then does no row mean no lock."""
        return not any(store.withheld for store in self.stores) and not any(
            row.locks.unknown for row in self.rows
        )


def confirmation_of(lock: StoredLock) -> str:
    """Return what a person types to remove this lock: its id, or a short hash of the bytes that were shown.

    The hash is for locks without an id that can be read and typed.
    """
    match lock.content:
        case LockInfo(identifier=identifier) if identifier and _is_typable(identifier):
            return identifier
        case _:
            digits = hashlib.sha256(lock.body).hexdigest()[:FINGERPRINT_DIGITS]
            return f"{FINGERPRINT_PREFIX}{digits}"


def _is_typable(text: str) -> bool:
    return printable(text) == text and not any(character.isspace() for character in text)


def owners_of(sides: Iterable[LockSide]) -> dict[str, tuple[LockSide, ...]]:
    """Return the locks that were read by what confirms their removal: more than one means two owners."""
    owners: dict[str, list[LockSide]] = {}
    for side in sides:
        if side.lock is not None:
            owners.setdefault(confirmation_of(side.lock), []).append(side)
    return {confirmation: tuple(found) for confirmation, found in owners.items()}


# What the code says about a key -----------------------------------------------------------------


def modes_of(backend: Backend, key: str) -> frozenset[Locking]:
    """Return the modes in which a key is locked: by its uses, else by the backend; none for scratch keys."""
    if key.startswith(PROVE_PREFIX):
        return frozenset()
    uses = uses_of(backend, key) or backend.uses
    return frozenset(use.locking for use in uses) or frozenset({backend.locking})


def workspace_of(backend: Backend, key: str) -> str | None:
    """Return the workspace that a key is of (`default` too), None when the code uses no such key."""
    for use in uses_of(backend, key):
        if key == use.key:
            return WORKSPACE_DEFAULT
        start = f"{use.workspace_prefix}/" if use.workspace_prefix else ""
        return key.removeprefix(start).removesuffix(f"/{use.key}")
    return None


def uses_of(backend: Backend, key: str) -> tuple[StateUse, ...]:
    """Return the uses of a key, in any workspace."""
    return backend.uses_of(key)
