from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.baseline import table_steps
from holdfast.core.cloud import BucketForeign, ObservedTable, TableAbsent
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Evidence, Hit, Severity, Unjudged
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_missing import LOCK_FILE_TOO, UNTIL_THEN, lock_table_missing
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    KEY,
    REGION,
    TABLE,
    backend,
    healthy_bucket,
    hits,
    judged,
    observed,
    use,
)

ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{TABLE}"
NOWHERE = TableAbsent(name=TABLE, elsewhere=Known(()))
ROOT = Evidence(label="root", text="`network`", span=SourceSpan("network/backend.tf", 4, 5))
SAID = Evidence(label="dynamodb:DescribeTable", text=f"ResourceNotFoundException in {REGION}")


def not_judged() -> Unjudged:
    return Unjudged(
        rule="lock-table-missing", severity=Severity.CRITICAL, backend=BUCKET, withheld=DENIED
    )


def test_a_table_that_is_there_is_fine() -> None:
    assert hits(lock_table_missing, observed()) == ()


def test_a_backend_without_table_is_fine() -> None:
    lockfile = backend(
        locking=Locking.LOCKFILE, tables=(), uses=(use(locking=Locking.LOCKFILE, table=None),)
    )
    assert hits(lock_table_missing, observed(lockfile, tables=())) == ()


def test_a_table_that_is_only_declared_where_all_lock_with_files_is_not_missed() -> None:
    lockfile = backend(locking=Locking.LOCKFILE, uses=(use(locking=Locking.LOCKFILE, table=None),))
    assert hits(lock_table_missing, observed(lockfile, tables=(NOWHERE,))) == ()


def test_a_missing_table_is_created() -> None:
    assert hits(lock_table_missing, observed(tables=(NOWHERE,))) == (
        Hit(
            message=f"lock table `{TABLE}` does not exist in {REGION}: `network` locks with it",
            evidence=(ROOT, SAID),
            fix=table_steps(TABLE, REGION),
            advice=UNTIL_THEN,
            backend=BUCKET,
        ),
    )


def test_all_roots_that_lock_with_it_are_counted_and_shown() -> None:
    layers = tuple(
        use(root_path=f"layers/{name}", label="backend.hcl", span=SourceSpan(f"{name}.hcl", 2))
        for name in ("a", "b", "b")
    )
    (hit,) = hits(lock_table_missing, observed(backend(uses=layers), tables=(NOWHERE,)))
    assert hit.message == f"lock table `{TABLE}` does not exist in {REGION}: 2 roots lock with it"
    assert hit.evidence == (
        Evidence(label="root", text="`layers/a` with `backend.hcl`", span=SourceSpan("a.hcl", 2)),
        Evidence(label="root", text="`layers/b` with `backend.hcl`", span=SourceSpan("b.hcl", 2)),
        Evidence(label="root", text="`layers/b` with `backend.hcl`", span=SourceSpan("b.hcl", 2)),
        SAID,
    )


def test_a_declared_table_is_created_with_its_tags_before_any_root_uses_it() -> None:
    span = SourceSpan("holdfast.yaml", 7, 3)
    declared = backend(name="dev", declared=True, uses=(), span=span, tags=(("team", "core"),))
    assert hits(lock_table_missing, observed(declared, tables=(NOWHERE,))) == (
        Hit(
            message=f"lock table `{TABLE}` does not exist in {REGION}: no root locks with it yet",
            evidence=(Evidence(label="backend", text=f"`dev`: `{TABLE}`", span=span), SAID),
            fix=table_steps(TABLE, REGION, (("team", "core"),)),
            advice=UNTIL_THEN,
            backend="dev",
        ),
    )


def test_a_lock_file_beside_the_table_does_not_make_it_better() -> None:
    both = backend(locking=Locking.BOTH, uses=(use(locking=Locking.BOTH),))
    (hit,) = hits(lock_table_missing, observed(both, tables=(NOWHERE,)))
    assert (hit.advice, hit.fix) == (LOCK_FILE_TOO, table_steps(TABLE, REGION))
    mixed = replace(both, uses=(*both.uses, use(root_path="dns", key="dns")))
    (hit,) = hits(lock_table_missing, observed(mixed, tables=(NOWHERE,)))
    assert hit.advice == UNTIL_THEN


@pytest.mark.parametrize(
    ("elsewhere", "words"),
    [
        (Known(("us-east-2", "us-west-1")), "a table of that name is in us-east-2 and us-west-1"),
        (
            Withheld(reason=Reason.PERMISSION, permission="dynamodb:DescribeTable"),
            "other regions could not be asked: permission `dynamodb:DescribeTable` is missing",
        ),
        (
            Withheld(reason=Reason.NOT_ASKED, detail="the table's ARN names its region"),
            "other regions were not asked: the table's ARN names its region",
        ),
    ],
)
def test_what_is_known_of_other_regions_is_evidence_and_changes_nothing_else(
    elsewhere: Fact[tuple[str, ...]], words: str
) -> None:
    absent = TableAbsent(name=TABLE, elsewhere=elsewhere)
    (hit,) = hits(lock_table_missing, observed(tables=(absent,)))
    assert hit.evidence == (ROOT, SAID, Evidence(label="elsewhere", text=words))
    assert hit.fix == table_steps(TABLE, REGION)


def test_a_table_given_by_arn_is_missing_where_its_arn_says_and_not_made_from_here() -> None:
    by_arn = backend(region="us-east-1", tables=(ARN,), uses=(use(table=ARN, region="us-east-1"),))
    world = observed(by_arn, bucket=healthy_bucket(region=Known("us-east-1")), tables=())
    absent = ObservedTable(name=ARN, presence=Known(TableAbsent(name=ARN, elsewhere=Known(()))))
    world = replace(world, region="us-east-1", tables=(absent,))
    (hit,) = hits(lock_table_missing, world)
    assert hit.message == f"lock table `{ARN}` does not exist in us-east-1: `network` locks with it"
    assert hit.fix == ()
    assert hit.advice == (
        "Create it in the account and region that its ARN names, or name another table. "
        + UNTIL_THEN
    )


def test_no_table_is_made_while_the_bucket_turns_out_to_be_in_another_region() -> None:
    (hit,) = hits(lock_table_missing, replace(observed(tables=(NOWHERE,)), region="us-east-1"))
    assert hit.fix == ()
    assert hit.advice == f"First settle the region: the bucket is in us-east-1. {UNTIL_THEN}"


def test_no_table_is_made_in_an_account_that_the_bucket_is_not_in() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region=REGION)
    (hit,) = hits(lock_table_missing, observed(bucket=foreign, tables=(NOWHERE,)))
    assert hit.fix == ()
    assert hit.advice == (
        "First use the credentials of the bucket's account: the table may be there. " + UNTIL_THEN
    )


def test_a_table_that_could_not_be_read_is_unknown() -> None:
    world = replace(observed(), tables=(ObservedTable(name=TABLE, presence=DENIED),))
    assert judged(lock_table_missing, world) == (not_judged(),)


def test_a_missing_table_is_said_though_another_one_could_not_be_read() -> None:
    two = backend(tables=("hidden", TABLE), uses=(use(), use(table="hidden", key=f"{KEY}2")))
    world = replace(
        observed(two),
        tables=(
            ObservedTable(name="hidden", presence=DENIED),
            ObservedTable(name=TABLE, presence=Known(NOWHERE)),
        ),
    )
    assert judged(lock_table_missing, world) == (
        *judged(lock_table_missing, observed(tables=(NOWHERE,))),
        not_judged(),
    )
