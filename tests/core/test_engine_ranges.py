"""Which versions of which engine may run a root."""

import pytest

from holdfast.core.engine_ranges import EngineRange, engine_ranges
from holdfast.core.engines import EngineName, Version
from holdfast.core.repository import EnginePin
from holdfast.core.source import SourceSpan
from holdfast.engine.pins import required_version_pin, version_pins

SPAN = SourceSpan("app/main.tf", 2, 3)


def required(statement: str) -> EnginePin:
    return required_version_pin(EngineName.TERRAFORM, statement, SPAN)


def pinned(name: str, text: str) -> EnginePin:
    (pin,) = version_pins(f"app/{name}", text.encode())
    return pin


def bounds(found: tuple[EngineRange, ...]) -> list[tuple[str, str, str]]:
    return [(each.name.value, str(each.oldest), str(each.below)) for each in found]


@pytest.mark.parametrize(
    ("statement", "oldest", "below"),
    [
        (">= 1.5, < 2.0", "1.5.0", "2.0.0"),
        ("~> 1.9", "1.9.0", "2.0.0"),
        ("~> 1.9.2", "1.9.2", "1.10.0"),
        ("~> 1", "1.0.0", "None"),
        ("<= 1.5.7", "None", "1.5.8"),
        (">= 1.6, != 1.7.0", "1.6.0", "None"),
        ("= 1.5.7", "1.5.7", "1.5.8"),
        ("1.5.7", "1.5.7", "1.5.8"),
        ("${var.version}", "None", "None"),
    ],
)
def test_a_constraint_bounds_the_versions(statement: str, oldest: str, below: str) -> None:
    assert bounds(engine_ranges([required(statement)])) == [("terraform", oldest, below)]


def test_several_constraints_hold_together() -> None:
    found = engine_ranges([required(">= 1.5"), required(">= 1.6, < 1.9"), required("< 1.8")])
    assert bounds(found) == [("terraform", "1.6.0", "1.8.0")]


def test_a_version_file_decides_before_a_constraint() -> None:
    found = engine_ranges([required(">= 1.3"), pinned(".terraform-version", "1.11.4")])
    assert bounds(found) == [("terraform", "1.11.4", "1.11.5")]
    assert found[0].words == "terraform 1.11.4 is pinned by app/.terraform-version:1"


def test_every_engine_that_is_pinned_counts() -> None:
    found = engine_ranges(
        [
            pinned(".opentofu-version", "1.8.2"),
            pinned(".terraform-version", "1.11.4"),
            pinned(".tool-versions", "terraform 1.5.7"),
        ]
    )
    assert bounds(found) == [
        ("terraform", "1.5.7", "1.5.8"),
        ("terraform", "1.11.4", "1.11.5"),
        ("tofu", "1.8.2", "1.8.3"),
    ]


def test_a_version_file_without_a_version_bounds_nothing() -> None:
    found = engine_ranges([pinned(".terraform-version", "latest")])
    assert bounds(found) == [("terraform", "None", "None")]
    assert engine_ranges([]) == ()


def test_a_range_is_compared_with_a_version() -> None:
    (admitted,) = engine_ranges([required(">= 1.5, < 1.12")])
    assert [admitted.all_before(Version(1, minor)) for minor in (5, 11, 12)] == [False, False, True]
    assert [admitted.some_before(Version(1, minor)) for minor in (5, 6, 12)] == [False, True, True]
    assert [admitted.all_since(Version(1, minor)) for minor in (5, 6)] == [True, False]
    assert admitted.words == "terraform 1.5.0 is admitted by app/main.tf:2"
