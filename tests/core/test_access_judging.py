"""Whether a role can make a request: its own policies, those of the resource, and what was not read."""

import json
from dataclasses import replace

import pytest

from holdfast.core.access_judging import (
    AccessVerdict,
    Judged,
    ResourceLayer,
    RoleAccess,
    Simulated,
    judged,
)
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_document import parsed_identity_policy, parsed_policy
from holdfast.core.policy_evaluation import Effect, NamedPolicy
from holdfast.core.policy_layers import PolicyLayer, Unread
from holdfast.core.policy_principals import Requester

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci"
BUCKET = "arn:aws:s3:::b"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
CAN, CANNOT, UNKNOWN = AccessVerdict.CAN, AccessVerdict.CANNOT, AccessVerdict.UNKNOWN
REFUSED = Withheld(reason=Reason.PERMISSION, permission="iam:GetRolePolicy")
NOT_SIMULATED = Withheld(reason=Reason.PERMISSION, permission="iam:SimulatePrincipalPolicy")
READ = Request(
    action="s3:GetObject",
    resource=f"{BUCKET}/k",
    requester=Requester(arn=ROLE, account=ACCOUNT),
    context={},
)
DECRYPT = replace(READ, action="kms:Decrypt", resource=KEY)
NOTHING = PolicyLayer()
UNREAD = PolicyLayer(unread=(Unread(what="the policies", withheld=REFUSED),))


def identity(effect: str, action: str = "*", *, condition: object = None) -> PolicyLayer:
    statement: dict[str, object] = {"Effect": effect, "Action": action, "Resource": "*"}
    statement |= {"Condition": condition} if condition else {}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return PolicyLayer(policies=(NamedPolicy(name="own", document=parsed_identity_policy(text)),))


def resource(
    effect: str, principal: object, action: str = "*", *, condition: object = None
) -> PolicyLayer:
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    statement |= {"Condition": condition} if condition else {}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return PolicyLayer(policies=(NamedPolicy(name="its own", document=parsed_policy(text)),))


def simulation(effect: Effect, *, organization: bool | None = None) -> Known[Simulated]:
    return Known(Simulated(effect=effect, organization_allows=organization))


ALLOWED = simulation(Effect.ALLOWED)
SILENT = simulation(Effect.SILENT)
ALLOW = identity("Allow")
MAYBE = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}


def ask(
    own: PolicyLayer,
    its: PolicyLayer = NOTHING,
    simulated: Fact[Simulated] = ALLOWED,
    *,
    request: Request = READ,
    boundary: PolicyLayer | None = None,
    account: str | None = ACCOUNT,
) -> Judged:
    name = BUCKET if request is READ else KEY
    access = RoleAccess(
        account=ACCOUNT,
        identity=own,
        boundary=boundary,
        resources={name: ResourceLayer(layer=its, account=account)},
    )
    return judged(access, request, simulated)


def test_an_allow_of_the_role_is_enough_in_its_own_account() -> None:
    assert ask(ALLOW) == Judged(action="s3:GetObject", resource=f"{BUCKET}/k", verdict=CAN)


def test_silence_is_a_refusal_and_says_so() -> None:
    found = ask(identity("Allow", "s3:PutObject"), simulated=SILENT)
    assert (found.verdict, found.reasons) == (CANNOT, ("no policy of the role allows it",))


@pytest.mark.parametrize("where", ["role", "bucket", "boundary"])
def test_a_deny_is_shown_with_its_statement(where: str) -> None:
    deny = identity("Deny", "s3:Get*")
    found = ask(
        deny if where == "role" else ALLOW,
        resource("Deny", "*", "s3:Get*") if where == "bucket" else NOTHING,
        boundary=deny if where == "boundary" else None,
    )
    assert (found.verdict, found.policy) == (CANNOT, "its own" if where == "bucket" else "own")
    assert json.loads(found.statement)["Effect"] == "Deny"


def test_the_bucket_alone_may_allow_a_role_of_its_account() -> None:
    assert ask(NOTHING, resource("Allow", {"AWS": ROLE}), SILENT).verdict is CAN
    assert ask(NOTHING, resource("Allow", {"AWS": ACCOUNT}), SILENT).verdict is CANNOT


def test_another_account_has_to_allow_it_as_well() -> None:
    assert ask(ALLOW, account="222222222222").verdict is CANNOT
    assert ask(ALLOW, resource("Allow", {"AWS": ACCOUNT}), account="222222222222").verdict is CAN
    own = resource("Allow", {"AWS": ROLE})
    assert ask(NOTHING, own, SILENT, account="222222222222").verdict is CANNOT
    assert ask(ALLOW, account=None).verdict is UNKNOWN


def test_a_boundary_takes_away() -> None:
    found = ask(ALLOW, simulated=SILENT, boundary=identity("Allow", "s3:Put*"))
    assert (found.verdict, found.reasons) == (
        CANNOT,
        ("the permissions boundary does not allow it",),
    )


