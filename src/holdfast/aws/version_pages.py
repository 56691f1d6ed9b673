"""How many versions the objects of a bucket have, page by page; delete markers are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads, unset

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectVersionsRequestTypeDef

PAGE_VERSIONS_MAX = 1000  # S3 gives no more


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """A page of the versions of a bucket: what follows a version of a key, everything where they are empty."""

    bucket: BucketAddress
    key: str = ""
    version: str = ""
    size: int = PAGE_VERSIONS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    """How many versions of each key one page shows; `next` is the page after it, None at the end."""

    counts: Mapping[str, int]
    next: VersionRange | None


@reads("s3:ListBucketVersions")
def version_page(connections: Connections, address: VersionRange) -> VersionPage:
    """Read one page with ListObjectVersions; an empty one when there is no such bucket."""
    request: ListObjectVersionsRequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "MaxKeys": address.size,
    }
    if address.bucket.account is not None:
        request["ExpectedBucketOwner"] = address.bucket.account
    if address.key:
        request["KeyMarker"] = address.key
    if address.version:
        request["VersionIdMarker"] = address.version
    try:
        answer = address.bucket.client(connections).list_object_versions(**request)
    except ClientError as error:
        unset(error, "NoSuchBucket")
        return VersionPage(counts={}, next=None)
    following = None
    if answer.get("IsTruncated") and answer.get("NextKeyMarker"):
        following = replace(
            address,
            key=answer["NextKeyMarker"],
            version=answer.get("NextVersionIdMarker", ""),
        )
    return VersionPage(
        counts=Counter(each["Key"] for each in answer.get("Versions", [])), next=following
    )
