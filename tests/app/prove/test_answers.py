"""What each answer of a store means, when a lock had to be given and when it had to be refused."""

import pytest

from holdfast.app.lock_taking import NotAcquired
from holdfast.app.prove_answers import not_acquired, not_refused
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo, UnreadableLock
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    CannotLock,
    Held,
    LockKind,
    Obstacle,
    Refused,
    StoredLock,
    Unclear,
    Vanished,
)
from holdfast.core.proof import ProofStep, Undecided, Violated

FIRST = StoredLock(content=LockInfo(identifier="first"), tag='"1"')
OTHER = StoredLock(content=LockInfo(identifier="other"), tag='"2"')
ODD = StoredLock(content=UnreadableLock(body=b"", problem="it is empty"), tag='"3"')
DENIED = Withheld(reason=Reason.PERMISSION, permission="s3:GetObject")
LOST = Withheld(reason=Reason.UNREACHABLE)
STEP, KIND, PLACE = ProofStep.REFUSAL, LockKind.OBJECT, "bucket `states`"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Held(holder=Known(OTHER)), "refuses a lock on a scratch key on which none was held"),
        (Held(holder=Known(ODD)), "refuses a lock on a scratch key on which none was held"),
        (Vanished(detail="412"), "refuses a lock although there is none: nobody can lock"),
        (CannotLock(obstacle=Obstacle.UNSUPPORTED, detail="501"), "refuses conditional writes"),
        (CannotLock(obstacle=Obstacle.STORE_MISSING, detail="404"), "does not exist"),
        (CannotLock(obstacle=Obstacle.SCHEMA, detail="400"), "must be `LockID` (S) alone"),
        (CannotLock(obstacle=Obstacle.REJECTED, detail="400"), "rejects the lock"),
        (Held(holder=DENIED), DENIED),
        (Refused(withheld=LOST), LOST),
        (Unclear(write=LOST), LOST),
        (Unclear(write=LOST, read=DENIED), DENIED),
    ],
)
def test_a_lock_that_had_to_be_given_and_was_not(
    outcome: NotAcquired, words: str | Withheld
) -> None:
    problem = not_acquired(outcome, step=STEP, kind=KIND, place=PLACE)
    if isinstance(words, Withheld):
        assert problem == Undecided(step=STEP, kind=KIND, withheld=words)
    else:
        assert isinstance(problem, Violated)
        assert words in problem.words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Held(holder=Known(FIRST)), None),
        (Held(holder=Known(OTHER)), "refuses a second lock and shows somebody else as its holder"),
        (Acquired(lock=OTHER), "granted a second lock while the first one was held"),
        (Vanished(detail="412"), "refuses a second lock, and the first one cannot be seen"),
        (
            CannotLock(obstacle=Obstacle.REJECTED, detail="400"),
            Withheld(reason=Reason.ERROR, detail="400"),
        ),
        (Held(holder=DENIED), DENIED),
        (Refused(withheld=LOST), LOST),
        (Unclear(write=LOST), LOST),
        (Unclear(write=LOST, read=DENIED), DENIED),
    ],
)
def test_a_lock_that_had_to_be_refused(
    outcome: AcquireOutcome, words: str | Withheld | None
) -> None:
    problem = not_refused(outcome, first=FIRST, step=STEP, kind=KIND, place=PLACE)
    if words is None:
        assert problem is None
    elif isinstance(words, Withheld):
        assert problem == Undecided(step=STEP, kind=KIND, withheld=words)
    else:
        assert isinstance(problem, Violated)
        assert problem.words == f"{PLACE} {words}"


def test_a_lock_that_nobody_can_read_has_no_name() -> None:
    problem = not_acquired(Held(holder=Known(ODD)), step=STEP, kind=KIND, place=PLACE)
    assert isinstance(problem, Violated)
    assert [(each.label, each.text) for each in problem.evidence] == [
        ("it shows", "a lock that cannot be read")
    ]
