"""Lock files: the object `<key>.tflock` in the state bucket, with the requests of the engines' S3 backend.

Terraform 1.10 and OpenTofu 1.10 introduced it. Acquiring is PutObject with `If-None-Match: *`. Releasing
differs from the engines on purpose: theirs is GetObject, compare, DeleteObject without a condition, which can
delete somebody else's lock; here the delete carries `If-Match`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, AwsError, detail_of, error_code, http_status, withheld
from holdfast.aws.lock_requests import (
    Conflicted,
    DeleteAnswer,
    WriteAnswer,
    acquire_outcome,
    failure_of,
    release_outcome,
)
from holdfast.aws.object_settings import add_settings, customer_key_arguments
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_info import (
    LOCK_OBJECT_SUFFIX,
    LockInfo,
    UnreadableLock,
    lock_object_key,
    read_lock,
)
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    CannotLock,
    ConditionUnsupported,
    LocatedLock,
    LockKind,
    LockObjectSettings,
    Obstacle,
    Released,
    ReleaseOutcome,
    StoredLock,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

PUT_PERMISSION = "s3:PutObject"
GET_PERMISSION = "s3:GetObject"
DELETE_PERMISSION = "s3:DeleteObject"
LIST_PERMISSION = "s3:ListBucket"
CONTENT_TYPE = "application/json"
LOCK_BYTES_MAX = 65_536  # a lock has some 250 bytes; what is larger is not one
CONFLICTS = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockObjects:
    """The store of lock files in one bucket. Keys are state keys; see `LockStore`."""

    connections: Connections
    address: BucketAddress
    settings: LockObjectSettings

    @property
    def kind(self) -> Literal[LockKind.OBJECT]:
        """Return the kind of lock that it keeps."""
        return LockKind.OBJECT

    @property
    def place(self) -> str:
        """Return where that is."""
        return f"bucket `{self.address.bucket}`"

    def acquire(self, key: str, info: LockInfo) -> AcquireOutcome:
        """Take the lock with PutObject `If-None-Match: *`; after a lost answer the lock is read."""
        return acquire_outcome(
            lambda: self._put(key, info),
            lambda: self.read(key),
            info,
            pause=self.connections.pause,
        )

    def read(self, key: str) -> Fact[StoredLock | None]:
        """Read the lock with GetObject; `Known(None)` for NoSuchKey."""
        client = self.address.client
        try:
            answer = client(self.connections).get_object(
                **self.address.arguments,
                **customer_key_arguments(self.settings),
                Key=lock_object_key(key),
            )
            body = answer["Body"].read(LOCK_BYTES_MAX + 1)
            answer["Body"].close()
        except AWS_ERRORS as error:
            if error_code(error) in {"NoSuchKey", "404"}:
                return Known(None)
            return withheld(error, permission=GET_PERMISSION)
        content = (
            read_lock(body)
            if len(body) <= LOCK_BYTES_MAX
            else UnreadableLock(body=body, problem="it is too large to be a lock")
        )
        return Known(
            StoredLock(
                content=content,
                tag=answer.get("ETag"),
                version=answer.get("VersionId") or None,
                body=body,
                written=answer.get("LastModified"),
            )
        )

    def release(self, key: str, lock: StoredLock) -> ReleaseOutcome:
        """Remove the lock with DeleteObject `If-Match: <ETag>`, if it is still this one."""
        return release_outcome(
            lambda: self._delete(key, lock),
            lambda: self.read(key),
            lock,
            pause=self.connections.pause,
        )

    def release_unconditionally(self, key: str) -> Withheld | None:
        """Remove whatever lock is there, as the engines do; None when it was removed.

        Only for scratch keys that nobody else uses, on stores that have no conditional deletes.
        """
        try:
            self._writer().delete_object(**self.address.arguments, Key=lock_object_key(key))
        except AWS_ERRORS as error:
            return withheld(error, permission=DELETE_PERMISSION)
        return None

    def listed(self, prefix: str, *, limit: int) -> Fact[tuple[LocatedLock, ...]]:
        """List lock files below `prefix` with one ListObjectsV2, and read each of them."""
        try:
            answer = self.address.client(self.connections).list_objects_v2(
                **self.address.arguments, Prefix=prefix, MaxKeys=limit
            )
        except AWS_ERRORS as error:
            return withheld(error, permission=LIST_PERMISSION)
        located = []
        for found in answer.get("Contents", []):
            if not found["Key"].endswith(LOCK_OBJECT_SUFFIX):
                continue
            key = found["Key"].removesuffix(LOCK_OBJECT_SUFFIX)
            match self.read(key):
                case Known(StoredLock() as lock):
                    located.append(LocatedLock(key=key, lock=lock))
                case Known(_):
                    continue
                case Withheld() as unread:
                    return unread
        return Known(tuple(located))

    # Requests -----------------------------------------------------------------------------------

    def _put(self, key: str, info: LockInfo) -> WriteAnswer:
        try:
            answer = self._writer().put_object(**self._put_arguments(key, info))
        except AWS_ERRORS as error:
            if http_status(error) in CONFLICTS:
                return Conflicted(detail=detail_of(error))
            return failure_of(error, permission=PUT_PERMISSION)
        version = answer.get("VersionId") or None
        lock = StoredLock(content=info, tag=answer.get("ETag"), version=version, body=info.body)
        return Acquired(lock=lock)

    def _delete(self, key: str, lock: StoredLock) -> DeleteAnswer:
        if lock.tag is None:
            return ConditionUnsupported(detail="it gives no ETag for the lock file")
        try:
            self._writer().delete_object(
                **self.address.arguments, Key=lock_object_key(key), IfMatch=lock.tag
            )
        except AWS_ERRORS as error:
            if http_status(error) in CONFLICTS or error_code(error) in {"NoSuchKey", "404"}:
                return Conflicted(detail=detail_of(error))
            return _delete_failure(error)
        return Released()

    def _put_arguments(self, key: str, info: LockInfo) -> PutObjectRequestTypeDef:
        """Return the engines' request: content type, SHA-256, encryption and ACL as configured."""
        arguments: PutObjectRequestTypeDef = {
            "Bucket": self.address.bucket,
            "Key": lock_object_key(key),
            "Body": info.body,
            "ContentType": CONTENT_TYPE,
            "ChecksumAlgorithm": "SHA256",
            "IfNoneMatch": "*",
        }
        if self.address.account is not None:
            arguments["ExpectedBucketOwner"] = self.address.account
        add_settings(arguments, self.settings)
        return arguments

    def _writer(self) -> S3Client:
        """Return the client that never repeats a request by itself."""
        return self.address.client(self.connections, retries=False)


def _delete_failure(error: AwsError) -> DeleteAnswer:
    failure = failure_of(error, permission=DELETE_PERMISSION)
    if isinstance(failure, CannotLock) and failure.obstacle is Obstacle.UNSUPPORTED:
        return ConditionUnsupported(detail=failure.detail)
    return failure
