import pytest

from holdfast.core.pattern_gaps import fields_lacking, name_choices
from tests.core.declarations import declaration, pattern


@pytest.mark.parametrize(
    ("text", "of", "lacking"),
    [
        ("msdp-terraform-state", "{organization}-terraform-state-{account}", ["{account}"]),
        ("terraform-state-dev", "{organization}-terraform-state-{account}", ["{organization}"]),
        ("azure/dev/x.tfstate", "{platform}/{component}/{environment}/x.tfstate", ["{component}"]),
        ("msdp-state", "{account:lower}-state", []),
        ("else", "{organization}-terraform-state-{account}", []),
        ("msdp-terraform-state-dev", "{organization}-terraform-state-{account}", []),
    ],
)
def test_a_name_lacks_the_field_without_which_the_pattern_gives_it(
    text: str, of: str, lacking: list[str]
) -> None:
    choices = {
        "organization": ("msdp",),
        "account": ("dev",),
        "platform": ("azure",),
        "environment": ("dev",),
    }
    assert [str(each) for each in fields_lacking(pattern(of), text, choices)] == lacking


def test_with_unknown_values_each_field_that_may_be_missing_is_named() -> None:
    lacking = fields_lacking(pattern("{a}/{b}/x"), "what/x", {"a": ("one",), "b": ("two",)})
    assert [str(each) for each in lacking] == ["{a}", "{b}"]


def test_names_of_backends_are_made_of_what_is_declared() -> None:
    assert name_choices(declaration(backends=("dev", "prod"))) == {
        "organization": ("msdp",),
        "account": (),
        "account_id": (),
        "backend": ("dev", "prod"),
    }
