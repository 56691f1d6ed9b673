"""Locks of a state as values: what each store shows, whole or in part."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from holdfast.core.backends import Locking
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import LockSide, StateLocks
from holdfast.core.lock_info import LockInfo, created_text, read_lock
from holdfast.core.locks import LockKind, StoredLock

NOW = datetime(2026, 11, 20, 15, 25, 33, tzinfo=UTC)
BUCKET = "states"
KEY = "network/terraform.tfstate"
ANN = "9db590f1-b6fe-c5f2-2678-8804f089deba"
BEN = "41c2aa07-5d0e-1f3b-90a4-3b8e6f5d2c11"
DENIED = Withheld(reason=Reason.PERMISSION, permission="dynamodb:GetItem", detail="AccessDenied")
OBJECT_PLACE = "bucket `states`"
ITEM_PLACE = "table `locks` in eu-west-1"


def info_of(
    identifier: str = ANN,
    *,
    who: str = "ann@ci-runner-7",
    operation: str = "OperationTypeApply",
    age: timedelta = timedelta(minutes=12),
) -> LockInfo:
    return LockInfo(
        identifier=identifier,
        operation=operation,
        who=who,
        version="1.11.4",
        created=created_text(int((NOW - age).timestamp()) * 1_000_000_000),
        path=f"{BUCKET}/{KEY}",
    )


def stored(body: bytes | LockInfo, *, tag: str = '"etag"') -> StoredLock:
    """A lock with these bytes, as a store would give it."""
    raw = body if isinstance(body, bytes) else body.body
    return StoredLock(content=read_lock(raw), tag=tag, body=raw)


def object_side(seen: bytes | LockInfo | Withheld | None, *, found: bool = False) -> LockSide:
    return LockSide(
        kind=LockKind.OBJECT, place=OBJECT_PLACE, seen=_fact(seen), found=found or seen is not None
    )


def item_side(seen: bytes | LockInfo | Withheld | None) -> LockSide:
    return LockSide(kind=LockKind.ITEM, place=ITEM_PLACE, seen=_fact(seen))


def locks_of(*sides: LockSide, mode: Locking = Locking.BOTH, key: str = KEY) -> StateLocks:
    return StateLocks(
        backend="dev",
        bucket=BUCKET,
        key=key,
        workspace="default",
        modes=frozenset({mode}),
        sides=sides,
    )


def renamed(locks: StateLocks, key: str) -> StateLocks:
    return replace(locks, key=key)


def _fact(seen: bytes | LockInfo | Withheld | None) -> Fact[StoredLock | None]:
    if isinstance(seen, Withheld):
        return seen
    return Known(None if seen is None else stored(seen))
