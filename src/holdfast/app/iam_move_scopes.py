"""What permissions for one move are about: the old place and the new one, whichever of them the code names now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holdfast.app.state_move_planning import target_named
from holdfast.core.backend_switch import BackendSwitch, settings_by_state
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Backend
from holdfast.core.fleet import Fleet
from holdfast.core.lock_board import uses_of
from holdfast.core.permission_scope import (
    BackendScope,
    WorkspaceUse,
    scope_of_backend,
    scope_of_place,
)
from holdfast.core.settings import settings_of
from holdfast.core.state_naming import StateName, only_one, states_named
from holdfast.errors import StateUnknownError, UsageError


def move_scopes(
    names: Sequence[str], code: Fleet, *, workspaces: WorkspaceUse, account: str | None
) -> tuple[BackendScope, ...]:
    """Return the scopes of the old place and of the new one.

    Raises `UsageError` unless there are two names, and the errors of `states move` for names that mean nothing.
    """
    if len(names) != 2:  # noqa: PLR2004 - the old place and the new one
        raise UsageError(
            "a role that moves a state is for one move",
            world="nothing was written",
            hints=("name both places as for `holdfast states move`: FROM TO",),
        )
    source = _source(names[0], code.backends_chosen)
    target = target_named(names[1], source, code.backends)
    prefixes = {use.workspace_prefix for each in code.backends for use in each.uses}
    settings = tuple(settings_of(code.repository))
    switch = BackendSwitch(
        source=source.backend,
        target=target.backend,
        source_key=source.key,
        target_key=target.key,
        settings=settings,
        by_state=settings_by_state(settings, code.backends),
    )
    old = _scope(source.backend, source.key, workspaces, account)
    used = [use for use in uses_of(source.backend, source.key) if use.key == source.key]
    after = replace(target.backend, uses=tuple(switch.use_after(each) for each in used))
    new = _scope(after if used else target.backend, target.key, workspaces, account)
    arriving = replace(new, states=tuple(replace(each, arrives=True) for each in new.states))
    below = tuple(sorted(prefixes | {WORKSPACE_PREFIX_DEFAULT}))
    return replace(old, prefixes=below), replace(arriving, prefixes=below)


def _scope(
    backend: Backend, key: str, workspaces: WorkspaceUse, account: str | None
) -> BackendScope:
    """Return the scope of a key as the code uses it, or as its backend has it where no code does."""
    found = scope_of_backend(backend, workspaces=workspaces, account=account, keys=(key,))
    if found.states:
        return found
    return scope_of_place(backend, key, workspaces=workspaces, account=account)


def _source(name: str, backends: Sequence[Backend]) -> StateName:
    """Return the old place; after the move no code names it, so that then it is `BUCKET/KEY`."""
    try:
        return only_one(name, states_named(name, backends))
    except StateUnknownError:
        text = name.removeprefix("s3://")
        fitting = [each for each in backends if text.startswith(f"{each.bucket}/")]
        if not fitting:
            raise
        return only_one(
            name,
            [StateName(backend=each, key=text.removeprefix(f"{each.bucket}/")) for each in fitting],
        )
