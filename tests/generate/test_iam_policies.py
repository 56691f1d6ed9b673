"""Policies as documents: their names, their JSON, and what becomes of those that are too large."""

import json

import pytest

from holdfast.core.permission_scope import BackendScope
from holdfast.errors import PolicyTooLargeError
from holdfast.generate.iam_policies import (
    POLICIES_OF_ROLE_MAX,
    POLICY_CHARACTERS_MAX,
    policies_for,
    policy_json,
    policy_name,
    size_of,
)
from holdfast.generate.iam_roles import Role
from tests.generate.scopes import KEY, backend, state


def of_many(count: int) -> BackendScope:
    return backend(
        *(
            state(f"component-{number:03}/terraform.tfstate", table="locks")
            for number in range(count)
        )
    )


def test_the_document_is_what_iam_takes() -> None:
    (policy,) = policies_for(Role.PLAN_NO_LOCK, [backend(state())])
    assert policy.name == "terraform-plan-no-lock"
    assert policy_json(policy.document) == (
        """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ListStates",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::states",
      "Condition": {
        "StringEquals": {
          "s3:prefix": "network/dev/terraform.tfstate"
        }
      }
    },
    {
      "Sid": "States",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::states/network/dev/terraform.tfstate"
    }
  ]
}
"""
    )


def test_what_is_too_large_is_divided_and_nothing_gets_lost() -> None:
    scope = of_many(60)
    policies = policies_for(Role.APPLY, [scope])
    assert [each.name for each in policies] == [
        f"terraform-apply-{number}" for number in range(1, len(policies) + 1)
    ]
    assert 1 < len(policies) <= POLICIES_OF_ROLE_MAX
    assert all(size_of(each.document) <= POLICY_CHARACTERS_MAX for each in policies)
    written = "".join(json.dumps(each.document) for each in policies)
    for each in scope.states:
        assert written.count(f'"arn:aws:s3:::states/{each.key}"') == 1
        assert written.count(f'"states/{each.key}-md5"') == 1


def test_a_fleet_that_no_role_can_hold_is_refused() -> None:
    with pytest.raises(PolicyTooLargeError) as refused:
        policies_for(Role.APPLY, [of_many(400)])
    assert refused.value.facts[0] == ("for", "400 states")
    assert refused.value.facts[2] == ("allowed", "10 policies")


def test_a_state_whose_key_alone_is_too_long_is_named() -> None:
    long = "x" * 1000
    with pytest.raises(PolicyTooLargeError) as refused:
        policies_for(
            Role.APPLY,
            [backend(state(), state(long, table="locks", lockfile=True, kms_keys=("1",)))],
        )
    assert refused.value.facts[0] == ("for", long)


def test_backends_of_two_accounts_get_policies_of_their_own() -> None:
    scopes = [
        backend(state(), name="dev"),
        backend(state(), name="prod", bucket="prod", account="222222222222"),
    ]
    assert [each.name for each in policies_for(Role.PLAN, scopes, subject="network")] == [
        "terraform-plan-network-111111111111",
        "terraform-plan-network-222222222222",
    ]


def test_statements_of_two_backends_have_names_of_their_own() -> None:
    scopes = [backend(state()), backend(state(), name="two", bucket="two")]
    (policy,) = policies_for(Role.PLAN_NO_LOCK, scopes)
    assert [each.sid for each in policy.grants] == [
        "ListStates",
        "States",
        "ListStates2",
        "States2",
    ]


def test_a_name_is_one_that_iam_takes() -> None:
    assert policy_name(Role.AUDIT) == "holdfast-audit"
    assert policy_name(Role.HOLDFAST_APPLY, "a/b c") == "holdfast-apply-a-b-c"
    long = policy_name(Role.PLAN, KEY * 10)
    assert len(long) == 100
    assert long != policy_name(Role.PLAN, KEY * 11)
