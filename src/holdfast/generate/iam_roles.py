"""Roles: what policies are made for, and what each does with states. Pure."""

from __future__ import annotations

from enum import StrEnum

from holdfast.core.engine_calls import EngineVerb
from holdfast.core.permission_scope import StateScope


class Role(StrEnum):
    """Name the roles that policies are made for."""

    PLAN_NO_LOCK = "plan-no-lock"
    PLAN = "plan"
    APPLY = "apply"
    UNLOCK = "unlock"
    REPAIR = "repair"
    MOVE = "move"
    AUDIT = "audit"
    HOLDFAST_APPLY = "holdfast-apply"


# What a role that works on states is for, with an engine or with Holdfast. A role that may apply may also unlock what it locked; breaking the locks of
# others is a role of its own.
ENGINE_VERBS: dict[Role, tuple[EngineVerb, ...]] = {
    Role.PLAN_NO_LOCK: (EngineVerb.INIT, EngineVerb.PLAN_WITHOUT_LOCK),
    Role.PLAN: (EngineVerb.INIT, EngineVerb.PLAN),
    Role.APPLY: (
        EngineVerb.INIT,
        EngineVerb.PLAN,
        EngineVerb.APPLY,
        EngineVerb.WORKSPACE_NEW,
        EngineVerb.WORKSPACE_DELETE,
        EngineVerb.FORCE_UNLOCK,
    ),
    Role.UNLOCK: (EngineVerb.FORCE_UNLOCK, EngineVerb.LOCKS_BREAK),
    Role.REPAIR: (EngineVerb.STATES_CHECK, EngineVerb.STATES_RESTORE),
    Role.MOVE: (EngineVerb.STATES_LEAVE, EngineVerb.STATES_ARRIVE),
}
# Whoever breaks a lock, or changes a state, looks for both kinds of lock: another engine may have left the other one.
BOTH_KINDS = frozenset({Role.UNLOCK, Role.REPAIR, Role.MOVE})


def verbs_on(state: StateScope, role: Role) -> tuple[EngineVerb, ...]:
    """Return what a role does with a state: of one that is moved, at the old place or at the new one."""
    verbs = ENGINE_VERBS[role]
    other = EngineVerb.STATES_LEAVE if state.arrives else EngineVerb.STATES_ARRIVE
    return tuple(each for each in verbs if each is not other)
