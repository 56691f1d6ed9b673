"""Who makes a request, and whether a policy speaks of them, as far as that can be told. Pure.

A role is known by its ARN. The name of its session and its unique id are not known, and of a session's role the path is not:
what depends on them is `MAYBE`.

Sources: IAM user guide, "AWS JSON policy elements: Principal" (an account stands for everybody in it; a role for all of its
sessions; a session's ARN for sessions of that name alone; a unique id for a role or user that once had it), "IAM
identifiers" (ids of roles start with `AROA`, of users with `AIDA`), "NotPrincipal" and "Condition operators" (the six parts
of an ARN are compared one by one).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from holdfast.core.policy_answers import Answer, any_holds
from holdfast.core.policy_document import Principals, account_of
from holdfast.core.policy_matching import LONG_PROBE, SHORT_PROBE, matches

# How a value in a request (first) compares to one in the policy (second).
Comparison = Callable[[str, str], Answer]

ACCOUNT_MEMBER_PATTERN = re.compile(r"(?:arn:[a-z-]+:iam::)?(?P<account>\d{12})(?::root)?")
ROLE_PATTERN = re.compile(
    r"(?P<start>arn:(?P<partition>[a-z-]+):iam::(?P<account>\d{12}):role/)(?:.*/)?(?P<name>[^/]+)"
)
SESSION_PATTERN = re.compile(
    r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)(?:/.*)?"
)
WILDCARD_PATTERN = re.compile(r"[*?$]")
ARN_PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who makes the requests: the IAM ARN of a role or user and its account, None where not known.

    STS tells the name of a role and not its path, so that `path_known` is then False.
    """

    arn: str | None = None
    account: str | None = None
    path_known: bool = True

    def is_member(self, kind: str, member: str) -> Answer:
        """Tell whether one principal of a statement is, or includes, the requester."""
        match kind:
            case "AWS":
                return self._is_aws_member(member)
            case "Service":
                return Answer.NO  # no service runs an engine
            case "Federated" if self.arn is not None and self._role is None:
                return Answer.NO  # an identity provider vouches for sessions of roles
            case _:
                return Answer.MAYBE  # an identity provider, or the canonical id of an account

    def arn_compares(self, compare: Comparison, value: str) -> Answer:
        """Tell how the requester's `aws:PrincipalArn` compares to a value of a policy.

        That of a session is the ARN of its role, path included (IAM user guide, "Global condition context keys").
        """
        if self.arn is None:
            return Answer.MAYBE
        role = self._role
        if self.path_known or role is None:
            return compare(self.arn, value)
        start, name = role["start"], role["name"]
        paths = ("", f"{SHORT_PROBE}/", f"{LONG_PROBE}/")
        answers = {compare(f"{start}{path}{name}", value) for path in paths}
        if answers == {Answer.NO} and not _may_be(value, start, f"/{name}"):
            return Answer.NO
        return Answer.YES if answers == {Answer.YES} else Answer.MAYBE

    def without_path(self) -> Requester:
        """Return the requester if the role of a session has no path, as most have none."""
        return replace(self, path_known=True)

    @property
    def _role(self) -> re.Match[str] | None:
        return ROLE_PATTERN.fullmatch(self.arn) if self.arn is not None else None

    def _is_aws_member(self, member: str) -> Answer:
        if member == "*":
            return Answer.YES
        if account := ACCOUNT_MEMBER_PATTERN.fullmatch(member):
            if self.account is None:
                return Answer.MAYBE
            return Answer.of(holds=account["account"] == self.account)
        if self.arn is None:
            return Answer.MAYBE
        # AWS resolves the ARNs of principals when it stores a policy, and names of roles are unique in their account: the
        # ARN without a path names a role without a path.
        if member == self.arn:
            return Answer.YES
        if not member.startswith("arn:"):
            return self._may_have_id(member)
        # AWS stores no wildcard in a principal, and one that is found all the same has no defined meaning.
        if WILDCARD_PATTERN.search(member) or self._is_unnamed_session(self.arn):
            return self._may_be_of(account_of(member))
        role = self._role
        session = SESSION_PATTERN.fullmatch(member)
        named = session or (None if self.path_known else ROLE_PATTERN.fullmatch(member))
        if role is None or named is None:
            return Answer.NO
        same = all(named[part] == role[part] for part in ("partition", "account", "name"))
        return Answer.MAYBE if same else Answer.NO

    def _may_have_id(self, member: str) -> Answer:
        """Tell whether a principal that is no ARN may be the requester; the ids of roles and users are not known."""
        others = "AIDA" if self._role is not None else "AROA"
        return Answer.NO if member.startswith(others) else Answer.MAYBE

    def _may_be_of(self, account: str | None) -> Answer:
        unknown = account is None or self.account is None
        return Answer.MAYBE if unknown or account == self.account else Answer.NO

    @staticmethod
    def _is_unnamed_session(arn: str) -> bool:
        """Tell whether it is a session whose ARN does not tell the user that made it (`federated-user`)."""
        return ":sts:" in arn


def includes(principals: Principals, requester: Requester) -> Answer:
    """Tell whether a statement speaks of the requester.

    Whom `NotPrincipal` leaves out depends on more than is known: on the session's name, on a permissions boundary, and
    on whether the service looks at the account, the role or the session (IAM user guide, "NotPrincipal"). Only of whom none of
    its members can mean is it certain.
    """
    found = any_holds(requester.is_member(kind, member) for kind, member in principals.members)
    if not principals.negated:
        return found
    if ("AWS", "*") in principals.members:
        return Answer.NO
    return Answer.YES if found is Answer.NO else Answer.MAYBE


def names_sessions(principals: Principals) -> bool:
    """Tell whether it depends on the session of a role whether a statement speaks of it."""
    return any(
        kind == "Federated" or SESSION_PATTERN.fullmatch(member) is not None
        for kind, member in principals.members
    )


def arn_matches(found: str, pattern: str) -> Answer:
    """Compare an ARN to a pattern of the operators on ARNs; a wildcard reaches no further than its part.

    What a pattern does that has too few parts is not defined.
    """
    parts, patterns = found.split(":", ARN_PARTS - 1), pattern.split(":", ARN_PARTS - 1)
    if len(parts) == len(patterns) == ARN_PARTS:
        return Answer.of(holds=all(map(matches, patterns, parts)))
    return Answer.MAYBE if matches(pattern, found) else Answer.NO


def _may_be(pattern: str, start: str, end: str) -> bool:
    """Tell whether a pattern may reach a text with this start and end; it may say yes too often."""
    head, tail = WILDCARD_PATTERN.split(pattern)[0], re.split(r"[*?$}]", pattern)[-1]
    starts = head.startswith(start) or start.startswith(head)
    return starts and (tail.endswith(end) or end.endswith(tail))
