"""Components made by hand, for tests of what is generated for them."""

from dataclasses import replace

from holdfast.core.backends import Access, Locking
from holdfast.core.components import Component
from holdfast.core.declaration import DeclaredAccount, DeclaredBackend
from holdfast.core.engine_ranges import EngineRange, engine_ranges
from holdfast.core.engines import EngineName
from holdfast.core.source import SourceSpan
from holdfast.engine.pins import required_version_pin, version_pins

SPAN = SourceSpan("holdfast.yaml", 3, 3)
ACCOUNT = DeclaredAccount(name="dev", account="111111111111", access=Access(), span=SPAN)
BACKEND = DeclaredBackend(
    name="dev",
    account=ACCOUNT,
    region="eu-west-1",
    locking=Locking.DYNAMODB,
    bucket="msdp-terraform-state-dev",
    table="msdp-terraform-locks-dev",
    kms_key=None,
    account_regional=False,
    tags=(),
    span=SPAN,
)
KEY = "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"
COMPONENT = Component(
    fields=(
        ("platform", "azure"),
        ("component", "aks"),
        ("environment", "dev"),
        ("instance", "aks-msdp-dev-01"),
    ),
    backend=BACKEND,
    key=KEY,
    pipeline="azure-aks-dev-aks-msdp-dev-01",
    root="infrastructure/azure/aks/dev",
    span=SPAN,
)


def backend_with(
    access: Access = Access(),  # noqa: B008 - it is frozen
    *,
    locking: Locking = Locking.DYNAMODB,
    region: str = "eu-west-1",
    kms_key: str | None = None,
) -> DeclaredBackend:
    """Return the backend with something else about it."""
    return replace(
        BACKEND,
        account=replace(ACCOUNT, access=access),
        locking=locking,
        table=BACKEND.table if locking.uses_table else None,
        region=region,
        kms_key=kms_key,
    )


def required(statement: str) -> tuple[EngineRange, ...]:
    """Return the engines that a `required_version` of Terraform admits."""
    span = SourceSpan("app/main.tf", 2, 3)
    return engine_ranges([required_version_pin(EngineName.TERRAFORM, statement, span)])


def pinned(*versions: str, file: str = ".terraform-version") -> tuple[EngineRange, ...]:
    """Return the engines of version files, each with one version."""
    return engine_ranges([pin for each in versions for pin in version_pins(file, each.encode())])
