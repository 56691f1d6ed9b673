"""The keys of a bucket, page by page: whole buckets, of which a page leaves nothing behind but what is taken from it.

A page is one request. Each address says where its page begins, so that pages of different parts of a bucket can be
read at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import DIRECTORY_SUFFIX, BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads, unset

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectsV2RequestTypeDef

PAGE_KEYS_MAX = 1000  # S3 gives no more


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
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
class FoundKey:
    """An object in a listing. `tag` is its ETag."""

    key: str
    size_bytes: int
    tag: str
    written: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """What one page of a bucket shows; `next` is the page after it, None at the end of the range."""

    keys: tuple[FoundKey, ...]
    last_key: str
    next: KeyRange | None


@reads("s3:ListBucket")
def key_page(connections: Connections, address: KeyRange) -> KeyPage | None:
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
    return KeyPage(
        keys=tuple(
            FoundKey(
                key=found["Key"],
                size_bytes=found.get("Size", 0),
                tag=found.get("ETag", ""),
                written=found.get("LastModified"),
            )
            for found in inside
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
