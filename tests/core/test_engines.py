import pytest

from holdfast.core.engines import (
    Engine,
    EngineName,
    Version,
    deprecates_lock_table,
    oldest_allowed,
    supports_lockfile,
)

TERRAFORM = EngineName.TERRAFORM
TOFU = EngineName.TOFU


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.11.4", Version(1, 11, 4)),
        ("v1.6", Version(1, 6, 0)),
        ("1.12.0-beta1", Version(1, 12, 0)),
        (" 1 ", Version(1, 0, 0)),
        ("latest", None),
        ("", None),
    ],
)
def test_versions_are_read(text: str, version: Version | None) -> None:
    assert Version.parse(text) == version


@pytest.mark.parametrize(
    ("constraint", "oldest"),
    [
        (">= 1.5, < 2.0", Version(1, 5)),
        ("~> 1.9.0", Version(1, 9)),
        ("1.6.6", Version(1, 6, 6)),
        ("= 1.6.6", Version(1, 6, 6)),
        (">= 1.5, >= 1.10.1", Version(1, 10, 1)),
        ("< 2.0", None),
        ("!= 1.5", None),
        ("whatever", None),
        ("", None),
    ],
)
def test_a_constraint_tells_the_oldest_version_that_it_admits(
    constraint: str, oldest: Version | None
) -> None:
    assert oldest_allowed(constraint) == oldest


@pytest.mark.parametrize(
    ("engine", "answer"),
    [
        (Engine(TERRAFORM, Version(1, 9, 8)), False),
        (Engine(TERRAFORM, Version(1, 10, 0)), True),
        (Engine(TOFU, Version(1, 9, 1)), False),
        (Engine(TOFU, Version(1, 10)), True),
        (Engine(TERRAFORM), None),
    ],
)
def test_the_lockfile_came_with_1_10_of_both_engines(engine: Engine, answer: bool | None) -> None:
    assert supports_lockfile(engine) is answer


@pytest.mark.parametrize(
    ("engine", "answer"),
    [
        (Engine(TERRAFORM, Version(1, 10, 5)), False),
        (Engine(TERRAFORM, Version(1, 11)), True),
        (Engine(TERRAFORM), None),
        (Engine(TOFU, Version(1, 12)), False),
        (Engine(TOFU), False),
    ],
)
def test_only_terraform_deprecates_the_lock_table(engine: Engine, answer: bool | None) -> None:
    assert deprecates_lock_table(engine) is answer
