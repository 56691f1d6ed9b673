"""Who may become a role: jobs of one repository of GitHub, in the forms of `sub` that there are."""

import json

import pytest

from holdfast.core.policy_answers import Answer
from holdfast.core.policy_conditions import Request, condition_holds
from holdfast.core.policy_document import parsed_statement
from holdfast.core.policy_principals import Requester
from holdfast.errors import PolicyTooLargeError, UsageError
from holdfast.generate.github_trust import (
    TRUST_CHARACTERS_MAX,
    GithubIds,
    github_ids,
    github_subject,
    github_trust,
)
from holdfast.generate.iam_policies import size_of
from holdfast.generate.iam_roles import Role

IDS = GithubIds(owner="123", repository="456")
ISSUER = "token.actions.githubusercontent.com"


def trusts(text: str, sub: str, role: Role = Role.PLAN, *, ids: GithubIds | None = None) -> bool:
    """Tell whether a token with this `sub` is one of a trusted job."""
    trust = github_trust(
        role, github_subject(text, role), partition="aws", account="111111111111", ids=ids
    )
    (statement,) = json.loads(json.dumps(trust.document))["Statement"]
    read = parsed_statement(json.dumps({**statement, "Resource": "*"}))
    token = Request(
        action="sts:AssumeRoleWithWebIdentity",
        resource="*",
        requester=Requester(),
        context={
            f"{ISSUER}:aud": "sts.amazonaws.com",
            f"{ISSUER}:sub": sub,
            f"{ISSUER}:repository_id": "456" if ids else None,
        },
    )
    return all(condition_holds(each, token) is Answer.YES for each in read.conditions)


def test_the_policy_is_whole() -> None:
    trust = github_trust(
        Role.APPLY,
        github_subject("acme/infra:environment:prod", Role.APPLY),
        partition="aws-us-gov",
        account="111111111111",
        ids=IDS,
    )
    assert trust.name == "terraform-apply-trust"
    assert trust.document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "GitHubActions",
                "Effect": "Allow",
                "Principal": {
                    "Federated": f"arn:aws-us-gov:iam::111111111111:oidc-provider/{ISSUER}"
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}:aud": "sts.amazonaws.com",
                        f"{ISSUER}:repository_id": "456",
                        f"{ISSUER}:sub": [
                            "repo:acme/infra:environment:prod",
                            "repo:acme-123/infra-456:environment:prod",
                        ],
                    }
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "sub", "expected"),
    [
        ("acme/infra", "repo:acme/infra:pull_request", True),
        ("acme/infra", "repo:acme/infra:ref:refs/heads/feature/x", True),
        ("acme/infra", "repo:acme/infra:environment:prod", False),
        ("acme/infra", "repo:acme/infra-2:pull_request", False),
        ("acme/infra", "repo:acme-evil/infra-2:pull_request", False),
        ("acme/infra:branch:main", "repo:acme/infra:ref:refs/heads/main", True),
        ("acme/infra:branch:main", "repo:acme/infra:ref:refs/heads/main2", False),
        ("acme/infra:branch:*", "repo:acme/infra:ref:refs/heads/main", False),
        ("acme/infra:environment:eu:prod", "repo:acme/infra:environment:eu%3Aprod", True),
    ],
)
def test_only_these_jobs_are_trusted(text: str, sub: str, expected: bool) -> None:
    assert trusts(text, sub) is expected


def test_both_forms_of_the_name_are_trusted_once_the_ids_are_known() -> None:
    new = "repo:acme-123/infra-456:pull_request"
    assert trusts("acme/infra", new, ids=IDS)
    assert trusts("acme/infra", "repo:acme/infra:pull_request", ids=IDS)
    assert not trusts("acme/infra", new)


@pytest.mark.parametrize("text", ["acme/infra", "acme/infra:pull_request"])
@pytest.mark.parametrize("role", [Role.APPLY, Role.HOLDFAST_APPLY, Role.UNLOCK])
def test_a_pull_request_never_becomes_a_role_that_changes_something(text: str, role: Role) -> None:
    with pytest.raises(UsageError, match="every pull request"):
        github_subject(text, role)


@pytest.mark.parametrize(
    "text",
    ["acme", "acme/*", "*/infra", "acme/infra:", "acme/infra:environment:", "acme/infra:tag:v1"],
)
def test_what_names_no_jobs_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        github_subject(text, Role.PLAN)


def test_ids_are_numbers() -> None:
    assert github_ids("123/456") == IDS
    with pytest.raises(UsageError, match="not the ids"):
        github_ids("acme/infra")


def test_in_china_both_names_of_sts_are_asked_for() -> None:
    subject = github_subject("acme/infra:branch:main", Role.APPLY)
    trust = github_trust(Role.APPLY, subject, partition="aws-cn", account="111111111111")
    assert trust.conditions[0].values == ("sts.amazonaws.com", "sts.amazonaws.com.cn")


def test_a_trust_policy_that_is_too_large_is_refused() -> None:
    subject = github_subject(f"acme/infra:environment:{'x' * 2000}", Role.APPLY)
    with pytest.raises(PolicyTooLargeError):
        github_trust(Role.APPLY, subject, partition="aws", account="111111111111")
    small = github_subject("acme/infra", Role.PLAN)
    trust = github_trust(Role.PLAN, small, partition="aws", account="111111111111", ids=IDS)
    assert size_of(trust.document) < TRUST_CHARACTERS_MAX
