"""Lock items: `<bucket>/<key>` in the lock table, with the requests of the engines' S3 backend.

An item has two attributes, `LockID` and `Info`. Acquiring is PutItem on the condition that there is no such
`LockID`; the refusal brings the holder along (`ALL_OLD`), so that no second, racing read is needed. Releasing
is conditional on the stored `Info` text, as OpenTofu does; Terraform's own delete has no condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

from holdfast.aws.attribute_values import attribute_json, attribute_of
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, AwsError, detail_of, error_code, withheld
from holdfast.aws.lock_requests import (
    Conflicted,
    DeleteAnswer,
    WriteAnswer,
    acquire_outcome,
    failure_of,
    release_outcome,
)
from holdfast.aws.table_reads import TableAddress
from holdfast.core.facts import Fact, Known
from holdfast.core.lock_info import LockInfo, UnreadableLock, lock_path, read_lock
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    LocatedLock,
    LockKind,
    Released,
    ReleaseOutcome,
    StoredLock,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, DeleteItemInputTypeDef

PUT_PERMISSION = "dynamodb:PutItem"
GET_PERMISSION = "dynamodb:GetItem"
DELETE_PERMISSION = "dynamodb:DeleteItem"
SCAN_PERMISSION = "dynamodb:Scan"
HASH_KEY = "LockID"
ATTRIBUTES = "LockID, Info"
NO_LOCK = "attribute_not_exists(LockID)"
SAME_INFO = "Info = :info"
STILL_WITHOUT_INFO = "attribute_exists(LockID) AND attribute_not_exists(Info)"
CONFLICTS = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LockItems:
    """The store of lock items in one table, for states in one bucket. See `LockStore`."""

    connections: Connections
    address: TableAddress
    bucket: str

    @property
    def kind(self) -> Literal[LockKind.ITEM]:
        """Return the kind of lock that it keeps."""
        return LockKind.ITEM

    @property
    def place(self) -> str:
        """Return where that is."""
        region = f" in {self.address.region}" if self.address.region else ""
        return f"table `{self.address.table}`{region}"

    def acquire(self, key: str, info: LockInfo) -> AcquireOutcome:
        """Take the lock with PutItem on the condition that there is no such item."""
        return acquire_outcome(
            lambda: self._put(key, info),
            lambda: self.read(key),
            info,
            pause=self.connections.pause,
        )

    def read(self, key: str) -> Fact[StoredLock | None]:
        """Read the lock with GetItem, strongly consistent."""
        try:
            answer = self.address.client(self.connections).get_item(
                TableName=self.address.table,
                Key=self._key(key),
                ProjectionExpression=ATTRIBUTES,
                ConsistentRead=True,
            )
        except AWS_ERRORS as error:
            return withheld(error, permission=GET_PERMISSION)
        item = answer.get("Item")
        return Known(stored_lock(item) if item else None)

    def release(self, key: str, lock: StoredLock) -> ReleaseOutcome:
        """Remove the lock with DeleteItem `Info = <the stored text>`, if it is still this one."""
        return release_outcome(
            lambda: self._delete(key, lock),
            lambda: self.read(key),
            lock,
            pause=self.connections.pause,
        )

    def listed(self, prefix: str, *, limit: int) -> Fact[tuple[LocatedLock, ...]]:
        """List lock items of keys below `prefix` with one Scan over at most `limit` items of the table.

        A table can only be read from one end to the other; the limit keeps a large one from being used up.
        """
        beginning = lock_path(self.bucket, prefix)
        try:
            answer = self.address.client(self.connections).scan(
                TableName=self.address.table,
                FilterExpression="begins_with(LockID, :beginning) AND attribute_exists(Info)",
                ExpressionAttributeValues={":beginning": {"S": beginning}},
                ProjectionExpression=ATTRIBUTES,
                Limit=limit,
            )
        except AWS_ERRORS as error:
            return withheld(error, permission=SCAN_PERMISSION)
        return Known(tuple(self._located(answer.get("Items", []))))

    # Requests -----------------------------------------------------------------------------------

    def _put(self, key: str, info: LockInfo) -> WriteAnswer:
        try:
            self._writer().put_item(
                TableName=self.address.table,
                Item=self._key(key) | {"Info": {"S": info.text}},
                ConditionExpression=NO_LOCK,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except AWS_ERRORS as error:
            conflict = _conflict(error)
            return conflict or failure_of(error, permission=PUT_PERMISSION)
        return Acquired(lock=StoredLock(content=info, tag=info.text, body=info.body))

    def _delete(self, key: str, lock: StoredLock) -> DeleteAnswer:
        arguments: DeleteItemInputTypeDef = {
            "TableName": self.address.table,
            "Key": self._key(key),
            "ConditionExpression": STILL_WITHOUT_INFO,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if lock.tag is not None:
            arguments["ConditionExpression"] = SAME_INFO
            info = attribute_of(lock.tag) if lock.is_typed else {"S": lock.tag}
            arguments["ExpressionAttributeValues"] = {":info": info}
        try:
            self._writer().delete_item(**arguments)
        except AWS_ERRORS as error:
            conflict = _conflict(error)
            return conflict or failure_of(error, permission=DELETE_PERMISSION)
        return Released()

    def _key(self, key: str) -> dict[str, AttributeValueTypeDef]:
        return {HASH_KEY: {"S": lock_path(self.bucket, key)}}

    def _located(self, items: Sequence[Mapping[str, object]]) -> Iterator[LocatedLock]:
        for item in items:
            path = text_of(item.get(HASH_KEY))
            if path is not None:
                yield LocatedLock(key=path.removeprefix(f"{self.bucket}/"), lock=stored_lock(item))

    def _writer(self) -> DynamoDBClient:
        """Return the client that never repeats a request by itself."""
        return self.address.client(self.connections, retries=False)


def stored_lock(item: Mapping[str, object]) -> StoredLock:
    """Make a lock of an item; one without an `Info` text is unreadable to the engines.

    Its bytes are then those of the whole attribute, so that what is shown has a hash of its own.
    """
    value = item.get("Info")
    if not isinstance(value, Mapping):
        problem = "it has no `Info` text"
        return StoredLock(content=UnreadableLock(body=b"", problem=problem), tag=None)
    info = text_of(value)
    if info is None:
        tag = attribute_json(value)
        content = UnreadableLock(body=tag.encode(), problem="its `Info` is not a text")
        return StoredLock(content=content, tag=tag, is_typed=True, body=tag.encode())
    body = info.encode()
    return StoredLock(content=read_lock(body), tag=info, body=body)


def text_of(value: object) -> str | None:
    """Return the text of an attribute of type S, or None for any other."""
    text = value.get("S") if isinstance(value, Mapping) else None
    return text if isinstance(text, str) else None


def _conflict(error: AwsError) -> Conflicted | None:
    """Make a conflict of a failed condition, with the item that the answer may bring along."""
    if not isinstance(error, ClientError) or error_code(error) not in CONFLICTS:
        return None
    item = error.response.get("Item")
    lock = stored_lock(item) if isinstance(item, Mapping) and item else None
    return Conflicted(detail=detail_of(error), lock=lock)
