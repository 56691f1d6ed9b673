"""Components whose key or root stands literally: it wins, and is checked as any other."""

import pytest

from holdfast.core.components import Component, Components, component_for, components_of
from tests.core.declarations import declaration

LAYOUT = "infrastructure/{platform}/{component}/{environment}"
NETWORK = "platform=azure component=network environment=dev"
OLD = "component=old key=legacy/old.tfstate root=legacy/old"


def shown(components: Components) -> list[tuple[str, str, str | None]]:
    assert components.mistakes == ()
    return [(each.pipeline, each.key, each.root) for each in components.components]


def words(components: Components) -> list[str]:
    return [each.words for each in components.mistakes]


def test_what_is_literal_wins_over_what_the_patterns_give() -> None:
    key = declaration(f"{NETWORK} key=net.tfstate", roots=[LAYOUT])
    assert shown(components_of(key)) == [
        ("azure-network-dev", "net.tfstate", "infrastructure/azure/network/dev")
    ]
    root = declaration(f"{NETWORK} root=net", roots=[LAYOUT])
    assert shown(components_of(root)) == [
        ("azure-network-dev", "azure/network/dev/terraform.tfstate", "net")
    ]


@pytest.mark.parametrize(
    ("listed", "pipeline"),
    [
        (OLD, "old"),
        ("key=legacy/old.tfstate root=legacy/old/net", "legacy-old-net"),
        ("key=legacy/old/terraform.tfstate", "legacy-old"),
        ("key=old.tfstate", "old.tfstate"),
    ],
)
def test_with_a_key_of_its_own_a_component_needs_no_other_field(listed: str, pipeline: str) -> None:
    for pattern in (None, "{platform}/{component}/terraform.tfstate"):
        (found,) = components_of(declaration(listed, key=pattern)).components
        assert found.pipeline == pipeline
    (found,) = components_of(declaration(listed, pipeline="{platform}-{component}")).components
    assert found.pipeline == pipeline


def test_a_root_that_is_a_literal_one_is_not_found_once_more() -> None:
    path = "infrastructure/azure/network/dev"
    literal = declaration(f"component=net key=net.tfstate root={path}", roots=[LAYOUT])
    assert shown(components_of(literal, [path])) == [("net", "net.tfstate", path)]


def test_a_root_of_the_same_fields_elsewhere_is_a_component_of_its_own() -> None:
    path = "infrastructure/azure/network/dev"
    both = declaration(f"{NETWORK} key=net.tfstate root=legacy/net", roots=[LAYOUT])
    assert shown(components_of(both, [path, "legacy/net"])) == [
        ("azure-network-dev", "net.tfstate", "legacy/net"),
        ("azure-network-dev", "azure/network/dev/terraform.tfstate", path),
    ]
    # With the key of the pattern both would have it.
    one = declaration(f"{NETWORK} root=legacy/net", roots=[LAYOUT])
    assert words(components_of(one, [path])) == [
        (
            f"root `{path}` has the key `azure/network/dev/terraform.tfstate` of component"
            " `azure/network/dev` on line 11"
        )
    ]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("a.tflock", "ends with `.tflock` as lock files do"),
        ("a-md5", "ends with `-md5` as the digest items of the lock table do"),
        ("env:/dev/a", "begins with `env:/`, where the states of workspaces are"),
        ("a/../b", "has the segment `..`"),
        ("/a", "begins with `/`, which Terraform refuses"),
        ("a" * 1018, "leave room for `.tflock`"),
    ],
)
def test_a_literal_key_is_checked_as_every_key(key: str, problem: str) -> None:
    (found,) = words(components_of(declaration(f"component=old key={key}")))
    assert found.startswith(f"component `old`: its key `{key}` ")
    assert problem in found


def test_no_two_components_have_one_key_however_it_comes_about() -> None:
    same = declaration(NETWORK, "component=x key=Azure/network/dev/terraform.tfstate")
    assert words(components_of(same)) == [
        (
            "component `x` has the key `Azure/network/dev/terraform.tfstate`, and component"
            " `azure/network/dev` on line 11 has `azure/network/dev/terraform.tfstate`:"
            " only upper and lower case differ"
        )
    ]
    twice = declaration("key=a.tfstate root=a", "key=a.tfstate root=b")
    assert words(components_of(twice)) == [
        "component `a.tfstate` has the key `a.tfstate` of component `a.tfstate` on line 11"
    ]


@pytest.mark.parametrize("first", [True, False])
def test_nobody_else_has_a_literal_root(first: bool) -> None:
    literal = "component=x key=x.tfstate root=infrastructure/azure/network/dev"
    listed = [literal, NETWORK] if first else [NETWORK, literal]
    (found,) = words(components_of(declaration(*listed, roots=[LAYOUT])))
    assert found == (
        "component `azure/network/dev` has the root `infrastructure/azure/network/dev`, which is literally"
        f" that of component `x` on line {11 if first else 12}"
    )
    both = declaration("key=a.tfstate root=a", "key=b.tfstate root=a")
    assert words(components_of(both)) == [
        (
            "component `b.tfstate` has the root `a`, which is literally that of component"
            " `a.tfstate/a` on line 11"
        )
    ]


def test_a_path_is_the_same_however_it_is_written() -> None:
    assert shown(components_of(declaration("key=a.tfstate root=legacy//a/"))) == [
        ("legacy-a", "a.tfstate", "legacy/a")
    ]


def test_without_a_pattern_the_other_components_are_told_once() -> None:
    found = components_of(declaration(OLD, NETWORK, "component=x", key=None))
    assert [each.pipeline for each in found.components] == ["old"]
    assert words(found) == ["there is no `naming.key`, so no component has a key"]


def test_a_component_by_its_fields_has_what_is_listed_literally() -> None:
    found = component_for(declaration(OLD, NETWORK), {"component": "old"})
    assert isinstance(found, Component)
    assert (found.key, found.root) == ("legacy/old.tfstate", "legacy/old")
    several = component_for(declaration(OLD, OLD.replace("legacy", "older")), {"component": "old"})
    assert isinstance(several, tuple)
    assert [each.words for each in several] == [
        "2 components have these fields: name one of them by its root"
    ]


def test_a_field_that_nothing_knows_is_a_mistake_all_the_same() -> None:
    (found,) = words(components_of(declaration("componet=old key=a.tfstate")))
    assert found.startswith("component `old`: `componet` is not a field of the patterns")
