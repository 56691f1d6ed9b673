from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.baseline import table_steps
from holdfast.core.cloud import BucketForeign, ObservedTable, TableAbsent
from holdfast.core.facts import Fact, Known
from holdfast.core.findings import Evidence, Finding, Hit, Unjudged
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_missing import UNTIL_THEN, lock_table_missing
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    REGION,
    TABLE,
    backend,
    fleet,
    healthy_table,
    hits,
    judged,
    observed,
    unknown,
    use,
)

ABSENT = TableAbsent(name=TABLE, elsewhere=Known(()))


def test_a_table_that_is_there_and_no_table_at_all_are_fine() -> None:
    assert hits(lock_table_missing, observed()) == ()
    assert hits(lock_table_missing, observed(backend(tables=()), tables=())) == ()


def test_a_missing_table_is_created_where_its_backend_is() -> None:
    found_elsewhere = TableAbsent(name=TABLE, elsewhere=Known(("us-east-2",)))
    assert hits(lock_table_missing, observed(tables=(found_elsewhere,))) == (
        Hit(
            message=f"lock table `{TABLE}` does not exist in {REGION}; `network` locks with it",
            evidence=(
                Evidence(label="DescribeTable", text=f"no such table in {REGION}"),
                Evidence(label="elsewhere", text="found in us-east-2"),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            fix=table_steps(TABLE, REGION),
            advice=(
                f"{UNTIL_THEN} If the backend belongs in `us-east-2`,"
                " correct the region in the code instead."
            ),
            subject="network",
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize(
    ("elsewhere", "text"),
    [
        (Known(()), "in no other region of this account"),
        (Known(("eu-west-2", "us-east-2")), "found in eu-west-2, us-east-2"),
        (DENIED, "not known: permission `s3:Get` is missing"),
    ],
)
def test_where_else_the_name_is_found_is_said(elsewhere: Fact[tuple[str, ...]], text: str) -> None:
    absent = TableAbsent(name=TABLE, elsewhere=elsewhere)
    (hit,) = hits(lock_table_missing, observed(tables=(absent,)))
    assert hit.evidence[1] == Evidence(label="elsewhere", text=text)


def test_a_table_of_another_account_of_the_fleet_is_named() -> None:
    arn = f"arn:aws:dynamodb:us-east-1:222222222222:table/{TABLE}"
    there = observed(backend(name="other"), tables=(healthy_table(arn=arn, region="us-east-1"),))
    same_account = observed(backend(name="same"))
    here = observed(tables=(ABSENT,))
    code = fleet(observed=(here, there, same_account))
    (hit,) = hits(lock_table_missing, code=code)
    assert hit.evidence[2] == Evidence(
        label="elsewhere", text="found in account 222222222222, us-east-1"
    )
    assert hit.evidence[3].label == "root"


def test_a_root_that_locks_in_both_ways_fails_as_well() -> None:
    both = backend(
        uses=(use(locking=Locking.BOTH), use(root_path="dns", locking=Locking.BOTH)),
        tags=(("Team", "platform"),),
    )
    (hit,) = hits(lock_table_missing, observed(both, tables=(ABSENT,)))
    assert hit.message == f"lock table `{TABLE}` does not exist in {REGION}; 2 roots lock with it"
    assert hit.subject == ""
    assert hit.fix == table_steps(TABLE, REGION, (("Team", "platform"),))


def test_a_declared_table_without_roots_is_created() -> None:
    (hit,) = hits(lock_table_missing, observed(backend(uses=()), tables=(ABSENT,)))
    assert hit.message == f"lock table `{TABLE}` does not exist in {REGION}; it is declared"
    assert (hit.advice, hit.fix) == (UNTIL_THEN, table_steps(TABLE, REGION))


def test_a_table_that_is_given_by_its_arn_is_not_created() -> None:
    arn = f"arn:aws:dynamodb:{REGION}:222222222222:table/{TABLE}"
    by_arn = backend(tables=(arn,), uses=(use(table=arn),))
    absent = TableAbsent(name=arn, elsewhere=DENIED)
    (hit,) = hits(lock_table_missing, observed(by_arn, tables=(absent,)))
    assert hit.fix == ()
    assert hit.advice == (
        f"{UNTIL_THEN} Create it in the account and region of its ARN,"
        " or name a table of this account."
    )


def test_a_table_whose_name_nobody_can_give_is_not_created() -> None:
    misnamed = backend(tables=("db",), uses=(use(table="db"),))
    absent = TableAbsent(name="db", elsewhere=Known(()))
    (hit,) = hits(lock_table_missing, observed(misnamed, tables=(absent,)))
    assert hit.fix == ()
    assert hit.advice == (
        f"{UNTIL_THEN} Give it another name: DynamoDB refuses one that has 2 characters, not 3 to 255."
    )


def test_no_table_is_created_while_the_bucket_turns_out_to_be_in_another_region() -> None:
    (hit,) = hits(lock_table_missing, replace(observed(tables=(ABSENT,)), region="us-east-1"))
    assert hit.fix == ()
    assert hit.advice == f"{UNTIL_THEN} First correct the region: the bucket is in us-east-1."


def test_no_table_is_created_in_an_account_that_the_bucket_is_not_in() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region=REGION)
    (hit,) = hits(lock_table_missing, observed(bucket=foreign, tables=(ABSENT,)))
    assert hit.fix == ()
    assert hit.advice == (
        f"{UNTIL_THEN} First use the credentials of the bucket's account: its table may be there."
    )


@pytest.mark.parametrize("presence", [Known(ABSENT), DENIED])
def test_a_table_is_not_missed_where_every_root_takes_a_lock_file(
    presence: Fact[TableAbsent],
) -> None:
    lockfile = backend(locking=Locking.LOCKFILE, uses=(use(locking=Locking.LOCKFILE, table=None),))
    table = ObservedTable(name=TABLE, presence=presence)
    assert hits(lock_table_missing, replace(observed(lockfile), tables=(table,))) == ()


def test_a_refusal_is_not_an_absence_and_hides_no_other_table() -> None:
    tables = (
        ObservedTable(name="denied", presence=DENIED),
        ObservedTable(name=TABLE, presence=Known(ABSENT)),
    )
    two = replace(observed(backend(tables=("denied", TABLE))), tables=tables)
    assert [type(each) for each in judged(lock_table_missing, two)] == [Finding, Unjudged]
    assert unknown(lock_table_missing, two) == (DENIED,)
