"""A lock that does not exclude, as scripts without conditional writes have it: look first, then write."""

import os
from dataclasses import dataclass

from holdfast.core.facts import Fact, Known
from holdfast.core.lock_info import LockInfo, lock_object_key, lock_path
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    Held,
    LocatedLock,
    LockKind,
    LockStore,
    Released,
    ReleaseOutcome,
    StoredLock,
)
from tests.race.job import Job
from tests.support.clients import Clients


@dataclass(frozen=True, slots=True)
class CarelessStore:
    """A store whose locks are written and removed without a condition. See `LockStore`."""

    store: LockStore
    job: Job

    @property
    def kind(self) -> LockKind:
        return self.store.kind

    @property
    def place(self) -> str:
        return self.store.place

    def acquire(self, key: str, info: LockInfo) -> AcquireOutcome:
        holder = self.read(key)
        if holder != Known(None):
            assert isinstance(holder, Known)
            return Held(holder=Known(holder.value or StoredLock(content=info, tag=None)))
        if self.kind is LockKind.OBJECT:
            self._clients.s3().put_object(
                Bucket=self.job.bucket, Key=lock_object_key(key), Body=info.body
            )
        else:
            self._clients.dynamodb().put_item(
                TableName=self.job.table,
                Item={"LockID": {"S": lock_path(self.job.bucket, key)}, "Info": {"S": info.text}},
            )
        return Acquired(lock=StoredLock(content=info, tag=info.text))

    def read(self, key: str) -> Fact[StoredLock | None]:
        return self.store.read(key)

    def release(self, key: str, lock: StoredLock) -> ReleaseOutcome:  # noqa: ARG002 - it does not look
        if self.kind is LockKind.OBJECT:
            self._clients.s3().delete_object(Bucket=self.job.bucket, Key=lock_object_key(key))
        else:
            self._clients.dynamodb().delete_item(
                TableName=self.job.table,
                Key={"LockID": {"S": lock_path(self.job.bucket, key)}},
            )
        return Released()

    def listed(self, prefix: str, *, limit: int) -> Fact[tuple[LocatedLock, ...]]:
        return self.store.listed(prefix, limit=limit)

    @property
    def _clients(self) -> Clients:
        return Clients(url=self.job.url, access_key=os.environ["AWS_ACCESS_KEY_ID"])
