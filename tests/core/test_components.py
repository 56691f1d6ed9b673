from holdfast.core.component_fields import ComponentMistake
from holdfast.core.components import (
    Component,
    Components,
    component_for,
    components_of,
    roots_in_common,
)
from holdfast.core.source import SourceSpan
from tests.core.declarations import PATH, backend, declaration

NETWORK = "platform=azure component=network environment=dev"
AKS = "platform=azure component=aks environment=dev instance=aks-msdp-dev-01"
ADDONS = "platform=azure component=addons environment=dev"
LAYOUT = "infrastructure/{platform}/{component}/{environment}"


def shown(components: Components) -> list[tuple[str, str, str, str | None]]:
    assert components.mistakes == ()
    return [
        (each.backend.name, each.key, each.pipeline, each.root) for each in components.components
    ]


def words(components: Components) -> list[str]:
    return [each.words for each in components.mistakes]


def refused(result: Component | tuple[ComponentMistake, ...]) -> tuple[ComponentMistake, ...]:
    assert isinstance(result, tuple), result
    return result


def test_the_components_of_the_shared_table_have_the_keys_that_are_in_use() -> None:
    assert shown(components_of(declaration(NETWORK, AKS, ADDONS))) == [
        ("dev", "azure/network/dev/terraform.tfstate", "azure-network-dev", None),
        (
            "dev",
            "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
            "azure-aks-dev-aks-msdp-dev-01",
            None,
        ),
        ("dev", "azure/addons/dev/terraform.tfstate", "azure-addons-dev", None),
    ]


def test_a_component_has_everything_that_its_fields_yield() -> None:
    declared = declaration(
        "instance=x environment=dev platform=azure component=aks owner=a",
        fields={"owner": ["a"]},
        roots=[LAYOUT],
    )
    assert components_of(declared) == Components(
        components=(
            Component(
                fields=(
                    ("platform", "azure"),
                    ("component", "aks"),
                    ("environment", "dev"),
                    ("instance", "x"),
                    ("owner", "a"),
                ),
                backend=backend("dev"),
                key="azure/aks/dev/x/terraform.tfstate",
                pipeline="azure-aks-dev-x",
                root="infrastructure/azure/aks/dev",
                span=SourceSpan(PATH, 11),
            ),
        )
    )


def test_components_are_found_by_the_layout_of_their_roots() -> None:
    declared = declaration(
        backends=("africa", "america"),
        environments={"production": {"af-south-1": "africa", "us-east-1": "america"}},
        key="providers/aws/regions/{region}/layers/{layer}/{environment}/terraform.tfstate",
        roots=["terraform/providers/aws/regions/{region}/layers/{layer}/{environment}"],
        setup="terraform/providers/aws/regions/{region}/backend-setup",
    )
    top = "terraform/providers/aws/regions"
    roots = [
        f"{top}/af-south-1/backend-setup",
        f"{top}/af-south-1/layers/01-foundation/production",
        f"{top}/us-east-1/layers/03.5-observability/production",
        "modules/vpc",
    ]
    assert shown(components_of(declared, roots)) == [
        (
            "africa",
            "providers/aws/regions/af-south-1/layers/01-foundation/production/terraform.tfstate",
            "af-south-1-01-foundation-production",
            roots[1],
        ),
        (
            "america",
            "providers/aws/regions/us-east-1/layers/03.5-observability/production/terraform.tfstate",
            "us-east-1-03.5-observability-production",
            roots[2],
        ),
    ]


def test_a_setup_module_is_no_component() -> None:
    declared = declaration(
        roots=["infrastructure/{platform}/{component}"],
        setup="infrastructure/setup/{backend}",
        key="{platform}/{component}",
    )
    roots = ["infrastructure/setup/dev", "infrastructure/aws/vpc"]
    assert [each.root for each in components_of(declared, roots).components] == roots[1:]


def test_a_component_that_is_listed_and_found_is_one() -> None:
    roots = ["infrastructure/azure/network/dev", "infrastructure/azure/vault/dev"]
    found = components_of(declaration(NETWORK, AKS, roots=[LAYOUT]), roots)
    assert [(each.key, each.root, each.span) for each in found.components] == [
        ("azure/network/dev/terraform.tfstate", roots[0], SourceSpan(PATH, 11)),
        (
            "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
            "infrastructure/azure/aks/dev",
            SourceSpan(PATH, 12),
        ),
        ("azure/vault/dev/terraform.tfstate", roots[1], None),
    ]


def test_a_root_of_a_listed_component_is_not_found_once_more_with_fewer_fields() -> None:
    found = components_of(declaration(AKS, roots=[LAYOUT]), ["infrastructure/azure/aks/dev"])
    assert [each.field("instance") for each in found.components] == ["aks-msdp-dev-01"]


