from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.key_off_pattern import ADVICE, key_off_pattern
from tests.core.declarations import KEY
from tests.rules.declared_fleets import (
    NETWORK,
    NETWORK_KEY,
    NETWORK_ROOT,
    declared,
    declared_fleet,
    setup_module,
    state_root,
    undecided,
)
from tests.rules.fleets import fleet, hits

OFF = f"is off the pattern `{KEY}`"


def test_the_key_of_a_component_is_fine() -> None:
    assert hits(key_off_pattern, code=declared_fleet(state_root())) == ()


def test_a_root_of_several_components_may_have_the_key_of_any() -> None:
    aks = "platform=azure component=aks environment=dev instance="
    made = declared(f"{aks}one", f"{aks}two")
    code = declared_fleet(
        state_root("infrastructure/azure/aks/dev", key="azure/aks/dev/two/terraform.tfstate"),
        declaration=made,
    )
    assert hits(key_off_pattern, code=code) == ()


def test_without_a_pattern_or_a_declaration_there_is_nothing_to_say() -> None:
    odd = state_root(key="x")
    assert hits(key_off_pattern, code=fleet(odd)) == ()
    assert hits(key_off_pattern, code=declared_fleet(odd, declaration=undecided())) == ()


def test_a_key_other_than_that_of_the_component_is_shown_beside_it() -> None:
    code = declared_fleet(
        state_root(key="azure/net/dev/terraform.tfstate"), declaration=declared(NETWORK)
    )
    assert hits(key_off_pattern, code=code) == (
        Hit(
            message=(
                f"the key `azure/net/dev/terraform.tfstate` of `{NETWORK_ROOT}` is not the one that is"
                f" declared: `{NETWORK_KEY}`"
            ),
            evidence=(
                Evidence(
                    label="root",
                    text=f"`{NETWORK_ROOT}`: `azure/net/dev/terraform.tfstate`",
                    span=SourceSpan(f"{NETWORK_ROOT}/backend.tf", 4, 5),
                ),
                Evidence(
                    label="declared", text=f"`{NETWORK_KEY}`", span=SourceSpan("holdfast.yaml", 11)
                ),
            ),
            advice=ADVICE,
            subject=NETWORK_ROOT,
            backend="dev",
        ),
    )


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("azure/network/dev/one/terraform.tfstate", None),
        (
            "addons/aws-dev/terraform.tfstate",
            f"{OFF}: it has no `{{platform}}` or `{{component}}` or `{{environment}}`",
        ),
        ("azure/dev/terraform.tfstate", f"{OFF}: it has no `{{platform}}` or `{{component}}`"),
        (
            "azure/network/prod/terraform.tfstate",
            f"{OFF}: `prod` is not a known `environment`; there are `dev`",
        ),
        ("terraform.tfstate", OFF),
    ],
)
def test_the_key_of_a_root_that_is_no_component_must_have_the_form_of_the_pattern(
    key: str, words: str | None
) -> None:
    code = declared_fleet(state_root("old", key=key))
    found = [hit.message for hit in hits(key_off_pattern, code=code)]
    assert found == ([] if words is None else [f"the key `{key}` of `old` {words}"])


def test_a_setup_module_may_keep_its_state_where_it_likes() -> None:
    code = declared_fleet(state_root("setup", key="x"), setup_modules=(setup_module("setup"),))
    assert hits(key_off_pattern, code=code) == ()


OLD = "component=old environment=dev key=legacy/old.tfstate"


def test_a_key_that_is_declared_literally_is_right() -> None:
    old = state_root("legacy/old", key="legacy/old.tfstate")
    for listed in (OLD, f"{OLD} root=legacy/old"):
        assert hits(key_off_pattern, code=declared_fleet(old, declaration=declared(listed))) == ()
    moved = state_root("legacy/old", key="old.tfstate")
    wished = declared(f"{OLD} root=legacy/old")
    for wish in (wished, replace(wished, naming=replace(wished.naming, key=None))):
        (hit,) = hits(key_off_pattern, code=declared_fleet(moved, declaration=wish))
        assert hit.message == (
            "the key `old.tfstate` of `legacy/old` is not the one that is declared: `legacy/old.tfstate`"
        )
