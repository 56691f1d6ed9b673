"""From findings to a plan: each change once, in an order that is safe."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.baseline import bucket_steps, table_steps
from holdfast.core.cloud import BucketAbsent, Caller, TableAbsent
from holdfast.core.facts import Known
from holdfast.core.fingerprints import fingerprints_of
from holdfast.core.planning import KINDS, identifier_of, merged, plan_of
from holdfast.core.plans import BackendPlan, Plan, PlannedStep
from holdfast.core.steps import (
    AddPolicyStatements,
    CreateBucket,
    CreateTable,
    Danger,
    EnableVersioning,
    EncryptBucket,
    Step,
)
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    TABLE,
    backend,
    observed,
)
from tests.support.steps import (
    ADD_LIFECYCLE_RULES,
    ADD_POLICY_STATEMENTS,
    ALL_STEPS,
    CREATE_BUCKET,
    CREATE_TABLE,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENCRYPT_WITH_KEY,
    PROTECT_TABLE,
    finding,
)

NOTHING = observed(
    bucket=BucketAbsent(name=BUCKET),
    tables=(TableAbsent(name=TABLE, elsewhere=Known(())),),
    caller=Known(Caller(account=ACCOUNT, arn="arn:aws:iam::111111111111:role/x", alias="acme")),
)


def identifiers(plan: Plan) -> list[str]:
    return [each.identifier for backend_plan in plan.backends for each in backend_plan.steps]


def planned(*steps: Step, only: tuple[str, ...] = ()) -> Plan:
    return plan_of(
        findings=[finding(f"rule-{number}", [step]) for number, step in enumerate(steps)],
        observed=[NOTHING],
        made_at="2026-11-21T08:00:00Z",
        holdfast_version="0.1.0",
        only=only,
    )


def test_a_plan_is_the_fixes_with_what_they_were_planned_against() -> None:
    plan = plan_of(
        findings=[
            finding("bucket-missing", [CREATE_BUCKET, ENABLE_VERSIONING]),
            finding("bucket-versioning-off", [ENABLE_VERSIONING]),
        ],
        observed=[NOTHING],
        made_at="2026-11-21T08:00:00Z",
        holdfast_version="0.1.0",
    )
    assert plan == Plan(
        made_at="2026-11-21T08:00:00Z",
        holdfast_version="0.1.0",
        backends=(
            BackendPlan(
                backend=replace(backend(), uses=(), span=None),
                account=ACCOUNT,
                account_alias="acme",
                base=fingerprints_of(NOTHING),
                steps=(
                    PlannedStep(
                        identifier=f"create-bucket:{BUCKET}",
                        step=CREATE_BUCKET,
                        rules=("bucket-missing",),
                    ),
                    PlannedStep(
                        identifier=f"enable-versioning:{BUCKET}",
                        step=ENABLE_VERSIONING,
                        rules=("bucket-missing", "bucket-versioning-off"),
                    ),
                ),
            ),
        ),
    )
    assert plan.step_count == 2


@given(st.permutations(ALL_STEPS))
def test_the_order_does_not_depend_on_that_of_the_findings(steps: list[Step]) -> None:
    assert identifiers(planned(*steps)) == [identifier_of(step) for step in ALL_STEPS]


def test_every_kind_of_step_has_its_place() -> None:
    assert tuple(type(step) for step in ALL_STEPS) == KINDS


def test_a_step_that_has_to_be_confirmed_says_so() -> None:
    plan = plan_of(
        findings=[finding("rule", [ENCRYPT_WITH_KEY, ENABLE_VERSIONING])],
        observed=[observed()],
        made_at="",
        holdfast_version="",
    )
    assert [each.danger for each in plan.backends[0].steps] == [Danger.CONFIRM]


def test_what_is_there_already_is_not_planned() -> None:
    plan = plan_of(
        findings=[finding("rule", ALL_STEPS)],
        observed=[observed()],
        made_at="",
        holdfast_version="",
    )
    assert plan.backends == ()


def test_what_could_not_be_read_is_planned_and_without_an_account() -> None:
    plan = plan_of(
        findings=[finding("rule", [ENABLE_VERSIONING])],
        observed=[observed(bucket=DENIED, caller=DENIED)],
        made_at="",
        holdfast_version="",
    )
    assert identifiers(plan) == [f"enable-versioning:{BUCKET}"]
    assert plan.backends[0].account is None


def test_findings_of_no_backend_plan_nothing() -> None:
    plan = plan_of(
        findings=[finding("rule", [CREATE_BUCKET], backend="elsewhere")],
        observed=[NOTHING],
        made_at="",
        holdfast_version="",
    )
    assert plan.backends == ()


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ((), ["create-bucket", "enable-versioning", "create-table", "protect-table"]),
        (("rule-0",), ["create-bucket"]),
        (("rule-2",), ["create-bucket", "enable-versioning"]),
        ((f"protect-table:{TABLE}",), ["create-table", "protect-table"]),
        (("rule-9",), []),
    ],
)
def test_only_what_is_named_is_planned_and_what_creates_it(
    only: tuple[str, ...], expected: list[str]
) -> None:
    plan = planned(CREATE_BUCKET, PROTECT_TABLE, ENABLE_VERSIONING, CREATE_TABLE, only=only)
    assert [each.partition(":")[0] for each in identifiers(plan)] == expected


@pytest.mark.parametrize(
    ("only", "subject", "expected"),
    [
        (f"create-bucket:{BUCKET}", BUCKET, 7),
        (f"add-lifecycle-rules:{BUCKET}", BUCKET, 7),
        (f"create-table:{TABLE}", TABLE, 2),
    ],
)
def test_nothing_is_created_without_its_protection_whatever_is_named(
    only: str, subject: str, expected: int
) -> None:
    plan = plan_of(
        findings=[
            finding("bucket-missing", bucket_steps(BUCKET, REGION)),
            finding("lock-table-missing", table_steps(TABLE, REGION)),
        ],
        observed=[NOTHING],
        made_at="",
        holdfast_version="",
        only=(only,),
    )
    assert len(identifiers(plan)) == expected
    assert {each.rpartition(":")[2] for each in identifiers(plan)} == {subject}


def test_two_backends_share_the_step_of_their_table_only_over_the_same_access() -> None:
    second = replace(NOTHING, backend=backend(name="second", bucket="second"))
    elsewhere = replace(
        NOTHING,
        backend=backend(
            name="elsewhere", access=replace(backend().access, profile="another-account")
        ),
    )
    plan = plan_of(
        findings=[
            finding("rule", [CREATE_TABLE], backend=name)
            for name in (BUCKET, "second", "elsewhere")
        ],
        observed=[NOTHING, second, elsewhere],
        made_at="",
        holdfast_version="",
    )
    assert [each.backend.name for each in plan.backends] == [BUCKET, "elsewhere"]


STATEMENTS = ('{"Sid":"A"}', '{"Sid":"B"}', '{"Sid":"C"}')


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            AddPolicyStatements(bucket=BUCKET, region=REGION, statements=STATEMENTS[:2]),
            AddPolicyStatements(bucket=BUCKET, region=REGION, statements=STATEMENTS[1:]),
            AddPolicyStatements(bucket=BUCKET, region=REGION, statements=STATEMENTS),
        ),
        (
            replace(ADD_LIFECYCLE_RULES, rules=('{"ID":"a"}',)),
            replace(ADD_LIFECYCLE_RULES, rules=('{"ID":"b"}', '{"ID":"a"}')),
            replace(ADD_LIFECYCLE_RULES, rules=('{"ID":"a"}', '{"ID":"b"}')),
        ),
        (ENCRYPT_BUCKET, ENCRYPT_WITH_KEY, ENCRYPT_WITH_KEY),
        (ENCRYPT_WITH_KEY, ENCRYPT_BUCKET, ENCRYPT_WITH_KEY),
        (
            EncryptBucket(bucket=BUCKET, region=REGION, algorithm="aws:kms:dsse"),
            ENCRYPT_WITH_KEY,
            EncryptBucket(
                bucket=BUCKET,
                region=REGION,
                algorithm="aws:kms:dsse",
                key_arn=KMS_KEY,
                bucket_key=True,
            ),
        ),
        (
            ENABLE_VERSIONING,
            EnableVersioning(bucket=BUCKET, region=REGION, resume=True),
            EnableVersioning(bucket=BUCKET, region=REGION, resume=True),
        ),
        (
            CreateBucket(bucket=BUCKET, region=REGION, tags=(("A", "1"), ("B", "1"))),
            CreateBucket(
                bucket=BUCKET, region=REGION, tags=(("B", "2"), ("C", "2")), account_regional=True
            ),
            CreateBucket(
                bucket=BUCKET,
                region=REGION,
                tags=(("B", "1"), ("C", "2"), ("A", "1")),
                account_regional=True,
            ),
        ),
        (
            CreateTable(table=TABLE, region=REGION),
            CREATE_TABLE,
            CREATE_TABLE,
        ),
        (PROTECT_TABLE, PROTECT_TABLE, PROTECT_TABLE),
    ],
    ids=str,
)
def test_two_steps_of_one_kind_become_one(first: Step, second: Step, expected: Step) -> None:
    assert merged(first, second) == expected


def test_merging_a_step_with_itself_changes_nothing() -> None:
    assert [merged(step, step) for step in ALL_STEPS] == list(ALL_STEPS)


def test_identifiers_are_unique_within_a_backend() -> None:
    shuffled = [*ALL_STEPS, *ALL_STEPS, ADD_POLICY_STATEMENTS]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - any order will do, the same each time
    found = identifiers(planned(*shuffled))
    assert len(found) == len(set(found)) == len(ALL_STEPS)
