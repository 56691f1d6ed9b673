"""Under which keys a state exists.

One listing answers many keys at once and needs nothing but `s3:ListBucket`. HeadObject would need
`s3:GetObject`, which is the right to read every secret in a state: an audit can do without.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

KEYS_OF_LISTING_MAX = 250
PAGE_SIZE_MAX = 1000
SURROGATES = range(0xD800, 0xE000)  # no characters, and not to be sent


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesAddress:
    """Which keys of which bucket, at most `KEYS_OF_LISTING_MAX` of them, sorted.

    `page_size` is how many objects one request lists; S3 gives 1000 at most.
    """

    bucket: BucketAddress
    keys: tuple[str, ...]
    page_size: int = PAGE_SIZE_MAX


def listings_of(bucket: BucketAddress, keys: tuple[str, ...]) -> Iterator[StatesAddress]:
    """Divide keys among listings that can go on at the same time."""
    ordered = tuple(sorted(set(keys)))
    for start in range(0, len(ordered), KEYS_OF_LISTING_MAX):
        yield StatesAddress(bucket=bucket, keys=ordered[start : start + KEYS_OF_LISTING_MAX])


@reads("s3:ListBucket")
def states_present(connections: Connections, address: StatesAddress) -> frozenset[str]:
    """Read ListObjectsV2 until every key is decided; return those that exist.

    S3 lists in the order of the keys, so a page decides all keys up to its last one, and the next page
    starts just before the first undecided key: a request decides one key at least, however many objects
    lie in between.
    """
    present: set[str] = set()
    undecided = address.keys
    after = ""
    while undecided:
        page = _page(connections, address, undecided, after)
        listed = [found["Key"] for found in page.get("Contents", [])]
        present.update(set(listed).intersection(undecided))
        if not page.get("IsTruncated") or not listed:
            break
        undecided = tuple(key for key in undecided if key > listed[-1])
        after = listed[-1]
    return frozenset(present)


def just_before(key: str) -> str:
    """Return a text that is less than the key, with as little as may be between the two."""
    start, last = key[:-1], ord(key[-1]) - 1
    if last < ord("!") or last in SURROGATES:
        return start
    return f"{start}{chr(last)}{'~' * 8}"


def _page(
    connections: Connections, address: StatesAddress, undecided: tuple[str, ...], after: str
) -> ListObjectsV2OutputTypeDef:
    # A key is the first of all that begin with it.
    size = 1 if len(undecided) == 1 else address.page_size
    return address.bucket.client(connections).list_objects_v2(
        **address.bucket.arguments,
        Prefix=os.path.commonprefix(undecided),  # noqa: RUF071 - S3 compares by character too
        StartAfter=max(after, just_before(undecided[0])),
        MaxKeys=size,
    )
