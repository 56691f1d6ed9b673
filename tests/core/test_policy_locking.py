import json
from dataclasses import replace

import pytest

from holdfast.core.backends import Locking, StateUse
from holdfast.core.policy_document import parsed_policy
from holdfast.core.policy_locking import Refusal, statements_that_break_locking
from holdfast.core.policy_principals import Requester
from tests.rules.fleets import ACCOUNT, BUCKET, KEY, KMS_KEY, use

ARN = f"arn:aws:s3:::{BUCKET}"
LOCK = f"{KEY}.tflock"
ROLE = Requester(arn=f"arn:aws:iam::{ACCOUNT}:role/terraform", account=ACCOUNT)
LOCKFILE = use(locking=Locking.LOCKFILE, table=None)


def deny(action: object, resource: object = f"{ARN}/*", **more: object) -> dict[str, object]:
    return {
        "Sid": "Guard",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
    } | more


def refusals(
    statement: dict[str, object], *uses: StateUse, requester: Requester = ROLE
) -> tuple[Refusal, ...]:
    policy = parsed_policy(json.dumps({"Statement": [statement]}))
    return statements_that_break_locking(
        policy, bucket=BUCKET, partition="aws", uses=uses or (LOCKFILE,), requester=requester
    )


def words(statement: dict[str, object], *uses: StateUse) -> tuple[str, tuple[str, ...], bool]:
    (refusal,) = refusals(statement, *uses)
    return refusal.reason, refusal.requests, refusal.certain


def test_denying_deletes_keeps_every_lock() -> None:
    assert words(deny("s3:DeleteObject")) == (
        "it denies s3:DeleteObject on locks",
        (f"s3:DeleteObject on {LOCK}",),
        True,
    )


def test_denying_deletes_of_states_alone_is_fine() -> None:
    assert refusals(deny("s3:DeleteObject", f"{ARN}/*.tfstate")) == ()


def test_without_a_lockfile_nobody_deletes_a_lock() -> None:
    assert refusals(deny("s3:DeleteObject"), use()) == ()


def test_demanding_conditional_deletes_breaks_the_unlock() -> None:
    guard = deny("s3:DeleteObject", Condition={"Null": {"s3:if-match": "true"}})
    assert words(guard) == (
        "it demands `If-Match` for a delete, and the engines unlock without",
        (f"s3:DeleteObject on {LOCK}",),
        True,
    )


def test_demanding_conditional_writes_of_locks_is_fine_and_of_states_is_not() -> None:
    condition = {"Null": {"s3:if-none-match": "true"}}
    assert refusals(deny("s3:PutObject", f"{ARN}/*.tflock", Condition=condition)) == ()
    assert words(deny("s3:PutObject", Condition=condition)) == (
        "it demands `If-None-Match` for every write, and the engines write states without",
        (f"s3:PutObject on {KEY}",),
        True,
    )


@pytest.mark.parametrize(
    ("encrypt", "kms_key", "condition", "header"),
    [
        (
            False,
            None,
            {"Null": {"s3:x-amz-server-side-encryption": "true"}},
            "no encryption header",
        ),
        (
            True,
            None,
            {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            "the encryption header `AES256`",
        ),
        (
            True,
            KMS_KEY,
            {"ArnNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": f"{KMS_KEY}0"}},
            f"the encryption header `aws:kms` and the key `{KMS_KEY}`",
        ),
    ],
)
def test_a_demanded_encryption_header_is_compared_to_the_code(
    encrypt: bool, kms_key: str | None, condition: dict[str, object], header: str
) -> None:
    sender = replace(LOCKFILE, encrypt=encrypt, kms_key=kms_key)
    assert words(deny("s3:PutObject", Condition=condition), sender) == (
        f"it refuses writes with {header}",
        (f"s3:PutObject on {KEY}", f"s3:PutObject on {LOCK}"),
        True,
    )


def test_a_wrong_header_alone_does_not_hit_who_sends_none() -> None:
    guarded = {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
    }
    assert refusals(deny("s3:PutObject", Condition=guarded)) == ()


