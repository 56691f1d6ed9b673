"""What permissions are about: states, and the bucket, table and keys that keep them, as ARNs. Pure.

A scope is made from code or from a declaration, for one component or for a whole backend. Keys and names go into
patterns with their wildcards escaped, so that a policy reaches nothing by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Backend, StateUse
from holdfast.core.components import Component
from holdfast.core.names import DIGEST_SUFFIX, LOCK_OBJECT_SUFFIX
from holdfast.core.policy_matching import escaped
from holdfast.core.regions import PARTITIONS, partition_of

PARTITION_DEFAULT = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceUse:
    """Which CLI workspaces are used besides `default`: those of these names, or any."""

    names: tuple[str, ...] = ()
    any_name: bool = False

    @property
    def some(self) -> bool:
        """Tell whether there are any."""
        return self.any_name or bool(self.names)


NO_WORKSPACES = WorkspaceUse()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateScope:
    """One state: the key of its default workspace, how it is locked, and the KMS keys behind it.

    `table` is a name or an ARN, None where there is neither a lock item nor a digest. `kms_keys` are ids, aliases or
    ARNs. `table_key` is the ARN of the KMS key of the table, None for DynamoDB's own. `arrives`: it is the new place of a
    state that is moved.
    """

    key: str
    table: str | None = None
    table_key: str | None = None
    lockfile: bool = False
    kms_keys: tuple[str, ...] = ()
    workspace_prefix: str = WORKSPACE_PREFIX_DEFAULT
    workspaces: WorkspaceUse = NO_WORKSPACES
    arrives: bool = False

    @property
    def lists_workspaces(self) -> bool:
        """Tell whether listing the workspaces must succeed.

        Every command lists them. Terraform since 1.7 and OpenTofu since 1.7 take a refusal for "there are none", Terraform
        only below the default prefix (terraform #34511, opentofu #1445; seen with 1.11.4).
        """
        return self.workspaces.some or self.workspace_prefix != WORKSPACE_PREFIX_DEFAULT

    @property
    def listed_prefix(self) -> str:
        """Return the prefix that listing the workspaces sends (Terraform 1.15.5); empty for an empty one."""
        return f"{self.workspace_prefix}/" if self.workspace_prefix else ""

    @property
    def workspace_patterns(self) -> tuple[str, ...]:
        """Return the keys of the workspaces' states as patterns.

        `*` reaches over slashes: IAM has no wildcard for one segment of a path.
        """
        start = escaped(self.listed_prefix)
        named = tuple(escaped(each) for each in self.workspaces.names)
        names = ("*",) if self.workspaces.any_name else named
        return tuple(f"{start}{name}/{escaped(self.key)}" for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendScope:
    """A backend with the states that permissions are for.

    `account` and `region` are None where nothing names them; ARNs of tables and keys cannot be made then.
    """

    name: str
    bucket: str
    region: str | None
    account: str | None
    states: tuple[StateScope, ...]
    tables: tuple[str, ...] = ()  # the backend's own, whether a state uses them or not
    prefixes: tuple[
        str, ...
    ] = ()  # below which the workspaces of a state that is moved are looked for

    @property
    def partition(self) -> str:
        """Return the name of the partition that the region is in."""
        found = partition_of(self.region) if self.region is not None else None
        return found.name if found is not None else PARTITION_DEFAULT

    @property
    def dns_suffix(self) -> str:
        """Return the end of the host names of services: `kms:ViaService` has it (KMS developer guide)."""
        return next(each.dns_suffix for each in PARTITIONS if each.name == self.partition)

    @property
    def bucket_arn(self) -> str:
        """Return the bucket's ARN."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def object_arn(self, pattern: str) -> str:
        """Return the ARN of the objects that a pattern of keys reaches."""
        return f"{self.bucket_arn}/{pattern}"

    def table_arn(self, table: str) -> str:
        """Return the ARN of a table that is given by name or ARN; account and region must be known."""
        if table.startswith("arn:"):
            return table
        return f"arn:{self.partition}:dynamodb:{self.region}:{self.account}:table/{table}"

    def table_service(self, table: str) -> str:
        """Return the name of DynamoDB where a table is, as `kms:ViaService` has it."""
        region = table.split(":")[3] if table.startswith("arn:") else self.region
        return f"dynamodb.{region}.{self.dns_suffix}"

    def missing_for_arns(self) -> tuple[str, ...]:
        """Return what must be known to write the ARNs of the tables and keys, and is not."""
        keys = [key for state in self.states for key in state.kms_keys]
        tables = [*self.tables, *(each.table for each in self.states if each.table is not None)]
        by_name = not all(each.startswith("arn:") for each in (*keys, *tables))
        missing = []
        # `kms:ViaService` names the region also beside the ARN of a key.
        if self.region is None and (by_name or keys):
            missing.append("region")
        if self.account is None and by_name:
            missing.append("account")
        return tuple(missing)


def lock_item_id(bucket: str, key: str) -> str:
    """Return the partition key of the lock item of a state (Terraform 1.11.4, `lockPath`)."""
    return f"{bucket}/{key}"


def digest_item_id(bucket: str, key: str) -> str:
    """Return the partition key of the digest of a state."""
    return f"{lock_item_id(bucket, key)}{DIGEST_SUFFIX}"


def lock_object_key(key: str) -> str:
    """Return the key of the lock file of a state."""
    return f"{key}{LOCK_OBJECT_SUFFIX}"


# Making ---------------------------------------------------------------------------------------------


def scope_of_backend(
    backend: Backend,
    *,
    workspaces: WorkspaceUse = NO_WORKSPACES,
    account: str | None = None,
    keys: Iterable[str] | None = None,
) -> BackendScope:
    """Return the scope of a backend: every state that the code keeps in it, or those of `keys`.

    `account` is taken where neither the code nor the declaration names one.
    """
    wanted = None if keys is None else frozenset(keys)
    states = (
        _state_of_use(backend, use, workspaces)
        for use in backend.uses
        if wanted is None or use.key in wanted
    )
    return BackendScope(
        name=backend.name,
        bucket=backend.bucket,
        region=backend.region,
        account=backend.account or account,
        states=tuple(dict.fromkeys(states)),
        tables=backend.tables,
    )


def scope_of_place(
    backend: Backend,
    key: str,
    *,
    workspaces: WorkspaceUse = NO_WORKSPACES,
    account: str | None = None,
) -> BackendScope:
    """Return the scope of one key of a backend that no code needs to name: any more, or yet."""
    state = StateScope(
        key=key,
        kms_keys=(backend.kms_key,) if backend.kms_key is not None else (),
        workspaces=workspaces,
    )
    scope = scope_of_backend(backend, account=account, keys=())
    return replace(scope, states=(state,))


def scopes_of_components(
    components: Iterable[tuple[Component, str]], *, workspaces: WorkspaceUse = NO_WORKSPACES
) -> tuple[BackendScope, ...]:
    """Return the scopes of declared components, one for each backend, in order of their first component.

    Each component comes with the prefix of its workspaces; one that has several comes with each of them.
    """
    groups: dict[str, list[tuple[Component, str]]] = {}
    for component, prefix in components:
        groups.setdefault(component.backend.name, []).append((component, prefix))
    return tuple(_scope_of_group(group, workspaces) for group in groups.values())


def _scope_of_group(
    components: Sequence[tuple[Component, str]], workspaces: WorkspaceUse
) -> BackendScope:
    backend = components[0][0].backend
    table = backend.table if backend.locking.uses_table else None
    states = (
        StateScope(
            key=each.key,
            table=table,
            lockfile=backend.locking.uses_lockfile,
            kms_keys=(backend.kms_key,) if backend.kms_key is not None else (),
            workspace_prefix=prefix,
            workspaces=workspaces,
        )
        for each, prefix in components
    )
    return BackendScope(
        name=backend.name,
        bucket=backend.bucket,
        region=backend.region,
        account=backend.account.account,
        states=tuple(dict.fromkeys(states)),
        tables=(backend.table,) if backend.table is not None else (),
    )


def _state_of_use(backend: Backend, use: StateUse, workspaces: WorkspaceUse) -> StateScope:
    """Return the scope of a state of the code; `kms_key_id` does nothing without `encrypt` (Terraform 1.11.4)."""
    own = use.kms_key if use.encrypt else None
    # `encrypt` without a key of its own writes with SSE-S3, whatever the bucket's default is.
    default = None if use.encrypt and use.kms_key is None else backend.kms_key
    return StateScope(
        key=use.key,
        table=use.table,
        lockfile=use.locking.uses_lockfile,
        kms_keys=tuple(dict.fromkeys(each for each in (own, default) if each is not None)),
        workspace_prefix=use.workspace_prefix,
        workspaces=workspaces,
    )


def merged_scopes(scopes: Iterable[BackendScope]) -> tuple[BackendScope, ...]:
    """Return one scope for each backend, with the states of all that speak of it, in order."""
    found: dict[tuple[str, str], BackendScope] = {}
    for scope in scopes:
        first = found.setdefault((scope.name, scope.bucket), scope)
        if first is not scope:
            found[scope.name, scope.bucket] = replace(
                first,
                states=tuple(dict.fromkeys((*first.states, *scope.states))),
                tables=tuple(dict.fromkeys((*first.tables, *scope.tables))),
                prefixes=tuple(dict.fromkeys((*first.prefixes, *scope.prefixes))),
            )
    return tuple(found.values())


def locked_everywhere(scope: BackendScope) -> BackendScope:
    """Return the scope with its states locked in every store, as we lock what we change.

    A state that no code locks in a table is locked in all that its backend knows.
    """
    return replace(
        scope,
        states=tuple(
            replace(state, table=table, lockfile=True)
            for state in scope.states
            for table in ((state.table,) if state.table else (scope.tables or (None,)))
        ),
    )


def states_reached_beside(scope: BackendScope, keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a state and another key of its bucket whose workspaces the state's pattern reaches too.

    `env:/*/a` is meant for the workspaces of `a` and is also that of `env:/dev/b/a`: IAM's `*` reaches over slashes.
    """
    own = {state.key for state in scope.states}
    return tuple(
        (state.key, key)
        for state in scope.states
        if state.workspaces.any_name
        for key in sorted(set(keys))
        if key not in own and key.endswith(f"/{state.key}")
    )
