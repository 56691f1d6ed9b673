"""What `holdfast.yaml` declares, once it has been read without a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from holdfast.core.backends import Access, Locking
from holdfast.core.patterns import Pattern
from holdfast.core.source import SourceSpan

DECLARATION_NAME = "holdfast.yaml"


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
class NamingPatterns:
    """The patterns of `naming`; None where none is declared.

    `pipeline` is the name that CI gives the pipeline of a component.
    """

    bucket: Pattern | None = None
    lock_table: Pattern | None = None
    key: Pattern | None = None
    pipeline: Pattern | None = None


# What an entry of `components` may have besides its fields.
KEY_SETTING, ROOT_SETTING = "key", "root"
COMPONENT_SETTINGS = (KEY_SETTING, ROOT_SETTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEnvironment:
    """One entry of `environments`: the backend of its components, or one for each region."""

    name: str
    backends: tuple[tuple[str | None, str], ...]  # region (None: every region) → backend name
    span: SourceSpan

    def backend_name(self, region: str | None) -> str | None:
        """Return the name of the backend for a component in `region`; None when there is none."""
        names = dict(self.backends)
        return names.get(region, names.get(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where roots and setup modules are: patterns of POSIX paths relative to the declaration's directory.

    `exceptions` are paths of roots that are no components, whatever the patterns say. `file` is what `generate backend` writes into a root.
    """

    roots: tuple[Pattern, ...] = ()
    setup: Pattern | None = None
    exceptions: tuple[str, ...] = ()
    file: str = "backend.hcl"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedValues:
    """One entry of `fields`: the values that a field of a component may have."""

    field: str
    values: tuple[str, ...]
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredComponent:
    """One entry of `components`: its fields as they are written, in order.

    `key` and `root` stand there literally and win over what the patterns give.
    """

    fields: tuple[tuple[str, str], ...]
    span: SourceSpan
    key: str | None = None
    root: str | None = None

    @classmethod
    def of(cls, entries: Sequence[tuple[str, str]], span: SourceSpan) -> DeclaredComponent:
        """Return a component from all that is written for it."""
        literals = {name: value for name, value in entries if name in COMPONENT_SETTINGS}
        root = literals.get(ROOT_SETTING)
        return cls(
            fields=tuple(each for each in entries if each[0] not in COMPONENT_SETTINGS),
            span=span,
            key=literals.get(KEY_SETTING),
            root=PurePosixPath(root).as_posix() if root is not None else None,
        )

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """Return all that is written for it."""
        literals = ((KEY_SETTING, self.key), (ROOT_SETTING, self.root))
        return (*self.fields, *((name, value) for name, value in literals if value is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredBaseline:
    """What `baseline` wishes beyond the default baseline; None where it says nothing."""

    kms_key: str | None = None
    noncurrent_keep: int | None = None  # newest old versions that are kept
    noncurrent_days: int | None = None  # days after which others are removed


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationWarning:
    """Something that is allowed, and more often than not a mistake."""

    words: str
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A whole `holdfast.yaml`."""

    path: str
    organization: str | None = None
    naming: NamingPatterns = NamingPatterns()
    accounts: tuple[DeclaredAccount, ...] = ()
    backends: tuple[DeclaredBackend, ...] = ()
    environments: tuple[DeclaredEnvironment, ...] = ()
    layout: Layout = Layout()
    fields: tuple[AllowedValues, ...] = ()
    components: tuple[DeclaredComponent, ...] = ()
    baseline: DeclaredBaseline = DeclaredBaseline()
    ignores: tuple[Ignore, ...] = ()
    warnings: tuple[DeclarationWarning, ...] = ()
