"""A declaration with every setting in it, read to the last value."""

from pathlib import Path

from holdfast.core.backends import Access, Locking
from holdfast.core.declaration import (
    AllowedValues,
    Declaration,
    DeclaredAccount,
    DeclaredBackend,
    DeclaredBaseline,
    DeclaredComponent,
    DeclaredEnvironment,
    Ignore,
    Layout,
    NamingPatterns,
)
from holdfast.core.source import SourceSpan
from tests.core.declarations import pattern
from tests.declaration.files import NAME, WHOLE, declared

DEV = DeclaredAccount(
    name="dev",
    account="111111111111",
    access=Access(profile="msdp-dev"),
    span=SourceSpan(NAME, 11, 3),
)
PROD = DeclaredAccount(
    name="prod",
    account="022222222222",
    access=Access(
        profile="sign-in",
        role_arn="arn:aws:iam::022222222222:role/teams/terraform-backend",
        external_id="msdp/prod",
    ),
    span=SourceSpan(NAME, 12, 3),
)
MULTI_REGION_KEY = "arn:aws:kms:eu-west-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef"
BACKENDS = (
    DeclaredBackend(
        name="dev",
        account=DEV,
        region="eu-west-1",
        locking=Locking.DYNAMODB,
        bucket="msdp-terraform-state-dev-euw1",
        table="msdp-terraform-locks-dev",
        kms_key=MULTI_REGION_KEY,
        account_regional=False,
        tags=(),
        span=SourceSpan(NAME, 19, 3),
    ),
    DeclaredBackend(
        name="prod",
        account=PROD,
        region="eu-central-1",
        locking=Locking.LOCKFILE,
        bucket="msdp-prod-state-legacy",
        table=None,
        kms_key="arn:aws:kms:eu-central-1:022222222222:key/01234567-89ab-4cde-8f01-23456789abcd",
        account_regional=False,
        tags=(("Team", "platform"), ("Cost centre", "1234")),
        span=SourceSpan(NAME, 20, 3),
    ),
    DeclaredBackend(
        name="regional",
        account=PROD,
        region="eu-west-1",
        locking=Locking.BOTH,
        bucket="state-022222222222-eu-west-1-an",
        table="Locks_of.prod",
        kms_key=MULTI_REGION_KEY,
        account_regional=True,
        tags=(),
        span=SourceSpan(NAME, 27, 3),
    ),
)
ENVIRONMENTS = (
    DeclaredEnvironment(name="dev", backends=((None, "dev"),), span=SourceSpan(NAME, 40, 3)),
    DeclaredEnvironment(
        name="prod",
        backends=(("eu-west-1", "regional"), ("eu-central-1", "prod")),
        span=SourceSpan(NAME, 41, 3),
    ),
)
LAYOUT = Layout(
    roots=(pattern("infrastructure/{platform}/{component}/{environment}"),),
    setup=pattern("infrastructure/setup/{backend}"),
    file="backend.tf",
)
FIELDS = (AllowedValues(field="platform", values=("azure", "aws"), span=SourceSpan(NAME, 49, 3)),)
COMPONENTS = (
    DeclaredComponent(
        fields=(
            ("platform", "azure"),
            ("component", "network"),
            ("environment", "dev"),
        ),
        span=SourceSpan(NAME, 52, 5),
    ),
    DeclaredComponent(
        fields=(
            ("platform", "aws"),
            ("component", "eks"),
            ("environment", "prod"),
            ("region", "eu-central-1"),
            ("instance", "01"),
        ),
        span=SourceSpan(NAME, 53, 5),
    ),
)


def test_a_whole_declaration_is_read(tmp_path: Path) -> None:
    assert declared(tmp_path, WHOLE) == Declaration(
        path=NAME,
        organization="msdp",
        naming=NamingPatterns(
            bucket=pattern("{organization}-terraform-state-{account}[-{region_code}]"),
            lock_table=pattern("{organization}-terraform-locks-{account}"),
            key=pattern(
                "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
            ),
            pipeline=pattern("{component:lower:20}@{environment}"),
        ),
        accounts=(DEV, PROD),
        backends=BACKENDS,
        environments=ENVIRONMENTS,
        layout=LAYOUT,
        fields=FIELDS,
        components=COMPONENTS,
        baseline=DeclaredBaseline(kms_key=MULTI_REGION_KEY, noncurrent_keep=50, noncurrent_days=90),
        ignores=(
            Ignore(
                rule="bucket-access-logging-off",
                reason="CloudTrail data events cover it",
                backend="dev",
                span=SourceSpan(NAME, 60, 5),
            ),
            Ignore(
                rule="key-suspicious",
                reason="Moved next quarter.",
                root="live/old",
                span=SourceSpan(NAME, 61, 5),
            ),
        ),
    )
