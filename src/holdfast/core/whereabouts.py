"""Where a backend is: its partition and region, as far as the facts tell. Pure."""

from __future__ import annotations

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import Known
from holdfast.core.regions import partition_of

PARTITION_DEFAULT = "aws"

# S3 answers for every region of its partition here, and names the right one (S3 user guide, "Redirection").
REGION_FALLBACK = "us-east-1"


def region_of_bucket(bucket: Bucket, observed: ObservedBackend) -> str:
    """Return the region that changes of the bucket are sent to: its real one where it is known."""
    if isinstance(bucket.region, Known):
        return bucket.region.value
    return observed.region or observed.backend.region or REGION_FALLBACK


def partition_name_of(observed: ObservedBackend) -> str:
    """Return the second field of every ARN of the backend: the caller's partition, or the region's."""
    if isinstance(observed.caller, Known):
        return observed.caller.value.partition
    partition = partition_of(observed.region or observed.backend.region or REGION_FALLBACK)
    return partition.name if partition is not None else PARTITION_DEFAULT
