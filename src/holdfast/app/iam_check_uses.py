"""What a state is used with: for each use of its key in the code, what decides which requests an engine makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.app.iam_key_asking import AskedKeys
from holdfast.aws.connections import Connections
from holdfast.aws.key_reads import KeyAddress, key_health
from holdfast.core.backends import Backend, StateUse
from holdfast.core.cloud import Encryption, KeyState
from holdfast.core.engine_requests import StateInQuestion
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_board import uses_of
from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse
from holdfast.core.policy_locking import encryption_context
from holdfast.errors import PolicyIncompleteError


def questions_of(
    backend: Backend, key: str, connections: Connections
) -> tuple[tuple[StateInQuestion, ...], tuple[str, ...]]:
    """Return the state as each of its uses has it, each way once, and what is not known of it.

    Uses may differ: one takes a lock file, another a lock item, or a KMS key of its own. A state that no code uses
    is taken as its backend would have it.
    """
    uses: Sequence[StateUse | None] = uses_of(backend, key) or (None,)
    encryption = AskedKeys(connections).bucket_encryption(backend)
    scopes = [_scope(backend, use, key) for use in uses]
    problems: dict[str, None] = {}
    names = [tuple(_keys_of(use, encryption, problems)) for use in uses]
    arns = {
        name: _key_arn(backend, name, connections, problems)
        for name in dict.fromkeys(name for each in names for name in each)
    }
    tables = {
        name: _table_key_arn(backend, name, connections, problems)
        for name in dict.fromkeys(each.states[0].table for each in scopes)
        if name is not None
    }
    found: list[StateInQuestion] = []
    for use, scope, own in zip(uses, scopes, names, strict=True):
        question = StateInQuestion(
            backend=scope,
            state=scope.states[0],
            table_key_arn=tables.get(scope.states[0].table or ""),
            key_arns=tuple(arn for name in own if (arn := arns[name]) is not None),
            bucket_key=isinstance(encryption, Known)
            and encryption.value is not None
            and encryption.value.bucket_key,
            write_headers=encryption_context(use) if use is not None else {},
        )
        if question not in found:
            found.append(question)
    return tuple(found), tuple(problems)


def _scope(backend: Backend, use: StateUse | None, key: str) -> BackendScope:
    """Return the backend with one use; raise `PolicyIncompleteError` where its ARNs cannot be written."""
    scope = BackendScope(
        name=backend.name,
        bucket=backend.bucket,
        region=backend.region,
        account=backend.account,
        states=(_state(backend, use, key),),
    )
    if missing := scope.missing_for_arns():
        raise PolicyIncompleteError(backend.name, missing=missing)
    return scope


def _state(backend: Backend, use: StateUse | None, key: str) -> StateScope:
    if use is None:
        return StateScope(
            key=key,
            table=backend.table if backend.locking.uses_table else None,
            lockfile=backend.locking.uses_lockfile,
        )
    in_workspace = key != use.key
    return StateScope(
        key=key,
        table=use.table,
        lockfile=use.locking.uses_lockfile,
        workspace_prefix=use.workspace_prefix,
        workspaces=WorkspaceUse(any_name=in_workspace),
    )


def _keys_of(
    use: StateUse | None, encryption: Fact[Encryption | None], problems: dict[str, None]
) -> Iterator[str]:
    """Yield the KMS keys that the state's objects have: the backend's own, or else the bucket's."""
    if use is not None and use.encrypt:
        if use.kms_key is not None:
            yield use.kms_key
        return
    match encryption:
        case Known(value):
            if value is not None and value.key is not None:
                yield value.key
        case Withheld():
            problems[f"the bucket's encryption is not known: {encryption}"] = None


def _key_arn(
    backend: Backend, name: str, connections: Connections, problems: dict[str, None]
) -> str | None:
    """Return the ARN of a KMS key; None for one that is not there or not known."""
    address = KeyAddress(access=backend.access, region=backend.region, key=name)
    match key_health(connections, address):
        case Known(health) if health.state is not KeyState.MISSING:
            return health.arn
        case Known():
            problems[f"there is no KMS key `{name}`"] = None
        case Withheld() if name.startswith("arn:") and ":key/" in name:
            return name
        case Withheld() as withheld:
            problems[f"KMS key `{name}` is not known: {withheld}"] = None
    return None


def _table_key_arn(
    backend: Backend, table: str, connections: Connections, problems: dict[str, None]
) -> str | None:
    """Return the ARN of the KMS key of a table; None for DynamoDB's own, a table that is not there, or one not known."""
    match AskedKeys(connections).table_key(backend, table):
        case Known(key):
            return key
        case Withheld() as withheld:
            problems[f"the encryption of lock table `{table}` is not known: {withheld}"] = None
            return None
