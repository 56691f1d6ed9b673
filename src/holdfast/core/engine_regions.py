"""Which regions an engine takes for real. Pure.

Source: `init` of Terraform 1.6.6, 1.8.4, 1.9.8, 1.10.5, 1.11.4, 1.12.2, 1.13.5, 1.14.9 and 1.15.5 in every region of
`core/regions.py`: an engine refuses one that it does not know with `Invalid AWS Region`, unless
`skip_region_validation` is set. The version here is the oldest of these that knows the region. OpenTofu began
with what Terraform 1.6 knew; what it has learned since was not measured.
"""

from __future__ import annotations

from holdfast.core.engine_ranges import EngineRange
from holdfast.core.engines import EngineName, Version
from holdfast.core.regions import REGIONS

MEASURED_FIRST = Version(1, 6, 6)
KNOWN_SINCE = {
    "ap-east-2": Version(1, 13, 5),
    "ap-southeast-5": Version(1, 10, 5),
    "ap-southeast-6": Version(1, 14, 9),
    "ap-southeast-7": Version(1, 11, 4),
    "ca-west-1": Version(1, 10, 5),
    "eu-isoe-west-1": Version(1, 10, 5),
    "eusc-de-east-1": Version(1, 13, 5),
    "mx-central-1": Version(1, 11, 4),
    "us-isob-west-1": Version(1, 14, 9),
    "us-isof-east-1": Version(1, 11, 4),
    "us-isof-south-1": Version(1, 11, 4),
}
# Launched between Terraform 1.0 (June 2021) and the first release that was measured: older ones may not know them.
LAUNCHED_SINCE_1_0 = frozenset(
    {
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
    }
)


def is_known_region(region: str) -> bool:
    """Tell whether a region is one of those that were measured."""
    return region in REGIONS


def may_refuse_region(engines: EngineRange, region: str) -> bool:
    """Tell whether an engine of the range may refuse the region as one that does not exist."""
    if not is_known_region(region):
        return True
    if engines.name is EngineName.TOFU:
        return region in KNOWN_SINCE
    if engines.some_before(KNOWN_SINCE.get(region, Version(0))):
        return True
    return region in LAUNCHED_SINCE_1_0 and engines.some_before(MEASURED_FIRST)
