from dataclasses import replace

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import Place, Root
from holdfast.core.source import SourceSpan
from holdfast.rules.root_undeclared import ADVICE, root_undeclared
from tests.rules.declared_fleets import (
    LAYOUT,
    NETWORK,
    declared,
    declared_fleet,
    setup_module,
    state_root,
    undecided,
)
from tests.rules.fleets import fleet, hits


def test_a_root_that_the_layout_finds_is_fine() -> None:
    assert hits(root_undeclared, code=declared_fleet(state_root())) == ()


def test_a_root_elsewhere_with_the_state_of_a_component_is_its_root() -> None:
    code = declared_fleet(state_root("elsewhere"), declaration=declared(NETWORK))
    assert hits(root_undeclared, code=code) == ()


def test_without_components_or_a_layout_there_is_nothing_to_say() -> None:
    assert hits(root_undeclared, code=fleet(state_root("old"))) == ()
    code = declared_fleet(state_root("old"), declaration=undecided())
    assert hits(root_undeclared, code=code) == ()


def test_a_root_beside_the_layout_is_named() -> None:
    code = declared_fleet(state_root(), state_root("old", key="old"))
    assert hits(root_undeclared, code=code) == (
        Hit(
            message="`old` is the root of no component that `holdfast.yaml` declares",
            evidence=(
                Evidence(label="root", text="`old`", span=SourceSpan("old")),
                Evidence(
                    label="layout",
                    text=f"layout.roots: `{LAYOUT}`",
                    span=SourceSpan("holdfast.yaml"),
                ),
            ),
            advice=ADVICE,
            subject="old",
            backend="dev",
        ),
    )


def test_why_a_root_that_the_layout_finds_is_no_component_is_said() -> None:
    code = declared_fleet(state_root("infrastructure/azure/network/prd", key="old"))
    (hit,) = hits(root_undeclared, code=code)
    assert hit.evidence[1] == Evidence(
        label="but",
        text=(
            "root `infrastructure/azure/network/prd`: `prd` is not a known `environment`; there are `dev`"
        ),
    )


def test_roots_without_s3_and_examples_need_no_component() -> None:
    example = replace(state_root("examples/a", key="a"), place=Place.EXAMPLE)
    local = Root(path="b", place=Place.LIVE, span=SourceSpan("b"), blocks=())
    assert hits(root_undeclared, code=declared_fleet(example, local)) == ()


def test_setup_modules_and_exceptions_are_no_components() -> None:
    made = declared()
    made = replace(made, layout=replace(made.layout, exceptions=("old",)))
    roots = (state_root("old", key="a"), state_root("setup", key="b"))
    code = declared_fleet(*roots, declaration=made, setup_modules=(setup_module("setup"),))
    assert hits(root_undeclared, code=code) == ()


def test_a_root_that_stands_literally_with_a_component_is_declared() -> None:
    root = state_root("legacy/old", key="legacy/old.tfstate")
    for listed in (
        "component=old environment=dev key=other.tfstate root=legacy/old",
        "component=old environment=dev key=legacy/old.tfstate",
    ):
        code = declared_fleet(root, declaration=declared(listed))
        assert hits(root_undeclared, code=code) == ()
    code = declared_fleet(root, declaration=declared(NETWORK))
    assert len(hits(root_undeclared, code=code)) == 1
