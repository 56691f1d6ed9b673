"""No two components share a key, and no key is one that an engine refuses."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.components import components_of
from holdfast.core.names import state_key_problems
from tests.core.declarations import declaration
from tests.core.test_components import AKS, NETWORK, words


def test_two_components_with_one_key_are_a_mistake_that_names_both() -> None:
    declared = declaration(
        NETWORK,
        AKS,
        f"{NETWORK} instance=",
        "platform=azure component=Network environment=dev",
        roots=["{platform}/{component}/{environment}", "x/{platform}/{component}/{environment}"],
    )
    found = components_of(declared, ["x/azure/vault/dev", "azure/vault/dev"])
    assert [each.key for each in found.components] == [
        "azure/network/dev/terraform.tfstate",
        "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
        "azure/vault/dev/terraform.tfstate",
    ]
    assert words(found) == [
        "component `azure/network/dev/`: `instance` has no value",
        (
            "component `azure/Network/dev` has the key `azure/Network/dev/terraform.tfstate`, and component"
            " `azure/network/dev` on line 11 has `azure/network/dev/terraform.tfstate`: only upper and lower"
            " case differ"
        ),
        (
            "root `azure/vault/dev` has the key `azure/vault/dev/terraform.tfstate` of component"
            " `azure/vault/dev` in root `x/azure/vault/dev`"
        ),
    ]


def test_one_key_in_two_backends_is_two_states() -> None:
    declared = declaration(
        "component=vpc environment=dev",
        "component=vpc environment=prod",
        backends=("dev", "prod"),
        environments={"dev": "dev", "prod": "prod"},
        key="{component}/terraform.tfstate",
    )
    assert [each.backend.name for each in components_of(declared).components] == ["dev", "prod"]


def test_a_key_that_an_engine_refuses_is_a_mistake() -> None:
    declared = declaration("component=..", "component=a.tflock", "component=é", key="x/{component}")
    assert words(components_of(declared)) == [
        (
            "component `..`: its key `x/..` has the segment `..`, which the engines resolve in workspace"
            " paths and S3 does not"
        ),
        "component `a.tflock`: its key `x/a.tflock` ends with `.tflock` as lock files do",
        "component `é`: its key `x/é` holds characters that are not safe everywhere: `é`",
    ]


WORDS = st.sampled_from(["a", "A", "b", "..", "x.tflock", "dev", "eu-west-1", "a/b", ""])
FIELDS = st.dictionaries(
    st.sampled_from(["platform", "component", "environment", "region", "instance", "other"]), WORDS
)


@given(
    st.lists(FIELDS, max_size=8),
    st.lists(st.lists(WORDS, min_size=3, max_size=3).map("/".join), max_size=4),
)
def test_whatever_is_a_component_has_a_legal_key_of_its_own(
    listed: list[dict[str, str]], roots: list[str]
) -> None:
    lines = (" ".join(f"{name}={value}" for name, value in each.items()) for each in listed)
    declared = declaration(
        *lines, environments={"dev": "dev"}, roots=["{platform}/{component}/{environment}"]
    )
    found = components_of(declared, roots)
    keys = [each.key for each in found.components]
    assert len({key.casefold() for key in keys}) == len(keys)
    assert not any(state_key_problems(key) for key in keys)
    mistaken = {each.span for each in found.mistakes}
    sound = {each.span for each in found.components}
    assert {each.span for each in declared.components} <= mistaken | sound
    assert not (mistaken & sound) - {None}


NAMES = st.text(alphabet="ab0-._", min_size=1, max_size=6)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=5, unique=True))
def test_the_roots_of_listed_components_are_found_as_the_same_components(
    names: list[tuple[str, str]],
) -> None:
    lines = [f"platform={platform} component={component}" for platform, component in names]
    key, layout = "{platform}/{component}/state", ["live/{platform}/{component}"]
    listed = components_of(declaration(*lines, roots=layout, key=key)).components
    roots = [each.root for each in listed if each.root is not None]
    found = components_of(declaration(roots=layout, key=key), roots).components
    assert [(each.fields, each.key, each.root) for each in found] == [
        (each.fields, each.key, each.root) for each in listed
    ]
