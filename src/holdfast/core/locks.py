"""Locks in their stores: the two kinds, what a store answers, and the protocol that both stores keep.

Values only; `aws/lock_objects.py` and `aws/lock_items.py` are the stores. Every answer is a closed union, so
that code which forgets "the answer was lost" does not type-check.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from holdfast.core.facts import Fact, Withheld
from holdfast.core.lock_info import LockContent, LockInfo


class LockKind(StrEnum):
    """Name the two kinds of lock."""

    OBJECT = "lockfile"  # the S3 object `<key>.tflock`
    ITEM = "dynamodb"  # the item `<bucket>/<key>` in the lock table

    @property
    def words(self) -> str:
        """Return what a person calls it."""
        return "lock file" if self is LockKind.OBJECT else "lock item"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLock:
    """A lock as a store holds it.

    `tag` is what a release is conditional on: the object's ETag, or the item's stored `Info` text; None for
    an item without one. `is_typed`: `Info` is no text, and `tag` is all of it as DynamoDB's JSON. `version` is the object's version id where the bucket keeps versions. `body` are the
    bytes as they were read and `written` is when S3 says it got them: they are shown, and tell no locks apart.
    """

    content: LockContent
    tag: str | None
    is_typed: bool = False
    version: str | None = None
    body: bytes = field(default=b"", compare=False)
    written: datetime | None = field(default=None, compare=False)

    @property
    def holder(self) -> LockInfo | None:
        """Return who holds it, as far as it can be made out."""
        match self.content:
            case LockInfo():
                return self.content
            case unreadable:
                return unreadable.salvaged


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedLock:
    """A lock that a listing found, and the state key that it is for."""

    key: str
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class LockObjectSettings:
    """How the engine's backend block has a lock file written.

    As in Terraform 1.11.4, `kms_key` and `customer_key` (32 bytes, SSE-C) count only when `encrypt` is on.
    """

    encrypt: bool = False
    kms_key: str | None = None
    acl: str | None = None
    customer_key: bytes | None = field(default=None, repr=False)


# Acquiring --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """The lock is ours. `recognised`: an answer was lost, and our own id was found in the store.

    `late`: another write of it got no answer and was not seen; it may arrive after the release.
    """

    lock: StoredLock
    recognised: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The store refused because there is a lock; `holder` is withheld when it could not be read.

    `late`: a write of ours got no answer before; it may arrive when the holder is gone.
    """

    holder: Fact[StoredLock]
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """The store refused again and again because of a lock, and each time none was there to be read."""

    detail: str


class Obstacle(StrEnum):
    """Say why nobody can take a lock in a store; an engine fails there too, and locks nothing."""

    UNSUPPORTED = "unsupported"  # the store says that it has no conditional writes
    STORE_MISSING = "store missing"  # no such bucket or table
    SCHEMA = "schema"  # the table's key is not `LockID` (S) alone
    REJECTED = "rejected"  # any other refusal of this very request


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotLock:
    """The store cannot hold this lock for anybody."""

    obstacle: Obstacle
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The request was not carried out: permission, credentials, throttling, or no connection at all."""

    withheld: Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Nobody can say whether the request was carried out.

    `write` is what became of the request's answer. `read` is why looking afterwards did not help; None when
    looking found nothing, and a late request may still arrive.
    """

    write: Withheld
    read: Withheld | None = None


AcquireOutcome: TypeAlias = Acquired | Held | Vanished | CannotLock | Refused | Unclear

# Releasing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The lock that was named is not there any more.

    This request removed it; after a lost answer, nobody can say which of its attempts did.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The store refused: what is there is not what was named. `current` is None when it is nothing."""

    current: Fact[StoredLock | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionUnsupported:
    """The store says that it has no conditional deletes; the lock is still there."""

    detail: str


ReleaseOutcome: TypeAlias = Released | Changed | ConditionUnsupported | Refused | Unclear


class LockStore(Protocol):
    """What both stores can do. `key` is always the state's key, and no method raises for an AWS error."""

    @property
    def kind(self) -> LockKind:
        """Return the kind of lock that it keeps."""
        ...

    @property
    def place(self) -> str:
        """Return where that is: ``bucket `name` `` or ``table `name` in region``."""
        ...

    def acquire(self, key: str, info: LockInfo) -> AcquireOutcome:
        """Take the lock unless there is one; an answer that got lost is looked into."""
        ...

    def read(self, key: str) -> Fact[StoredLock | None]:
        """Read the lock, strongly consistent; `Known(None)` when there is none."""
        ...

    def release(self, key: str, lock: StoredLock) -> ReleaseOutcome:
        """Remove the lock if it is still exactly this one."""
        ...

    def listed(self, prefix: str, *, limit: int) -> Fact[tuple[LocatedLock, ...]]:
        """List locks of state keys that begin with `prefix`, looking at no more than `limit` records."""
        ...
