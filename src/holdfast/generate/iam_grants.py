"""Grants: the statements of an IAM policy as values, and what each role of an engine is granted. Pure.

Nothing is written down here that `core/engine_calls.py` does not say an engine calls. Each target of calls is a
statement of its own, with a `Sid` that says what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from holdfast.core.engine_calls import (
    KMS_ACTIONS,
    CallTarget,
    EngineVerb,
    actions_on,
)
from holdfast.core.permission_scope import (
    BackendScope,
    StateScope,
    digest_item_id,
    lock_item_id,
    lock_object_key,
    locked_everywhere,
)
from holdfast.core.policy_matching import escaped
from holdfast.generate.iam_roles import BOTH_KINDS, ENGINE_VERBS, Role, verbs_on

LISTED_PREFIX = "s3:prefix"
LEADING_KEYS = "dynamodb:LeadingKeys"
VIA_SERVICE = "kms:ViaService"
ANY_KEY = "key/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCondition:
    """One key of a condition operator, and the values of which one is enough."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One statement of a policy: actions, resources and conditions; `denies` for the opposite."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[GrantCondition, ...] = ()
    denies: bool = False


def engine_grants(scope: BackendScope, role: Role) -> tuple[Grant, ...]:
    """Return what a role that works on states is granted for those of one backend.

    Account and region of the scope must be known where a table or a key is named without its ARN.
    """
    if role in BOTH_KINDS:
        scope = locked_everywhere(scope)
    patterns = [
        _Patterns(
            state=state,
            keys=(escaped(state.key),),
            verbs=tuple(each for each in verbs_on(state, role) if not each.is_about_workspaces),
        )
        for state in scope.states
    ]
    in_workspaces = [
        _Patterns(state=state, keys=state.workspace_patterns, verbs=verbs_on(state, role))
        for state in scope.states
        if state.workspaces.some
    ]
    grants = (
        *_listings(scope, role),
        *_objects(scope, "States", CallTarget.STATE, patterns),
        *_objects(scope, "WorkspaceStates", CallTarget.STATE, in_workspaces),
        *_objects(scope, "LockFiles", CallTarget.LOCK_FILE, [*patterns, *in_workspaces]),
        *_items(scope, "LockItems", CallTarget.LOCK_ITEM, [*patterns, *in_workspaces]),
        *_items(scope, "Digests", CallTarget.DIGEST, patterns),
        *_items(scope, "WorkspaceDigests", CallTarget.DIGEST, in_workspaces),
        *_scans(scope, role),
        *_encryption(scope, [*patterns, *in_workspaces]),
        *_table_encryption(scope, [*patterns, *in_workspaces]),
    )
    return with_distinct_sids(each for each in grants if each.resources and each.actions)


