"""What policies together say about one request."""

import json

import pytest

from holdfast.core.policy_conditions import Request
from holdfast.core.policy_document import parsed_identity_policy
from holdfast.core.policy_evaluation import Effect, NamedPolicy, Ruling, is_allowed, ruling_of
from holdfast.core.policy_principals import Requester

REQUEST = Request(
    action="s3:GetObject",
    resource="arn:aws:s3:::b/k",
    requester=Requester(arn="arn:aws:iam::111111111111:role/ci", account="111111111111"),
    context={"s3:prefix": None},
)
MAYBE = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}


def policy(name: str, effect: str, *, resource: str = "*", condition: object = None) -> NamedPolicy:
    statement: dict[str, object] = {"Effect": effect, "Action": "s3:Get*", "Resource": resource}
    if condition is not None:
        statement["Condition"] = condition
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return NamedPolicy(name=name, document=parsed_identity_policy(text))


ALLOW = policy("allow", "Allow")
DENY = policy("deny", "Deny")
MAY_ALLOW = policy("may allow", "Allow", condition=MAYBE)
MAY_DENY = policy("may deny", "Deny", condition=MAYBE)
ELSEWHERE = policy("elsewhere", "Allow", resource="arn:aws:s3:::other/*")


@pytest.mark.parametrize(
    ("policies", "effect", "decided_by"),
    [
        ((), Effect.SILENT, ""),
        ((ELSEWHERE,), Effect.SILENT, ""),
        ((ELSEWHERE, ALLOW), Effect.ALLOWED, "allow"),
        ((ALLOW, DENY), Effect.DENIED, "deny"),
        ((ALLOW, MAY_DENY), Effect.UNKNOWN, "may deny"),
        ((MAY_DENY, DENY), Effect.DENIED, "deny"),
        ((MAY_ALLOW,), Effect.UNKNOWN, "may allow"),
        ((MAY_ALLOW, ALLOW), Effect.ALLOWED, "allow"),
    ],
)
def test_a_deny_decides_and_an_allow_is_needed(
    policies: tuple[NamedPolicy, ...], effect: Effect, decided_by: str
) -> None:
    found = ruling_of(policies, REQUEST)
    assert (found.effect, found.policy) == (effect, decided_by)
    assert is_allowed(policies, REQUEST) is (effect is Effect.ALLOWED)


def test_what_it_depends_on_is_named() -> None:
    found = ruling_of((MAY_ALLOW,), REQUEST)
    assert found == Ruling(
        effect=Effect.UNKNOWN,
        policy="may allow",
        statement=MAY_ALLOW.document.statements[0],
        depends_on=("aws:SourceVpce",),
    )
    variable = policy("own", "Allow", resource="arn:aws:s3:::b/${aws:userid}")
    assert ruling_of((variable,), REQUEST).depends_on == ("Resource",)
