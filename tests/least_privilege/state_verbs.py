"""The verbs of the proof that are Holdfast's own: what it does with states, and how it is told that it succeeded."""

import re

from holdfast.generate.iam_roles import Role
from tests.least_privilege.cases import Case
from tests.least_privilege.removals import moved_key
from tests.least_privilege.verbs import Outcome, Verb, has_table
from tests.support.fault_rules import DropAfter, Rule

ANY_CASE = re.compile(r"\bcase-\d+/")
KEPT = "the bucket keeps it as an older version"


def done(case: Case, *arguments: str, kept: int = 0) -> Outcome:
    """Run Holdfast as the role; what it says is wrong is the outcome, or that it does not say how many states are kept."""
    found = case.holdfast("states", *arguments)
    if found.status:
        lines = found.errors.splitlines()
        return next((line for line in lines if line.startswith("error[")), "failed")
    return "" if found.output.count(KEPT) == kept else "it does not say what is kept"


def check(case: Case) -> Outcome:
    case.write_backend()
    return checked(case, case.holdfast("states", "check").output)


def checked(case: Case, output: str) -> Outcome:
    """Return what could not be read or repaired; states of other cases are none of the role's business."""
    for line in output.splitlines():
        is_wrong = line.startswith("unknown") or "not repaired" in line
        if is_wrong and not is_about_another(case.key, line):
            return line.strip()
    return ""


def is_about_another(key: str, text: str) -> bool:
    """Tell whether a text names the state of a case, and not that of this one."""
    named = ANY_CASE.search(text)
    return named is not None and not key.startswith(named[0])


def check_with_write(case: Case) -> Outcome:
    case.write_backend()
    case.swap_state(case.key)
    found = case.holdfast("states", "check", "--with", "write")
    return checked(case, found.output) or ("" if case.digest_fits(case.key) else "stale")


def check_with_remove(case: Case) -> Outcome:
    return removed(case, case.key)


def check_with_remove_in_workspace(case: Case) -> Outcome:
    case.put_state(case.workspace_key, serial=1)
    return removed(case, case.workspace_key)


def removed(case: Case, key: str) -> Outcome:
    """A digest of a state that somebody deleted."""
    case.write_backend()
    case.delete_object(key)
    found = case.holdfast("states", "check", "--with", "remove")
    return checked(case, found.output) or ("the digest stays" if case.traces(key) else "")


def check_with_restore(case: Case) -> Outcome:
    case.write_backend()
    case.swap_state(case.key)
    found = case.holdfast("states", "check", "--with", "restore")
    outcome = checked(case, found.output)
    return outcome or ("" if case.digest_fits(case.key) else "the digest is stale")


def restore(case: Case) -> Outcome:
    return restored(case, case.key)


def restore_in_workspace(case: Case) -> Outcome:
    case.put_state(case.workspace_key, serial=1)
    return restored(case, case.workspace_key)


def restored(case: Case, key: str) -> Outcome:
    case.write_backend()
    case.put_state(key, serial=3)
    outcome = done(case, "restore", key, "--serial", "1", "--auto-approve")
    if outcome:
        return outcome
    if case.serial(key) != 4:
        return "the state is not restored"
    return "" if case.digest_fits(key) and not case.locks else "the digest is stale"


def restore_deleted(case: Case) -> Outcome:
    case.write_backend()
    case.delete_object(case.key)
    outcome = done(case, "restore", case.key, "--serial", "1", "--auto-approve")
    return outcome or ("" if case.serial(case.key) == 2 else "the state is not restored")


def restore_after_silence(case: Case) -> Outcome:
    """An answer about the lock is lost: what is there now has to be seen."""
    rule = Rule(action=DropAfter(), operation="dynamodb:PutItem", body=re.escape(case.key), times=1)
    case.site.proxy.add(rule)
    return restore(case)


# Moving ---------------------------------------------------------------------------------------------


def move(case: Case) -> Outcome:
    return moved(case, case.key)


