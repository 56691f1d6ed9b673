"""The versions of a state and of its lock file together: they are neighbours in a bucket, so that a page has both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads
from holdfast.core.lock_info import lock_object_key
from holdfast.core.state_versions import StateVersion

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef

PAGE_VERSIONS_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsAddress:
    """Which state; `size` is how much one request reads."""

    bucket: BucketAddress
    key: str
    size: int = PAGE_VERSIONS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedVersions:
    """The versions and delete markers of a state and of its lock file."""

    state: tuple[StateVersion, ...]
    lock_file: tuple[StateVersion, ...]


@reads("s3:ListBucketVersions")
def locked_versions(connections: Connections, address: VersionsAddress) -> LockedVersions:
    """Read ListObjectVersions from a key to its lock file.

    Other keys may lie between the two (`net-prod/…` between `net` and `net.tflock`); they are passed over.
    """
    lock_key = lock_object_key(address.key)
    found: dict[str, list[StateVersion]] = {address.key: [], lock_key: []}
    prefix, marker = address.key, ("", "")
    while True:
        page = _page(connections, address, prefix, marker)
        versions = list(versions_in(page))
        for key, version in versions:
            if key in found:
                found[key].append(version)
        last_key, last_version = page.get("NextKeyMarker", ""), page.get("NextVersionIdMarker", "")
        if not page.get("IsTruncated") or last_key > lock_key:
            break
        if (last_key, last_version) == marker:
            message = f"ListObjectVersions gave the same marker twice: {last_key}"
            raise ValueError(message)
        marker = (last_key, last_version)
        if prefix == address.key and address.key < last_key < lock_key:
            prefix, marker = lock_key, ("", "")
    return LockedVersions(state=tuple(found[address.key]), lock_file=tuple(found[lock_key]))


def _page(
    connections: Connections, address: VersionsAddress, prefix: str, marker: tuple[str, str]
) -> ListObjectVersionsOutputTypeDef:
    key, version = marker
    client = address.bucket.client(connections)
    arguments = address.bucket.arguments
    if not key:
        return client.list_object_versions(**arguments, Prefix=prefix, MaxKeys=address.size)
    if not version:
        return client.list_object_versions(
            **arguments, Prefix=prefix, MaxKeys=address.size, KeyMarker=key
        )
    return client.list_object_versions(
        **arguments, Prefix=prefix, MaxKeys=address.size, KeyMarker=key, VersionIdMarker=version
    )


def versions_in(page: ListObjectVersionsOutputTypeDef) -> Iterator[tuple[str, StateVersion]]:
    """Yield the versions of a page and then its delete markers, each with its key."""
    for each in page.get("Versions", []):
        yield (
            each["Key"],
            StateVersion(
                identifier=each.get("VersionId", "null"),
                written=each["LastModified"],
                size_bytes=each["Size"],
                tag=each["ETag"],
                current=each["IsLatest"],
                deleted=False,
            ),
        )
    for marker in page.get("DeleteMarkers", []):
        yield (
            marker["Key"],
            StateVersion(
                identifier=marker.get("VersionId", "null"),
                written=marker["LastModified"],
                size_bytes=0,
                tag="",
                current=marker["IsLatest"],
                deleted=True,
            ),
        )
