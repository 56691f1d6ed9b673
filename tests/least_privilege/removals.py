"""What can be taken out of a policy, and the policy without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.core.permission_scope import BackendScope
from holdfast.generate.iam_grants import LISTED_PREFIX, Grant, GrantCondition
from holdfast.generate.iam_policies import IamPolicy, policies_for
from holdfast.generate.iam_roles import Role


def moved_key(key: str) -> str:
    """Return the new place of a state that is moved."""
    return f"{key}.moved"


def policy(role: Role, scope: BackendScope) -> IamPolicy:
    """Return the one policy of a role; one that moves a state has two places."""
    if role is Role.MOVE:
        new = (replace(each, key=moved_key(each.key), arrives=True) for each in scope.states)
        scope = replace(scope, states=(*scope.states, *new))
    (found,) = policies_for(role, [scope])
    return found


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken out of one statement of a policy: an action, or a prefix that may be listed.

    In a prefix `KEY` stands for the key of the state.
    """

    sid: str
    action: str
    prefix: str = ""

    @property
    def is_about_workspaces(self) -> bool:
        """Whether it is about states of workspaces alone."""
        return "Workspace" in self.sid or self.prefix.startswith("env:/*")

    def __str__(self) -> str:
        """Name it in the table."""
        what = f", prefix `{self.prefix}`" if self.prefix else ""
        return f"`{self.action}` of {self.sid}{what}"


def removals(policy: IamPolicy) -> tuple[Removal, ...]:
    """Return everything that can be taken out of a policy for the state `KEY`."""
    actions = [Removal(grant.sid, action) for grant in policy.grants for action in grant.actions]
    prefixes = [
        Removal(grant.sid, grant.actions[0], prefix)
        for grant in policy.grants
        for condition in grant.conditions
        if condition.key == LISTED_PREFIX and len(condition.values) > 1
        for prefix in condition.values
    ]
    return (*actions, *prefixes)


def without(policy: IamPolicy, removal: Removal, key: str) -> IamPolicy:
    """Return the policy for the state of a key without what is taken out."""
    grants: list[Grant] = []
    for grant in policy.grants:
        if grant.sid != removal.sid:
            grants.append(grant)
        elif removal.prefix:
            prefix = removal.prefix.replace("KEY", key)
            conditions = tuple(_less(each, prefix) for each in grant.conditions)
            assert conditions != grant.conditions
            grants.append(replace(grant, conditions=conditions))
        else:
            actions = tuple(each for each in grant.actions if each != removal.action)
            assert actions != grant.actions
            grants += [replace(grant, actions=actions)] if actions else []
    return IamPolicy(name=policy.name, grants=tuple(grants))


def _less(condition: GrantCondition, value: str) -> GrantCondition:
    return replace(condition, values=tuple(each for each in condition.values if each != value))


def documents(*policies: IamPolicy) -> Sequence[Mapping[str, object]]:
    """Return the policies as IAM has them."""
    return [each.document for each in policies]
