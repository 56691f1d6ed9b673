"""Which patterns explain where roots are and which keys they have."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.core.pattern_inference import LayoutInference, infer_layout
from holdfast.core.pattern_inference_alignment import KeyedRoot
from holdfast.core.pattern_matching import match
from holdfast.core.patterns import Pattern, expand

AKS = "infrastructure/azure/aks/dev", "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"
OLD = "infrastructure/addons/aws-dev", "addons/aws-dev/terraform.tfstate"
SHARED_TABLE = (
    ("infrastructure/azure/network/dev", "azure/network/dev/terraform.tfstate"),
    AKS,
    ("infrastructure/azure/addons/dev", "azure/addons/dev/terraform.tfstate"),
    OLD,
)


def inferred(*pairs: tuple[str, str]) -> LayoutInference:
    return infer_layout([KeyedRoot(path=path, key=key) for path, key in pairs])


def patterns(found: LayoutInference) -> tuple[list[str], str]:
    return [str(each) for each in found.roots], str(found.key)


def test_the_shared_table_has_an_optional_instance_and_one_old_root() -> None:
    found = inferred(*SHARED_TABLE)
    assert patterns(found) == (
        ["infrastructure/{platform}/{component}/{environment}"],
        "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate",
    )
    assert [(each.root.path, each.fields) for each in found.explained if each.listed] == [
        (
            AKS[0],
            (
                ("platform", "azure"),
                ("component", "aks"),
                ("environment", "dev"),
                ("instance", "aks-msdp-dev-01"),
            ),
        )
    ]
    assert [(each.root.path, each.reason) for each in found.unexplained] == [
        (OLD[0], f"its key is not of the form `{found.key}`")
    ]


@pytest.mark.parametrize(
    ("pairs", "roots", "key"),
    [
        pytest.param(
            [
                (f"regions/{region}/layers/{layer}/production", f"r/{region}/{layer}/production.x")
                for region in ("af-south-1", "us-east-1")
                for layer in ("01-foundation", "03.5-observability")
            ],
            ["regions/{region}/layers/{component}/{environment}"],
            "r/{region}/{component}/{environment}.x",
            id="regions and environments are known words",
        ),
        pytest.param(
            [(".", "terraform.tfstate")], ["."], "terraform.tfstate", id="one root and nothing else"
        ),
        pytest.param(
            [("infra/prod/network", "infra/prod/network/terraform.tfstate")],
            ["infra/{environment}/{component}"],
            "infra/{environment}/{component}/terraform.tfstate",
            id="one root alone",
        ),
        pytest.param(
            [
                (f"stacks/{name}/{env}", f"{name}-{env}.tfstate")
                for name in ("net", "db")
                for env in ("dev", "qa")
            ],
            ["stacks/{component}/{environment}"],
            "{component}-{environment}.tfstate",
            id="fields within the name of a file",
        ),
        pytest.param(
            [
                (f"teams/{team}/{name}/dev", f"{team}/{name}/dev.x")
                for team in ("pay", "tax")
                for name in ("net", "db")
            ],
            ["teams/{team}/{component}/{environment}"],
            "{team}/{component}/{environment}.x",
            id="a directory says what its entries are",
        ),
        pytest.param(
            [(f"stacks/{name}", f"dev/{name}/terraform.tfstate") for name in ("net", "db")],
            ["stacks/{component}"],
            "dev/{component}/terraform.tfstate",
            id="what every key says is text",
        ),
        pytest.param(
            [
                *(
                    (f"live/{env}/{region}/{name}", f"{env}/{region}/{name}/t.tfstate")
                    for env, region, name in product(
                        ("dev", "prod"), ("eu-west-1", "us-east-1"), ("net", "db")
                    )
                ),
                *((f"live/{env}/dns", f"{env}/dns/t.tfstate") for env in ("dev", "prod")),
            ],
            ["live/{environment}/{region}/{component}", "live/{environment}/{component}"],
            "{environment}[/{region}]/{component}/t.tfstate",
            id="some roots have no region",
        ),
    ],
)
def test_every_key_is_explained_by_the_path(
    pairs: list[tuple[str, str]], roots: list[str], key: str
) -> None:
    found = inferred(*pairs)
    assert patterns(found) == (roots, key)
    assert len(found.explained) == len(pairs)
    assert not any(each.listed for each in found.explained)


def test_an_environment_that_only_the_keys_have_is_listed() -> None:
    pairs = [
        (f"stacks/{name}", f"{env}/{name}/t") for env in ("dev", "prod") for name in ("a1", "b2")
    ]
    found = inferred(*pairs)
    assert patterns(found) == (["stacks/{component}"], "{environment}/{component}/t")
    assert [dict(each.fields) for each in found.explained if each.listed] == [
        {"environment": env, "component": name} for env in ("dev", "prod") for name in ("a1", "b2")
    ]


def test_keys_that_say_nothing_of_the_path_are_listed_by_their_own_fields() -> None:
    found = inferred(("stacks/net", "aa.tfstate"), ("stacks/db", "bb.tfstate"))
    assert str(found.key) == "{component}.tfstate"
    assert [dict(each.fields)["component"] for each in found.explained] == ["aa", "bb"]


def test_a_root_with_another_key_is_not_explained_and_told_what_the_pattern_gives() -> None:
    pairs = [(f"live/{name}/dev", f"{name}/dev/t") for name in ("net", "db", "app")]
    found = inferred(*pairs, ("live/dns/dev", "dms/dev/t"))
    assert [(each.root.path, each.reason) for each in found.unexplained] == [
        ("live/dns/dev", "the pattern gives the key `dns/dev/t`")
    ]


def test_a_path_of_another_form_is_named_with_the_form() -> None:
    pairs = [(f"live/{name}/dev", f"{name}/dev/t") for name in ("net", "db", "app", "web")]
    found = inferred(*pairs, ("old/dns/dev", "dns/dev/t"), ("old/x/y/z", "{x}"))
    assert [each.reason for each in found.unexplained][1] == (
        "its path is not of the form `live/{component}/{environment}`"
    )


def test_what_patterns_cannot_hold_is_no_reason_to_give_up() -> None:
    found = inferred(
        ("live/net/dev", "net/dev/t"), ("live/db/dev", "db/dev/t"), ("live/{x}", "{x}/t")
    )
    assert len(found.explained) == 2
    assert [each.root.path for each in found.unexplained] == ["live/{x}"]


def test_without_any_usable_key_there_is_no_pattern() -> None:
    found = inferred(("a", "x//y"), ("b", "[z]"))
    assert patterns(found) == ([], "")
    assert [each.reason for each in found.unexplained] == ["no pattern for keys was found"] * 2


def test_no_roots_give_no_pattern() -> None:
    assert inferred() == LayoutInference(roots=(), key=Pattern(()))


WORDS = st.sampled_from(
    ["dev", "prod", "azure", "aws", "net", "db", "eu-west-1", "a.b", "x-dev", "t"]
)
PATHS = st.lists(WORDS, max_size=4).map(lambda words: "/".join(words) or ".")
KEYS = st.lists(WORDS, min_size=1, max_size=4).map("/".join)


@given(st.lists(st.tuples(PATHS, KEYS), max_size=12))
@settings(deadline=None)
def test_whatever_is_explained_is_reproduced_to_the_byte(pairs: list[tuple[str, str]]) -> None:
    found = inferred(*pairs)
    assert len(found.explained) + len(found.unexplained) == len(pairs)
    for each in found.explained:
        fields = dict(each.fields)
        assert expand(found.key, fields) == each.root.key
        assert each.root.path in [expand(pattern, fields) for pattern in found.roots]
        if not each.listed:
            of_path = [match(pattern, each.root.path) for pattern in found.roots]
            assert fields in [dict(values) for values in of_path if values is not None]


@given(st.lists(st.tuples(PATHS, KEYS), max_size=12))
@settings(deadline=None)
def test_the_same_roots_give_the_same_patterns(pairs: list[tuple[str, str]]) -> None:
    assert inferred(*pairs) == inferred(*pairs)


@given(st.permutations(SHARED_TABLE))
def test_the_order_of_the_roots_makes_no_difference(pairs: list[tuple[str, str]]) -> None:
    assert patterns(inferred(*pairs)) == patterns(inferred(*SHARED_TABLE))
