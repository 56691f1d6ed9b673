"""Locks of states for tests: in every mode, with a clock that goes forward when somebody waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from holdfast.app.state_lock import StateLock, Waiting
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind, LockStore
from tests.support.locking import KEY, Site

KINDS = {
    Locking.LOCKFILE: (LockKind.OBJECT,),
    Locking.DYNAMODB: (LockKind.ITEM,),
    Locking.BOTH: (LockKind.OBJECT, LockKind.ITEM),
}
MODES = tuple(KINDS)
ACQUIRE = {LockKind.OBJECT: "s3:PutObject", LockKind.ITEM: "dynamodb:PutItem"}
READ = {LockKind.OBJECT: "s3:GetObject", LockKind.ITEM: "dynamodb:GetItem"}
RELEASE = {LockKind.OBJECT: "s3:DeleteObject", LockKind.ITEM: "dynamodb:DeleteItem"}


def stores(place: Site, mode: Locking) -> tuple[LockStore, ...]:
    """Return the stores of a mode."""
    return tuple(place.store(kind) for kind in KINDS[mode])


@dataclass(slots=True)
class Patience:
    """A clock that only goes forward when somebody waits; `meanwhile` happens during the n-th wait."""

    now: float = 0
    waits: list[float] = field(default_factory=list)
    shown: list[Waiting] = field(default_factory=list)
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        self.meanwhile.get(len(self.waits), lambda: None)()


def lock_of(
    place: Site,
    mode: Locking = Locking.BOTH,
    *,
    reason: str = "",
    timeout_seconds: float = 0,
    patience: Patience | None = None,
    verify_conditions: bool = False,
    in_stores: Sequence[LockStore] | None = None,
) -> StateLock:
    """Return a lock of `KEY` that waits without waiting."""
    patience = patience or Patience()
    return StateLock(
        stores=stores(place, mode) if in_stores is None else in_stores,
        bucket=place.bucket,
        key=KEY,
        identity=place.identity,
        reason=reason,
        timeout_seconds=timeout_seconds,
        verify_conditions=verify_conditions,
        on_wait=patience.shown.append,
        clock=patience.clock,
        pause=patience.pause,
    )


def held_texts(place: Site) -> dict[LockKind, str]:
    """Return the text of each lock of `KEY` that is there, without the code under test."""
    found: dict[LockKind, str] = {}
    s3 = place.account.clients.s3()
    if f"{KEY}.tflock" in place.lock_object_keys():
        answer = s3.get_object(Bucket=place.bucket, Key=f"{KEY}.tflock")
        found[LockKind.OBJECT] = answer["Body"].read().decode()
    item = place.account.clients.dynamodb().get_item(
        TableName=place.table, Key={"LockID": {"S": f"{place.bucket}/{KEY}"}}
    )
    if "Item" in item:
        found[LockKind.ITEM] = item["Item"]["Info"]["S"]
    return found


def take_by_hand(place: Site, mode: Locking, *, info: str = "") -> LockInfo:
    """Put somebody else's lock there."""
    lock = place.sign(info)
    for kind in KINDS[mode]:
        place.put_lock(kind, KEY, lock.text)
    return lock


def remove_by_hand(place: Site, mode: Locking) -> None:
    """Remove whatever lock is there, without asking."""
    if LockKind.OBJECT in KINDS[mode]:
        place.account.clients.s3().delete_object(Bucket=place.bucket, Key=f"{KEY}.tflock")
    if LockKind.ITEM in KINDS[mode]:
        place.account.clients.dynamodb().delete_item(
            TableName=place.table, Key={"LockID": {"S": f"{place.bucket}/{KEY}"}}
        )


def is_free(place: Site, mode: Locking) -> bool:
    """Tell whether nobody holds the lock, as the stores themselves say."""
    return all(store.read(KEY) == Known(None) for store in stores(place, mode))
