"""Backends: one bucket, and a lock table if there is one, in one account and region.

A backend comes from the code (roots that name one bucket), from the declaration, or from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.source import SourceSpan

WORKSPACE_PREFIX_DEFAULT = "env:"
WORKSPACE_DEFAULT = "default"


class Locking(StrEnum):
    """Name how a backend, or one root, locks its states."""

    NONE = "none"
    DYNAMODB = "dynamodb"
    LOCKFILE = "lockfile"
    BOTH = "both"

    @classmethod
    def of(cls, *, table: bool, lockfile: bool) -> Locking:
        """Name the mode of a configuration that sets these two arguments."""
        match table, lockfile:
            case True, True:
                return cls.BOTH
            case True, False:
                return cls.DYNAMODB
            case False, True:
                return cls.LOCKFILE
            case _:
                return cls.NONE

    @property
    def uses_table(self) -> bool:
        """Tell whether the mode takes an item in the lock table."""
        return self in {Locking.DYNAMODB, Locking.BOTH}

    @property
    def uses_lockfile(self) -> bool:
        """Tell whether the mode writes a `.tflock` object."""
        return self in {Locking.LOCKFILE, Locking.BOTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Custom service endpoints; None means the one that AWS documents for the region."""

    s3: str | None = None
    dynamodb: str | None = None
    sts: str | None = None
    iam: str | None = None
    kms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a backend is reached: credentials by name, never by value.

    Static keys in a backend block are deliberately not carried along: the credential chain is used,
    and the rule `credentials-in-backend` says so.
    """

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    session_name: str | None = None
    web_identity_token_file: str | None = None
    shared_config_files: tuple[str, ...] = ()
    shared_credentials_files: tuple[str, ...] = ()
    endpoints: Endpoints = Endpoints()
    path_style: bool = False
    fips: bool = False
    dual_stack: bool = False
    insecure: bool = False
    ca_bundle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateUse:
    """One state that one root uses: the key of its default workspace and how it is locked."""

    root_path: str
    label: str  # the configuration's label, empty for the block alone
    key: str
    workspace_prefix: str
    workspaces: tuple[str, ...]  # known besides `default`, from `.terraform/environment`
    locking: Locking
    table: str | None
    region: str | None
    encrypt: bool
    kms_key: str | None
    span: SourceSpan
    acl: str | None = None
    kms_key_known: bool = True  # False when `kms_key_id` is an expression
    customer_key: bool = False  # `sse_customer_key` is set; its value is never carried along

    def state_keys(self) -> tuple[str, ...]:
        """Return the object keys of every known workspace, the default one first.

        A workspace's state is `<prefix>/<workspace>/<key>` (Terraform 1.11.4, `Workspaces`); an empty
        prefix, which is allowed, leaves no slash.
        """
        start = f"{self.workspace_prefix}/" if self.workspace_prefix else ""
        others = (f"{start}{name}/{self.key}" for name in self.workspaces)
        return (self.key, *others)

    def is_of(self, key: str) -> bool:
        """Tell whether a key is that of this state in any workspace, known or not."""
        if key == self.key:
            return True
        start = f"{self.workspace_prefix}/" if self.workspace_prefix else ""
        end = f"/{self.key}"
        workspace = key.removeprefix(start).removesuffix(end)
        return key == f"{start}{workspace}{end}" and bool(workspace) and "/" not in workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A backend as code and declaration describe it, before the cloud was asked.

    `name` is the declared name, or the bucket's. `region` is what most of its uses say. `tables` are the
    distinct lock tables named by its uses or its declaration: more than one is a finding. `account` is
    the 12-digit id that the declaration or `allowed_account_ids` names; None when nothing names it, or the
    code allows several. `core/accounts.py` tells whether an account is a right one.
    """

    name: str
    bucket: str
    region: str | None
    tables: tuple[str, ...]
    locking: Locking
    access: Access
    account: str | None
    declared: bool
    uses: tuple[StateUse, ...]
    span: SourceSpan | None = None
    kms_key: str | None = None  # wished for by the declaration's baseline
    account_regional: bool = False  # create the bucket in the account-regional namespace
    tags: tuple[tuple[str, str], ...] = ()  # wished for when it is created
    noncurrent_keep: int | None = None  # wished for by the declaration's baseline, as the next one
    noncurrent_days: int | None = None
    accounts_allowed: tuple[str, ...] = ()  # by the code of any use; empty when none says so
    accounts_forbidden: tuple[str, ...] = ()  # by the code of any use

    @property
    def table(self) -> str | None:
        """Return the lock table, or None when there is none."""
        return self.tables[0] if self.tables else None

    @property
    def keys(self) -> tuple[str, ...]:
        """Return every known state key, each once, in order of its first use."""
        return tuple(dict.fromkeys(key for use in self.uses for key in use.state_keys()))

    def uses_of(self, key: str) -> tuple[StateUse, ...]:
        """Return the uses of a key, in any workspace."""
        return tuple(use for use in self.uses if use.is_of(key))
