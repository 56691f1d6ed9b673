import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.pattern_filters import Cut, Filter, region_code
from holdfast.core.patterns import (
    Literal,
    OptionalPart,
    Pattern,
    PatternMistake,
    Placeholder,
    expand,
    parse_pattern,
)
from holdfast.core.regions import PARTITIONS

FILTERS = "there are `{x:lower}`, `{x:20}` (at most 20 characters), `{region:code}` and `{hash:8}`"
KEY = "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"


def pattern(text: str) -> Pattern:
    parsed = parse_pattern(text)
    assert isinstance(parsed, Pattern), parsed
    return parsed


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_pattern_is_read_into_its_parts() -> None:
    assert parse_pattern("x-{region:code}[-{a}-{hash:8}]") == Pattern(
        (
            Literal("x-"),
            Placeholder("{region:code}", "region", 3, (Filter.CODE,)),
            OptionalPart(
                (
                    Literal("-"),
                    Placeholder("{a}", "a", 18),
                    Literal("-"),
                    Placeholder("{hash:8}", "hash", 22, hash_length=8),
                )
            ),
        )
    )


def test_the_fields_of_a_pattern_are_listed_in_order_and_the_hash_is_none_of_them() -> None:
    read = pattern("{b}-{a}[-{region_code}]-{hash:4}")
    assert [each.field for each in read.placeholders] == ["b", "a", "region"]
    assert [each.field for each in read.required] == ["b", "a"]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "azure/aks/dev/terraform.tfstate"),
        ({"instance": "aks-01"}, "azure/aks/dev/aks-01/terraform.tfstate"),
        ({"region": "eu-west-1"}, "azure/aks/dev/eu-west-1/terraform.tfstate"),
        ({"region": "eu-west-1", "instance": ""}, "azure/aks/dev/eu-west-1/terraform.tfstate"),
        ({"region": "x", "instance": "y"}, "azure/aks/dev/x/y/terraform.tfstate"),
    ],
)
def test_an_optional_part_is_dropped_whole_without_a_value(
    fields: dict[str, str], key: str
) -> None:
    always = {"platform": "azure", "component": "aks", "environment": "dev"}
    assert expand(pattern(KEY), always | fields) == key


def test_an_optional_part_needs_all_of_its_fields() -> None:
    read = pattern("x[-{a}-{b}]")
    assert expand(read, {"a": "1"}) == "x"
    assert expand(read, {"a": "1", "b": "2"}) == "x-1-2"


def test_every_field_without_a_value_is_reported_at_its_column() -> None:
    assert expand(pattern("{a}-{b}-{c}[-{d}]"), {"b": "x", "c": ""}) == (
        PatternMistake(1, "`a` has no value"),
        PatternMistake(9, "`c` has no value"),
    )


def test_the_written_convention_of_a_team_can_be_said() -> None:
    values = {"organization": "msdp", "account": "dev", "region": "eu-west-1"}
    read = pattern("tf-state-{organization}-{account}-{region_code}-{hash:8}")
    suffix = sha256("account=dev\norganization=msdp\nregion=eu-west-1\n")[:8]
    assert expand(read, values) == f"tf-state-msdp-dev-euw1-{suffix}"


def test_a_hash_depends_on_the_values_of_the_other_fields_alone() -> None:
    values = {"a": "1", "b": "2", "elsewhere": "3"}
    suffix = sha256("a=1\nb=2\n")[:6]
    assert expand(pattern("{a}-{b}-{hash:6}"), values) == f"1-2-{suffix}"
    assert expand(pattern("{hash:6}.new.{b}.{a}"), values) == f"{suffix}.new.2.1"
    without = sha256("a=1\n")[:6]
    assert expand(pattern("{a}[-{b}]-{hash:6}"), {"a": "1"}) == f"1-{without}"


def test_filters_are_done_from_left_to_right() -> None:
    long = "Customer-Analytics-Warehouse"
    assert pattern("{component:lower:20}").placeholders == (
        Placeholder("{component:lower:20}", "component", 1, (Filter.LOWER, Cut(20))),
    )
    suffix = sha256("customer-analytics-warehouse")[:6]
    assert expand(pattern("{component:lower:20}"), {"component": long}) == f"customer-anal-{suffix}"
    assert expand(pattern("{region_code:lower}"), {"region": "eu-west-1"}) == "euw1"
    assert expand(pattern("{region:lower:code}"), {"region": "EU-WEST-1"}) == "euw1"


def test_a_value_is_cut_only_when_it_is_longer() -> None:
    assert expand(pattern("{a:8}"), {"a": "12345678"}) == "12345678"
    assert expand(pattern("{a:8}"), {"a": "123456789"}) == f"1-{sha256('123456789')[:6]}"
    assert expand(pattern("{a:9}"), {"a": "a-long-name"}) == f"a-{sha256('a-long-name')[:6]}"


