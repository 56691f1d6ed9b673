"""Prove on stores that contradict themselves: their answers are held against what they show."""

from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.core.proof import Passed, ProofStep, ProofVerdict, Undecided, Violated
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.locking import Site, evidence_of, prove, unsafe


def test_a_release_that_is_confirmed_and_not_done_is_unsafe_and_what_stays_is_named(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    done = Answer(response=Response(status=204, headers={}, body=b""))
    fault_proxy.add(Rule(action=done, operation="s3:DeleteObject"))

    proof = prove(faulty, Locking.LOCKFILE)

    assert proof.verdict is ProofVerdict.UNSAFE
    (mode,) = proof.modes
    released, cleaned = (step for step in mode.steps if not isinstance(step, Passed))
    assert isinstance(released, Violated)
    assert released.words == (
        f"bucket `{faulty.bucket}` confirmed a release and still shows the lock"
    )
    assert isinstance(cleaned, Undecided)
    assert cleaned.step is ProofStep.CLEAN_UP
    assert faulty.lock_object_keys() == [f"{mode.key}.tflock"]
    assert mode.left == (f"object `{mode.key}.tflock` in bucket `{faulty.bucket}`",)


def test_a_store_that_names_somebody_else_as_the_holder_is_unsafe(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    other = Answer(response=Response(status=200, headers={"ETag": '"1"'}, body=faulty.sign().body))
    fault_proxy.add(Rule(action=other, operation="s3:GetObject", times=1))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert (step.step, step.kind) == (ProofStep.REFUSAL, LockKind.OBJECT)
    assert step.words.endswith("refuses a second lock and shows somebody else as its holder")
    assert evidence_of(step).keys() == {"held by", "it shows"}


def test_a_race_that_nobody_wins_is_unsafe(faulty: Site, fault_proxy: FaultProxy) -> None:
    refusal = Refuse(code="PreconditionFailed", status=412)
    fault_proxy.add(Rule(action=refusal, operation="s3:PutObject", skip=4))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert step.words == "none of 6 contenders got the lock"
    assert evidence_of(step) == {
        "round": "1",
        "because": f"bucket `{faulty.bucket}` refuses a lock although there is none: nobody can lock",
    }


def test_a_winner_whose_lock_is_not_shown_is_unsafe(faulty: Site, fault_proxy: FaultProxy) -> None:
    """Five reads come before the race, and each of the five losers reads the holder."""
    gone = Refuse(code="NoSuchKey", status=404)
    fault_proxy.add(Rule(action=gone, operation="s3:GetObject", skip=10, times=1))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert step.step is ProofStep.RACE
    assert step.words == (
        f"bucket `{faulty.bucket}` does not show the lock of the contender that it let in"
    )
    assert evidence_of(step)["it shows"] == "no lock"


def test_a_release_that_is_refused_without_a_cause_cannot_be_told(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    """The fourth release is the winner's: the condition is said not to hold, and it does."""
    refusal = Refuse(code="PreconditionFailed", status=412)
    fault_proxy.add(Rule(action=refusal, operation="s3:DeleteObject", skip=3, times=3))

    proof = prove(faulty, Locking.LOCKFILE)

    assert proof.verdict is ProofVerdict.CANNOT_TELL
    assert faulty.is_empty()


def test_a_conflict_that_shows_no_holder_yet_is_looked_at_again(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    """S3 may answer 409 to all but one while the winner's write is under way."""
    refusal = Refuse(code="ConditionalRequestConflict", status=409)
    gone = Refuse(code="NoSuchKey", status=404)
    fault_proxy.add(Rule(action=refusal, operation="s3:PutObject", skip=5, times=3 * 5))
    fault_proxy.add(Rule(action=gone, operation="s3:GetObject", skip=5, times=3 * 5))

    proof = prove(faulty, Locking.LOCKFILE, rounds=1)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert faulty.is_empty()