def move_with_workspace(case: Case) -> Outcome:
    case.put_state(case.workspace_key, serial=1)
    return moved(case, case.key, case.workspace_key)


def moved(case: Case, *keys: str) -> Outcome:
    case.write_backend()
    outcome = done(case, "move", case.key, moved_key(case.key), "--auto-approve")
    if outcome:
        return outcome
    for key in keys:
        new = moved_key(key)
        if case.serial(new) != 1 or not case.digest_fits(new):
            return "the state is not at its new place"
        if any(each.endswith((f"{new}.tflock", f"/{new}")) for each in case.traces(new)):
            return "the new place stays locked"
        if f"{key}.tflock" not in case.traces(key):
            return "the old place is not locked"
    return ""


def forget(case: Case) -> Outcome:
    return forgotten(case, case.key)


def forget_with_workspace(case: Case) -> Outcome:
    case.put_state(case.workspace_key, serial=1)
    return forgotten(case, case.key, case.workspace_key)


def forget_begun(case: Case) -> Outcome:
    return forgotten(case, case.key, begun=True)


def forget_with_workspace_begun(case: Case) -> Outcome:
    case.put_state(case.workspace_key, serial=1)
    return forgotten(case, case.key, case.workspace_key, begun=True)


def forgotten(case: Case, *keys: str, begun: bool = False) -> Outcome:
    """Forget what an administrator has moved; `begun`: a run was killed after the objects were gone."""
    case.write_backend()
    new = moved_key(case.key)
    moving = case.holdfast("states", "move", case.key, new, "--auto-approve", as_administrator=True)
    assert moving.status == 0, moving.errors
    for key in keys:
        case.put_state(moved_key(key), serial=2)
        if begun:
            case.delete_object(key)
    outcome = done(case, "forget", case.key, "--auto-approve", kept=len(keys))
    if outcome:
        return outcome
    return "something stays" if any(case.traces(key) for key in keys) else ""


REPAIR_ALONE = frozenset({Role.REPAIR})
MOVE_ALONE = frozenset({Role.MOVE})
STATE_VERBS = (
    Verb(name="holdfast states check", attempt=check, roles=REPAIR_ALONE),
    Verb(
        name="holdfast states check --with write",
        attempt=check_with_write,
        roles=REPAIR_ALONE,
        applies=has_table,
    ),
    Verb(
        name="holdfast states check --with remove",
        attempt=check_with_remove,
        roles=REPAIR_ALONE,
        applies=has_table,
    ),
    Verb(
        name="holdfast states check --with remove in a workspace",
        attempt=check_with_remove_in_workspace,
        roles=REPAIR_ALONE,
        applies=has_table,
    ),
    Verb(
        name="holdfast states check --with restore",
        attempt=check_with_restore,
        roles=REPAIR_ALONE,
        applies=has_table,
    ),
    Verb(name="holdfast states restore", attempt=restore, roles=REPAIR_ALONE),
    Verb(
        name="holdfast states restore in a workspace",
        attempt=restore_in_workspace,
        roles=REPAIR_ALONE,
    ),
    Verb(name="holdfast states restore, deleted", attempt=restore_deleted, roles=REPAIR_ALONE),
    Verb(
        name="holdfast states restore, an answer is lost",
        attempt=restore_after_silence,
        roles=REPAIR_ALONE,
        applies=has_table,
    ),
    Verb(name="holdfast states move", attempt=move, roles=MOVE_ALONE),
    Verb(
        name="holdfast states move with a workspace", attempt=move_with_workspace, roles=MOVE_ALONE
    ),
    Verb(name="holdfast states forget", attempt=forget, roles=MOVE_ALONE),
    Verb(
        name="holdfast states forget with a workspace",
        attempt=forget_with_workspace,
        roles=MOVE_ALONE,
    ),
    Verb(name="holdfast states forget, begun before", attempt=forget_begun, roles=MOVE_ALONE),
    Verb(
        name="holdfast states forget with a workspace, begun before",
        attempt=forget_with_workspace_begun,
        roles=MOVE_ALONE,
    ),
)