def test_values_that_begin_alike_stay_apart_when_they_are_cut() -> None:
    read = pattern("{a:12}")
    names = {expand(read, {"a": f"a-long-name-{number}"}) for number in range(50)}
    assert len(names) == 50
    assert {len(str(name)) for name in names} == {12}


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("eu-west-1", "euw1"),
        ("us-east-1", "use1"),
        ("ap-southeast-3", "apse3"),
        ("ca-central-1", "cac1"),
        ("cn-northwest-1", "cnnw1"),
        ("us-gov-west-1", "usgw1"),
        ("us-isob-east-1", "usisobe1"),
        ("eusc-de-east-1", "euscdee1"),
        ("af-south-12", "afs12"),
        ("dev", None),
        ("EU-WEST-1", None),
        ("eu-west", None),
        ("eu-west-1\n", None),
        ("", None),
    ],
)
def test_a_region_has_a_short_code(region: str, code: str | None) -> None:
    assert region_code(region) == code


def test_no_two_regions_share_a_short_code() -> None:
    regions = [region for partition in PARTITIONS for region in sorted(partition.regions)]
    assert len({region_code(region) for region in regions} - {None}) == len(regions)


def test_a_code_of_something_that_is_no_region_is_a_mistake() -> None:
    assert expand(pattern("x-{account:code}"), {"account": "dev"}) == (
        PatternMistake(3, "`{account:code}` needs a region, and `account` is `dev`"),
    )


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("a{", [(2, "`{` is not closed")]),
        ("a}", [(2, "`}` closes nothing")]),
        ("a[-{b}", [(2, "`[` is not closed")]),
        ("a]", [(2, "`]` closes nothing")]),
        ("a[-b]", [(2, "an optional part without a field would always be there")]),
        ("{a}[{hash:8}]", [(4, "an optional part without a field would always be there")]),
        ("[{a}[-{b}]]", [(5, "an optional part cannot stand inside another one")]),
        ("{}", [(1, "`{}` is not a field: its name is of small letters, digits and `_`")]),
        ("[{Org}]", [(2, "`{Org}` is not a field: its name is of small letters, digits and `_`")]),
        ("{a:low}", [(1, f"`low` is not a filter; {FILTERS}")]),
        ("{a:}", [(1, f"`` is not a filter; {FILTERS}")]),
        ("{a:lower:}", [(1, f"`` is not a filter; {FILTERS}")]),
        ("{a:7}", [(1, "`7` must be 8 to 255 characters to cut to")]),
        ("{a:256}", [(1, "`256` must be 8 to 255 characters to cut to")]),
        ("{hash:8}", [(1, "`{hash:8}` needs another field to be the hash of")]),
        (
            "{a}{hash}{hash:3}{hash:33}{hash:x}",
            [
                (4, "`{hash}` must say how many characters it has, 4 to 32: `{hash:8}`"),
                (10, "`{hash:3}` must say how many characters it has, 4 to 32: `{hash:8}`"),
                (18, "`{hash:33}` must say how many characters it has, 4 to 32: `{hash:8}`"),
                (27, "`{hash:x}` must say how many characters it has, 4 to 32: `{hash:8}`"),
            ],
        ),
    ],
)
def test_every_mistake_of_a_pattern_has_its_column(
    text: str, mistakes: list[tuple[int, str]]
) -> None:
    assert parse_pattern(text) == tuple(PatternMistake(*each) for each in mistakes)


@given(st.text(alphabet="ab-/{}[]:4 _é", max_size=40))
def test_any_text_is_a_pattern_that_reads_as_written_or_a_list_of_its_mistakes(text: str) -> None:
    match parse_pattern(text):
        case Pattern() as read:
            assert str(read) == text
        case mistakes:
            assert mistakes
            assert all(1 <= each.column <= len(text) for each in mistakes)


VALUES = st.dictionaries(
    st.sampled_from(["a", "b", "region"]),
    st.text(alphabet="xyz019-", max_size=8) | st.sampled_from(["eu-west-1", "us-gov-east-1"]),
)
PIECES = st.sampled_from(
    ["{a}", "{b}", "{region_code}", "[-{a}]", "[-{b}-{region}]", "{hash:4}", "-"]
)


@given(st.lists(PIECES, max_size=6).map("".join), VALUES)
def test_a_name_is_complete_or_says_what_is_missing(text: str, values: dict[str, str]) -> None:
    read = parse_pattern(text)
    if not isinstance(read, Pattern):
        return
    match expand(read, values):
        case str(name):
            assert not re.search(r"[{}\[\]]", name)
            assert all(values.get(each.field) for each in read.required)
        case mistakes:
            assert {each.column for each in mistakes} <= {each.column for each in read.placeholders}
