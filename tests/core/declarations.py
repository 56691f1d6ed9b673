"""Declarations for tests of the pure floors, made without a file."""

from collections.abc import Mapping, Sequence

from holdfast.core.backends import Access, Locking
from holdfast.core.declaration import (
    AllowedValues,
    Declaration,
    DeclaredAccount,
    DeclaredBackend,
    DeclaredComponent,
    DeclaredEnvironment,
    Layout,
    NamingPatterns,
)
from holdfast.core.patterns import Pattern, parse_pattern
from holdfast.core.source import SourceSpan

KEY = "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
PATH = "holdfast.yaml"


def pattern(text: str) -> Pattern:
    """Read a pattern that has no mistake."""
    parsed = parse_pattern(text)
    assert isinstance(parsed, Pattern), parsed
    return parsed


def backend(name: str, *, region: str = "eu-west-1") -> DeclaredBackend:
    """Return a declared backend in an account of the same name."""
    account = DeclaredAccount(
        name=name, account="111111111111", access=Access(), span=SourceSpan(PATH, 3)
    )
    return DeclaredBackend(
        name=name,
        account=account,
        region=region,
        locking=Locking.DYNAMODB,
        bucket=f"msdp-terraform-state-{name}",
        table=f"msdp-terraform-locks-{name}",
        kms_key=None,
        account_regional=False,
        tags=(),
        span=SourceSpan(PATH, 5),
    )


def declaration(
    *components: str,
    backends: Sequence[str] = ("dev",),
    environments: Mapping[str, str | Mapping[str, str]] | None = None,
    roots: Sequence[str] = (),
    setup: str | None = None,
    fields: Mapping[str, Sequence[str]] | None = None,
    key: str | None = KEY,
    pipeline: str | None = None,
) -> Declaration:
    """Return a declaration; components are written as `platform=azure component=aks`, one on each line from 11."""
    return Declaration(
        path=PATH,
        organization="msdp",
        naming=NamingPatterns(
            key=pattern(key) if key is not None else None,
            pipeline=pattern(pipeline) if pipeline is not None else None,
        ),
        backends=tuple(map(backend, backends)),
        environments=tuple(
            DeclaredEnvironment(
                name=name,
                backends=((None, each),) if isinstance(each, str) else tuple(each.items()),
                span=SourceSpan(PATH, 8),
            )
            for name, each in (environments or {}).items()
        ),
        layout=Layout(
            roots=tuple(map(pattern, roots)), setup=pattern(setup) if setup is not None else None
        ),
        fields=tuple(
            AllowedValues(field=name, values=tuple(values), span=SourceSpan(PATH, 9))
            for name, values in (fields or {}).items()
        ),
        components=tuple(
            DeclaredComponent.of(tuple(fields_of(text).items()), SourceSpan(PATH, line))
            for line, text in enumerate(components, start=11)
        ),
    )


def fields_of(text: str) -> dict[str, str]:
    """Return the fields that are written as `platform=azure component=aks`."""
    return dict(each.split("=", 1) for each in text.split())
