"""State objects: reading one as a stream, its versions, and writing it on the condition of what was read.

Engines write states with PutObject and no condition (Terraform 1.11.4, S3 client `Put`); here every write has
one. Encryption and ACL are those of the backend block, as for a lock file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, TypeAlias

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, error_code, http_status, withheld
from holdfast.aws.key_versions import PAGE_VERSIONS_MAX, versions_in
from holdfast.aws.object_settings import add_settings, customer_key_arguments
from holdfast.aws.reading import reads
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.locks import LockObjectSettings
from holdfast.core.state_content import ReadState
from holdfast.core.state_reading import StateReader
from holdfast.core.state_versions import StateVersion

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        GetObjectRequestTypeDef,
        PutObjectRequestTypeDef,
    )

PIECE_BYTES = 1 << 20
GET_PERMISSION = "s3:GetObject"
GET_VERSION_PERMISSION = "s3:GetObjectVersion"
PUT_PERMISSION = "s3:PutObject"
DELETE_PERMISSION = "s3:DeleteObject"
CONTENT_TYPE = "application/json"
CONFLICTS = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAddress:
    """Which state object, in which version (None: the current one), and how much of it is read.

    `head_bytes` ends the reading of a larger object after so many bytes, or later where its head is not among them;
    None reads it to its end.
    """

    bucket: BucketAddress
    key: str
    settings: LockObjectSettings
    version: str | None = None
    head_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateObject:
    """A state object as it was read: what it holds, and what a write is conditional on."""

    read: ReadState
    tag: str
    version: str | None
    written: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWritten:
    """A write that S3 has confirmed."""

    tag: str
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """Somebody wrote or removed the object since it was read; nothing was written."""


WriteOutcome: TypeAlias = StateWritten | StateChanged | Withheld


def state_object(connections: Connections, address: StateAddress) -> Fact[StateObject | None]:
    """Read a state with GetObject, piece by piece; None when there is no such object or version."""
    permission = GET_PERMISSION if address.version is None else GET_VERSION_PERMISSION
    try:
        return Known(_read(connections, address))
    except AWS_ERRORS as error:
        if error_code(error) in {"NoSuchKey", "NoSuchVersion", "404"}:
            return Known(None)
        return withheld(error, permission=permission)


def _read(connections: Connections, address: StateAddress) -> StateObject:
    return pass_on(connections, address, lambda _: None)


class StateStream:
    """The bytes of a state as they come in; what they hold is known at their end. Errors of AWS are raised."""

    def __init__(self, answer: GetObjectOutputTypeDef) -> None:
        self._answer = answer
        self._reader = StateReader()
        self.size_bytes = answer["ContentLength"]
        self.read_bytes = 0

    @property
    def has_head(self) -> bool:
        """Tell whether nothing that follows can change what is said of the head."""
        return self._reader.has_head

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        piece = self._answer["Body"].read(size)
        self._reader.feed(piece)
        self.read_bytes += len(piece)
        return piece

    def finish(self) -> StateObject:
        """Return what was read."""
        return StateObject(
            read=self._reader.finish(size_bytes=self.size_bytes),
            tag=self._answer.get("ETag", ""),
            version=self._answer.get("VersionId") or None,
            written=self._answer["LastModified"],
        )


@contextmanager
def opened_state(connections: Connections, address: StateAddress) -> Iterator[StateStream]:
    """Open a state with GetObject, to be read piece by piece; errors of AWS are raised."""
    answer = address.bucket.client(connections).get_object(**_arguments(address))
    with answer["Body"]:
        yield StateStream(answer)


def pass_on(
    connections: Connections, address: StateAddress, take: Callable[[bytes], object]
) -> StateObject:
    """Read a state, give each piece of its bytes to `take`, and return what was read; errors of AWS are raised."""
    with opened_state(connections, address) as stream:
        limit = stream.size_bytes if address.head_bytes is None else address.head_bytes
        while stream.read_bytes < limit or not stream.has_head:
            left = limit - stream.read_bytes
            piece = stream.read(min(PIECE_BYTES, left) if left > 0 else PIECE_BYTES)
            if not piece:
                break
            take(piece)
        return stream.finish()


def _arguments(address: StateAddress) -> GetObjectRequestTypeDef:
    arguments: GetObjectRequestTypeDef = {"Bucket": address.bucket.bucket, "Key": address.key}
    if address.bucket.account is not None:
        arguments["ExpectedBucketOwner"] = address.bucket.account
    customer_key = customer_key_arguments(address.settings)
    if customer_key:
        arguments["SSECustomerAlgorithm"] = customer_key["SSECustomerAlgorithm"]
        arguments["SSECustomerKey"] = customer_key["SSECustomerKey"]
    if address.version is not None:
        arguments["VersionId"] = address.version
    return arguments


@reads("s3:ListBucketVersions")
def state_versions(connections: Connections, address: StateAddress) -> tuple[StateVersion, ...]:
    """Read ListObjectVersions; return the versions and delete markers of the key, the newest first."""
    found: list[StateVersion] = []
    client = address.bucket.client(connections)
    pages = client.get_paginator("list_object_versions").paginate(
        **address.bucket.arguments,
        Prefix=address.key,
        PaginationConfig={"PageSize": PAGE_VERSIONS_MAX},
    )
    for page in pages:
        versions = list(versions_in(page))
        found += [version for key, version in versions if key == address.key]
        # The key is the first of all that begin with it.
        if any(key != address.key for key, _ in versions):
            break
    return tuple(sorted(found, key=lambda each: (not each.current, -each.written.timestamp())))


def put_state(
    connections: Connections, address: StateAddress, body: IO[bytes], *, tag: str | None
) -> WriteOutcome:
    """Write a state with PutObject `If-Match: <tag>`, or `If-None-Match: *` where `tag` is None.

    It is sent once. After a lost answer the outcome is `Withheld`, and the caller has to look.
    """
    arguments: PutObjectRequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "Key": address.key,
        "Body": body,
        "ContentType": CONTENT_TYPE,
        "ChecksumAlgorithm": "SHA256",
    }
    if address.bucket.account is not None:
        arguments["ExpectedBucketOwner"] = address.bucket.account
    if tag is None:
        arguments["IfNoneMatch"] = "*"
    else:
        arguments["IfMatch"] = tag
    add_settings(arguments, address.settings)
    try:
        answer = address.bucket.client(connections, retries=False).put_object(**arguments)
    except AWS_ERRORS as error:
        gone = error_code(error) in {"NoSuchKey", "404"}
        if http_status(error) in CONFLICTS or gone:
            return StateChanged()
        return withheld(error, permission=PUT_PERMISSION)
    return StateWritten(tag=answer["ETag"], version=answer.get("VersionId") or None)


def remove_state(
    connections: Connections, address: StateAddress, *, tag: str
) -> StateChanged | Withheld | None:
    """Remove a state with DeleteObject `If-Match: <tag>`; None when it is gone.

    A bucket with versions keeps it as an older one. It is sent once; after `Withheld` the caller has to look.
    """
    try:
        address.bucket.client(connections, retries=False).delete_object(
            **address.bucket.arguments, Key=address.key, IfMatch=tag
        )
    except AWS_ERRORS as error:
        if http_status(error) in CONFLICTS or error_code(error) in {"NoSuchKey", "404"}:
            return StateChanged()
        return withheld(error, permission=DELETE_PERMISSION)
    return None
