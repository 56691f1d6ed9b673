"""Regions and partitions of AWS, known offline. Pure.

Source: botocore's `partitions.json`, pseudo regions left out; a test compares the two. A region that is not
here may still exist: it can be newer than this table.
"""

from __future__ import annotations

from dataclasses import dataclass

# The form of every region there is, so that one newer than this table is told from another word. Read by
# Python and by ECMAScript, in the JSON Schema.
REGION_PATTERN = (
    r"[a-z]{2,5}(-(gov|iso[a-z]?|[a-z]{2}))?"
    r"-((north|south)(east|west)?|east|west|central)-[1-9][0-9]?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A part of AWS with its own accounts and names: the second field of every ARN in it."""

    name: str
    dns_suffix: str
    regions: frozenset[str]


PARTITIONS = (
    Partition(
        name="aws",
        dns_suffix="amazonaws.com",
        regions=frozenset(
            {
                "af-south-1",
                "ap-east-1",
                "ap-east-2",
                "ap-northeast-1",
                "ap-northeast-2",
                "ap-northeast-3",
                "ap-south-1",
                "ap-south-2",
                "ap-southeast-1",
                "ap-southeast-2",
                "ap-southeast-3",
                "ap-southeast-4",
                "ap-southeast-5",
                "ap-southeast-6",
                "ap-southeast-7",
                "ca-central-1",
                "ca-west-1",
                "eu-central-1",
                "eu-central-2",
                "eu-north-1",
                "eu-south-1",
                "eu-south-2",
                "eu-west-1",
                "eu-west-2",
                "eu-west-3",
                "il-central-1",
                "me-central-1",
                "me-south-1",
                "mx-central-1",
                "sa-east-1",
                "us-east-1",
                "us-east-2",
                "us-west-1",
                "us-west-2",
            }
        ),
    ),
    Partition(
        name="aws-cn",
        dns_suffix="amazonaws.com.cn",
        regions=frozenset({"cn-north-1", "cn-northwest-1"}),
    ),
    Partition(
        name="aws-eusc",
        dns_suffix="amazonaws.eu",
        regions=frozenset({"eusc-de-east-1"}),
    ),
    Partition(
        name="aws-iso",
        dns_suffix="c2s.ic.gov",
        regions=frozenset({"us-iso-east-1", "us-iso-west-1"}),
    ),
    Partition(
        name="aws-iso-b",
        dns_suffix="sc2s.sgov.gov",
        regions=frozenset({"us-isob-east-1", "us-isob-west-1"}),
    ),
    Partition(
        name="aws-iso-e",
        dns_suffix="cloud.adc-e.uk",
        regions=frozenset({"eu-isoe-west-1"}),
    ),
    Partition(
        name="aws-iso-f",
        dns_suffix="csp.hci.ic.gov",
        regions=frozenset({"us-isof-east-1", "us-isof-south-1"}),
    ),
    Partition(
        name="aws-us-gov",
        dns_suffix="amazonaws.com",
        regions=frozenset({"us-gov-east-1", "us-gov-west-1"}),
    ),
)

REGIONS = tuple(sorted(region for each in PARTITIONS for region in each.regions))

# Launched after 2019-03-20: off in every account until somebody enables them (AWS Account Management guide).
OPT_IN_REGIONS = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    }
)


def partition_of(region: str) -> Partition | None:
    """Return the partition of a region; None for a region that is not in the table."""
    return next((each for each in PARTITIONS if region in each.regions), None)
