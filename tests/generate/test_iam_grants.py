"""What each role of an engine is granted, statement by statement."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.engine_calls import CALLS
from holdfast.core.permission_scope import BackendScope, WorkspaceUse
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_document import parsed_identity_policy
from holdfast.core.policy_evaluation import NamedPolicy, is_allowed
from holdfast.core.policy_principals import Requester
from holdfast.generate.iam_grants import Grant, GrantCondition, engine_grants
from holdfast.generate.iam_policies import policies_for, policy_json
from holdfast.generate.iam_roles import ENGINE_VERBS, Role
from tests.generate.scopes import KEY, backend, state
from tests.support.iam_actions import unknown_actions

BUCKET = "arn:aws:s3:::states"
TABLE = "arn:aws:dynamodb:eu-west-1:111111111111:table/locks"
ROLE = Requester(arn="arn:aws:iam::111111111111:role/ci", account="111111111111")
ANY = WorkspaceUse(any_name=True)


def by_sid(scope: BackendScope, role: Role) -> dict[str, Grant]:
    return {each.sid: each for each in engine_grants(scope, role)}


def one(operator: str, key: str, *values: str) -> GrantCondition:
    return GrantCondition(operator=operator, key=key, values=values)


def test_a_plan_without_a_lock_reads_one_key_and_nothing_else() -> None:
    assert engine_grants(backend(state(lockfile=True)), Role.PLAN_NO_LOCK) == (
        Grant(
            sid="ListStates",
            actions=("s3:ListBucket",),
            resources=(BUCKET,),
            conditions=(one("StringEquals", "s3:prefix", KEY),),
        ),
        Grant(sid="States", actions=("s3:GetObject",), resources=(f"{BUCKET}/{KEY}",)),
    )


def test_a_plan_with_a_lock_writes_the_lock_alone() -> None:
    found = by_sid(backend(state(lockfile=True, table="locks")), Role.PLAN)
    assert {sid: grant.actions for sid, grant in found.items()} == {
        "ListStates": ("s3:ListBucket",),
        "States": ("s3:GetObject",),
        "LockFiles": ("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        "LockItems": ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
        "Digests": ("dynamodb:GetItem",),
    }
    assert found["LockFiles"].resources == (f"{BUCKET}/{KEY}.tflock",)
    assert found["LockItems"].resources == (TABLE,)
    assert found["LockItems"].conditions == (
        one("ForAllValues:StringEquals", "dynamodb:LeadingKeys", f"states/{KEY}"),
        one("Null", "dynamodb:LeadingKeys", "false"),
    )
    assert found["Digests"].conditions[0].values == (f"states/{KEY}-md5",)


LOCK_FILES = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
LOCK_ITEMS = ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem")


def test_a_repair_writes_under_both_locks_and_deletes_no_state() -> None:
    found = by_sid(backend(state(kms_keys=("key-1",)), tables=("locks",)), Role.REPAIR)
    assert {sid: grant.actions for sid, grant in found.items()} == {
        "ListStates": ("s3:ListBucket",),
        "ListVersions": ("s3:ListBucketVersions",),
        "Versioning": ("s3:GetBucketVersioning",),
        "States": ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
        "LockFiles": LOCK_FILES,
        "LockItems": LOCK_ITEMS,
        "Digests": LOCK_ITEMS,
        "ScanItems": ("dynamodb:Scan",),
        "StateKeys": ("kms:Decrypt", "kms:GenerateDataKey"),
    }
    assert found["ListStates"].conditions == ()
    assert found["ListVersions"].conditions == (one("StringEquals", "s3:prefix", KEY),)
    assert found["States"].resources == (f"{BUCKET}/{KEY}",)
    assert (found["ScanItems"].resources, found["ScanItems"].conditions) == ((TABLE,), ())


def test_a_move_reads_at_the_old_place_and_writes_at_the_new_one() -> None:
    new = f"{KEY}.new"
    scope = backend(state(table="locks"), state(new, table="locks", arrives=True), prefixes=("x",))
    grants = engine_grants(scope, Role.MOVE)
    assert [(each.sid, each.actions) for each in grants] == [
        ("ListStates", ("s3:ListBucket",)),
        ("ListVersions", ("s3:ListBucketVersions",)),
        ("States", ("s3:DeleteObject", "s3:GetObject")),
        ("States2", ("s3:GetObject", "s3:PutObject")),
        ("LockFiles", LOCK_FILES),
        ("LockItems", LOCK_ITEMS),
        ("Digests", ("dynamodb:DeleteItem", "dynamodb:GetItem")),
        ("Digests2", ("dynamodb:GetItem", "dynamodb:PutItem")),
    ]
    found = {each.sid: each for each in grants}
    assert found["ListStates"].conditions[0].values == (
        "env:/",
        KEY,
        new,
        f"{new}.tflock",
        f"{KEY}.tflock",
        "x/",
    )
    assert found["ListVersions"].conditions[0].values == (KEY,)
    assert found["States"].resources == (f"{BUCKET}/{KEY}",)
    assert found["States2"].resources == (f"{BUCKET}/{new}",)
    assert found["LockFiles"].resources == (f"{BUCKET}/{new}.tflock", f"{BUCKET}/{KEY}.tflock")


@pytest.mark.parametrize("role", [Role.UNLOCK, Role.REPAIR, Role.MOVE])
def test_a_state_that_no_code_locks_in_a_table_is_locked_in_all_of_its_backend(role: Role) -> None:
    found = by_sid(backend(state(lockfile=True), tables=("locks", "old")), role)
    assert {found["LockItems"].resources, found["LockItems2"].resources} == {
        (TABLE,),
        (TABLE.replace("locks", "old"),),
    }


def test_an_apply_never_deletes_the_state_of_the_default_workspace() -> None:
    found = by_sid(backend(state(table="locks", workspaces=ANY)), Role.APPLY)
    assert found["States"].actions == ("s3:GetObject", "s3:PutObject")
    assert found["WorkspaceStates"].actions == ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    assert found["WorkspaceStates"].resources == (f"{BUCKET}/env:/*/{KEY}",)
    assert found["Digests"].actions == ("dynamodb:GetItem", "dynamodb:PutItem")
    assert found["WorkspaceDigests"].conditions[0] == one(
        "ForAllValues:StringLike", "dynamodb:LeadingKeys", f"states/env:/*/{KEY}-md5"
    )


def test_workspaces_with_names_need_no_wildcard() -> None:
    scope = backend(state(lockfile=True, workspaces=WorkspaceUse(names=("dev", "prod"))))
    text = policy_json(policies_for(Role.APPLY, [scope])[0].document)
    assert "*" not in text
    assert f"{BUCKET}/env:/prod/{KEY}.tflock" in text


def test_a_prefix_of_its_own_must_be_listed_even_without_workspaces() -> None:
    """Terraform fails when it may not list below another prefix than `env:`."""
    found = by_sid(backend(state(workspace_prefix="network")), Role.PLAN_NO_LOCK)
    assert found["ListStates"].conditions[0].values == ("network/", KEY)
    without = by_sid(backend(state(workspace_prefix="", workspaces=ANY)), Role.PLAN_NO_LOCK)
    assert without["ListStates"].conditions[0].values == ("", KEY)


def test_whoever_breaks_locks_sees_both_kinds_and_no_state() -> None:
    found = by_sid(backend(state(table="locks")), Role.UNLOCK)
    assert {sid: grant.actions for sid, grant in found.items()} == {
        "ListStates": ("s3:ListBucket",),
        "LockFiles": ("s3:DeleteObject", "s3:GetObject"),
        "LockItems": ("dynamodb:DeleteItem", "dynamodb:GetItem"),
    }
    assert found["ListStates"].conditions[0].values == (f"{KEY}.tflock",)


@pytest.mark.parametrize(
    ("region", "partition", "service"),
    [
        ("eu-west-1", "aws", "s3.eu-west-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "s3.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "s3.us-gov-west-1.amazonaws.com"),
    ],
)
def test_every_arn_is_of_the_partition(region: str, partition: str, service: str) -> None:
    scope = backend(state(table="locks", kms_keys=("1234",)), region=region)
    grants = engine_grants(scope, Role.APPLY)
    found = {arn.split(":")[1] for grant in grants for arn in grant.resources}
    assert found == {partition}
    (keys,) = (each for each in grants if each.sid == "StateKeys")
    assert keys.resources == (f"arn:{partition}:kms:{region}:111111111111:key/1234",)
    assert keys.conditions[0] == one("StringEquals", "kms:ViaService", service)


@pytest.mark.parametrize(
    ("table", "service"),
    [
        ("locks", "dynamodb.cn-north-1.amazonaws.com.cn"),
        (
            "arn:aws-cn:dynamodb:cn-northwest-1:111111111111:table/locks",
            "dynamodb.cn-northwest-1.amazonaws.com.cn",
        ),
    ],
)
def test_the_key_of_a_table_is_used_through_dynamodb_where_the_table_is(
    table: str, service: str
) -> None:
    key = "arn:aws-cn:kms:cn-north-1:111111111111:key/1"
    scope = backend(state(table=table, table_key=key), region="cn-north-1")
    assert by_sid(scope, Role.UNLOCK)["TableKeys"] == Grant(
        sid="TableKeys",
        actions=("kms:Decrypt",),
        resources=(key,),
        conditions=(one("StringEquals", "kms:ViaService", service),),
    )


def test_a_table_without_a_key_of_its_own_needs_none() -> None:
    assert "TableKeys" not in by_sid(backend(state(table="locks")), Role.APPLY)


def test_a_key_is_used_through_s3_for_these_objects_alone() -> None:
    scope = backend(state(lockfile=True, kms_keys=("arn:aws:kms:eu-west-1:222222222222:key/1",)))
    plan = by_sid(scope, Role.PLAN_NO_LOCK)["StateKeys"]
    assert plan.actions == ("kms:Decrypt",)
    assert plan.resources == ("arn:aws:kms:eu-west-1:222222222222:key/1",)
    assert plan.conditions[1] == one(
        "StringEquals", "kms:EncryptionContext:aws:s3:arn", BUCKET, f"{BUCKET}/{KEY}"
    )
    apply = by_sid(scope, Role.APPLY)["StateKeys"]
    assert apply.actions == ("kms:Decrypt", "kms:GenerateDataKey")
    assert f"{BUCKET}/{KEY}.tflock" in apply.conditions[1].values


@pytest.mark.parametrize(
    "alias", ["alias/states", "arn:aws:kms:eu-west-1:111111111111:alias/states"]
)
def test_an_alias_is_a_condition_because_it_is_no_resource(alias: str) -> None:
    found = by_sid(backend(state(kms_keys=(alias,))), Role.PLAN_NO_LOCK)["StateKeys"]
    assert found.resources == ("arn:aws:kms:eu-west-1:111111111111:key/*",)
    assert found.conditions[2] == one(
        "ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/states"
    )


def test_a_table_by_its_arn_stays_in_its_account() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:222222222222:table/locks"
    assert by_sid(backend(state(table=arn)), Role.PLAN)["LockItems"].resources == (arn,)


def test_every_action_is_one_that_iam_knows() -> None:
    scope = backend(state(table="locks", lockfile=True, kms_keys=("1",), workspaces=ANY))
    grants = [grant for role in ENGINE_VERBS for grant in engine_grants(scope, role)]
    used = frozenset(action for grant in grants for action in grant.actions)
    assert used >= {call.action for calls in CALLS.values() for call in calls}
    assert unknown_actions(used) == set()
    assert unknown_actions(frozenset({"s3:HeadObject"})) == {"s3:HeadObject"}


# What a policy lets pass ----------------------------------------------------------------------------


def allows(scope: BackendScope, role: Role, request: Request) -> bool:
    documents = [json.dumps(each.document) for each in policies_for(role, [scope])]
    policies = [NamedPolicy(name="", document=parsed_identity_policy(each)) for each in documents]
    return is_allowed(policies, request)


def on_object(action: str, key: str) -> Request:
    return Request(action=action, resource=f"{BUCKET}/{key}", requester=ROLE, context={})


def on_item(action: str, *identifiers: str) -> Request:
    keys = identifiers or None
    return Request(
        action=action, resource=TABLE, requester=ROLE, context={"dynamodb:leadingkeys": keys}
    )


KEYS = st.from_regex(r"[a-z*?$/{}.]{1,12}", fullmatch=True).filter(lambda key: "//" not in key)


@given(KEYS, KEYS)
def test_a_role_reaches_no_state_lock_or_digest_of_another_key(own: str, other: str) -> None:
    scope = backend(state(own, table="locks", lockfile=True))
    same = own == other
    for action in ("s3:GetObject", "s3:PutObject"):
        assert allows(scope, Role.APPLY, on_object(action, other)) is same
    locks = {f"{own}.tflock"}
    assert allows(scope, Role.APPLY, on_object("s3:DeleteObject", f"{other}.tflock")) is (
        f"{other}.tflock" in locks
    )
    for action in ("dynamodb:PutItem", "dynamodb:DeleteItem"):
        assert allows(scope, Role.APPLY, on_item(action, f"states/{other}")) is same
    assert allows(scope, Role.APPLY, on_item("dynamodb:PutItem", f"states/{other}-md5")) is same


def test_a_request_without_a_key_is_not_taken_for_one_of_ours() -> None:
    scope = backend(state(table="locks"))
    assert not allows(scope, Role.APPLY, on_item("dynamodb:GetItem"))
    assert not allows(scope, Role.APPLY, on_item("dynamodb:Scan"))
    batch = on_item("dynamodb:GetItem", f"states/{KEY}", "states/other")
    assert not allows(scope, Role.APPLY, batch)


def test_a_plan_role_cannot_write_a_state() -> None:
    scope = backend(state(table="locks", lockfile=True, workspaces=ANY))
    for role in (Role.PLAN, Role.PLAN_NO_LOCK, Role.UNLOCK):
        for key in (KEY, f"env:/dev/{KEY}"):
            assert not allows(scope, role, on_object("s3:PutObject", key))
            assert not allows(scope, role, on_object("s3:DeleteObject", key))
            assert not allows(scope, role, on_item("dynamodb:PutItem", f"states/{key}-md5"))
