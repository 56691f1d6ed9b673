"""Roots that `layout.except` names are no components."""

from dataclasses import replace

from holdfast.core.components import components_of
from tests.core.declarations import declaration

LAYOUT = "infrastructure/{platform}/{component}/{environment}"
ROOTS = ("infrastructure/azure/dns/dev", "infrastructure/azure/old/dev")


def test_a_root_that_is_left_out_is_not_found() -> None:
    declared = declaration(roots=[LAYOUT])
    layout = replace(declared.layout, exceptions=("infrastructure/azure/old/dev",))
    found = components_of(replace(declared, layout=layout), ROOTS)
    assert [each.root for each in found.components] == ["infrastructure/azure/dns/dev"]
    assert found.mistakes == ()


def test_a_root_whose_component_would_be_a_mistake_can_be_left_out() -> None:
    declared = declaration(roots=[LAYOUT], environments={"dev": "dev"})
    roots = (*ROOTS, "infrastructure/azure/dns/sandbox")
    assert len(components_of(declared, roots).mistakes) == 1
    layout = replace(declared.layout, exceptions=("infrastructure/azure/dns/sandbox",))
    assert components_of(replace(declared, layout=layout), roots).mistakes == ()
