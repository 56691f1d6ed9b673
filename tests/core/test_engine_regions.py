"""Which regions an engine may refuse; `tests/conformance` asks the engines themselves."""

import pytest

from holdfast.core.engine_ranges import EngineRange
from holdfast.core.engine_regions import KNOWN_SINCE, may_refuse_region
from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.regions import REGIONS
from holdfast.core.repository import EnginePin
from holdfast.core.source import SourceSpan


def running(version: str, *, name: EngineName = EngineName.TERRAFORM) -> EngineRange:
    oldest = Version.parse(version)
    assert oldest is not None
    pin = EnginePin(
        engine=Engine(name, oldest), statement=version, span=SourceSpan("app", 1), exact=True
    )
    return EngineRange(name=name, oldest=oldest, below=oldest.next_patch, pin=pin)


@pytest.mark.parametrize(
    ("version", "region", "answer"),
    [
        ("1.15.5", "ap-southeast-6", False),
        ("1.13.5", "ap-southeast-6", True),
        ("1.11.4", "mx-central-1", False),
        ("1.11.3", "mx-central-1", True),
        ("1.6.6", "il-central-1", False),
        ("1.5.7", "il-central-1", True),
        ("1.5.7", "eu-west-1", False),
        ("1.4.0", "af-south-1", False),
        ("1.15.5", "eu-south-9", True),
    ],
)
def test_an_engine_knows_the_regions_of_its_time(version: str, region: str, answer: bool) -> None:
    assert may_refuse_region(running(version), region) is answer


def test_opentofu_was_not_measured_beyond_what_it_began_with() -> None:
    tofu = running("1.12.0", name=EngineName.TOFU)
    assert [region for region in REGIONS if may_refuse_region(tofu, region)] == sorted(KNOWN_SINCE)
