"""Whether a bucket is there, where it is and whose it is: HeadBucket and what follows from its answer.

HeadBucket has no body, so a refusal is asked about again with a call that has one. A refusal alone never
makes a bucket foreign or absent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, http_status, withheld
from holdfast.aws.reading import BucketArguments
from holdfast.core.backends import Access
from holdfast.core.cleaning import printable
from holdfast.core.cloud import BucketAbsent, BucketForeign
from holdfast.core.facts import Fact, Known, Reason, Withheld

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# HeadBucket needs the action of the listing (S3 API reference, HeadBucket, "Permissions").
HEAD_PERMISSION = "s3:ListBucket"
REGION_HEADER = "x-amz-bucket-region"
REDIRECTS_MAX = 3
DIRECTORY_SUFFIX = "--x-s3"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Which bucket, and how it is reached; `account` is sent as `ExpectedBucketOwner`."""

    access: Access
    region: str | None
    bucket: str
    account: str | None

    @property
    def arguments(self) -> BucketArguments:
        """Return the arguments that every call on the bucket begins with."""
        if self.account is None:
            return {"Bucket": self.bucket}
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account}

    def client(self, connections: Connections, *, retries: bool = True) -> S3Client:
        """Return the S3 client for the bucket's region; `retries` as for `Connections`."""
        return connections.s3(self.access, self.region, retries=retries)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketHere:
    """A bucket that exists and that we are let into; settings are asked for in `region`."""

    region: Fact[str]
    directory: bool


BucketHead: TypeAlias = BucketHere | BucketAbsent | BucketForeign


def bucket_head(connections: Connections, address: BucketAddress) -> Fact[BucketHead]:
    """Find the bucket: HeadBucket, followed to the bucket's real region.

    S3 answers 301 or 400 from a wrong region and names the right one in `x-amz-bucket-region`. AWS is right the
    first time; whatever else sends us round in circles leaves the bucket unknown.
    """
    return _bucket_head(connections, address, ())


def _bucket_head(
    connections: Connections, address: BucketAddress, sent_from: tuple[str, ...]
) -> Fact[BucketHead]:
    """Ask in the address's region; `sent_from` are the regions that named another one."""
    try:
        return Known(_head(connections, address))
    except ClientError as error:
        region = _region_header(error)
        match http_status(error):
            case HTTPStatus.NOT_FOUND:
                return Known(BucketAbsent(name=address.bucket))
            case HTTPStatus.MOVED_PERMANENTLY | HTTPStatus.BAD_REQUEST if (
                region and region != address.region
            ):
                path = (*sent_from, address.region or "the default region")
                if len(path) > REDIRECTS_MAX:
                    words = " to ".join((*path, region))
                    return Withheld(
                        reason=Reason.ERROR, detail=f"S3 sent the request on and on: {words}"
                    )
                return _bucket_head(connections, replace(address, region=region), path)
            case HTTPStatus.BAD_REQUEST | HTTPStatus.FORBIDDEN:
                return _refused(connections, address, error)
            case _:
                return withheld(error, permission=HEAD_PERMISSION)
    except AWS_ERRORS as error:
        return withheld(error, permission=HEAD_PERMISSION)


def _head(connections: Connections, address: BucketAddress) -> BucketHere:
    client = address.client(connections)
    answer = client.head_bucket(**address.arguments)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    # Stores that are not AWS leave the region out; they are where they were asked.
    region = headers.get(REGION_HEADER, client.meta.region_name)
    directory = address.bucket.endswith(DIRECTORY_SUFFIX) or "BucketLocationType" in answer
    return BucketHere(region=Known(printable(region)), directory=directory)


def _refused(
    connections: Connections, address: BucketAddress, refusal: ClientError
) -> Fact[BucketHead]:
    """Find out what a refusal of HeadBucket means.

    Let in without the expected owner: the bucket is another account's. Let into its versioning: it is there,
    and `s3:ListBucket` alone is missing. Otherwise the second refusal, which has a body, says why.
    """
    region = _region_header(refusal)
    found = replace(address, region=region or address.region)
    foreign = _foreign(connections, found)
    if foreign is not None:
        return Known(foreign)
    unseen = withheld(refusal, permission=HEAD_PERMISSION)
    try:
        found.client(connections).get_bucket_versioning(**found.arguments)
    except AWS_ERRORS as error:
        told = withheld(error, permission=HEAD_PERMISSION)
        if told.reason is Reason.PERMISSION:
            return Withheld(
                reason=Reason.PERMISSION, permission=HEAD_PERMISSION, detail=told.detail
            )
        return told
    return Known(
        BucketHere(
            region=Known(region) if region else unseen,
            directory=address.bucket.endswith(DIRECTORY_SUFFIX),
        )
    )


def _foreign(connections: Connections, address: BucketAddress) -> BucketForeign | None:
    """Return the bucket as another account's when HeadBucket lets us in once no owner is expected.

    Only then it is proven; None is no proof of anything.
    """
    if address.account is None:
        return None
    try:
        there = _head(connections, replace(address, account=None))
    except AWS_ERRORS:  # no proof: the refusal that led here is reported
        return None
    return BucketForeign(
        name=address.bucket,
        expected_account=address.account,
        region=there.region.value if isinstance(there.region, Known) else None,
    )


def _region_header(error: ClientError) -> str | None:
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return printable(str(headers[REGION_HEADER])) if headers.get(REGION_HEADER) else None
