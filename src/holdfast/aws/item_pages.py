"""The items of a lock table, page by page: whole tables, of which a page leaves its counts and its locks behind.

A page is one request. Each address says where its page begins, so that the segments of a table can be read at the
same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.lock_items import HASH_KEY, stored_lock, text_of
from holdfast.aws.reading import reads, unset
from holdfast.aws.table_reads import TableAddress
from holdfast.core.locks import StoredLock
from holdfast.core.names import DIGEST_SUFFIX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ScanInputTypeDef

PAGE_ITEMS_MAX = 1000  # DynamoDB would give 1 MB, which is several thousand digests
ITEM_ATTRIBUTES = "LockID, Info, Digest"


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
class FoundDigest:
    """A digest item: the bucket and the key of its state, and its text; None when it is none."""

    bucket: str
    key: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """What one page of a table shows; `next` is the page after it, None at the end of the segment.

    `digests` are those of states in the buckets that were asked about, `foreign_digests` counts those of each other bucket, and
    `others` the locks of other buckets. `other_buckets` are the names of these, and `strange` counts the items whose
    name is no path of a bucket.
    """

    looked_at: int
    digests: tuple[FoundDigest, ...]
    foreign_digests: tuple[tuple[str, int], ...]
    others: int
    locks: tuple[FoundItem, ...]
    other_buckets: frozenset[str]
    strange: int
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
    digest_items = [item for item in items if is_digest(item)]
    digests = tuple(found for item in digest_items for found in _digest(item, address.buckets))
    locks = tuple(
        found for item in items if not is_digest(item) for found in _found(item, address.buckets)
    )
    names = [text_of(item.get(HASH_KEY)) or "" for item in items]
    foreign = [name for name in names if not any(_state_of(name, address.buckets))]
    last = answer.get("LastEvaluatedKey")
    return ItemPage(
        looked_at=len(items),
        digests=digests,
        foreign_digests=_foreign_digests(digest_items, address.buckets),
        others=len(items) - len(digest_items) - len(locks),
        locks=locks,
        other_buckets=frozenset(name.partition("/")[0] for name in foreign if "/" in name),
        strange=sum("/" not in name for name in foreign),
        next=replace(address, after=last[HASH_KEY]["S"]) if last else None,
    )


def _foreign_digests(
    items: Sequence[Mapping[str, object]], buckets: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """Count the digests of each bucket that was not asked about; what is of no bucket counts for an empty name."""
    names = [text_of(item.get(HASH_KEY)) or "" for item in items]
    counts = Counter(
        name.partition("/")[0] if "/" in name else ""
        for name in names
        if not any(_state_of(name, buckets))
    )
    return tuple(sorted(counts.items()))


def is_digest(item: Mapping[str, object]) -> bool:
    """Tell the digest of a state from a lock: its name ends in `-md5`, and it has `Digest` and no `Info`.

    (Terraform 1.11.4, S3 client `putMD5`.) The name alone does not tell: a state's key may end so too.
    """
    path = text_of(item.get(HASH_KEY)) or ""
    return path.endswith(DIGEST_SUFFIX) and "Digest" in item and "Info" not in item


def _found(item: Mapping[str, object], buckets: frozenset[str]) -> Iterator[FoundItem]:
    """Yield the lock when its state is in one of the buckets."""
    path = text_of(item.get(HASH_KEY)) or ""
    for bucket, key in _state_of(path, buckets):
        yield FoundItem(bucket=bucket, key=key, lock=stored_lock(item))


def _digest(item: Mapping[str, object], buckets: frozenset[str]) -> Iterator[FoundDigest]:
    """Yield the digest when its state is in one of the buckets."""
    path = (text_of(item.get(HASH_KEY)) or "").removesuffix(DIGEST_SUFFIX)
    for bucket, key in _state_of(path, buckets):
        yield FoundDigest(bucket=bucket, key=key, text=text_of(item.get("Digest")))


def _state_of(path: str, buckets: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield bucket and key of a path in one of the buckets; an access point's name has a slash in it."""
    for bucket in buckets:
        key = path.removeprefix(f"{bucket}/")
        if key != path and key:
            yield bucket, key
            return
