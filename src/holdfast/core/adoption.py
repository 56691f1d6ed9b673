"""What is adopted: the draft of a declaration, and everything that does not fit into it. Values only.

A draft names what exists by the names that it has. `core/adoption_drafting.py` makes one, and
`generate/declaration_text.py` writes it down.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Access, Locking
from holdfast.core.declaration import AllowedValues, DeclaredBaseline, Ignore
from holdfast.core.patterns import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAccount:
    """An account, and how its id is known."""

    name: str
    identity: str  # 12 digits
    access: Access
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBackend:
    """A backend under the names that exist; `..._literal` tells whether no pattern gives one of them."""

    name: str
    account: str  # name of a draft account
    region: str
    locking: Locking
    bucket: str
    table: str | None
    reason: str
    bucket_literal: bool = True
    table_literal: bool = True
    account_regional: bool = False
    kms_key: str | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEnvironment:
    """An environment and its backend, or one for each region."""

    name: str
    backends: tuple[tuple[str | None, str], ...]  # region (None: every region) → backend name


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A declaration that is not written yet."""

    organization: str | None
    bucket_pattern: Pattern | None
    table_pattern: Pattern | None
    key_pattern: Pattern | None
    pipeline_pattern: Pattern | None
    accounts: tuple[DraftAccount, ...]
    backends: tuple[DraftBackend, ...]
    environments: tuple[DraftEnvironment, ...]
    roots: tuple[Pattern, ...]
    exceptions: tuple[tuple[str, str], ...]  # paths of roots that are no components, and why
    setup: Pattern | None
    file: str
    components: tuple[tuple[tuple[str, str], ...], ...]
    fields: tuple[AllowedValues, ...] = ()
    baseline: DeclaredBaseline | None = None
    ignores: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A root, backend or table that the draft does not cover, or covers in another way than the code does.

    `subject` is the root's path or the name; `facts` are what is there, `reason` why it does not fit.
    """

    subject: str
    facts: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedRoot:
    """A root that the draft covers, in one configuration: its state, and the fields of its component."""

    path: str
    label: str
    bucket: str
    key: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingAccount:
    """A backend of which nobody knows the account, and why it could not be asked for."""

    bucket: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A draft, what does not fit into it, and where a convention that was written before says otherwise."""

    draft: Draft
    roots: tuple[AdoptedRoot, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    disagreements: tuple[Misfit, ...] = ()