def with_distinct_sids(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return the grants with a number where a `Sid` is taken: a policy has each once."""
    taken: set[str] = set()
    found = []
    for grant in grants:
        sid, number = grant.sid, 2
        while sid in taken:
            sid, number = f"{grant.sid}{number}", number + 1
        taken.add(sid)
        found.append(grant if sid == grant.sid else replace(grant, sid=sid))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    """The keys of one state, default workspace or others, as patterns, and what is done with them."""

    state: StateScope
    keys: tuple[str, ...]
    verbs: tuple[EngineVerb, ...]


def _listings(scope: BackendScope, role: Role) -> Iterator[Grant]:
    """Yield what is listed, and the one setting of the bucket that is read."""
    of_bucket = (scope.bucket_arn,)
    verbs = ENGINE_VERBS[role]
    prefixes = [prefix for state in scope.states for prefix in _prefixes(scope, state, role)]
    if actions := actions_on(CallTarget.EVERY_KEY, verbs):
        yield Grant(sid="ListStates", actions=actions, resources=of_bucket)
    elif prefixes:
        yield _list_below("ListStates", "s3:ListBucket", of_bucket, prefixes)
    with_versions = [
        prefix
        for state in scope.states
        if actions_on(CallTarget.VERSIONS, verbs_on(state, role))
        for prefix in _key_patterns(state)
    ]
    if with_versions:
        yield _list_below("ListVersions", "s3:ListBucketVersions", of_bucket, with_versions)
    if actions := actions_on(CallTarget.VERSIONING, verbs):
        yield Grant(sid="Versioning", actions=actions, resources=of_bucket)


def _list_below(
    sid: str, action: str, resources: tuple[str, ...], prefixes: Iterable[str]
) -> Grant:
    conditions = (_one_of("String", LISTED_PREFIX, prefixes),)
    return Grant(sid=sid, actions=(action,), resources=resources, conditions=conditions)


def _prefixes(scope: BackendScope, state: StateScope, role: Role) -> Iterator[str]:
    verbs = verbs_on(state, role)
    if actions_on(CallTarget.WORKSPACES, verbs) and state.lists_workspaces:
        yield escaped(state.listed_prefix)
    if actions_on(CallTarget.MOVED_WORKSPACES, verbs):
        for prefix in dict.fromkeys((state.workspace_prefix, *scope.prefixes)):
            yield escaped(replace(state, workspace_prefix=prefix).listed_prefix)
    if actions_on(CallTarget.PRESENCE, verbs):
        # A workspace whose state is not there yet is only made by who may write it.
        makes = not {EngineVerb.WORKSPACE_NEW, *ENGINE_VERBS[Role.MOVE]}.isdisjoint(verbs)
        yield from _key_patterns(state) if makes else (escaped(state.key),)
    if actions_on(CallTarget.LOCK_PRESENCE, verbs):
        yield from map(lock_object_key, _key_patterns(state))


def _scans(scope: BackendScope, role: Role) -> Iterator[Grant]:
    if actions := actions_on(CallTarget.EVERY_ITEM, ENGINE_VERBS[role]):
        tables = dict.fromkeys(each.table for each in scope.states if each.table is not None)
        resources = tuple(map(scope.table_arn, tables))
        yield Grant(sid="ScanItems", actions=actions, resources=resources)


def _objects(
    scope: BackendScope, sid: str, target: CallTarget, found: Iterable[_Patterns]
) -> Iterator[Grant]:
    for actions, group in _by_actions(target, found):
        wanted = [each for each in group if target is CallTarget.STATE or each.state.lockfile]
        resources = [
            scope.object_arn(_object_key(target, key)) for each in wanted for key in each.keys
        ]
        yield Grant(sid=sid, actions=_of_service("s3", actions), resources=_sorted(resources))


def _items(
    scope: BackendScope, sid: str, target: CallTarget, found: Iterable[_Patterns]
) -> Iterator[Grant]:
    for actions, group in _by_actions(target, found):
        tables = dict.fromkeys(each.state.table for each in group if each.state.table is not None)
        for table in tables:
            keys = [
                _item_id(target, scope.bucket, key)
                for each in group
                if each.state.table == table
                for key in each.keys
            ]
            yield Grant(
                sid=sid,
                actions=_of_service("dynamodb", actions),
                resources=(scope.table_arn(table),),
                conditions=(
                    _one_of("ForAllValues:String", LEADING_KEYS, keys),
                    # `ForAllValues:` holds of a request without any key, such as a Scan.
                    GrantCondition(operator="Null", key=LEADING_KEYS, values=("false",)),
                ),
            )


def _encryption(scope: BackendScope, found: list[_Patterns]) -> Iterator[Grant]:
    """Yield what S3 does with the KMS keys of the objects, in the name of the role and through S3 alone."""
    keys = dict.fromkeys(key for each in found for key in each.state.kms_keys)
    for key in keys:
        users = [each for each in found if key in each.state.kms_keys]
        objects: list[str] = []
        actions: set[str] = set()
        for each in users:
            for target in (CallTarget.STATE, CallTarget.LOCK_FILE):
                if target is CallTarget.LOCK_FILE and not each.state.lockfile:
                    continue
                used = [
                    action
                    for call in actions_on(target, each.verbs)
                    for action in KMS_ACTIONS.get(call, ())
                ]
                if used:
                    actions.update(used)
                    objects += [scope.object_arn(_object_key(target, name)) for name in each.keys]
        # With a bucket key the context is the bucket, without one the object (S3 user guide, "Bucket Keys").
        contexts = [scope.bucket_arn, *objects] if objects else []
        resource, alias = _kms_resource(scope, key)
        yield Grant(
            sid="StateKeys",
            actions=tuple(sorted(actions)),
            resources=(resource,),
            conditions=(
                GrantCondition(
                    operator="StringEquals",
                    key=VIA_SERVICE,
                    values=(f"s3.{scope.region}.{scope.dns_suffix}",),
                ),
                _one_of("String", "kms:EncryptionContext:aws:s3:arn", contexts),
                *alias,
            ),
        )


def _table_encryption(scope: BackendScope, found: list[_Patterns]) -> Iterator[Grant]:
    """Yield what DynamoDB does with the KMS keys of the tables, in the name of the role and through DynamoDB alone."""
    actions: dict[tuple[str, str], set[str]] = {}
    for each in found:
        state = each.state
        if state.table is None or state.table_key is None:
            continue
        used = actions.setdefault((state.table_key, scope.table_service(state.table)), set())
        for target in (CallTarget.LOCK_ITEM, CallTarget.DIGEST, CallTarget.EVERY_ITEM):
            for call in actions_on(target, each.verbs):
                used.update(KMS_ACTIONS.get(call, ()))
    for (key, service), needed in actions.items():
        yield Grant(
            sid="TableKeys",
            actions=_sorted(needed),
            resources=(key,),
            conditions=(
                GrantCondition(operator="StringEquals", key=VIA_SERVICE, values=(service,)),
            ),
        )


def _kms_resource(scope: BackendScope, key: str) -> tuple[str, tuple[GrantCondition, ...]]:
    """Return the ARN of a key; an alias is no resource of these actions, and becomes a condition."""
    start = f"arn:{scope.partition}:kms:{scope.region}:{scope.account}"
    if key.startswith("arn:"):
        start, _, key = key.rpartition(":")
    if not key.startswith("alias/"):
        return f"{start}:{key if key.startswith('key/') else f'key/{key}'}", ()
    condition = GrantCondition(
        operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(key,)
    )
    return f"{start}:{ANY_KEY}", (condition,)


def _by_actions(
    target: CallTarget, found: Iterable[_Patterns]
) -> Iterator[tuple[tuple[str, ...], list[_Patterns]]]:
    """Yield the patterns with whose target the same is done; those with which nothing is done are left out."""
    groups: dict[tuple[str, ...], list[_Patterns]] = {}
    for each in found:
        actions = actions_on(target, each.verbs)
        if actions:
            groups.setdefault(actions, []).append(each)
    yield from groups.items()


def _one_of(operator_stem: str, key: str, patterns: Iterable[str]) -> GrantCondition:
    """Return the condition that a key has one of these values: `Equals` unless one is a pattern."""
    values = _sorted(patterns)
    is_pattern = any("*" in each.replace("${*}", "") for each in values)
    return GrantCondition(
        operator=f"{operator_stem}{'Like' if is_pattern else 'Equals'}", key=key, values=values
    )


def _object_key(target: CallTarget, pattern: str) -> str:
    return lock_object_key(pattern) if target is CallTarget.LOCK_FILE else pattern


def _item_id(target: CallTarget, bucket: str, pattern: str) -> str:
    return (digest_item_id if target is CallTarget.DIGEST else lock_item_id)(bucket, pattern)


def _key_patterns(state: StateScope) -> tuple[str, ...]:
    return (escaped(state.key), *(state.workspace_patterns if state.workspaces.some else ()))


def _of_service(service: str, actions: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in actions if each.startswith(f"{service}:"))


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
