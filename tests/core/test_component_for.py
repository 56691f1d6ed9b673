"""One component, by the fields of a command line."""

from holdfast.core.components import Component, component_for, components_of
from tests.core.declarations import declaration, fields_of
from tests.core.test_components import AKS, LAYOUT, NETWORK, refused


def test_a_component_is_found_by_its_fields() -> None:
    declared = declaration(NETWORK, AKS, roots=[LAYOUT])
    listed = components_of(declared).components[1]
    assert component_for(declared, dict(reversed(listed.fields))) == listed
    other = component_for(
        declared, fields_of("platform=azure component=aks environment=dev instance=")
    )
    assert isinstance(other, Component)
    assert (other.key, other.span) == ("azure/aks/dev/terraform.tfstate", None)


def test_unknown_values_are_refused_with_the_valid_ones_nearest_first() -> None:
    declared = declaration(
        NETWORK,
        AKS,
        environments={"dev": "dev", "staging": "dev"},
        fields={"platform": ["azure", "aws", "shared"]},
        roots=["live/{component}"],
    )
    given = fields_of("platform=azrue component=netwrok environment=stagign instance=x regoin=y")
    assert [
        (each.field, each.valid) for each in refused(component_for(declared, given, ["live/dns"]))
    ] == [
        ("platform", ("azure", "shared", "aws")),
        ("environment", ("staging", "dev")),
        ("regoin", ("region", "backend", "instance", "component", "environment", "platform")),
        ("component", ("network", "aks", "dns")),
        ("instance", ("aks-msdp-dev-01",)),
    ]


def test_a_field_that_no_component_has_takes_any_value() -> None:
    found = component_for(declaration(), fields_of("platform=a component=b environment=c"))
    assert isinstance(found, Component)
    assert found.key == "a/b/c/terraform.tfstate"


def test_missing_fields_are_refused() -> None:
    assert [each.words for each in refused(component_for(declaration(), {"platform": "a"}))] == [
        "`naming.key`: `component` has no value; `environment` has no value"
    ]
