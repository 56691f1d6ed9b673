import pytest

from holdfast.core.declaration import Declaration, Layout
from holdfast.core.patterns import Pattern, parse_pattern
from holdfast.generate.setup_following import SetupNames
from holdfast.generate.setup_places import (
    directory_after,
    directory_default,
    directory_of_layout,
)
from tests.rules.fleets import backend

OWNER = SetupNames(bucket="af-state", table=None, region="af-south-1", account="111111111111")
OTHER = SetupNames(bucket="us-state", table=None, region="us-east-1", account="222222222222")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("regions/af-south-1/backend-setup", "regions/us-east-1/backend-setup"),
        ("setup/af-state", "setup/us-state"),
        ("accounts/111111111111/setup", "accounts/222222222222/setup"),
        ("regions/af-south-10/backend-setup", None),
        ("setup", None),
    ],
)
def test_a_path_follows_the_names_in_the_pattern(pattern: str, path: str | None) -> None:
    assert directory_after(pattern, OWNER, OTHER) == path


def test_a_backend_alone_needs_no_directory_of_its_own() -> None:
    of = backend(name="dev at http://store:9000")
    assert directory_default(of, alone=True) == "backend-setup"
    assert directory_default(of, alone=False) == "backend-setup/dev-at-http---store-9000"


def declared(layout: str) -> Declaration:
    pattern = parse_pattern(layout)
    assert isinstance(pattern, Pattern)
    return Declaration(path="holdfast.yaml", organization="acme", layout=Layout(setup=pattern))


def test_the_layout_says_where_a_module_goes() -> None:
    declaration = declared("setup/{organization}/{region}/{backend}[/{account}]")
    assert directory_of_layout(backend(name="dev"), "eu-west-1", declaration) == (
        "setup/acme/eu-west-1/dev"
    )


def test_a_layout_that_says_nothing_leaves_it_open() -> None:
    assert directory_of_layout(backend(), "eu-west-1", None) is None
    silent = Declaration(path="holdfast.yaml")
    assert directory_of_layout(backend(), "eu-west-1", silent) is None


def test_a_layout_with_a_field_without_a_value_is_a_mistake() -> None:
    found = directory_of_layout(backend(), "eu-west-1", declared("setup/{account}"))
    assert not isinstance(found, str)
    assert [each.column for each in found or ()] == [7]
