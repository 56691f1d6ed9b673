from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.component_in_other_backend import ADVICE, component_in_other_backend
from tests.rules.declared_fleets import (
    BUCKET,
    NETWORK,
    NETWORK_ROOT,
    declared,
    declared_fleet,
    state_root,
)
from tests.rules.fleets import fleet, hits

OTHER = state_root(bucket="other")


def test_a_root_in_the_bucket_of_its_component_is_fine() -> None:
    assert hits(component_in_other_backend, code=declared_fleet(state_root())) == ()


def test_without_a_declaration_there_is_nothing_to_say() -> None:
    assert hits(component_in_other_backend, code=fleet(OTHER)) == ()


def test_a_component_without_code_is_not_elsewhere() -> None:
    code = declared_fleet(state_root("b"), declaration=declared(NETWORK))
    assert hits(component_in_other_backend, code=code) == ()


def test_another_bucket_is_shown_beside_the_declared_one() -> None:
    code = declared_fleet(OTHER, declaration=declared(NETWORK))
    assert hits(component_in_other_backend, code=code) == (
        Hit(
            message=(
                f"`{NETWORK_ROOT}` uses `other`, and its component `azure-network-dev` belongs in"
                f" `{BUCKET}`"
            ),
            evidence=(
                Evidence(
                    label="root",
                    text=f"`{NETWORK_ROOT}`: `other`",
                    span=SourceSpan(f"{NETWORK_ROOT}/backend.tf", 3, 5),
                ),
                Evidence(
                    label="declared",
                    text=f"backend `dev`: `{BUCKET}`",
                    span=SourceSpan("holdfast.yaml", 11),
                ),
            ),
            advice=ADVICE,
            subject=NETWORK_ROOT,
            backend="other",
        ),
    )
