"""What `holdfast.yaml` declares, once it has been read without a mistake."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Access, Locking
from holdfast.core.source import SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAccount:
    """One entry of `accounts`."""

    name: str
    account: str  # 12 digits
    access: Access
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredBackend:
    """One entry of `backends`, names expanded from `naming` or taken literally."""

    name: str
    account: DeclaredAccount
    region: str
    locking: Locking
    bucket: str
    table: str | None
    kms_key: str | None
    account_regional: bool
    tags: tuple[tuple[str, str], ...]
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """One entry of `ignore`: a rule that is accepted, where, and why."""

    rule: str
    reason: str
    span: SourceSpan
    backend: str | None = None  # a backend's name or bucket; None = everywhere
    root: str | None = None  # a root's path; None = every root


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A whole `holdfast.yaml`."""

    path: str
    organization: str | None = None
    accounts: tuple[DeclaredAccount, ...] = ()
    backends: tuple[DeclaredBackend, ...] = ()
    ignores: tuple[Ignore, ...] = ()
