"""Proofs as text and as JSON: the same verdicts, whole and clean."""

import json

import pytest
from jsonschema import Draft202012Validator

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.facts import Reason, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind
from holdfast.core.proof import (
    Leftover,
    ModeProof,
    Passed,
    Proof,
    ProofStep,
    ProofVerdict,
    StepResult,
    Undecided,
    Violated,
)
from holdfast.report.columns import Ink
from holdfast.report.proof_json import proof_json
from holdfast.report.proof_text import proof_text
from tests.support.source_tree import ROOT

DENIED = Withheld(
    reason=Reason.PERMISSION, permission="s3:DeleteObject", detail="AccessDenied: not\x1b[2J you"
)
UNPROVEN = Undecided(step=ProofStep.RELEASE, kind=LockKind.OBJECT, withheld=DENIED)
RACED = Passed(step=ProofStep.RACE, kind=None, words="16 contenders, 8 rounds, one winner each")
TWO_WINNERS = Violated(
    step=ProofStep.RACE,
    kind=LockKind.OBJECT,
    words="bucket `states-west` let 2 of 16 contenders in at once",
    evidence=(Evidence(label="round", text="3"), Evidence(label="winners", text="a, b")),
)


def backend(name: str) -> Backend:
    return Backend(
        name=name,
        bucket=f"states-{name}",
        region="us-east-1",
        tables=("locks",),
        locking=Locking.DYNAMODB,
        access=Access(),
        account=None,
        declared=False,
        uses=(),
    )


def mode(
    *steps: StepResult, locking: Locking = Locking.LOCKFILE, left: tuple[str, ...] = ()
) -> ModeProof:
    return ModeProof(
        mode=locking,
        table="locks" if locking.uses_table else None,
        key=".holdfast/prove/00/terraform.tfstate",
        contenders=16,
        rounds=8,
        steps=steps,
        left=left,
    )


def proof(name: str, *modes: ModeProof) -> Proof:
    return Proof(backend=backend(name), region="us-east-1", modes=modes)


FLEET = (
    proof("east", mode(RACED, locking=Locking.BOTH)),
    proof("west", mode(TWO_WINNERS)),
    proof(
        "north",
        mode(RACED, locking=Locking.DYNAMODB),
        mode(UNPROVEN, left=("object `x.tflock` in bucket `states-north`",)),
    ),
    proof("south"),
)


# Verdicts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modes", "verdict"),
    [
        ((mode(RACED),), ProofVerdict.EXCLUDES),
        ((mode(RACED), mode(UNPROVEN)), ProofVerdict.CANNOT_TELL),
        ((mode(RACED), mode(UNPROVEN), mode(TWO_WINNERS)), ProofVerdict.UNSAFE),
        ((mode(UNPROVEN, TWO_WINNERS),), ProofVerdict.UNSAFE),
        ((mode(RACED, UNPROVEN),), ProofVerdict.CANNOT_TELL),
        ((mode(),), ProofVerdict.CANNOT_TELL),
        ((), ProofVerdict.UNSAFE),
    ],
)
def test_the_worst_that_was_seen_is_the_verdict(
    modes: tuple[ModeProof, ...], verdict: ProofVerdict
) -> None:
    assert proof("east", *modes).verdict is verdict


# Text -------------------------------------------------------------------------------------------


def test_the_text_shows_every_mode_and_what_was_seen_where_it_is_not_proven() -> None:
    assert (
        proof_text(FLEET)
        == """\
backend  region     locking   lock table  verdict
east     us-east-1  both      locks       EXCLUDES     16 contenders, 8 rounds, one winner each
west     us-east-1  lockfile  -           UNSAFE       bucket `states-west` let 2 of 16 contenders in at once
north    us-east-1  dynamodb  locks       EXCLUDES     16 contenders, 8 rounds, one winner each
north    us-east-1  lockfile  -           CANNOT TELL  permission `s3:DeleteObject` is missing
south    us-east-1  none      -           UNSAFE       nothing refuses a second writer

UNSAFE  west  lockfile
  violated  one contender wins each round (lock file)
            bucket `states-west` let 2 of 16 contenders in at once
            round: 3
            winners: a, b

CANNOT TELL  north  lockfile
  not seen  a release frees the lock (lock file)
  because   permission `s3:DeleteObject` is missing
  AWS says  AccessDenied: not\ufffd[2J you
  left behind  object `x.tflock` in bucket `states-north`

4 backends: 1 EXCLUDES, 2 UNSAFE, 1 CANNOT TELL; 1 scratch lock left behind
"""
    )


