"""Prove on servers that exclude: the verdict, what was done for it, and that nothing stays behind."""

import json
import threading
from dataclasses import replace

import pytest
from typing_extensions import override

from holdfast.app.prove import VERSIONS_NOTE, ProofProgress, prove_backend
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.lock_info import LockInfo, lock_path, read_lock
from holdfast.core.locks import LockKind
from holdfast.core.proof import (
    PROVE_INFO,
    PROVE_OPERATION,
    Passed,
    Proof,
    ProofStep,
    ProofVerdict,
)
from holdfast.sandbox.embedded import Sandbox
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropAfter, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, prove, site

STORE_STEPS = [ProofStep.REFUSAL, ProofStep.WRONG_RELEASE, ProofStep.RELEASE, ProofStep.RELOCK]
WRITES_BEFORE_THE_RACE = 4
OBJECT_STEPS = [(step, LockKind.OBJECT) for step in STORE_STEPS]
ITEM_STEPS = [(step, LockKind.ITEM) for step in STORE_STEPS]
OBJECT_RACE = (ProofStep.RACE, LockKind.OBJECT)
ITEM_RACE = (ProofStep.RACE, LockKind.ITEM)
CLEAN_UP = (ProofStep.CLEAN_UP, None)
STEPS: dict[Locking, list[tuple[ProofStep, LockKind | None]]] = {
    Locking.DYNAMODB: [*ITEM_STEPS, ITEM_RACE, CLEAN_UP],
    Locking.LOCKFILE: [*OBJECT_STEPS, OBJECT_RACE, CLEAN_UP],
    Locking.BOTH: [*OBJECT_STEPS, *ITEM_STEPS, (ProofStep.RACE, None), ITEM_RACE, CLEAN_UP],
}


@pytest.fixture(params=["ministack", "moto"])
def server_member(
    request: pytest.FixtureRequest, member: FreshAccount, moto: Sandbox
) -> FreshAccount:
    """An empty account, once on each server."""
    return member if request.param == "ministack" else replace(member, sandbox=moto)


def steps_of(proof: Proof) -> list[tuple[ProofStep, LockKind | None]]:
    (mode,) = proof.modes
    assert all(isinstance(step, Passed) for step in mode.steps)
    return [(step.step, step.kind) for step in mode.steps]


@pytest.mark.parametrize("locking", list(STEPS))
@pytest.mark.parametrize("versioned", [True, False])
def test_a_server_that_excludes_is_found_to_exclude(
    server_member: FreshAccount, connections: Connections, locking: Locking, versioned: bool
) -> None:
    place = site(server_member, connections, versioned=versioned)

    proof = prove(place, locking)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert steps_of(proof) == STEPS[locking]
    assert proof.modes[0].left == ()
    assert proof.leftovers == ()
    assert proof.notes == ((VERSIONS_NOTE,) if versioned and locking.uses_lockfile else ())
    assert place.is_empty()


class GatheringProxy(FaultProxy):
    """A proxy that holds the writes of a race back until all of a round have come in."""

    def __init__(self, upstream: str, *, operation: str, contenders: int) -> None:
        super().__init__(upstream)
        self._operation = operation
        self._together = threading.Barrier(contenders)

    @override
    def record(self, request: Request) -> Action | None:
        action = super().record(request)
        if request.operation == self._operation:
            before = [each for each in self.requests() if each.operation == self._operation]
            if request not in before[:WRITES_BEFORE_THE_RACE]:
                self._together.wait(30)
        return action


@pytest.mark.parametrize(
    ("locking", "operation"),
    [(Locking.LOCKFILE, "s3:PutObject"), (Locking.DYNAMODB, "dynamodb:PutItem")],
)
def test_all_contenders_of_a_round_are_at_it_at_once_on_connections_of_their_own(
    member: FreshAccount, connections: Connections, locking: Locking, operation: str
) -> None:
    with GatheringProxy(member.sandbox.url, operation=operation, contenders=16) as proxy:
        place = site(member, connections, through=proxy.url)
        proof = prove(place, locking, contenders=16, rounds=2)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert proxy.counts()[operation] == WRITES_BEFORE_THE_RACE + 2 * 16


def test_the_scratch_lock_says_what_it_is(faulty: Site, fault_proxy: FaultProxy) -> None:
    proof = prove(faulty, Locking.BOTH, contenders=2, rounds=1)

    (mode,) = proof.modes
    assert mode.key.startswith(".holdfast/prove/")
    assert mode.key.endswith("/both/terraform.tfstate")
    writes = fault_proxy.requests()
    objects = [read_lock(each.body) for each in writes if each.operation == "s3:PutObject"]
    items = [
        read_lock(json.loads(each.body)["Item"]["Info"]["S"].encode())
        for each in writes
        if each.operation == "dynamodb:PutItem"
    ]
    identifiers = set()
    for content in (*objects, *items):
        assert isinstance(content, LockInfo)
        identifiers.add(content.identifier)
        assert replace(content, identifier="") == LockInfo(
            identifier="",
            operation=PROVE_OPERATION,
            info=PROVE_INFO,
            who="ann@laptop",
            version="0.1.0",
            created="2026-11-20T15:25:33.599739994Z",
            path=lock_path(faulty.bucket, mode.key),
        )
    assert len(objects) == 4 + 2
    assert len(items) == 4 + 1 + 2
    assert len(identifiers) == 4 + 2 + 4 + 2


def test_progress_is_told_step_by_step_and_round_by_round(place: Site) -> None:
    told: list[ProofProgress] = []
    prove_backend(
        place.backend(Locking.DYNAMODB),
        connections=place.connections,
        identity=place.identity,
        contenders=2,
        rounds=2,
        on_progress=told.append,
    )
    assert [(each.step, each.round) for each in told] == [
        *((step, 0) for step in STORE_STEPS),
        (ProofStep.RACE, 1),
        (ProofStep.RACE, 2),
        (ProofStep.RACE, 0),
    ]
    assert {(each.backend, each.mode) for each in told} == {("dev", Locking.DYNAMODB)}


@pytest.mark.parametrize(
    "operation", ["s3:PutObject", "s3:DeleteObject", "dynamodb:PutItem", "dynamodb:DeleteItem"]
)
@pytest.mark.parametrize("skip", [0, 1, 2, 3, 5])
def test_an_answer_that_is_lost_after_the_server_acted_changes_nothing(
    faulty: Site,
    fault_proxy: FaultProxy,
    operation: str,
    skip: int,
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=operation, skip=skip, times=2))

    proof = prove(faulty, Locking.BOTH, contenders=4, rounds=2)

    assert proof.verdict is ProofVerdict.EXCLUDES
    assert faulty.is_empty()