def test_a_key_needs_its_own_policy() -> None:
    by_account = resource("Allow", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*")
    assert ask(ALLOW, by_account, request=DECRYPT).verdict is CAN
    assert ask(NOTHING, by_account, SILENT, request=DECRYPT).verdict is CANNOT
    assert ask(NOTHING, resource("Allow", {"AWS": ROLE}), SILENT, request=DECRYPT).verdict is CAN
    other = resource("Allow", {"AWS": "222222222222"}, "kms:*")
    found = ask(ALLOW, other, request=DECRYPT)
    assert (found.verdict, found.reasons) == (CANNOT, ("the key policy does not allow it",))


def test_a_key_of_another_account_is_not_enough_alone() -> None:
    by_name = resource("Allow", {"AWS": ROLE}, "kms:*")
    found = ask(NOTHING, by_name, SILENT, request=DECRYPT, account="222222222222")
    assert (found.verdict, found.reasons) == (CANNOT, ("no policy of the role allows it",))
    assert ask(ALLOW, by_name, request=DECRYPT, account="222222222222").verdict is CAN
    found = ask(NOTHING, by_name, SILENT, request=DECRYPT, account=None)
    assert (found.verdict, found.reasons) == (UNKNOWN, ("no policy of the role allows it",))


# What is not known ----------------------------------------------------------------------------------


def test_without_the_simulation_the_organization_is_not_known() -> None:
    found = ask(ALLOW, simulated=NOT_SIMULATED)
    assert found.verdict is UNKNOWN
    (reason,) = found.reasons
    assert reason == (
        "service control policies are not known, because IAM did not simulate the role:"
        " permission `iam:SimulatePrincipalPolicy` is missing"
    )
    assert ask(identity("Deny"), simulated=NOT_SIMULATED).verdict is CANNOT


def test_what_was_not_read_is_never_taken_for_allowed() -> None:
    words = "not read: the policies (permission `iam:GetRolePolicy` is missing)"
    assert ask(UNREAD, simulated=NOT_SIMULATED).reasons[0] == words
    assert ask(ALLOW, UNREAD).verdict is UNKNOWN
    assert ask(ALLOW, UNREAD, request=DECRYPT).verdict is UNKNOWN
    assert ask(ALLOW, simulated=NOT_SIMULATED, boundary=UNREAD).verdict is UNKNOWN


def test_the_simulation_stands_in_for_policies_of_the_role_that_were_not_read() -> None:
    assert ask(UNREAD).verdict is CAN
    assert ask(UNREAD, simulated=SILENT).verdict is CANNOT
    assert ask(UNREAD, simulated=simulation(Effect.DENIED)).verdict is CANNOT


def test_an_organization_that_does_not_allow_it_decides() -> None:
    found = ask(ALLOW, simulated=simulation(Effect.ALLOWED, organization=False))
    assert (found.verdict, found.reasons) == (
        CANNOT,
        ("a service control policy of the organization does not allow it",),
    )


@pytest.mark.parametrize(
    ("own", "its"),
    [
        (identity("Allow", condition=MAYBE), NOTHING),
        (ALLOW, resource("Deny", "*", condition=MAYBE)),
    ],
)
def test_what_depends_on_the_network_is_unknown(own: PolicyLayer, its: PolicyLayer) -> None:
    found = ask(own, its)
    assert found.verdict is UNKNOWN
    assert "depending on `aws:SourceVpce`" in found.reasons[0]


SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-1"


@pytest.mark.parametrize("principal", [SESSION, "AROAEXAMPLEEXAMPLE123"])
def test_a_deny_of_a_session_is_not_taken_for_none(principal: str) -> None:
    found = ask(ALLOW, resource("Deny", {"AWS": principal}))
    assert found.verdict is UNKNOWN
    assert found.reasons == ("statement of its own denies it depending on `Principal`",)
    other = resource("Deny", {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/other/run-1"})
    assert ask(ALLOW, other).verdict is CAN


def test_an_allow_of_a_session_is_neither_taken_for_one_nor_for_none() -> None:
    own = resource("Allow", {"AWS": SESSION})
    found = ask(NOTHING, own, SILENT)
    assert found.verdict is UNKNOWN
    assert found.reasons == (
        "no policy of the role allows it",
        "statement of its own allows it depending on `Principal`",
    )
    key = ask(NOTHING, own, SILENT, request=DECRYPT)
    assert (key.verdict, key.reasons) == (UNKNOWN, found.reasons)


def test_a_boundary_takes_nothing_away_that_is_granted_to_a_session() -> None:
    boundary = identity("Allow", "s3:Put*")
    granted = resource("Allow", {"AWS": SESSION})
    assert ask(ALLOW, granted, SILENT, boundary=boundary).verdict is UNKNOWN
    by_role = resource("Allow", {"AWS": ROLE})
    assert ask(ALLOW, by_role, SILENT, boundary=boundary).verdict is CANNOT


def test_whom_not_principal_spares_is_not_certain() -> None:
    def spared(principal: str) -> PolicyLayer:
        statement = {"Effect": "Deny", "NotPrincipal": {"AWS": principal}, "Action": "*"}
        text = json.dumps({"Statement": [statement | {"Resource": "*"}]})
        return PolicyLayer(policies=(NamedPolicy(name="its own", document=parsed_policy(text)),))

    found = ask(ALLOW, spared(ROLE))
    assert (found.verdict, found.reasons) == (
        UNKNOWN,
        ("statement of its own denies it depending on `NotPrincipal`",),
    )
    assert ask(ALLOW, spared(f"arn:aws:iam::{ACCOUNT}:user/bob")).verdict is CANNOT


def test_two_that_contradict_each_other_prove_nothing() -> None:
    assert ask(ALLOW, simulated=SILENT).verdict is UNKNOWN
    assert ask(NOTHING, simulated=ALLOWED).verdict is UNKNOWN
    missing = Known(Simulated(effect=Effect.ALLOWED, missing=("aws:SourceVpce",)))
    assert ask(ALLOW, simulated=missing).verdict is UNKNOWN
