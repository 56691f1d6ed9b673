import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.pattern_matching import PatternMatcher, match
from holdfast.core.patterns import Pattern, expand, parse_pattern

KEY = "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
CONVENTION = "tf-state-{organization}-{account}-{region_code}-{hash:8}"


def pattern(text: str) -> Pattern:
    parsed = parse_pattern(text)
    assert isinstance(parsed, Pattern), parsed
    return parsed


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("{organization}-terraform-state-{account}", "msdp-terraform-state-dev", "msdp dev"),
        (
            "providers/aws/regions/{region}/layers/{layer}/{environment}/terraform.tfstate",
            "providers/aws/regions/af-south-1/layers/03.5-observability/production/terraform.tfstate",
            "af-south-1 03.5-observability production",
        ),
        ("{a}/{b}", "x/y", "x y"),
        ("{a}/{b}", "x/y/z", None),
        ("{a}/{b}", "/y", None),
        ("{a}/{b}", "x/y\n", "x y\n"),
        ("{a}-{b}", "x-y-z", "x-y z"),
        ("{a}-{a}", "x-x", "x"),
        ("{a}-{a}", "x-y", None),
        ("{a:lower}-{a}", "x-X", "X"),
        ("{a:lower}-{a}", "y-X", None),
        ("{a:lower}", "x", "x"),
        ("{a:lower}", "X", None),
        ("{a:8}", "12345678", "12345678"),
        ("{a:8}", "123456789", None),
        ("x.{region:code}", "x.euw1", "eu-west-1"),
        ("x.{region:code}", "x.xxw1", None),
        ("{region}.{region:code}", "eu-west-1.euw1", "eu-west-1"),
        ("{region}.{region:code}", "eu-west-1.euw2", None),
        ("a.c", "abc", None),
        ("a.c", "a.c", ""),
    ],
)
def test_the_fields_of_a_text_are_found(text: str, name: str, values: str | None) -> None:
    found = match(pattern(text), name)
    assert (None if found is None else " ".join(found.values())) == values


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("azure/aks/dev/terraform.tfstate", {}),
        ("azure/aks/dev/aks-msdp-dev-01/terraform.tfstate", {"instance": "aks-msdp-dev-01"}),
        ("azure/aks/dev/eu-west-1/terraform.tfstate", {"region": "eu-west-1"}),
        ("azure/aks/dev/eu-west-1/x/terraform.tfstate", {"region": "eu-west-1", "instance": "x"}),
        ("azure/aks/dev/westeurope/x/terraform.tfstate", {"region": "westeurope", "instance": "x"}),
    ],
)
def test_a_region_looks_like_one_when_that_is_possible(key: str, values: dict[str, str]) -> None:
    always = {"platform": "azure", "component": "aks", "environment": "dev"}
    assert match(pattern(KEY), key) == always | values


def test_a_hash_is_checked_by_making_it_again() -> None:
    values = {"organization": "msdp", "account": "dev", "region": "eu-west-1"}
    name = expand(pattern(CONVENTION), values)
    assert isinstance(name, str)
    assert match(pattern(CONVENTION), name) == values
    other = name[:-1] + ("0" if name[-1] != "0" else "1")
    assert match(pattern(CONVENTION), other) is None


def test_choices_are_the_only_values() -> None:
    read = pattern("{platform}-{component}")
    assert match(read, "aws-eks-addons") == {"platform": "aws-eks", "component": "addons"}
    matcher = PatternMatcher(read, {"platform": ("aws", "azure")})
    assert matcher.match("aws-eks-addons") == {"platform": "aws", "component": "eks-addons"}
    assert matcher.match("gcp-eks-addons") is None
    assert match(read, "aws-eks", {"platform": ()}) is None


def test_choices_give_back_what_a_filter_lost() -> None:
    long = "Customer-Analytics-Warehouse"
    read = pattern("{component:lower:20}-{region_code}")
    choices = {"component": (long, "Other"), "region": ("xx-west-9",)}
    name = expand(read, {"component": long, "region": "xx-west-9"})
    assert isinstance(name, str)
    assert match(read, name, choices) == {"component": long, "region": "xx-west-9"}


def test_many_choices_are_compared_as_well() -> None:
    choices = {"a": tuple(f"v{number}" for number in range(5_000))}
    matcher = PatternMatcher(pattern("{a}/{b}"), choices)
    assert matcher.match("v4999/x") == {"a": "v4999", "b": "x"}
    assert matcher.match("v5000/x") is None


WORDS = st.text(alphabet="abX0-._", min_size=1, max_size=12)
VALUES = st.fixed_dictionaries(
    {"a": WORDS, "b": WORDS, "region": st.sampled_from(["eu-west-1", "us-gov-east-1"])}
)
PIECES = st.sampled_from(
    ["{a}", "{b}", "{b:9}", "{region_code}", "[-{a}]", "[/{b}/{region}]", "{hash:4}", "-", "/"]
)


@given(st.lists(PIECES, max_size=6).map("".join), VALUES)
def test_values_that_are_found_give_the_text_again(text: str, values: dict[str, str]) -> None:
    read = parse_pattern(text)
    name = expand(read, values) if isinstance(read, Pattern) else None
    if not isinstance(read, Pattern) or not isinstance(name, str):
        return
    found = match(read, name)
    assert found is None or expand(read, found) == name
    known = {field: (value,) for field, value in values.items()}
    fields = {each.field for each in read.placeholders}
    if expand(read, values) == name and "[" not in text:
        assert match(read, name, known) == {each: values[each] for each in fields}


@given(st.lists(PIECES, max_size=6).map("".join), st.text(alphabet="abX0-/._", max_size=30))
def test_whatever_matches_gives_the_text_again(text: str, name: str) -> None:
    read = parse_pattern(text)
    found = match(read, name) if isinstance(read, Pattern) else None
    assert found is None or (isinstance(read, Pattern) and expand(read, found) == name)
