"""Scratch locks of runs that were killed: found, named, and removed when they are old enough."""

import pytest

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.prove import ProofProgress, prove_backend
from holdfast.core.backends import Locking
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import LockKind
from holdfast.core.proof import PROVE_INFO, PROVE_OPERATION, Leftover, ProofStep, ProofVerdict
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied
from tests.support.locking import NOW_NANOSECONDS, Site, prove

MINUTE = 60 * 1_000_000_000


def scratch_lock(place: Site, key: str, *, minutes_ago: int) -> LockInfo:
    clock = NOW_NANOSECONDS - minutes_ago * MINUTE
    identity = LockIdentity(
        who="bob@ci", version="0.1.0", clock=lambda: clock, random=place.identity.random
    )
    return identity.sign(
        operation=PROVE_OPERATION, info=PROVE_INFO, path=lock_path(place.bucket, key)
    )


@pytest.mark.parametrize("kind", list(LockKind))
def test_scratch_locks_of_killed_runs_are_reported_and_removed(place: Site, kind: LockKind) -> None:
    old, young = ".holdfast/prove/a/terraform.tfstate", ".holdfast/prove/b/terraform.tfstate"
    foreign, outside = ".holdfast/prove/c/terraform.tfstate", "network/terraform.tfstate"
    killed = scratch_lock(place, old, minutes_ago=16)
    running = scratch_lock(place, young, minutes_ago=14)
    place.put_lock(kind, old, killed.text)
    place.put_lock(kind, young, running.text)
    place.put_lock(kind, foreign, place.sign().text)
    place.put_lock(kind, outside, scratch_lock(place, outside, minutes_ago=99).text)

    proof = prove(place, Locking.BOTH, contenders=2, rounds=1)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert proof.leftovers == (
        Leftover(kind=kind, key=old, holder=killed, removed=True, words="removed"),
        Leftover(
            kind=kind,
            key=young,
            holder=running,
            removed=False,
            words="younger than 15 minutes: left alone",
        ),
    )
    assert any(foreign in note and "is not a scratch lock" in note for note in proof.notes)
    there = sorted(
        [key.removesuffix(".tflock") for key in place.lock_object_keys()]
        + [path.removeprefix(f"{place.bucket}/") for path in place.item_paths()]
    )
    assert there == [young, foreign, outside]


def test_without_the_right_to_look_for_earlier_runs_the_proof_goes_on(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    # The call is named otherwise than the permission that it needs.
    refusal = access_denied("s3:ListBucket")
    fault_proxy.add(Rule(action=refusal, operation="s3:ListObjectsV2"))
    fault_proxy.deny("dynamodb:Scan")

    proof = prove(faulty, Locking.BOTH, contenders=2, rounds=1)

    assert proof.verdict is ProofVerdict.EXCLUDES
    unread = "scratch locks of earlier runs were not looked for in"
    objects = f"{unread} bucket `{faulty.bucket}`: permission `s3:ListBucket` is missing"
    items = f"{unread} table `{faulty.table}` in us-east-1: permission `dynamodb:Scan` is missing"
    assert proof.notes[:2] == (objects, items)


@pytest.mark.parametrize("step", [ProofStep.REFUSAL, ProofStep.WRONG_RELEASE, ProofStep.RACE])
def test_an_interrupted_run_removes_its_scratch_locks_before_it_ends(
    place: Site, step: ProofStep
) -> None:
    def interrupt(progress: ProofProgress) -> None:
        if progress.step is step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prove_backend(
            place.backend(Locking.BOTH),
            connections=place.connections,
            identity=place.identity,
            contenders=2,
            rounds=2,
            on_progress=interrupt,
        )
    assert place.is_empty()
