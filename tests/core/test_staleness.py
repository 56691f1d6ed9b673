"""When a plan no longer fits the world, and when its own steps explain the change."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Access
from holdfast.core.cloud import (
    BillingMode,
    BucketAbsent,
    BucketForeign,
    ObservedBackend,
    TableAbsent,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import Known
from holdfast.core.fingerprints import fingerprints_of
from holdfast.core.planning import plan_of
from holdfast.core.plans import Plan
from holdfast.core.staleness import fact_changed_by, stale_facts
from holdfast.core.steps import FactName, Step
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    backend,
    healthy_bucket,
    healthy_table,
    observed,
)
from tests.support.steps import (
    ALL_STEPS,
    BUCKET_STEPS,
    CREATE_TABLE,
    ENABLE_VERSIONING,
    PROTECT_TABLE,
    TABLE_STEPS,
    finding,
)

OFF = Known(Versioning(status=VersioningStatus.OFF))
UNVERSIONED_BUCKET = healthy_bucket(versioning=OFF)
UNVERSIONED = observed(bucket=UNVERSIONED_BUCKET)
NO_TABLE = (TableAbsent(name=TABLE, elsewhere=Known(())),)
NOTHING = observed(bucket=BucketAbsent(name=BUCKET), tables=NO_TABLE)


def plan(*steps: Step, against: ObservedBackend) -> Plan:
    return plan_of(
        findings=[finding("rule", steps, backend=against.backend.name)],
        observed=[against],
        made_at="",
        holdfast_version="",
    )


def stale(made: Plan, now: ObservedBackend) -> list[tuple[FactName, str, str]]:
    found = stale_facts(made, made.backends[0], now)
    return [(each.was.fact, each.was.words, each.words_now) for each in found]


def test_an_unchanged_world_is_not_stale() -> None:
    assert stale(plan(ENABLE_VERSIONING, against=UNVERSIONED), UNVERSIONED) == []


def test_what_the_plan_itself_did_is_not_stale() -> None:
    assert stale(plan(ENABLE_VERSIONING, against=UNVERSIONED), observed()) == []


def test_a_plan_that_made_everything_is_not_stale() -> None:
    assert stale(plan(*BUCKET_STEPS, *TABLE_STEPS, against=NOTHING), observed()) == []


def test_a_plan_that_made_only_the_table_is_not_stale() -> None:
    made = plan(*BUCKET_STEPS, *TABLE_STEPS, against=NOTHING)
    table = healthy_table(point_in_time_recovery=Known(value=False))
    assert stale(made, observed(bucket=BucketAbsent(name=BUCKET), tables=(table,))) == []


def test_a_fact_that_no_step_explains_is_stale() -> None:
    made = plan(ENABLE_VERSIONING, against=UNVERSIONED)
    now = observed(
        bucket=healthy_bucket(versioning=OFF, policy=Known(None)),
        tables=(healthy_table(billing=BillingMode.PROVISIONED),),
    )
    policy = next(each for each in made.backends[0].base if each.fact is FactName.POLICY)
    assert stale(made, now) == [
        (FactName.POLICY, policy.words, "none"),
        (FactName.BILLING, "PAY_PER_REQUEST", "PROVISIONED"),
    ]


def test_a_change_short_of_the_goal_is_stale() -> None:
    made = plan(ENABLE_VERSIONING, against=UNVERSIONED)
    suspended = healthy_bucket(versioning=Known(Versioning(status=VersioningStatus.SUSPENDED)))
    assert stale(made, observed(bucket=suspended)) == [(FactName.VERSIONING, "off", "suspended")]


def test_a_bucket_that_vanished_is_stale_in_every_fact() -> None:
    made = plan(ENABLE_VERSIONING, against=UNVERSIONED)
    gone = stale(made, observed(bucket=BucketAbsent(name=BUCKET)))
    assert gone[0] == (FactName.BUCKET, "in eu-west-1", "absent")
    assert {now for _, _, now in gone[1:]} == {"not there"}


def test_a_name_that_somebody_else_took_is_stale() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account="111111111111", region=None)
    found = stale(plan(*BUCKET_STEPS, against=NOTHING), observed(bucket=foreign, tables=NO_TABLE))
    assert found == [(FactName.BUCKET, "absent", "of another account")]


def test_a_fact_that_can_no_longer_be_read_is_stale() -> None:
    made = plan(PROTECT_TABLE, against=observed(tables=(healthy_table(deletion_protection=False),)))
    now = observed(
        bucket=healthy_bucket(ownership=DENIED),
        tables=(healthy_table(deletion_protection=False),),
    )
    assert stale(made, now) == [(FactName.OWNERSHIP, "BucketOwnerEnforced", "unknown")]


def test_a_table_that_two_backends_share_is_explained_by_the_first_ones_step() -> None:
    first = observed(tables=NO_TABLE)
    second = observed(backend(name="second"), bucket=UNVERSIONED_BUCKET, tables=NO_TABLE)
    made = plan_of(
        findings=[
            finding("rule", [CREATE_TABLE]),
            finding("rule", [CREATE_TABLE, ENABLE_VERSIONING], backend="second"),
        ],
        observed=[first, second],
        made_at="",
        holdfast_version="",
    )
    assert [each.identifier for each in made.backends[1].steps] == [f"enable-versioning:{BUCKET}"]
    now = replace(second, tables=observed().tables)
    assert stale_facts(made, made.backends[1], now) == ()

    foreign = replace(
        made.backends[0],
        backend=replace(made.backends[0].backend, access=Access(profile="another")),
    )
    apart = replace(made, backends=(foreign, made.backends[1]))
    assert [each.was.fact for each in stale_facts(apart, apart.backends[1], now)] == [
        FactName.TABLE
    ]


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_every_step_changes_a_fact_that_is_remembered(step: Step) -> None:
    assert fact_changed_by(step) in {each.fact for each in fingerprints_of(observed())}


def test_each_fact_has_one_step() -> None:
    assert sorted(map(fact_changed_by, ALL_STEPS)) == sorted(FactName)
