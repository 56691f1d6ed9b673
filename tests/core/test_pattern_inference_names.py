"""Which pattern explains the most names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.pattern_inference_names import (
    NamedThing,
    gives,
    infer_name_pattern,
    organization_of,
)
from holdfast.core.patterns import Pattern, expand, parse_pattern

DEV = {"account": "dev", "account_id": "111111111111", "region": "eu-west-1"}
PROD = {"account": "prod", "account_id": "222222222222", "region": "us-east-1"}


def thing(name: str, **fields: str) -> NamedThing:
    return NamedThing(name=name, fields=tuple(fields.items()))


def inferred(*things: NamedThing) -> str | None:
    found = infer_name_pattern(things)
    return str(found) if found is not None else None


def test_fields_stand_where_their_values_stood() -> None:
    assert (
        inferred(thing("msdp-terraform-state-dev", organization="msdp", **DEV))
        == "{organization}-terraform-state-{account}"
    )


def test_the_pattern_of_most_names_wins() -> None:
    things = (
        thing("tf-euw1-dev", **DEV),
        thing("tf-use1-prod", **PROD),
        thing("legacy-dev", **DEV),
    )
    assert inferred(*things) == "tf-{region_code}-{account}"
    pattern = infer_name_pattern(things)
    assert [gives(pattern, each) for each in things] == [True, True, False]


def test_one_of_two_tables_is_better_than_none() -> None:
    things = (
        thing("terraform-locks-af-south", **{**DEV, "region": "af-south-1"}),
        thing("terraform-locks-us-east-1", **{**DEV, "region": "us-east-1"}),
    )
    assert inferred(*things) == "terraform-locks-{region}"


def test_an_account_regional_name_is_explained() -> None:
    assert (
        inferred(thing("acme-111111111111-eu-west-1-an", **DEV)) == "acme-{account_id}-{region}-an"
    )


def test_a_stable_hash_is_recognised_by_its_digits() -> None:
    convention = parse_pattern("tf-{account}-{region_code}-{hash:8}")
    assert isinstance(convention, Pattern)
    name = expand(convention, DEV)
    assert isinstance(name, str)
    assert inferred(thing(name, **DEV)) == str(convention)
    assert inferred(thing(f"{name[:-8]}0badcafe", **DEV)) == "tf-{account}-{region_code}-0badcafe"


@pytest.mark.parametrize("name", ["states", "x-{dev}", "develop-states", ""])
def test_a_name_without_a_field_of_its_own_has_no_pattern(name: str) -> None:
    assert inferred(thing(name, **DEV)) is None


def test_no_names_have_no_pattern() -> None:
    assert inferred() is None


@given(
    st.lists(
        st.lists(
            st.sampled_from(["dev", "eu-west-1", "euw1", "111111111111", "state", "x", "0badcafe"]),
            min_size=1,
            max_size=4,
        ).map("-".join),
        max_size=5,
    )
)
def test_a_pattern_gives_at_least_one_of_the_names_to_the_byte(names: list[str]) -> None:
    things = [thing(name, **DEV) for name in names]
    pattern = infer_name_pattern(things)
    assert pattern is None or any(gives(pattern, each) for each in things)


@pytest.mark.parametrize(
    ("names", "organization"),
    [
        (["msdp-terraform-state-dev", "msdp-terraform-locks-dev"], "msdp"),
        (["terraform-a", "terraform-b"], None),
        (["msdp-terraform-state"], None),
        (["msdp-a", "other-b"], None),
        (["msdp", "msdp-b"], None),
        (["x-a", "x-b"], None),
        ([], None),
    ],
)
def test_the_organization_is_the_word_that_all_names_begin_with(
    names: list[str], organization: str | None
) -> None:
    assert organization_of(names) == organization
