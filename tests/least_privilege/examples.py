"""Which roles, modes and verbs a run of the proof goes through."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.core.backends import Locking
from holdfast.core.permission_scope import BackendScope
from holdfast.generate.iam_policies import IamPolicy
from holdfast.generate.iam_roles import Role
from holdfast.generate.iam_tool_grants import audit_grants
from tests.least_privilege.removals import Removal, policy, removals
from tests.least_privilege.sites import Mode, scope_of
from tests.least_privilege.state_verbs import STATE_VERBS
from tests.least_privilege.verbs import VERBS, Verb

BOTH = Mode(locking=Locking.BOTH, encrypted=True)
MODES = (Mode(locking=Locking.DYNAMODB), Mode(locking=Locking.LOCKFILE), BOTH)
ROLES = (
    Role.PLAN_NO_LOCK,
    Role.PLAN,
    Role.APPLY,
    Role.UNLOCK,
    Role.REPAIR,
    Role.MOVE,
)
# What a short run takes out where both locks are taken; of `apply` it does in every mode.
ON_STATES = frozenset({Role.REPAIR, Role.MOVE})
ALL_VERBS = (*VERBS, *STATE_VERBS)

TOOL_SCOPE = BackendScope(
    name="states",
    bucket="states",
    region="us-east-1",
    account="111111111111",
    states=(),
    tables=("locks",),
)

# The verb that a short run tries first without a part of a policy; a long run tries them all.
NEEDS_MOST: Mapping[tuple[str, str], str] = {
    ("ListStates", "s3:ListBucket"): "init, no state yet",
    ("States", "s3:GetObject"): "plan -lock=false",
    ("States", "s3:PutObject"): "apply",
    ("WorkspaceStates", "s3:GetObject"): "plan -lock=false in a workspace",
    ("WorkspaceStates", "s3:PutObject"): "workspace new",
    ("WorkspaceStates", "s3:DeleteObject"): "workspace delete",
    ("Digests", "dynamodb:GetItem"): "swapped state is refused",
    ("Digests", "dynamodb:PutItem"): "apply",
    ("WorkspaceDigests", "dynamodb:GetItem"): "swapped state of a workspace is refused",
    ("WorkspaceDigests", "dynamodb:PutItem"): "workspace new",
    ("WorkspaceDigests", "dynamodb:DeleteItem"): "workspace delete",
    ("StateKeys", "kms:Decrypt"): "plan -lock=false",
    ("StateKeys", "kms:GenerateDataKey"): "apply",
}
NEEDS_PREFIX_MOST: Mapping[str, str] = {
    "KEY": "init, no state yet",
    "env:/": "workspace select",
    "env:/*/KEY": "workspace new",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """One verb of a role, with the whole policy."""

    role: Role
    mode: Mode
    verb: Verb

    def __str__(self) -> str:
        """Name the example."""
        return f"{self.role.value}, {self.mode}: {self.verb.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A part that is taken out of the policy of a role, and the verbs that are tried without it."""

    role: Role
    mode: Mode
    removal: Removal
    verbs: tuple[Verb, ...]

    def __str__(self) -> str:
        """Name the example."""
        return f"{self.role.value}, {self.mode}, without {self.removal}"


def verbs_of(role: Role, mode: Mode) -> tuple[Verb, ...]:
    """Return what a role does in a mode."""
    return tuple(each for each in ALL_VERBS if role in each.roles and each.applies(mode))


def grants_of_run(*, every_verb: bool) -> tuple[Granted, ...]:
    """Return the verbs that are run with the whole policy.

    A short run leaves the roles that do less than `apply` to one mode, and the waiting to another.
    """
    return tuple(
        Granted(role=role, mode=mode, verb=verb)
        for role in ROLES
        for mode in MODES
        if every_verb or role is Role.APPLY or mode is BOTH
        for verb in verbs_of(role, mode)
        if every_verb or not verb.slow or (role is Role.APPLY and mode is not BOTH)
    )


def removals_of_run(*, every_verb: bool) -> tuple[Lack, ...]:
    """Return what is taken out of which policy: of `apply` in every mode, of the others where both locks are taken.

    Without a part of our own roles the verb that needs it most is run, in a long run as well; a short run leaves their
    workspaces to a long one.
    """
    return tuple(
        Lack(
            role=role,
            mode=mode,
            removal=removal,
            verbs=(
                _worth_waiting(removal, verbs)
                if every_verb and role not in ON_STATES
                else _first(role, removal, verbs)
            ),
        )
        for role in ROLES
        for mode in MODES
        if role is Role.APPLY or (mode is BOTH and (every_verb or role in ON_STATES))
        for verbs in (verbs_of(role, mode),)
        for removal in removals(policy(role, scope_of(mode, "KEY")))
        if every_verb or role is Role.APPLY or not removal.is_about_workspaces
    )


def _worth_waiting(removal: Removal, verbs: tuple[Verb, ...]) -> tuple[Verb, ...]:
    """Return all verbs, but those that wait only where the removal is about what they look at."""
    looks = removal.sid in {"Digests", "WorkspaceDigests"}
    return tuple(each for each in verbs if looks or not each.slow)


def _first(role: Role, removal: Removal, verbs: tuple[Verb, ...]) -> tuple[Verb, ...]:
    match role:
        case Role.REPAIR:
            needed = _first_of_repair(removal)
        case Role.MOVE:
            needed = _first_of_move(removal)
        case _ if removal.prefix:
            needed = NEEDS_PREFIX_MOST[removal.prefix]
        case _:
            needed = NEEDS_MOST.get((removal.sid, removal.action), "plan")
    return tuple(each for each in verbs if each.name == needed)


def _first_of_repair(removal: Removal) -> str:
    where = " in a workspace" if removal.is_about_workspaces else ""
    if (removal.action, removal.prefix) == ("dynamodb:DeleteItem", "") and "Digests" in removal.sid:
        return f"holdfast states check --with remove{where}"
    if (removal.sid, removal.action) == ("LockItems", "dynamodb:GetItem"):
        return "holdfast states restore, an answer is lost"
    if removal.sid in {"ListStates", "ScanItems"}:
        return "holdfast states check"
    return f"holdfast states restore{where}"


def _first_of_move(removal: Removal) -> str:
    where = " with a workspace" if removal.is_about_workspaces else ""
    if removal.prefix.endswith("KEY") and removal.sid == "ListStates":
        return f"holdfast states forget{where}, begun before"
    leaves = {"States", "Digests", "WorkspaceStates", "WorkspaceDigests"}
    of_old = removal.sid in leaves and removal.action != "s3:GetObject"
    if of_old or removal.sid == "ListVersions":
        return f"holdfast states forget{where}"
    return f"holdfast states move{where}"


def reads_of_run(*, every_verb: bool) -> tuple[Removal, ...]:
    """Return which reads are taken from the audit: all, or the first of each statement."""
    grants = audit_grants([TOOL_SCOPE])
    every = removals(IamPolicy(name="audit", grants=grants))
    return every if every_verb else tuple({each.sid: each for each in reversed(every)}.values())
