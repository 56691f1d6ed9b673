"""Prove without an answer: CANNOT TELL and the reason, never EXCLUDES, and what stays is named."""

from dataclasses import replace

import pytest

from holdfast.app.observe import observe_backends
from holdfast.app.prove import prove_backend
from holdfast.core.backends import Locking
from holdfast.core.facts import Reason, Withheld
from holdfast.core.proof import Passed, Proof, ProofStep, ProofVerdict, Undecided
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, DropBefore, Refuse, Rule
from tests.support.locking import Site, prove

OPERATIONS = [
    "s3:PutObject",
    "s3:GetObject",
    "s3:DeleteObject",
    "dynamodb:PutItem",
    "dynamodb:GetItem",
    "dynamodb:DeleteItem",
]


def undecided(proof: Proof) -> list[Withheld]:
    assert proof.verdict is ProofVerdict.CANNOT_TELL
    (mode,) = proof.modes
    steps = [step for step in mode.steps if not isinstance(step, Passed)]
    assert all(isinstance(step, Undecided) for step in steps)
    return [step.withheld for step in steps if isinstance(step, Undecided)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_permission_that_is_missing_is_named(
    faulty: Site, fault_proxy: FaultProxy, operation: str
) -> None:
    fault_proxy.deny(operation)

    reasons = undecided(prove(faulty, Locking.BOTH))

    assert {(each.reason, each.permission) for each in reasons} == {(Reason.PERMISSION, operation)}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("skip", [1, 3, 4])
def test_a_permission_that_is_taken_away_half_way_is_named(
    faulty: Site, fault_proxy: FaultProxy, operation: str, skip: int
) -> None:
    fault_proxy.add(
        Rule(action=Refuse(code="AccessDenied", status=403), operation=operation, skip=skip)
    )

    reasons = undecided(prove(faulty, Locking.BOTH))

    assert {(each.reason, each.permission) for each in reasons} == {(Reason.PERMISSION, operation)}


def test_a_lock_that_may_not_be_deleted_stays_and_is_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("s3:DeleteObject")

    proof = prove(faulty, Locking.LOCKFILE)

    (mode,) = proof.modes
    assert proof.verdict is ProofVerdict.CANNOT_TELL
    assert [step.step for step in mode.steps if isinstance(step, Undecided)] == [
        ProofStep.WRONG_RELEASE,
        ProofStep.CLEAN_UP,
    ]
    assert mode.left == (f"object `{mode.key}.tflock` in bucket `{faulty.bucket}`",)
    assert faulty.lock_object_keys() == [f"{mode.key}.tflock"]


def test_an_item_that_may_not_be_deleted_stays_and_is_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("dynamodb:DeleteItem")

    proof = prove(faulty, Locking.BOTH)

    (mode,) = proof.modes
    assert mode.left == (f"item for `{mode.key}` in table `{faulty.table}` in us-east-1",)
    assert faulty.lock_object_keys() == []
    assert faulty.item_paths() == [f"{faulty.bucket}/{mode.key}"]


@pytest.mark.parametrize("locking", [Locking.DYNAMODB, Locking.LOCKFILE])
def test_throttling_is_not_a_refusal_by_the_lock(
    faulty: Site, fault_proxy: FaultProxy, locking: Locking
) -> None:
    """The first four writes go through; in the race all but a few are throttled."""
    operation = "dynamodb:PutItem" if locking.uses_table else "s3:PutObject"
    code, status = (
        ("ProvisionedThroughputExceededException", 400) if locking.uses_table else ("SlowDown", 503)
    )
    rule = Rule(action=Refuse(code=code, status=status), operation=operation, skip=6)
    fault_proxy.add(rule)

    assert {each.reason for each in undecided(prove(faulty, locking))} == {Reason.THROTTLED}
    assert faulty.is_empty()


@pytest.mark.parametrize("locking", [Locking.DYNAMODB, Locking.LOCKFILE])
def test_a_server_that_never_answers_is_unreachable(
    faulty: Site, fault_proxy: FaultProxy, locking: Locking
) -> None:
    fault_proxy.add(Rule(action=DropBefore()))

    reasons = undecided(prove(faulty, locking))

    assert {each.reason for each in reasons} == {Reason.UNREACHABLE}


def test_an_endpoint_at_which_nobody_listens_is_unreachable(place: Site) -> None:
    nowhere = replace(place, url="http://127.0.0.1:9")
    reasons = undecided(prove(nowhere, Locking.BOTH))
    assert [each.reason for each in reasons] == [Reason.UNREACHABLE]
    assert "http://127.0.0.1:9" in reasons[0].detail


def test_credentials_that_have_expired_are_said(faulty: Site, fault_proxy: FaultProxy) -> None:
    fault_proxy.add(Rule(action=Refuse(code="ExpiredToken", status=400)))
    reasons = undecided(prove(faulty, Locking.LOCKFILE))
    assert {each.reason for each in reasons} == {Reason.CREDENTIALS}


def test_a_profile_that_does_not_exist_is_said(place: Site) -> None:
    backend = place.backend(Locking.BOTH)
    backend = replace(backend, access=replace(backend.access, profile="nobody"))
    proof = prove_backend(backend, connections=place.connections, identity=place.identity)
    assert {each.reason for each in undecided(proof)} == {Reason.CREDENTIALS}


@pytest.mark.parametrize("skip", [0, 1, 2, 4, 9])
def test_losing_every_answer_of_the_writes_is_never_taken_for_a_proof_of_the_wrong_thing(
    faulty: Site, fault_proxy: FaultProxy, skip: int
) -> None:
    """All answers to writes are lost, the reads tell: every contender still finds out who won."""
    fault_proxy.add(Rule(action=DropAfter(), operation="s3:PutObject", skip=skip))

    proof = prove(faulty, Locking.LOCKFILE)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert faulty.is_empty()


@pytest.mark.parametrize(
    ("locking", "operation"),
    [(Locking.LOCKFILE, "s3:HeadBucket"), (Locking.DYNAMODB, "dynamodb:DescribeTable")],
)
def test_a_store_that_gave_no_answer_is_not_asked_again(
    faulty: Site, fault_proxy: FaultProxy, locking: Locking, operation: str
) -> None:
    fault_proxy.add(Rule(action=DropBefore(), operation=operation))
    (observed,) = observe_backends([faulty.backend(locking)], connections=faulty.connections)
    fault_proxy.forget()

    proof = prove_backend(observed, connections=faulty.connections, identity=faulty.identity)

    assert [each.reason for each in undecided(proof)] == [Reason.UNREACHABLE]
    assert fault_proxy.requests() == ()
