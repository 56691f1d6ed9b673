"""What permissions are to be generated for: the states that names stand for, in code and declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.component_choice import chosen_components
from holdfast.app.component_configurations import WORKSPACE_PREFIX, used_workspace_prefixes
from holdfast.app.declared_fleet import DeclaredFleet, fleet_of_declaration
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.iam_keys import (
    KeySource,
    unknown_keys_words,
    with_default_keys,
    with_table_keys,
)
from holdfast.app.iam_move_scopes import move_scopes
from holdfast.core.facts import Withheld
from holdfast.core.fleet import Fleet
from holdfast.core.likeness import did_you_mean
from holdfast.core.permission_scope import (
    NO_WORKSPACES,
    BackendScope,
    WorkspaceUse,
    locked_everywhere,
    merged_scopes,
    scope_of_backend,
    scopes_of_components,
    states_reached_beside,
)
from holdfast.core.settings import is_computed, settings_of
from holdfast.core.state_naming import states_named
from holdfast.errors import (
    ComponentUnknownError,
    PolicyIncompleteError,
    StateUnknownError,
    UsageError,
)
from holdfast.generate.iam_roles import BOTH_KINDS, ENGINE_VERBS, Role

TOO_OPEN = "the workspaces of `{0}` cannot be told from those of `{1}` by a pattern: name them, `--workspace NAME`"
LEFT_OUT = "`{0}` is left out: {1}"
PREFIX_UNKNOWN = "the `workspace_key_prefix` of `{0}` is an expression: its workspaces are allowed below `env:/` only"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRequest:
    """What the user asked to make permissions for.

    `names` are backends, components, roots or keys, none means everything; for a role that moves a state, its old place
    and its new one. The roles that look after buckets and tables need no state. `keys` says where KMS keys are known
    from; without it they are left out, as for a policy that is not about states.
    """

    fleet: FleetRequest
    names: tuple[str, ...] = ()
    workspaces: WorkspaceUse = NO_WORKSPACES
    account: str | None = None
    role: Role = Role.APPLY
    keys: KeySource | None = None

    @property
    def is_about_states(self) -> bool:
        """Tell whether the role does anything with states."""
        return self.role in ENGINE_VERBS


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScopes:
    """The backends with the states that are meant, and what to know about them."""

    scopes: tuple[BackendScope, ...]
    notes: tuple[str, ...] = ()


def permission_scopes(request: ScopeRequest) -> FoundScopes:
    """Return what the names stand for.

    Raises `UsageError` for a name that stands for nothing, `PolicyIncompleteError` for a backend whose account or
    region is needed and nowhere named, and what reading the code raises.
    """
    code = read_code(request.fleet)
    unknown_buckets: Mapping[str, Withheld] = {}
    if request.keys is not None:
        backends, unknown_buckets = with_default_keys(code.backends, request.keys)
        code = replace(code, backends=backends)
    declared = _declared(code, request)
    if request.role is Role.MOVE:
        found: list[BackendScope] = [
            *move_scopes(
                request.names, code, workspaces=request.workspaces, account=request.account
            )
        ]
    elif request.names:
        found = [scope for name in request.names for scope in _named(name, code, declared, request)]
    else:
        found = [*_of_backends(code, request), *_of_components(declared, (), request)]
    scopes = merged_scopes(found)
    if request.is_about_states:
        scopes = tuple(each for each in scopes if each.states)
    if request.role in BOTH_KINDS:
        scopes = tuple(map(locked_everywhere, scopes))
    if request.is_about_states:
        scopes = tuple(replace(each, tables=()) for each in scopes)
    if not scopes:
        raise UsageError(
            f"no {'state' if request.is_about_states else 'backend'} is known, so that there is nothing to be allowed",
            world="nothing was written",
            hints=("name a component or a root; or list components in `holdfast.yaml`",),
        )
    unknown_tables: Mapping[str, Withheld] = {}
    if request.keys is not None:
        scopes, unknown_tables = with_table_keys(scopes, code.backends, request.keys)
    for scope in scopes:
        if missing := scope.missing_for_arns():
            raise PolicyIncompleteError(scope.name, missing=missing)
    unknown_keys = unknown_keys_words(unknown_tables, _meant_buckets(unknown_buckets, scopes, code))
    odd = declared.odd_places if declared is not None else code.repository.unread_places
    left_out = tuple(LEFT_OUT.format(place, words) for place, words in odd)
    return FoundScopes(scopes=scopes, notes=(*left_out, *unknown_keys, *_notes(scopes, code)))


def _meant_buckets(
    unknown: Mapping[str, Withheld], scopes: Sequence[BackendScope], code: Fleet
) -> Mapping[str, Withheld]:
    """Return the buckets to whose default a root leaves a state that is meant."""
    meant = {(scope.bucket, state.key) for scope in scopes for state in scope.states}
    left = {
        backend.bucket
        for backend in code.backends
        for use in backend.uses
        if not use.encrypt and (backend.bucket, use.key) in meant
    }
    return {bucket: why for bucket, why in unknown.items() if bucket in left}


def _declared(code: Fleet, request: ScopeRequest) -> DeclaredFleet | None:
    if code.declaration is None:
        return None
    file = request.fleet.declaration or Path(code.declaration.path)
    return fleet_of_declaration(code.declaration, code.repository, file=file)


def _named(
    name: str, code: Fleet, declared: DeclaredFleet | None, request: ScopeRequest
) -> list[BackendScope]:
    """Return what one name stands for: a backend first, then a state in the code, then a component."""
    backends = [each for each in code.backends if name in {each.name, each.bucket}]
    if backends:
        whole = {each.name for each in backends}
        components = _of_components(declared, (), request)
        return [
            *_of_backends(code, request, names=whole),
            *(each for each in components if each.name in whole),
        ]
    found = [*_of_states(name, code, request)]
    try:
        found += _of_components(declared, (name,), request)
    except ComponentUnknownError:
        if not found:
            raise _unknown(name, code, declared) from None
    if not found:
        raise _unknown(name, code, declared)
    return found


def _of_backends(
    code: Fleet, request: ScopeRequest, *, names: Iterable[str] | None = None
) -> list[BackendScope]:
    wanted = None if names is None else set(names)
    return [
        scope_of_backend(each, workspaces=request.workspaces, account=request.account)
        for each in code.backends
        if wanted is None or each.name in wanted
    ]


def _of_states(name: str, code: Fleet, request: ScopeRequest) -> Iterator[BackendScope]:
    try:
        states = states_named(name, code.backends)
    except StateUnknownError:
        return
    for state in states:
        keys = {use.key for use in state.backend.uses if use.is_of(state.key)}
        yield scope_of_backend(
            state.backend, workspaces=request.workspaces, account=request.account, keys=keys
        )


def _of_components(
    declared: DeclaredFleet | None, names: Sequence[str], request: ScopeRequest
) -> tuple[BackendScope, ...]:
    if declared is None:
        return ()
    placed = chosen_components(declared, names, start=request.fleet.directory)
    components = [
        (each.component, prefix)
        for each in placed
        for prefix in used_workspace_prefixes(each.component, each.root)
    ]
    return scopes_of_components(components, workspaces=request.workspaces)


def _unknown(name: str, code: Fleet, declared: DeclaredFleet | None) -> UsageError:
    components = declared.components if declared is not None else ()
    known = [
        *(each.name for each in code.backends),
        *(each.component.pipeline for each in components),
        *(use.root_path for backend in code.backends for use in backend.uses),
        *(use.key for backend in code.backends for use in backend.uses),
    ]
    return UsageError(
        f"`{name}` is no backend, component, root or key{did_you_mean(name, known)}",
        facts=(("backends", ", ".join(each.name for each in code.backends) or "none"),),
        world="nothing was written",
    )


def _notes(scopes: Sequence[BackendScope], code: Fleet) -> Iterator[str]:
    keys = {backend.name: [use.key for use in backend.uses] for backend in code.backends}
    for scope in scopes:
        for own, other in states_reached_beside(scope, keys.get(scope.name, ())):
            yield TOO_OPEN.format(own, other)
    yield from _prefix_notes(scopes, code)


def _prefix_notes(scopes: Sequence[BackendScope], code: Fleet) -> Iterator[str]:
    """Yield the roots whose workspaces may be below a prefix that nothing says."""
    meant = {(scope.bucket, state.key) for scope in scopes for state in scope.states}
    for setting in settings_of(code.repository):
        use = setting.use
        unknown = is_computed(setting.configuration.attribute(WORKSPACE_PREFIX))
        if unknown and use is not None and (setting.bucket, use.key) in meant:
            yield PREFIX_UNKNOWN.format(use.root_path)
