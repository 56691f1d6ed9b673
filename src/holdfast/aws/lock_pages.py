"""Locks, page by page: whole buckets and whole tables, of which nothing but the locks is kept.

A page is one request. Each address says where its page begins, so that pages of different parts of a store can
be read at the same time, and a page that is done leaves its counts and its locks behind and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import DIRECTORY_SUFFIX, BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.lock_items import HASH_KEY, stored_lock, text_of
from holdfast.aws.reading import reads, unset
from holdfast.aws.table_reads import TableAddress
from holdfast.core.lock_info import LOCK_OBJECT_SUFFIX
from holdfast.core.locks import StoredLock
from holdfast.core.names import DIGEST_SUFFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ScanInputTypeDef
    from mypy_boto3_s3.type_defs import ListObjectsV2RequestTypeDef

PAGE_KEYS_MAX = 1000  # S3 gives no more
PAGE_ITEMS_MAX = 1000  # DynamoDB would give 1 MB, which is several thousand digests
ITEM_ATTRIBUTES = "LockID, Info, Digest"


# Buckets ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRange:
    """A page of the keys between two keys: after `after`, up to `end` and with it (None: to the last one).

    `token` is that of the page before, empty for the first page. S3 lists in the order of the keys' bytes,
    which is the order of their characters.
    """

    bucket: BucketAddress
    after: str = ""
    end: str | None = None
    token: str = ""
    size: int = PAGE_KEYS_MAX

    @property
    def is_ordered(self) -> bool:
        """Tell whether the bucket lists in order; directory buckets do not, and know no `StartAfter`."""
        return not self.bucket.bucket.endswith(DIRECTORY_SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundObject:
    """A lock file in a listing: the state key that it is for, and when it was written."""

    key: str
    written: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPage:
    """What one page of a bucket shows; `next` is the page after it, None at the end of the range."""

    looked_at: int
    locks: tuple[FoundObject, ...]
    last_key: str
    next: ObjectRange | None


@reads("s3:ListBucket")
def object_page(connections: Connections, address: ObjectRange) -> ObjectPage | None:
    """Read one page with ListObjectsV2; None when there is no such bucket."""
    request: ListObjectsV2RequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "MaxKeys": address.size,
    }
    if address.bucket.account is not None:
        request["ExpectedBucketOwner"] = address.bucket.account
    if address.token:
        request["ContinuationToken"] = address.token
    elif address.after:
        request["StartAfter"] = address.after
    try:
        answer = address.bucket.client(connections).list_objects_v2(**request)
    except ClientError as error:
        unset(error, "NoSuchBucket")
        return None
    listed = answer.get("Contents", [])
    # A store that takes no notice of `StartAfter` shows keys of other ranges as well.
    inside = [
        found
        for found in listed
        if found["Key"] > address.after and (address.end is None or found["Key"] <= address.end)
    ]
    last_key = listed[-1]["Key"] if listed else ""
    passed = address.end is not None and last_key >= address.end
    token = answer.get("NextContinuationToken", "") if answer.get("IsTruncated") else ""
    return ObjectPage(
        looked_at=len(inside),
        locks=tuple(
            FoundObject(
                key=found["Key"].removesuffix(LOCK_OBJECT_SUFFIX), written=found.get("LastModified")
            )
            for found in inside
            if found["Key"].endswith(LOCK_OBJECT_SUFFIX) and found["Key"] != LOCK_OBJECT_SUFFIX
        ),
        last_key=last_key,
        next=replace(address, token=token) if token and not passed else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixRange:
    """The directories directly below `prefix`, after a key."""

    bucket: BucketAddress
    prefix: str = ""
    after: str = ""


@reads("s3:ListBucket")
def common_prefixes(connections: Connections, address: PrefixRange) -> tuple[str, ...]:
    """Read ListObjectsV2 with the delimiter `/`, one page: where the keys of a bucket can be divided."""
    answer = address.bucket.client(connections).list_objects_v2(
        **address.bucket.arguments,
        Prefix=address.prefix,
        Delimiter="/",
        StartAfter=address.after,
        MaxKeys=PAGE_KEYS_MAX,
    )
    return tuple(each["Prefix"] for each in answer.get("CommonPrefixes", []) if "Prefix" in each)


# Tables -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRange:
    """A page of one segment of a table; locks of other buckets than `buckets` are counted and not kept."""

    table: TableAddress
    buckets: frozenset[str]
    segment: int = 0
    segments: int = 1
    after: str | None = None
    size: int = PAGE_ITEMS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """A lock item: the bucket and the key of its state."""

    bucket: str
    key: str
    lock: StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """What one page of a table shows; `next` is the page after it, None at the end of the segment."""

    looked_at: int
    digests: int
    others: int
    locks: tuple[FoundItem, ...]
    next: ItemRange | None


@reads("dynamodb:Scan")
def item_page(connections: Connections, address: ItemRange) -> ItemPage | None:
    """Read one page with Scan, strongly consistent; None when there is no such table."""
    request: ScanInputTypeDef = {
        "TableName": address.table.table,
        "ConsistentRead": True,
        "ProjectionExpression": ITEM_ATTRIBUTES,
        "Limit": address.size,
    }
    if address.segments > 1:
        request["Segment"] = address.segment
        request["TotalSegments"] = address.segments
    if address.after is not None:
        request["ExclusiveStartKey"] = {HASH_KEY: {"S": address.after}}
    try:
        answer = address.table.client(connections).scan(**request)
    except ClientError as error:
        unset(error, "ResourceNotFoundException")
        return None
    items = answer.get("Items", [])
    digests = sum(1 for item in items if is_digest(item))
    locks = tuple(
        found for item in items if not is_digest(item) for found in _found(item, address.buckets)
    )
    last = answer.get("LastEvaluatedKey")
    return ItemPage(
        looked_at=len(items),
        digests=digests,
        others=len(items) - digests - len(locks),
        locks=locks,
        next=replace(address, after=last[HASH_KEY]["S"]) if last else None,
    )


def is_digest(item: Mapping[str, object]) -> bool:
    """Tell the digest of a state from a lock: its name ends in `-md5`, and it has `Digest` and no `Info`.

    (Terraform 1.11.4, S3 client `putMD5`.) The name alone does not tell: a state's key may end so too.
    """
    path = text_of(item.get(HASH_KEY)) or ""
    return path.endswith(DIGEST_SUFFIX) and "Digest" in item and "Info" not in item


def _found(item: Mapping[str, object], buckets: frozenset[str]) -> Iterator[FoundItem]:
    """Yield the lock when its state is in one of the buckets; an access point's name has a slash in it."""
    path = text_of(item.get(HASH_KEY)) or ""
    for bucket in buckets:
        key = path.removeprefix(f"{bucket}/")
        if key != path and key:
            yield FoundItem(bucket=bucket, key=key, lock=stored_lock(item))
            return