def test_when_all_is_proven_there_is_the_table_and_the_count() -> None:
    assert (
        proof_text(FLEET[:1])
        == """\
backend  region     locking  lock table  verdict
east     us-east-1  both     locks       EXCLUDES  16 contenders, 8 rounds, one winner each

1 backend: 1 EXCLUDES, 0 UNSAFE, 0 CANNOT TELL; nothing is left behind
"""
    )


def test_verbose_shows_the_steps_that_passed() -> None:
    assert "  passed  one contender wins each round: 16 contenders" in proof_text(
        FLEET[:1], verbose=True
    )


def test_a_clean_up_that_was_not_seen_is_not_called_clean() -> None:
    unseen = Undecided(step=ProofStep.CLEAN_UP, kind=LockKind.OBJECT, withheld=DENIED)
    assert proof_text([proof("east", mode(RACED, unseen))]).endswith(
        "it is not known whether a scratch lock is left behind\n"
    )


def test_scratch_locks_of_earlier_runs_and_notes_are_said() -> None:
    leftover = Leftover(
        kind=LockKind.ITEM,
        key=".holdfast/prove/1/terraform.tfstate",
        holder=LockInfo(identifier="1", who="bob\x07@ci", created="2026-11-20T15:25:33Z"),
        removed=True,
        words="removed",
    )
    told = Proof(
        backend=backend("east"),
        region=None,
        modes=(mode(RACED),),
        leftovers=(leftover,),
        notes=("the bucket keeps versions",),
    )
    assert (
        "east: scratch lock item of an earlier run, `.holdfast/prove/1/terraform.tfstate`"
        " of bob\ufffd@ci at 2026-11-20T15:25:33Z: removed\n\neast: the bucket keeps versions\n"
    ) in proof_text([told])


def test_without_backends_there_is_nothing_to_prove() -> None:
    assert proof_text([]) == (
        "no backend to prove\n\n"
        "0 backends: 0 EXCLUDES, 0 UNSAFE, 0 CANNOT TELL; nothing is left behind\n"
    )


def test_colour_adds_nothing_but_colour() -> None:
    coloured = proof_text(FLEET, ink=Ink(coloured=True))
    assert "\x1b[31;1mUNSAFE\x1b[0m" in coloured
    assert "\x1b" not in proof_text(FLEET)


# JSON -------------------------------------------------------------------------------------------


def test_the_document_is_as_its_schema_says() -> None:
    schema = json.loads((ROOT / "schemas" / "proof-v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(proof_json(FLEET, holdfast_version="0.1.0"))
    Draft202012Validator(schema).validate(document)
    assert document["summary"] == {"backends": 4, "excludes": 1, "unsafe": 2, "cannot_tell": 1}


def test_a_step_that_was_not_seen_names_the_permission() -> None:
    document = json.loads(proof_json(FLEET[2:3], holdfast_version="0.1.0"))
    (north,) = document["backends"]
    assert north["verdict"] == "CANNOT TELL"
    assert north["modes"][1] == {
        "locking": "lockfile",
        "lock_table": None,
        "verdict": "CANNOT TELL",
        "key": ".holdfast/prove/00/terraform.tfstate",
        "contenders": 16,
        "rounds": 8,
        "steps": [
            {
                "step": "release",
                "lock": "lockfile",
                "result": "undecided",
                "words": "permission `s3:DeleteObject` is missing",
                "evidence": [],
                "reason": "permission",
                "permission": "s3:DeleteObject",
                "detail": "AccessDenied: not\ufffd[2J you",
            }
        ],
        "left": ["object `x.tflock` in bucket `states-north`"],
    }


def test_a_violation_carries_its_evidence() -> None:
    document = json.loads(proof_json(FLEET[1:2], holdfast_version="0.1.0"))
    assert document["backends"][0]["modes"][0]["steps"] == [
        {
            "step": "race",
            "lock": "lockfile",
            "result": "violated",
            "words": "bucket `states-west` let 2 of 16 contenders in at once",
            "evidence": [{"label": "round", "text": "3"}, {"label": "winners", "text": "a, b"}],
        }
    ]
