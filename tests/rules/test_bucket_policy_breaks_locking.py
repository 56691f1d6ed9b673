import json
from collections.abc import Mapping

from holdfast.core.backends import Access, Locking
from holdfast.core.cloud import Bucket, Caller
from holdfast.core.facts import Known, Reason
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_policy_breaks_locking import bucket_policy_breaks_locking
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    KEY,
    backend,
    healthy_bucket,
    hits,
    observed,
    policy,
    unknown,
    use,
)

LOCKFILE = use(locking=Locking.LOCKFILE, table=None)
WITH_LOCKFILE = backend(uses=(LOCKFILE,), locking=Locking.LOCKFILE, tables=())
GUARD = {
    "Action": "s3:DeleteObject",
    "Effect": "Deny",
    "Principal": "*",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
    "Sid": "Keep",
}
ADMIN = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/admin"}}


def with_policy(statement: Mapping[str, object]) -> Bucket:
    return healthy_bucket(policy=Known(policy(statement)))


def test_a_bucket_without_such_a_statement_is_fine() -> None:
    assert hits(bucket_policy_breaks_locking, observed(WITH_LOCKFILE)) == ()
    bare = healthy_bucket(policy=Known(None))
    assert hits(bucket_policy_breaks_locking, observed(WITH_LOCKFILE, bucket=bare)) == ()
    assert hits(bucket_policy_breaks_locking, observed(bucket=with_policy(GUARD))) == ()


def test_a_denied_delete_is_shown_with_the_lock_that_it_keeps() -> None:
    found = observed(WITH_LOCKFILE, bucket=with_policy(GUARD))
    assert hits(bucket_policy_breaks_locking, found) == (
        Hit(
            message=f"statement `Keep` of bucket `{BUCKET}` keeps roots from locking or writing",
            evidence=(
                Evidence(label="statement", text=json.dumps(GUARD, separators=(",", ":"))),
                Evidence(label="reason", text="it denies s3:DeleteObject on locks"),
                Evidence(label="refuses", text=f"s3:DeleteObject on {KEY}.tflock"),
            ),
            advice="Exempt the roles that run the engines, or `*.tflock`, from the statement.",
            subject="network",
            backend=BUCKET,
        ),
    )


def test_an_exempt_role_is_known_by_the_code_or_by_who_asks() -> None:
    bucket = with_policy(GUARD | {"Condition": ADMIN})
    by_code = backend(
        uses=(LOCKFILE,), access=Access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/admin")
    )
    session = Caller(account=ACCOUNT, arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/ann")
    assert hits(bucket_policy_breaks_locking, observed(by_code, bucket=bucket)) == ()
    by_caller = observed(WITH_LOCKFILE, bucket=bucket, caller=Known(session))
    assert hits(bucket_policy_breaks_locking, by_caller) == ()


def test_a_statement_that_depends_on_who_asks_says_so() -> None:
    bucket = with_policy(GUARD | {"Condition": ADMIN})
    found = observed(WITH_LOCKFILE, bucket=bucket, caller=DENIED)
    (hit,) = hits(bucket_policy_breaks_locking, found)
    assert (
        hit.message
        == f"statement `Keep` of bucket `{BUCKET}` may keep roots from locking or writing"
    )
    assert hit.evidence[-1] == Evidence(label="may refuse", text=f"s3:DeleteObject on {KEY}.tflock")
    assert hit.advice == (
        "It depends on `aws:PrincipalArn`: make sure that the roles that run the engines are exempt."
    )


def test_many_refused_requests_are_counted() -> None:
    statement = {name: value for name, value in GUARD.items() if name != "Sid"} | {"Action": "s3:*"}
    several = backend(uses=(LOCKFILE, use(root_path="dns", key="dns", locking=Locking.LOCKFILE)))
    (hit,) = hits(bucket_policy_breaks_locking, observed(several, bucket=with_policy(statement)))
    assert hit.message.startswith(f"a statement of bucket `{BUCKET}`")
    assert hit.evidence[-1] == Evidence(label="refuses", text="5 more")
    assert hit.subject == ""


def test_a_policy_that_may_not_be_read_or_understood_is_unknown() -> None:
    denied = observed(bucket=healthy_bucket(policy=DENIED))
    odd = observed(bucket=healthy_bucket(policy=Known("[]")))
    assert unknown(bucket_policy_breaks_locking, denied) == (DENIED,)
    assert [each.reason for each in unknown(bucket_policy_breaks_locking, odd)] == [Reason.ERROR]
