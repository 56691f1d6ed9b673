"""The trust policy with which a GitHub Actions job becomes a role. Pure.

Sources: GitHub docs, "OpenID Connect reference": the `sub` claim is `repo:OWNER/REPO:` and `environment:NAME`,
`ref:refs/heads/BRANCH` or `pull_request`; a job with an environment has no branch in it. Repositories that were made, renamed
or transferred after 2026-06-18 get `repo:OWNER-OWNERID/REPO-REPOID:` (GitHub changelog, 2026-04-23). AWS gives the other claims as
condition keys of their own, `repository_id` among them (AWS security blog, 2026-02-02).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.core.policy_matching import escaped
from holdfast.errors import PolicyTooLargeError, UsageError
from holdfast.generate.iam_grants import GrantCondition
from holdfast.generate.iam_policies import VERSION, JsonValue, policy_name, size_of
from holdfast.generate.iam_roles import Role

ISSUER = "token.actions.githubusercontent.com"
TRUST_CHARACTERS_MAX = 2048
# What a job asks its token for; in China some ask for the name that STS has there.
AUDIENCE = "sts.amazonaws.com"
AUDIENCES = {"aws-cn": (AUDIENCE, "sts.amazonaws.com.cn")}
SUBJECT_PATTERN = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})/(?P<repository>[A-Za-z0-9._-]{1,100})"
    r"(?::(?P<what>.+))?"
)
PULL_REQUEST = "pull_request"
FORMS = "`OWNER/REPO`, followed by `:environment:NAME`, `:branch:NAME` or `:pull_request`"

# Roles that change something: whoever may open a pull request must not become one of them.
GUARDED = frozenset({Role.APPLY, Role.HOLDFAST_APPLY, Role.UNLOCK, Role.REPAIR, Role.MOVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubIds:
    """The numbers of an owner and a repository, which stay when names change."""

    owner: str
    repository: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubSubject:
    """Which jobs of which repository: the ends of `sub`, as patterns."""

    owner: str
    repository: str
    ends: tuple[str, ...]

    def subjects(self, ids: GithubIds | None) -> tuple[str, ...]:
        """Return the values of `sub`: in the old form, and in the new one when the ids are known.

        The new form is never guessed with wildcards: `repo:acme-*/infra-*:` is also the old form of an owner who
        calls himself `acme-x`.
        """
        starts = [f"repo:{self.owner}/{self.repository}"]
        if ids is not None:
            starts.append(f"repo:{self.owner}-{ids.owner}/{self.repository}-{ids.repository}")
        return tuple(f"{start}:{end}" for start in starts for end in self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """A trust policy with one statement."""

    name: str
    provider_arn: str
    conditions: tuple[GrantCondition, ...]
    sid: str = "GitHubActions"
    action: str = "sts:AssumeRoleWithWebIdentity"

    @property
    def document(self) -> Mapping[str, JsonValue]:
        """Return the policy as IAM takes it."""
        operators: dict[str, dict[str, JsonValue]] = {}
        for each in self.conditions:
            values = each.values[0] if len(each.values) == 1 else list(each.values)
            operators.setdefault(each.operator, {})[each.key] = values
        statement: Mapping[str, JsonValue] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": {"Federated": self.provider_arn},
            "Action": self.action,
            "Condition": operators,
        }
        return {"Version": VERSION, "Statement": [statement]}


def github_subject(text: str, role: Role) -> GithubSubject:
    """Read `OWNER/REPO[:environment:NAME|:branch:NAME|:pull_request]`.

    Without an end it stands for pull requests and branches, which is refused for a role that changes something.
    Raises `UsageError`.
    """
    found = SUBJECT_PATTERN.fullmatch(text)
    if found is None:
        raise UsageError(f"`{text}` names no repository of GitHub", hints=(f"give it as {FORMS}",))
    ends = _ends(text, found["what"])
    if role in GUARDED and (found["what"] is None or PULL_REQUEST in ends):
        raise UsageError(
            f"`{text}` would let every pull request become the role `{role.value}`",
            world="nothing was written",
            hints=(
                f"name an environment that is protected: `{found['owner']}/{found['repository']}:environment:NAME`",
            ),
        )
    return GithubSubject(owner=found["owner"], repository=found["repository"], ends=ends)


def github_ids(text: str) -> GithubIds:
    """Read `OWNER_ID/REPO_ID`; raises `UsageError`."""
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if found is None:
        raise UsageError(
            f"`{text}` are not the ids of an owner and a repository",
            hints=(
                "give them as `123456/456789`: `gh api repos/OWNER/REPO --jq '[.owner.id, .id]'`",
            ),
        )
    return GithubIds(owner=found[1], repository=found[2])


def github_trust(
    role: Role,
    subject: GithubSubject,
    *,
    partition: str,
    account: str,
    ids: GithubIds | None = None,
    subject_name: str = "",
) -> TrustPolicy:
    """Return the trust policy of a role in one account; raises `PolicyTooLargeError`."""
    identified = (_equals(f"{ISSUER}:repository_id", ids.repository),) if ids is not None else ()
    subjects = subject.subjects(ids)
    is_pattern = any("*" in each.replace("${*}", "") for each in subjects)
    trust = TrustPolicy(
        name=policy_name(role, subject_name, "trust"),
        provider_arn=f"arn:{partition}:iam::{account}:oidc-provider/{ISSUER}",
        conditions=(
            _equals(f"{ISSUER}:aud", *AUDIENCES.get(partition, (AUDIENCE,))),
            *identified,
            GrantCondition(
                operator="StringLike" if is_pattern else "StringEquals",
                key=f"{ISSUER}:sub",
                values=subjects,
            ),
        ),
    )
    size = size_of(trust.document)
    if size > TRUST_CHARACTERS_MAX:
        raise PolicyTooLargeError(
            trust.name,
            what=f"{subject.owner}/{subject.repository}",
            size=size,
            size_max=TRUST_CHARACTERS_MAX,
        )
    return trust


def _ends(text: str, what: str | None) -> tuple[str, ...]:
    if what is None:
        return (PULL_REQUEST, "ref:refs/heads/*")
    if what == PULL_REQUEST:
        return (PULL_REQUEST,)
    kind, _, name = what.partition(":")
    if kind == "environment" and name:
        # GitHub writes a colon in a name as `%3A`, so that it cannot pass for another part of the subject.
        return (f"environment:{escaped(name.replace(':', '%3A'))}",)
    if kind == "branch" and name:
        return (f"ref:refs/heads/{escaped(name)}",)
    raise UsageError(f"`{text}` names no jobs of a repository", hints=(f"give it as {FORMS}",))


def _equals(key: str, *values: str) -> GrantCondition:
    return GrantCondition(operator="StringEquals", key=key, values=values)
