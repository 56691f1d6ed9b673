"""The verbs of the proof: what a role does, and how it is told that it succeeded.

A verb succeeds when Terraform says so and the world says so: a digest that is not written, for example, is a warning in a log that
nobody reads, and the next plan fails because of it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from holdfast.generate.iam_roles import Role
from tests.least_privilege.cases import LOCK_ID, WORKSPACE, Case
from tests.least_privilege.sites import QUIET, Mode, backend_arguments

Outcome = str  # why it did not succeed; empty when it did
APPLY_ALONE = frozenset({Role.APPLY})
UNLOCK_ALONE = frozenset({Role.UNLOCK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing that a role does."""

    name: str
    attempt: Callable[[Case], Outcome]
    roles: frozenset[Role]
    applies: Callable[[Mode], bool] = lambda _: True
    slow: bool = False  # Terraform asks again for ten seconds before it gives up


def ran(case: Case, *arguments: str) -> Outcome:
    """Run Terraform; what it says is wrong is the outcome."""
    done = case.run(*arguments)
    if done.status == 0:
        return ""
    return next((line for line in done.errors.splitlines() if "Error" in line), "failed").strip(
        "│ "
    )


def init(case: Case) -> Outcome:
    case.uninitialised()
    return ran(case, "init", *QUIET, *backend_arguments(case.site.settings(case.key)))


def init_first(case: Case) -> Outcome:
    case.without_state()
    return init(case)


def plan_without_lock(case: Case) -> Outcome:
    return ran(case, "plan", "-lock=false", *QUIET)


def plan(case: Case) -> Outcome:
    return ran(case, "plan", *QUIET) or ("the lock stays" if case.locks else "")


def plan_without_lock_in_workspace(case: Case) -> Outcome:
    case.in_workspace()
    return plan_without_lock(case)


def workspace_select(case: Case) -> Outcome:
    case.beside_workspace()
    return ran(case, "workspace", "select", "-no-color", WORKSPACE)


def plan_of_swapped_state(case: Case) -> Outcome:
    """A state that does not fit its digest has to be refused."""
    return refused(case, case.key)


def plan_of_swapped_state_in_workspace(case: Case) -> Outcome:
    case.in_workspace()
    return refused(case, case.workspace_key)


def refused(case: Case, key: str) -> Outcome:
    case.swap_state(key)
    found = case.run("plan", "-lock=false", *QUIET)
    seen = "does not have the expected content" in found.errors
    return "" if seen else "a swapped state is not noticed"


def apply(case: Case) -> Outcome:
    return applied(case, case.key)


def apply_in_workspace(case: Case) -> Outcome:
    case.in_workspace()
    return applied(case, case.workspace_key)


def applied(case: Case, key: str) -> Outcome:
    case.change_code()
    outcome = ran(case, "apply", "-auto-approve", *QUIET)
    if outcome or case.locks:
        return outcome or "the lock stays"
    if case.serial(key) != 2:
        return "the state is not written"
    return "" if case.digest_fits(key) else "the digest is stale"


def workspace_new(case: Case) -> Outcome:
    outcome = ran(case, "workspace", "new", "-no-color", WORKSPACE)
    if outcome or not case.has_workspace:
        return outcome or "there is no workspace"
    return "" if case.digest_fits(case.workspace_key) else "the digest is missing"


def workspace_delete(case: Case) -> Outcome:
    case.beside_workspace()
    outcome = ran(case, "workspace", "delete", "-force", "-no-color", WORKSPACE)
    return outcome or ("the workspace, or its digest, stays" if case.has_workspace else "")


def force_unlock(case: Case) -> Outcome:
    return unlocked(case, case.key)


def force_unlock_in_workspace(case: Case) -> Outcome:
    case.in_workspace()
    return unlocked(case, case.workspace_key)


