"""What Holdfast itself is granted is what its calls need, and nothing that destroys."""

import re

from holdfast.core.step_words import words_of
from holdfast.core.steps import BlockPublicAccess
from holdfast.generate.iam_tool_grants import (
    ACCOUNT_READS,
    BUCKET_READS,
    KEY_READS,
    NEVER_ON_BUCKETS,
    NEVER_ON_TABLES,
    TABLE_READS,
    apply_grants,
    audit_grants,
)
from tests.generate.scopes import backend
from tests.support.iam_actions import unknown_actions
from tests.support.source_tree import PACKAGE

SCOPE = backend(tables=("locks",))
READ = re.compile(r"""@reads\("([a-z0-9]+:\w+)"\)""")
# Free for everybody; or asked by `locks`, `states` and `migrate`.
NOT_OF_THE_AUDIT = {
    "sts:GetCallerIdentity",
    "dynamodb:Scan",
    "s3:GetObjectVersion",
    "s3:ListBucketVersions",
}


def reads_of_the_audit() -> set[str]:
    paths = [each for each in (PACKAGE / "aws").glob("*.py") if each.stem != "role_reads"]
    found = {name for path in paths for name in READ.findall(path.read_text(encoding="utf-8"))}
    return found - NOT_OF_THE_AUDIT


def test_the_audit_is_granted_every_read_that_it_makes_and_no_other() -> None:
    assert {*BUCKET_READS, *TABLE_READS, *KEY_READS, *ACCOUNT_READS} == reads_of_the_audit()


def test_a_missing_table_is_looked_for_in_every_region() -> None:
    found = {each.sid: each.resources for each in audit_grants([SCOPE])}
    assert found == {
        "Buckets": ("arn:aws:s3:::states",),
        "Tables": ("arn:aws:dynamodb:*:111111111111:table/locks",),
        "Keys": ("arn:aws:kms:*:111111111111:key/*",),
        "Account": ("*",),
    }


def test_without_a_table_there_is_no_statement_about_one() -> None:
    assert [each.sid for each in audit_grants([backend()])] == ["Buckets", "Keys", "Account"]


def test_apply_is_granted_what_the_steps_need_where_they_need_it() -> None:
    found = {each.sid: each for each in apply_grants([SCOPE])}
    step = BlockPublicAccess(bucket="states", region="eu-west-1")
    assert set(words_of(step).permissions) <= set(found["ChangeBuckets"].actions)
    assert found["ChangeBuckets"].resources == ("arn:aws:s3:::states",)
    assert found["ChangeTables"].resources == (
        "arn:aws:dynamodb:eu-west-1:111111111111:table/locks",
    )


def test_what_destroys_is_denied_and_never_allowed() -> None:
    grants = apply_grants([SCOPE])
    allowed = {action for each in grants if not each.denies for action in each.actions}
    denied = {action for each in grants if each.denies for action in each.actions}
    assert denied == {*NEVER_ON_BUCKETS, *NEVER_ON_TABLES}
    assert allowed & denied == set()
    assert not [each for each in allowed if "Delete" in each or each.endswith(":*")]


def test_every_action_is_one_that_iam_knows() -> None:
    used = frozenset(action for each in apply_grants([SCOPE]) for action in each.actions)
    assert unknown_actions(used) == set()