def test_a_key_that_is_no_arn_may_be_the_demanded_one() -> None:
    condition = {"ArnNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": KMS_KEY}}
    sender = replace(LOCKFILE, encrypt=True, kms_key="alias/terraform")
    (refusal,) = refusals(deny("s3:PutObject", Condition=condition), sender)
    assert not refusal.certain
    assert refusal.depends_on == ("s3:x-amz-server-side-encryption-aws-kms-key-id",)


def test_a_guard_for_one_admin_role_hits_every_other_role() -> None:
    condition = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/admin"}}
    (refusal,) = refusals(deny("s3:DeleteObject", Condition=condition))
    assert refusal.certain
    (refusal,) = refusals(deny("s3:DeleteObject", Condition=condition), requester=Requester())
    assert not refusal.certain
    assert refusal.depends_on == ("aws:PrincipalArn",)


def test_a_wildcard_exempts_nobody_where_names_are_compared_whole() -> None:
    def exempting(operator: str) -> dict[str, object]:
        pattern = f"arn:aws:iam::{ACCOUNT}:role/terra*"
        return deny("s3:DeleteObject", Condition={operator: {"aws:PrincipalArn": pattern}})

    (refusal,) = refusals(exempting("StringNotEquals"))
    assert refusal.certain
    assert refusals(exempting("StringNotLike")) == ()
    assert refusals(exempting("ArnNotEquals")) == ()


def test_a_statement_about_a_session_may_refuse_its_role() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform/run-1"
    (refusal,) = refusals(deny("s3:*", [ARN, f"{ARN}/*"], Principal={"AWS": session}))
    assert (refusal.certain, refusal.depends_on) == (False, ("Principal",))
    other = f"arn:aws:sts::{ACCOUNT}:assumed-role/other/run-1"
    assert refusals(deny("s3:*", Principal={"AWS": other})) == ()


def test_whom_not_principal_exempts_depends_on_more_than_is_known() -> None:
    guard = {name: value for name, value in deny("s3:DeleteObject").items() if name != "Principal"}
    assert ROLE.arn is not None
    (refusal,) = refusals(guard | {"NotPrincipal": {"AWS": [ROLE.arn, ACCOUNT]}})
    assert (refusal.certain, refusal.depends_on) == (False, ("NotPrincipal",))
    admin = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/admin"}
    (refusal,) = refusals(guard | {"NotPrincipal": admin})
    assert refusal.certain


def test_a_session_whose_role_is_named_without_a_path_is_exempt() -> None:
    by_sts = replace(ROLE, path_known=False)

    def exempting(role: str) -> dict[str, object]:
        condition = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}}
        return deny("s3:DeleteObject", Condition=condition)

    assert refusals(exempting("terraform"), requester=by_sts) == ()
    (refusal,) = refusals(exempting("path/terraform"), requester=by_sts)
    assert (refusal.certain, refusal.depends_on) == (False, ("aws:PrincipalArn",))


def test_a_guard_that_let_us_read_the_policy_lets_us_lock() -> None:
    organisation = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert refusals(deny("s3:*", [ARN, f"{ARN}/*"], Condition=organisation)) == ()
    (refusal,) = refusals(deny("s3:*", f"{ARN}/*", Condition=organisation))
    assert (refusal.certain, refusal.depends_on) == (False, ("aws:PrincipalOrgID",))


def test_plain_requests_and_public_access_lists_are_not_what_engines_send() -> None:
    assert refusals(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})) == ()
    assert refusals(deny("s3:*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})) == ()
    public = {"StringEquals": {"s3:x-amz-acl": ["public-read"]}}
    assert refusals(deny("s3:PutObject", Condition=public)) == ()


def test_a_statement_that_allows_refuses_nothing() -> None:
    assert refusals(deny("s3:*") | {"Effect": "Allow"}) == ()


def test_a_denied_workspace_is_found() -> None:
    sender = replace(LOCKFILE, workspaces=("dev",))
    (refusal,) = refusals(deny("s3:PutObject", f"{ARN}/env:/*"), sender)
    assert refusal.requests == (
        f"s3:PutObject on env:/dev/{KEY}",
        f"s3:PutObject on env:/dev/{LOCK}",
    )
