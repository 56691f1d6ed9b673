"""The requests of an engine for one state, as policies are asked about them."""

from holdfast.core.engine_calls import EngineVerb
from holdfast.core.engine_requests import StateInQuestion, requests_for
from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse
from holdfast.core.policy_principals import Requester

KEY = "k"
ROLE = Requester(arn="arn:aws:iam::111111111111:role/ci", account="111111111111")
KMS = "arn:aws:kms:eu-west-1:111111111111:key/1"


def asked(
    verb: EngineVerb, state: StateScope, *, key: str | None = None
) -> list[tuple[str, str, object]]:
    backend = BackendScope(
        name="b", bucket="b", region="eu-west-1", account="111111111111", states=(state,)
    )
    question = StateInQuestion(
        backend=backend, state=state, key_arns=(key,) if key else (), write_headers={}
    )
    return [
        (
            each.request.action,
            each.request.resource.removeprefix("arn:aws:"),
            each.request.context.get("dynamodb:leadingkeys")
            or each.request.context.get("s3:prefix")
            or each.request.context.get("kms:encryptioncontext:aws:s3:arn"),
        )
        for each in requests_for(verb, question, ROLE)
    ]


def test_a_plan_with_a_lock_file() -> None:
    assert asked(EngineVerb.PLAN, StateScope(key=KEY, lockfile=True)) == [
        ("s3:ListBucket", "s3:::b", "k"),
        ("s3:GetObject", "s3:::b/k", None),
        ("s3:PutObject", "s3:::b/k.tflock", None),
        ("s3:GetObject", "s3:::b/k.tflock", None),
        ("s3:DeleteObject", "s3:::b/k.tflock", None),
    ]


def test_items_are_named_by_their_keys() -> None:
    table = "dynamodb:eu-west-1:111111111111:table/locks"
    found = asked(EngineVerb.APPLY, StateScope(key=KEY, table="locks"))
    assert [each for each in found if each[1] == table] == [
        ("dynamodb:GetItem", table, ("b/k-md5",)),
        ("dynamodb:PutItem", table, ("b/k",)),
        ("dynamodb:GetItem", table, ("b/k",)),
        ("dynamodb:DeleteItem", table, ("b/k",)),
        ("dynamodb:PutItem", table, ("b/k-md5",)),
    ]


def test_a_check_of_states_lists_everything_and_reads_versions() -> None:
    table = "dynamodb:eu-west-1:111111111111:table/locks"
    found = asked(EngineVerb.STATES_CHECK, StateScope(key=KEY, table="locks", lockfile=True))
    assert [each for each in found if each[0] in {"s3:ListBucket", "dynamodb:Scan"}] == [
        ("s3:ListBucket", "s3:::b", None),
        ("dynamodb:Scan", table, None),
        ("s3:ListBucket", "s3:::b", "k"),
        ("s3:ListBucket", "s3:::b", "k.tflock"),
    ]
    assert ("s3:ListBucketVersions", "s3:::b", "k") in found
    assert ("s3:GetBucketVersioning", "s3:::b", None) in found
    assert ("s3:GetObjectVersion", "s3:::b/k", None) in found


def test_a_move_looks_for_workspaces_whether_any_are_used_or_not() -> None:
    for verb in (EngineVerb.STATES_LEAVE, EngineVerb.STATES_ARRIVE):
        assert ("s3:ListBucket", "s3:::b", "env:/") in asked(verb, StateScope(key=KEY))


def test_the_key_of_a_table_is_used_for_each_of_its_items() -> None:
    state = StateScope(key=KEY, table="locks")
    backend = BackendScope(
        name="b", bucket="b", region="eu-west-1", account="111111111111", states=(state,)
    )
    question = StateInQuestion(backend=backend, state=state, table_key_arn=KMS, write_headers={})
    found = [
        each
        for each in requests_for(EngineVerb.PLAN, question, ROLE)
        if each.request.resource == KMS
    ]
    assert [(each.request.action, each.target.value, bool(each.loss)) for each in found] == [
        ("kms:Decrypt", "the digest", True),
        ("kms:GenerateDataKey", "the lock item", False),
        ("kms:Decrypt", "the lock item", False),
    ]
    assert {**found[0].request.context} == {
        "aws:securetransport": "true",
        "aws:principalaccount": "111111111111",
        "aws:principaltype": "AssumedRole",
        "kms:viaservice": "dynamodb.eu-west-1.amazonaws.com",
        "kms:calleraccount": "111111111111",
        "kms:encryptioncontext:aws:dynamodb:tablename": "locks",
        "kms:encryptioncontext:aws:dynamodb:subscriberid": "111111111111",
        "kms:encryptioncontextkeys": ("aws:dynamodb:tableName", "aws:dynamodb:subscriberId"),
        "kms:grantisforawsresource": None,
    }


def test_workspaces_are_listed_only_where_that_must_succeed() -> None:
    plain, used = StateScope(key=KEY), StateScope(key=KEY, workspaces=WorkspaceUse(any_name=True))
    assert asked(EngineVerb.FORCE_UNLOCK, plain) == []
    assert asked(EngineVerb.FORCE_UNLOCK, used) == [("s3:ListBucket", "s3:::b", "env:/")]


def test_an_encrypted_state_needs_its_key_through_s3() -> None:
    found = asked(EngineVerb.PLAN_WITHOUT_LOCK, StateScope(key=KEY), key=KMS)
    assert found[-1] == ("kms:Decrypt", KMS.removeprefix("arn:aws:"), "arn:aws:s3:::b/k")


def test_what_is_only_lost_is_told_from_what_fails() -> None:
    state = StateScope(key=KEY, table="locks")
    backend = BackendScope(name="b", bucket="b", region="r", account="1", states=(state,))
    question = StateInQuestion(backend=backend, state=state, write_headers={})
    found = requests_for(EngineVerb.PLAN_WITHOUT_LOCK, question, ROLE)
    assert [each.request.action for each in found if each.loss] == [
        "s3:ListBucket",
        "dynamodb:GetItem",
    ]
