from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.component_without_root import ADVICE, component_without_root
from tests.rules.declared_fleets import (
    BUCKET,
    NETWORK,
    NETWORK_KEY,
    NETWORK_ROOT,
    declared,
    declared_fleet,
    state_root,
)
from tests.rules.fleets import fleet, hits

OTHER = state_root("infrastructure/azure/dns/dev", key="azure/dns/dev/terraform.tfstate")


def test_a_component_whose_root_is_there_is_fine() -> None:
    code = declared_fleet(state_root(key="x"), declaration=declared(NETWORK))
    assert hits(component_without_root, code=code) == ()


def test_a_root_elsewhere_with_the_component_s_state_is_its_root() -> None:
    code = declared_fleet(state_root("elsewhere"), declaration=declared(NETWORK))
    assert hits(component_without_root, code=code) == ()


def test_without_a_declaration_there_is_nothing_to_say() -> None:
    assert hits(component_without_root, code=fleet(OTHER)) == ()


def test_components_that_were_found_have_their_root() -> None:
    assert hits(component_without_root, code=declared_fleet(OTHER)) == ()


def test_a_component_that_is_only_declared_is_named() -> None:
    code = declared_fleet(OTHER, declaration=declared(NETWORK))
    assert hits(component_without_root, code=code) == (
        Hit(
            message=f"component `azure-network-dev` has no root: `{NETWORK_ROOT}` is not there",
            evidence=(
                Evidence(
                    label="component",
                    text="`azure-network-dev`",
                    span=SourceSpan("holdfast.yaml", 11),
                ),
                Evidence(label="state", text=f"`{NETWORK_KEY}` in `{BUCKET}`"),
            ),
            advice=ADVICE,
            subject=NETWORK_ROOT,
            backend="dev",
        ),
    )


def test_a_component_that_the_layout_does_not_place_is_looked_for_by_its_key() -> None:
    code = declared_fleet(OTHER, declaration=declared(NETWORK, roots=()))
    (hit,) = hits(component_without_root, code=code)
    assert hit.message == (
        f"component `azure-network-dev` has no root: `{NETWORK_KEY}` is the key of no root"
    )


def test_the_root_of_a_component_is_where_it_literally_is() -> None:
    listed = declared("component=old environment=dev key=legacy/old.tfstate root=legacy/old")
    there = declared_fleet(state_root("legacy/old", key="legacy/old.tfstate"), declaration=listed)
    assert hits(component_without_root, code=there) == ()
    (hit,) = hits(component_without_root, code=declared_fleet(OTHER, declaration=listed))
    assert hit.message == "component `old-dev` has no root: `legacy/old` is not there"
