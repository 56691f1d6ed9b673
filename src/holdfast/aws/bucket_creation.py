"""Creating a bucket: CreateBucket with everything that it takes in the call, and waiting until it is there.

Idempotent: a bucket that is ours is left as it is, whoever created it. A bucket of somebody else is never
touched. A kill between the create call and its answer leaves a bucket that the next run finds to be ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import BucketAddress, BucketHere, bucket_head
from holdfast.aws.bucket_reads import bucket_tags
from holdfast.aws.connections import Connections
from holdfast.aws.errors import error_code
from holdfast.aws.writing import (
    CONFLICTS,
    Change,
    Patience,
    Setting,
    ensure,
    known,
    pauses,
    sent,
    withheld_error,
)
from holdfast.core.cloud import BucketAbsent, BucketForeign
from holdfast.core.facts import Known, Withheld
from holdfast.core.standings import tags_missing
from holdfast.core.steps import CreateBucket
from holdfast.errors import (
    BucketElsewhereError,
    BucketTakenError,
    EndpointUnreachableError,
    NotVerifiedError,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef, CreateBucketRequestTypeDef

# CreateBucket refuses a location constraint there and nowhere else (S3 API reference, CreateBucket).
REGION_WITHOUT_CONSTRAINT = "us-east-1"
APPEAR_SECONDS = 60.0

# What a bucket that was just created may still say, here or there.
FRESH = Patience(codes=CONFLICTS | {"NoSuchBucket", "404"}, seconds=APPEAR_SECONDS)


def create_bucket(connections: Connections, address: BucketAddress, step: CreateBucket) -> Change:
    """Create the bucket in its region, with tags and without access control lists, unless it is there.

    Raises `BucketTakenError` when it belongs to another account, `BucketElsewhereError` when it is in another
    region: nothing is written to it then.
    """
    resource = f"bucket `{step.bucket}`"
    head = known(lambda: bucket_head(connections, address), resource=resource, patience=Patience())
    match head:
        case BucketForeign():
            raise BucketTakenError(step.bucket)
        case BucketHere():
            if _regions_count(address) and isinstance(head.region, Withheld):
                raise withheld_error(head.region, resource=resource)
            _require_region(head, address, step)
            return _tag(connections, address, step)
        case BucketAbsent():
            _create(connections, address, step, resource)
    _require_region(_wait_until_there(connections, address, resource), address, step)
    _tag(connections, address, step)
    return Change.WRITTEN


def _create(
    connections: Connections, address: BucketAddress, step: CreateBucket, resource: str
) -> None:
    """Send CreateBucket; when it is there already, or the answer is lost, HeadBucket says whose it is."""

    def create() -> None:
        try:
            address.client(connections).create_bucket(**_request(step))
        except ClientError as error:
            match error_code(error):
                case "BucketAlreadyOwnedByYou":
                    return
                case "BucketAlreadyExists" if not _is_ours(connections, address):
                    raise BucketTakenError(step.bucket) from error
                case "BucketAlreadyExists":
                    return
                case _:
                    raise

    try:
        sent(create, permission="s3:CreateBucket", resource=resource, patience=Patience())
    except EndpointUnreachableError:
        if not _is_ours(connections, address):
            raise


def _is_ours(connections: Connections, address: BucketAddress) -> bool:
    """Tell whether it is proven that the bucket is there and belongs to the account that is meant."""
    if address.account is None:
        return False
    head = bucket_head(connections, address)
    return isinstance(head, Known) and isinstance(head.value, BucketHere)


def _request(step: CreateBucket) -> CreateBucketRequestTypeDef:
    """Return the request: nothing in it is left to a second call that a kill could prevent."""
    configuration: CreateBucketConfigurationTypeDef = {}
    if step.region != REGION_WITHOUT_CONSTRAINT:
        configuration["LocationConstraint"] = cast("BucketLocationConstraintType", step.region)
    if step.tags:
        configuration["Tags"] = [{"Key": name, "Value": value} for name, value in step.tags]
    request: CreateBucketRequestTypeDef = {
        "Bucket": step.bucket,
        "ObjectOwnership": "BucketOwnerEnforced",
    }
    if configuration:
        request["CreateBucketConfiguration"] = configuration
    if step.account_regional:
        request["BucketNamespace"] = "account-regional"
    return request


def _require_region(here: BucketHere, address: BucketAddress, step: CreateBucket) -> None:
    """Raise `BucketElsewhereError` for a bucket that is known to be in another region."""
    match here.region:
        case Known(region) if region != step.region and _regions_count(address):
            raise BucketElsewhereError(step.bucket, region=region, wanted=step.region)
        case _:
            return


def _regions_count(address: BucketAddress) -> bool:
    """Tell whether the region of a bucket means anything: not behind an endpoint of the backend's own."""
    return address.access.endpoints.s3 is None


def _wait_until_there(
    connections: Connections, address: BucketAddress, resource: str
) -> BucketHere:
    """Wait until HeadBucket lets us in; a new bucket's name takes a while to be known everywhere."""
    for _ in pauses(APPEAR_SECONDS):
        head = known(
            lambda: bucket_head(connections, address), resource=resource, patience=Patience()
        )
        match head:
            case BucketHere():
                return head
            case BucketForeign():
                raise BucketTakenError(address.bucket)
            case BucketAbsent():
                continue
    raise NotVerifiedError(resource, wanted="created", found="not there")


def _tag(connections: Connections, address: BucketAddress, step: CreateBucket) -> Change:
    """Add the tags that are not there: a store may ignore those of the create call. Others are kept."""
    if not step.tags:
        return Change.ALREADY_THERE

    def write(found: Mapping[str, str]) -> None:
        tags = dict(step.tags) | dict(found)
        address.client(connections, retries=False).put_bucket_tagging(
            **address.arguments,
            Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]},
        )

    return ensure(
        Setting(
            subject=f"the tags of bucket `{step.bucket}`",
            resource=f"bucket `{step.bucket}`",
            permission="s3:PutBucketTagging",
            read=lambda: bucket_tags(connections, address),
            fulfilled=lambda found: not tags_missing(step.tags, found),
            write=write,
            wanted=", ".join(name for name, _ in step.tags),
            words=lambda found: ", ".join(found) or "none",
            patience=FRESH,
            replaces_whole=True,
        )
    )
