"""Write a state in parts, for one request takes no more than 5 GB: on the same condition, with a checksum for each part.

Nothing is there to be seen until the upload is completed, which happens at once or not at all. A run that dies before
leaves an incomplete upload, which costs what its parts take up; the next run for the same bytes aborts it. What nobody
can tell to be ours is left to the bucket's lifecycle rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, error_code, http_status, withheld
from holdfast.aws.object_settings import add_settings, customer_key_arguments
from holdfast.aws.reading import reads
from holdfast.aws.state_objects import (
    CONFLICTS,
    CONTENT_TYPE,
    PUT_PERMISSION,
    StateAddress,
    StateChanged,
    StateWritten,
    WriteOutcome,
)
from holdfast.core.facts import Known
from holdfast.core.state_uploads import UploadedPart, checksum_of, is_beginning_of

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import (
        CompleteMultipartUploadRequestTypeDef,
        CreateMultipartUploadRequestTypeDef,
        UploadPartRequestTypeDef,
    )

ABORT_PERMISSION = "s3:AbortMultipartUpload"
LIST_UPLOADS_PERMISSION = "s3:ListBucketMultipartUploads"
LIST_PARTS_PERMISSION = "s3:ListMultipartUploadParts"


class Readable(Protocol):
    """Something that gives its bytes once, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        ...


def upload_state(
    connections: Connections,
    address: StateAddress,
    body: Readable,
    *,
    tag: str | None,
    part_bytes: int,
) -> WriteOutcome:
    """Write a state part by part and complete it `If-Match: <tag>`, or `If-None-Match: *` where `tag` is None.

    What `body` raises is raised after the upload was aborted. A lost answer to the completion is settled by the abort
    that follows: it fails when the upload was completed, and nothing can arrive late when it did not. The caller looks.
    """
    try:
        upload = _create(connections, address)
    except AWS_ERRORS as error:
        return withheld(error, permission=PUT_PERMISSION)
    outcome: WriteOutcome | None = None
    try:
        parts = [
            _send(connections, address, upload, number, part)
            for number, part in enumerate(_parts_of(body, part_bytes), start=1)
        ]
        _abort_left_behind(connections, address, upload, parts)
        outcome = _complete(connections, address, upload, parts, tag=tag)
    except AWS_ERRORS as error:
        outcome = withheld(error, permission=PUT_PERMISSION)
    finally:
        if not isinstance(outcome, StateWritten):
            abort_upload(connections, address, upload)
    return outcome


def _parts_of(body: Readable, part_bytes: int) -> Iterator[bytes]:
    """Yield parts of one size, and the last one as it is; a stream may give less than it is asked for."""
    part = bytearray()
    while piece := body.read(part_bytes - len(part)):
        part += piece
        if len(part) == part_bytes:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _create(connections: Connections, address: StateAddress) -> str:
    arguments: CreateMultipartUploadRequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "Key": address.key,
        "ContentType": CONTENT_TYPE,
        "ChecksumAlgorithm": "SHA256",
    }
    if address.bucket.account is not None:
        arguments["ExpectedBucketOwner"] = address.bucket.account
    add_settings(arguments, address.settings)
    # A lost answer would leave an upload for each time that it is sent.
    client = address.bucket.client(connections, retries=False)
    return client.create_multipart_upload(**arguments)["UploadId"]


def _send(
    connections: Connections, address: StateAddress, upload: str, number: int, part: bytes
) -> UploadedPart:
    """Send one part; sending it twice is the same as once."""
    checksum = checksum_of(part)
    arguments: UploadPartRequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "Key": address.key,
        "UploadId": upload,
        "PartNumber": number,
        "Body": part,
        "ChecksumSHA256": checksum,
    }
    if address.bucket.account is not None:
        arguments["ExpectedBucketOwner"] = address.bucket.account
    customer_key = customer_key_arguments(address.settings)
    if customer_key:
        arguments["SSECustomerAlgorithm"] = customer_key["SSECustomerAlgorithm"]
        arguments["SSECustomerKey"] = customer_key["SSECustomerKey"]
    answer = address.bucket.client(connections).upload_part(**arguments)
    return UploadedPart(number=number, size_bytes=len(part), tag=answer["ETag"], checksum=checksum)