def test_a_component_has_the_root_that_exists_or_else_the_one_that_says_most() -> None:
    roots = [LAYOUT, f"{LAYOUT}/{{instance}}", "old/{component}"]
    declared = declaration(AKS, roots=roots)
    assert [each.root for each in components_of(declared).components] == [
        "infrastructure/azure/aks/dev/aks-msdp-dev-01"
    ]
    assert [each.root for each in components_of(declared, ["old/aks"]).components] == ["old/aks"]


def test_known_values_decide_how_a_path_is_read() -> None:
    declared = declaration(
        backends=("dev", "prod"),
        environments={"dev": "dev", "prod": "prod"},
        fields={"platform": ["aws"]},
        key="{platform}/{component}/{environment}",
        roots=["live/{platform}-{component}-{environment}"],
    )
    found = components_of(declared, ["live/aws-eks-addons-prod", "live/gcp-gke-prod"])
    assert [(each.key, each.backend.name) for each in found.components] == [
        ("aws/eks-addons/prod", "prod")
    ]
    assert found.mistakes == (
        ComponentMistake(
            words="root `live/gcp-gke-prod`: `gcp` is not a known `platform`; there are `aws`",
            field="platform",
            valid=("aws",),
            root="live/gcp-gke-prod",
        ),
    )


def test_the_fields_of_the_backend_are_there_for_keys_and_pipelines() -> None:
    declared = declaration(
        "component=vpc",
        key="{organization}/{account}/{account_id}/{backend}/{component}",
        pipeline="{component}@{backend}",
    )
    assert shown(components_of(declared)) == [
        ("dev", "msdp/dev/111111111111/dev/vpc", "vpc@dev", None)
    ]


def test_a_component_may_name_its_backend() -> None:
    declared = declaration(
        "component=vpc backend=prod",
        "component=dns backend=prd",
        "component=eks",
        backends=("dev", "prod"),
        key="{component}",
    )
    found = components_of(declared)
    assert [each.backend.name for each in found.components] == ["prod"]
    assert words(found) == [
        "component `dns/prd`: `prd` is not a known `backend`; there are `prod`, `dev`",
        (
            "component `eks`: `environments` must say which backend it has, since there are 2:"
            " `dev`, `prod`"
        ),
    ]


def test_what_selects_no_backend_is_a_mistake_of_the_component() -> None:
    regions = {"eu-west-1": "dev", "us-east-1": "dve"}
    declared = declaration(
        "component=a environment=prod",
        "component=b",
        "component=c environment=dev region=us-west-1",
        "component=d environment=dev",
        "component=e environment=dev region=us-east-1",
        environments={"dev": regions},
        key="{component}",
    )
    found = components_of(declared)
    assert words(found) == [
        "component `a/prod`: `prod` is not a known `environment`; there are `dev`",
        "component `b`: it has no `environment`, which selects the backend",
        (
            "component `c/dev/us-west-1`: environment `dev` has no backend for region `us-west-1`; it has"
            " `eu-west-1`, `us-east-1`"
        ),
        (
            "component `d/dev`: environment `dev` has no backend for a component without `region`; it has"
            " `eu-west-1`, `us-east-1`"
        ),
        (
            "component `e/dev/us-east-1`: environment `dev` names backend `dve`, which is not declared; did"
            " you mean `dev`?"
        ),
    ]
    assert [each.span for each in found.mistakes] == [
        SourceSpan(PATH, line) for line in range(11, 16)
    ]


def test_fields_that_mean_nothing_are_mistakes() -> None:
    declared = declaration(f"{NETWORK} instnace=x", "platform=azure component=a/b environment=dev")
    assert words(components_of(declared)) == [
        (
            "component `azure/network/dev/x`: `instnace` is not a field of the patterns `naming.key`,"
            " `naming.pipeline` and `layout.roots`, nor of `fields`; there are `instance`, `backend`,"
            " `component`, `region`, `platform`, `environment`"
        ),
        "component `azure/a/b/dev`: `component` is `a/b`, and a value has no `/`",
    ]


def test_without_a_pattern_for_keys_there_are_no_components() -> None:
    missing = "there is no `naming.key`, so no component has a key"
    assert words(components_of(declaration(NETWORK, AKS, key=None))) == [missing]
    laid_out = declaration(roots=[LAYOUT], key=None)
    assert components_of(laid_out, ["modules/vpc"]) == Components()
    assert words(components_of(laid_out, ["infrastructure/a/b/c"])) == [missing]
    assert refused(component_for(laid_out, {})) == (ComponentMistake(words=missing),)


def test_a_root_that_several_components_have_is_told() -> None:
    first, second = (AKS, AKS.replace("-01", "-02"))
    found = components_of(declaration(NETWORK, first, second, roots=[LAYOUT])).components
    assert roots_in_common(found) == {"infrastructure/azure/aks/dev"}
    assert roots_in_common((*found[:2], *found[:2])) == frozenset()  # one component, named twice
