"""Digest items: `<bucket>/<key>-md5` in the lock table, written on the condition of what was read.

The engines write them without a condition and swallow a failure (Terraform 1.11.4, S3 client `putMD5`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.attribute_values import attribute_json, attribute_of
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, error_code, withheld
from holdfast.aws.lock_items import HASH_KEY, text_of
from holdfast.aws.reading import reads, unset
from holdfast.aws.table_reads import TableAddress
from holdfast.core.digests import StoredDigest
from holdfast.core.facts import Withheld
from holdfast.core.lock_info import lock_path
from holdfast.core.names import DIGEST_SUFFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        DeleteItemInputTypeDef,
        PutItemInputTypeDef,
    )

GET_PERMISSION = "dynamodb:GetItem"
PUT_PERMISSION = "dynamodb:PutItem"
DELETE_PERMISSION = "dynamodb:DeleteItem"
ATTRIBUTES = "LockID, Digest"
NO_ITEM = "attribute_not_exists(LockID)"
SAME_DIGEST = "Digest = :digest"
STILL_WITHOUT_DIGEST = "attribute_exists(LockID) AND attribute_not_exists(Digest)"
CONFLICTS = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestAddress:
    """The digest of which state, in which table."""

    table: TableAddress
    bucket: str
    key: str

    @property
    def item_key(self) -> dict[str, AttributeValueTypeDef]:
        """Return the key of the item."""
        return {HASH_KEY: {"S": lock_path(self.bucket, self.key) + DIGEST_SUFFIX}}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChanged:
    """Somebody wrote or removed the item since it was read; nothing was changed."""


@reads(GET_PERMISSION)
def stored_digest(connections: Connections, address: DigestAddress) -> StoredDigest | None:
    """Read the digest with GetItem, strongly consistent; None when there is no item, or no such table."""
    try:
        answer = address.table.client(connections).get_item(
            TableName=address.table.table,
            Key=address.item_key,
            ProjectionExpression=ATTRIBUTES,
            ConsistentRead=True,
        )
    except ClientError as error:
        unset(error, "ResourceNotFoundException")
        return None
    item = answer.get("Item")
    return digest_of(item) if item else None


def digest_of(item: Mapping[str, object]) -> StoredDigest:
    """Make a digest of an item."""
    value = item.get("Digest")
    text = text_of(value)
    typed = attribute_json(value) if text is None and isinstance(value, Mapping) else None
    return StoredDigest(text=text, typed=typed)


def put_digest(
    connections: Connections, address: DigestAddress, md5: str, *, before: StoredDigest | None
) -> DigestChanged | Withheld | None:
    """Write a digest with PutItem if the item is still as it was read; None when it is written."""
    condition, values = _condition(before)
    request: PutItemInputTypeDef = {
        "TableName": address.table.table,
        "Item": address.item_key | {"Digest": {"S": md5}},
        "ConditionExpression": condition,
    }
    if values:
        request["ExpressionAttributeValues"] = values
    try:
        address.table.client(connections, retries=False).put_item(**request)
    except AWS_ERRORS as error:
        if error_code(error) in CONFLICTS:
            return DigestChanged()
        return withheld(error, permission=PUT_PERMISSION)
    return None


def remove_digest(
    connections: Connections, address: DigestAddress, *, before: StoredDigest
) -> DigestChanged | Withheld | None:
    """Remove a digest with DeleteItem if the item is still as it was read; None when it is gone."""
    condition, values = _condition(before)
    request: DeleteItemInputTypeDef = {
        "TableName": address.table.table,
        "Key": address.item_key,
        "ConditionExpression": condition,
    }
    if values:
        request["ExpressionAttributeValues"] = values
    try:
        address.table.client(connections, retries=False).delete_item(**request)
    except AWS_ERRORS as error:
        if error_code(error) in CONFLICTS:
            return DigestChanged()
        return withheld(error, permission=DELETE_PERMISSION)
    return None


def _condition(
    before: StoredDigest | None,
) -> tuple[str, dict[str, AttributeValueTypeDef]]:
    """Return the condition that the item is as it was read, and its values."""
    if before is None:
        return NO_ITEM, {}
    if before.typed is not None:
        return SAME_DIGEST, {":digest": attribute_of(before.typed)}
    if before.text is None:
        return STILL_WITHOUT_DIGEST, {}
    return SAME_DIGEST, {":digest": {"S": before.text}}
