"""Scopes that tests of permissions begin with."""

from dataclasses import replace
from typing import TypedDict, Unpack

from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse

KEY = "network/dev/terraform.tfstate"


class StateChanges(TypedDict, total=False):
    """The fields of a state's scope that a test sets."""

    table: str | None
    table_key: str | None
    lockfile: bool
    kms_keys: tuple[str, ...]
    workspace_prefix: str
    workspaces: WorkspaceUse
    arrives: bool


class BackendChanges(TypedDict, total=False):
    """The fields of a backend's scope that a test sets."""

    name: str
    bucket: str
    region: str | None
    account: str | None
    tables: tuple[str, ...]
    prefixes: tuple[str, ...]


def state(key: str = KEY, **changes: Unpack[StateChanges]) -> StateScope:
    return StateScope(key=key, **changes)


def backend(*states: StateScope, **changes: Unpack[BackendChanges]) -> BackendScope:
    plain = BackendScope(
        name="dev", bucket="states", region="eu-west-1", account="111111111111", states=states
    )
    return replace(plain, **changes)