def unlocked(case: Case, key: str) -> Outcome:
    locking = case.site.mode.locking
    case.plant_lock(key, lockfile=locking.uses_lockfile, item=locking.uses_table)
    outcome = ran(case, "force-unlock", "-force", "-no-color", LOCK_ID)
    return outcome or ("the lock stays" if case.locks else "")


def locks_break(case: Case) -> Outcome:
    """Holdfast's own way, on the condition of what was read, where both kinds of lock were left."""
    case.plant_lock(case.key, lockfile=True, item=case.site.mode.locking.uses_table)
    return broken(case, case.key)


def locks_break_of_one_kind(case: Case) -> Outcome:
    """A lock item alone: that there is no lock file has to be seen."""
    case.plant_lock(case.key, lockfile=False, item=True)
    return broken(case, case.key)


def locks_break_of_nothing(case: Case) -> Outcome:
    """That there is no lock has to be seen before it is said."""
    return broken(case, case.key)


def locks_break_of_nothing_in_workspace(case: Case) -> Outcome:
    case.in_workspace()
    return broken(case, case.workspace_key)


def broken(case: Case, key: str) -> Outcome:
    settings = case.site.settings(case.key)
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    (case.directory / "backend.hcl").write_text("\n".join(lines), encoding="utf-8")
    done = case.holdfast("locks", "break", key, "--lock-id", LOCK_ID)
    if done.status:
        lines = done.errors.splitlines()
        return next((line for line in lines if line.startswith("error[")), "failed")
    return "the lock stays" if case.locks else ""


def has_table(mode: Mode) -> bool:
    return mode.locking.uses_table


ENGINE_ROLES = frozenset({Role.PLAN_NO_LOCK, Role.PLAN, Role.APPLY})
VERBS = (
    Verb(name="init, no state yet", attempt=init_first, roles=ENGINE_ROLES),
    Verb(name="init", attempt=init, roles=ENGINE_ROLES),
    Verb(name="plan -lock=false", attempt=plan_without_lock, roles=ENGINE_ROLES),
    Verb(
        name="plan -lock=false in a workspace",
        attempt=plan_without_lock_in_workspace,
        roles=ENGINE_ROLES,
    ),
    Verb(name="workspace select", attempt=workspace_select, roles=ENGINE_ROLES),
    Verb(
        name="swapped state is refused",
        attempt=plan_of_swapped_state,
        roles=ENGINE_ROLES,
        applies=has_table,
        slow=True,
    ),
    Verb(
        name="swapped state of a workspace is refused",
        attempt=plan_of_swapped_state_in_workspace,
        roles=ENGINE_ROLES,
        applies=has_table,
        slow=True,
    ),
    Verb(name="plan", attempt=plan, roles=frozenset({Role.PLAN, Role.APPLY})),
    Verb(name="apply", attempt=apply, roles=APPLY_ALONE),
    Verb(name="workspace new", attempt=workspace_new, roles=APPLY_ALONE),
    Verb(name="apply in a workspace", attempt=apply_in_workspace, roles=APPLY_ALONE),
    Verb(name="workspace delete", attempt=workspace_delete, roles=APPLY_ALONE),
    Verb(name="force-unlock", attempt=force_unlock, roles=frozenset({Role.APPLY, Role.UNLOCK})),
    Verb(
        name="force-unlock in a workspace",
        attempt=force_unlock_in_workspace,
        roles=frozenset({Role.APPLY, Role.UNLOCK}),
    ),
    Verb(name="holdfast locks break", attempt=locks_break, roles=UNLOCK_ALONE),
    Verb(name="holdfast locks break, no lock", attempt=locks_break_of_nothing, roles=UNLOCK_ALONE),
    Verb(
        name="holdfast locks break, no lock, in a workspace",
        attempt=locks_break_of_nothing_in_workspace,
        roles=UNLOCK_ALONE,
    ),
    Verb(
        name="holdfast locks break, one kind",
        attempt=locks_break_of_one_kind,
        roles=UNLOCK_ALONE,
        applies=has_table,
    ),
)
