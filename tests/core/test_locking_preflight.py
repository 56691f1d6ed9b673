"""What has to be right before a lock file is used at all: each thing refused, unknown or passed."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from holdfast.core.access_judging import AccessVerdict, Judged
from holdfast.core.access_report import AccessReport, VerbAccess
from holdfast.core.backends import Locking
from holdfast.core.cloud import Bucket, Versioning, VersioningStatus
from holdfast.core.engine_calls import EngineVerb
from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.facts import Fact, Known
from holdfast.core.locking_checks import CheckOutcome
from holdfast.core.locking_engine_checks import engine_checks, table_check
from holdfast.core.locking_outlook import fleet_as_it_will_be
from holdfast.core.locking_preflight import (
    RoleUnchecked,
    active_lock_check,
    policy_check,
    probe_check,
    role_checks,
    rule_checks,
)
from holdfast.core.locks import LockKind
from holdfast.core.proof import (
    ModeProof,
    Passed,
    Proof,
    ProofStep,
    StepResult,
    Undecided,
    Violated,
)
from holdfast.core.repository import EnginePin, Place
from holdfast.core.settings import settings_of
from holdfast.core.source import SourceSpan
from holdfast.core.state_content import EncryptedState, StateContent, StateHead
from holdfast.rules.bucket_key_unhealthy import bucket_key_unhealthy
from holdfast.rules.bucket_versioning_off import bucket_versioning_off
from tests.core.locking_worlds import (
    BOTH_LOCKS,
    DENIED,
    ITEM_ALONE,
    PASSED,
    REFUSED,
    UNKNOWN,
    Changes,
    cache,
    root_with,
    state,
    the_backend,
)
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    KEY,
    TABLE,
    backend,
    fleet,
    healthy_bucket,
    judged,
    observed,
    policy,
    withheld_bucket,
)

OLD, NEW = Version(1, 9, 8), Version(1, 11, 4)


def pin(version: Version, *, exact: bool = True, name: str = "terraform") -> EnginePin:
    return EnginePin(
        engine=Engine(EngineName(name), version),
        statement=str(version),
        span=SourceSpan("network/.terraform-version", 1),
        exact=exact,
    )


def written_by(version: str) -> Fact[StateContent | None]:
    return Known(
        StateHead(
            format_version=4, engine_version=version, serial=1, lineage="l", resource_count=None
        )
    )


# Engines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "states", "expected"),
    [
        ({"pins": (pin(NEW),)}, {}, (PASSED, PASSED, PASSED)),
        ({"pins": (pin(OLD),)}, {}, (REFUSED, PASSED, PASSED)),
        ({"pins": (pin(OLD, name="tofu"),)}, {}, (REFUSED, PASSED, PASSED)),
        ({"pins": (pin(NEW, exact=False),)}, {}, (PASSED, PASSED, PASSED)),
        ({"pins": (pin(OLD, exact=False),)}, {}, (PASSED, PASSED, UNKNOWN)),
        ({"pins": (pin(OLD, exact=False),)}, {KEY: written_by("1.11.4")}, (PASSED, PASSED, PASSED)),
        ({"pins": (pin(NEW),)}, {KEY: written_by("1.9.8")}, (PASSED, PASSED, PASSED)),
        ({"pins": (pin(OLD, exact=False),)}, {KEY: written_by("1.9.8")}, (PASSED, UNKNOWN, PASSED)),
        ({}, {KEY: written_by("1.9.8")}, (PASSED, UNKNOWN, PASSED)),
        ({}, {}, (PASSED, PASSED, UNKNOWN)),
        ({}, {KEY: DENIED}, (PASSED, PASSED, UNKNOWN)),
        ({}, {KEY: Known(None)}, (PASSED, PASSED, UNKNOWN)),
        ({}, {KEY: Known(EncryptedState(encryption_version="v0"))}, (PASSED, PASSED, UNKNOWN)),
        ({}, {KEY: written_by("1.10.0")}, (PASSED, PASSED, PASSED)),
        ({}, {KEY: written_by("")}, (PASSED, PASSED, UNKNOWN)),
        (
            {"cache": replace(cache(Locking.DYNAMODB), engine_version="1.9.8")},
            {},
            (REFUSED, PASSED, PASSED),
        ),
        (
            {"cache": replace(cache(Locking.DYNAMODB), engine_version="1.12.2")},
            {},
            (PASSED, PASSED, PASSED),
        ),
    ],
)
def test_engines_are_judged_by_pins_caches_and_who_wrote_last(
    changes: Mapping[str, Changes],
    states: Mapping[str, Fact[StateContent | None]],
    expected: tuple[CheckOutcome, CheckOutcome, CheckOutcome],
) -> None:
    code = fleet(root_with(Locking.DYNAMODB, **changes))
    checks = engine_checks(code, the_backend(code), states)
    assert tuple(each.outcome for each in checks) == expected


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        ((), ("deprecates",)),
        ((pin(NEW),), ("deprecates",)),
        ((pin(NEW, name="tofu"),), ("optional",)),
        ((pin(NEW), pin(NEW, name="tofu")), ("deprecates", "optional")),
    ],
)
def test_the_table_is_optional_to_opentofu_and_deprecated_by_terraform(
    pins: tuple[EnginePin, ...], words: tuple[str, ...]
) -> None:
    code = fleet(root_with(Locking.DYNAMODB, pins=pins))
    check = table_check(code, the_backend(code))
    assert check.outcome is PASSED
    found = tuple(each for each in ("deprecates", "optional") if each in check.words)
    assert found == words


# The fleet as it will be ------------------------------------------------------------------------


@pytest.mark.parametrize("goal", [Locking.BOTH, Locking.LOCKFILE, Locking.DYNAMODB])
@pytest.mark.parametrize("now", [Locking.DYNAMODB, Locking.BOTH])
def test_the_fleet_as_it_will_be_locks_everywhere_in_one_mode(now: Locking, goal: Locking) -> None:
    code = fleet(
        root_with(now),
        root_with(now, "second"),
        root_with(now, "shown", place=Place.EXAMPLE),
        observed=(observed(),),
    )
    outlook = fleet_as_it_will_be(code, goal)
    assert [each.locking for each in settings_of(outlook.repository)] == [goal, goal]
    examples = settings_of(outlook.repository, place=Place.EXAMPLE)
    assert [each.locking for each in examples] == [now]
    (future,) = outlook.backends
    assert {use.locking for use in future.uses} | {future.locking} == {goal}
    assert outlook.observed[0].backend == future
    assert outlook.observed[0].bucket == code.observed[0].bucket
    assert {use.table for use in future.uses} == {TABLE if goal.uses_table else None}


def test_backends_that_were_not_chosen_stay_as_they_are() -> None:
    code = fleet(root_with(Locking.DYNAMODB), backends=(backend(), backend(name="b", bucket="b")))
    outlook = fleet_as_it_will_be(replace(code, chosen=frozenset({"b"})), Locking.BOTH)
    assert [each.locking for each in outlook.backends] == [Locking.DYNAMODB, Locking.BOTH]
    assert outlook.repository == code.repository


# The bucket -------------------------------------------------------------------------------------

NO_DELETE = {
    "Sid": "Keep",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}
UNLESS_TAGGED = {"StringNotEquals": {"aws:PrincipalTag/team": "core"}}
HEADER_WANTED = {
    **NO_DELETE,
    "Action": "s3:PutObject",
    "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (None, PASSED),
        (NO_DELETE, REFUSED),
        (HEADER_WANTED, REFUSED),
        (NO_DELETE | {"Condition": UNLESS_TAGGED}, UNKNOWN),
        (NO_DELETE | {"Resource": "arn:aws:s3:::another/*"}, PASSED),
    ],
)
def test_statements_that_refuse_what_engines_will_send_are_found(
    statement: Mapping[str, object] | None, expected: CheckOutcome
) -> None:
    text = policy(statement) if statement is not None else None
    seen = observed(bucket=healthy_bucket(policy=Known(text)))
    outlook = fleet_as_it_will_be(fleet(observed=(seen,)), Locking.BOTH)
    assert policy_check(outlook.observed[0]).outcome is expected


def test_a_policy_that_could_not_be_read_is_unknown() -> None:
    unread = observed(bucket=withheld_bucket())
    assert [policy_check(each).outcome for each in (unread, None)] == [UNKNOWN, UNKNOWN]


def test_rules_of_the_audit_become_checks() -> None:
    def checks(bucket: Bucket) -> list[CheckOutcome]:
        seen = observed(bucket=bucket)
        rules = (bucket_key_unhealthy, bucket_versioning_off)
        return [
            each.outcome for each in rule_checks({rule.slug: judged(rule, seen) for rule in rules})
        ]

    off = healthy_bucket(versioning=Known(Versioning(status=VersioningStatus.SUSPENDED)))
    assert checks(healthy_bucket()) == [PASSED, PASSED]
    assert checks(withheld_bucket()) == [UNKNOWN, UNKNOWN]
    assert checks(off) == [PASSED, UNKNOWN]


# Roles, the store, locks ------------------------------------------------------------------------

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci"


def report(*verdicts: AccessVerdict) -> AccessReport:
    judged = tuple(
        Judged(action="s3:PutObject", resource=f"{KEY}.tflock", verdict=verdict, reasons=("no",))
        for verdict in verdicts
    )
    verbs = (VerbAccess(verb=EngineVerb.PLAN, in_the_way=judged),)
    return AccessReport(role=ROLE, bucket=BUCKET, key=KEY, verbs=verbs, not_seen=())


@pytest.mark.parametrize(
    ("reports", "unchecked", "expected"),
    [
        ((), (), (PASSED, UNKNOWN)),
        ((report(),), (), (PASSED, PASSED)),
        ((report(AccessVerdict.CANNOT),), (), (REFUSED, PASSED)),
        ((report(AccessVerdict.UNKNOWN),), (), (PASSED, UNKNOWN)),
        ((report(), report(AccessVerdict.CANNOT)), (), (REFUSED, PASSED)),
        ((report(),), (RoleUnchecked(role="r", reason="no account"),), (PASSED, UNKNOWN)),
    ],
)
def test_roles_must_be_able_to_lock(
    reports: tuple[AccessReport, ...],
    unchecked: tuple[RoleUnchecked, ...],
    expected: tuple[CheckOutcome, CheckOutcome],
) -> None:
    assert tuple(each.outcome for each in role_checks(reports, unchecked)) == expected


def proof(*steps: StepResult) -> Proof:
    mode = ModeProof(
        mode=Locking.BOTH, table=TABLE, key="k", contenders=2, rounds=1, steps=tuple(steps)
    )
    return Proof(backend=backend(), region=None, modes=(mode,))


FINE = Passed(step=ProofStep.REFUSAL, kind=LockKind.OBJECT, words="refused")
BROKEN = Violated(step=ProofStep.REFUSAL, kind=LockKind.OBJECT, words="let in", evidence=())
OPEN = Undecided(step=ProofStep.REFUSAL, kind=LockKind.OBJECT, withheld=DENIED)


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        (None, UNKNOWN),
        (proof(FINE), PASSED),
        (proof(FINE, BROKEN), REFUSED),
        (proof(FINE, OPEN), UNKNOWN),
        (proof(), UNKNOWN),
    ],
)
def test_a_store_has_to_be_seen_to_exclude(tried: Proof | None, expected: CheckOutcome) -> None:
    assert probe_check(tried).outcome is expected


def test_runs_that_go_on_are_named() -> None:
    assert active_lock_check([state()]).outcome is PASSED
    for held in (BOTH_LOCKS, ITEM_ALONE):
        check = active_lock_check([state(), state("b.tfstate", locks=held)])
        assert check.outcome is UNKNOWN
        assert [each.text for each in check.evidence] == [
            f"`{BUCKET}/b.tfstate`: used by `network`"
        ]