def _complete(
    connections: Connections,
    address: StateAddress,
    upload: str,
    parts: Sequence[UploadedPart],
    *,
    tag: str | None,
) -> WriteOutcome:
    arguments: CompleteMultipartUploadRequestTypeDef = {
        "Bucket": address.bucket.bucket,
        "Key": address.key,
        "UploadId": upload,
        "MultipartUpload": {
            "Parts": [
                {"PartNumber": each.number, "ETag": each.tag, "ChecksumSHA256": each.checksum}
                for each in parts
            ]
        },
    }
    if address.bucket.account is not None:
        arguments["ExpectedBucketOwner"] = address.bucket.account
    if tag is None:
        arguments["IfNoneMatch"] = "*"
    else:
        arguments["IfMatch"] = tag
    customer_key = customer_key_arguments(address.settings)
    if customer_key:
        arguments["SSECustomerAlgorithm"] = customer_key["SSECustomerAlgorithm"]
        arguments["SSECustomerKey"] = customer_key["SSECustomerKey"]
    client = address.bucket.client(connections, retries=False)
    try:
        answer = client.complete_multipart_upload(**arguments)
    except AWS_ERRORS as error:
        # NoSuchKey: what `tag` is of is gone. An upload that is gone is NoSuchUpload.
        if http_status(error) in CONFLICTS or error_code(error) == "NoSuchKey":
            return StateChanged()
        return withheld(error, permission=PUT_PERMISSION)
    return StateWritten(tag=answer["ETag"], version=answer.get("VersionId") or None)


# What is left behind ------------------------------------------------------------------------------


def abort_upload(connections: Connections, address: StateAddress, upload: str) -> bool:
    """Abort an upload, so that it can never be completed; tell whether it is aborted for certain."""
    try:
        address.bucket.client(connections).abort_multipart_upload(
            **address.bucket.arguments, Key=address.key, UploadId=upload
        )
    except AWS_ERRORS:
        # Completed already, not allowed, or no answer: the object tells, and the lifecycle rule clears up.
        return False
    return True


def _abort_left_behind(
    connections: Connections, address: StateAddress, upload: str, parts: Sequence[UploadedPart]
) -> None:
    """Abort what killed runs for the same bytes have left; what cannot be listed is left where it is."""
    found = open_uploads(connections, address)
    if not isinstance(found, Known):
        return
    for other in found.value:
        if other == upload:
            continue
        listed = parts_of_upload(connections, (address, other))
        if isinstance(listed, Known) and is_beginning_of(listed.value, parts):
            abort_upload(connections, address, other)


@reads(LIST_UPLOADS_PERMISSION)
def open_uploads(connections: Connections, address: StateAddress) -> tuple[str, ...]:
    """Read ListMultipartUploads; return the identifiers of the incomplete uploads of the key."""
    pages = (
        address.bucket.client(connections)
        .get_paginator("list_multipart_uploads")
        .paginate(**address.bucket.arguments, Prefix=address.key)
    )
    return tuple(
        each["UploadId"]
        for page in pages
        for each in page.get("Uploads", [])
        if each["Key"] == address.key
    )


@reads(LIST_PARTS_PERMISSION)
def parts_of_upload(
    connections: Connections, upload: tuple[StateAddress, str]
) -> tuple[UploadedPart, ...]:
    """Read ListParts; return the parts of an incomplete upload."""
    address, identifier = upload
    pages = (
        address.bucket.client(connections)
        .get_paginator("list_parts")
        .paginate(**address.bucket.arguments, Key=address.key, UploadId=identifier)
    )
    return tuple(
        UploadedPart(
            number=each["PartNumber"],
            size_bytes=each["Size"],
            tag=each["ETag"],
            checksum=each.get("ChecksumSHA256", ""),
        )
        for page in pages
        for each in page.get("Parts", [])
    )
