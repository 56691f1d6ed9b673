"""Prove: show on the real backend that locking excludes, in every mode that its roots use.

On a scratch key below `.holdfast/prove/`, with the engines' own requests: each store by itself
(`prove_store`), then a race of real contenders through all stores of the mode (`prove_race`), then
clean-up (`prove_clean_up`). No state is read or written, and no lock of anybody else is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_stores import item_store, object_store
from holdfast.app.prove_clean_up import clean_up_step, leftovers_in, locks_left
from holdfast.app.prove_race import Race, race_step
from holdfast.app.prove_scratch import ProofStore, Scratch
from holdfast.app.prove_store import store_steps
from holdfast.app.prove_targets import ProofTarget, targets_of
from holdfast.aws.connections import Connections
from holdfast.core.accounts import wrong_account_of
from holdfast.core.backends import Backend, Locking
from holdfast.core.cloud import BucketForeign, ObservedBackend
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.proof import (
    PROVE_PREFIX,
    Leftover,
    ModeProof,
    Passed,
    Proof,
    ProofStep,
    StepResult,
    Undecided,
)

CONTENDERS_DEFAULT = 16
ROUNDS_DEFAULT = 8
SCRATCH_BYTES = 8

NO_LOCKING_NOTE = "no root of this backend locks its state: nothing refuses a second writer, and there is nothing to race for"
VERSIONS_NOTE = (
    "the bucket keeps versions: what the scratch locks were stays as old versions below"
    f" `{PROVE_PREFIX}` until a lifecycle rule removes it; `prove` deletes no version"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofProgress:
    """How far a proof is: the step that was just done, or the round of the race (0 for other steps)."""

    backend: str
    mode: Locking
    step: ProofStep
    round: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRun:
    """One run over one backend: everything that does not change from mode to mode."""

    backend: Backend
    region: str | None
    connections: Connections
    identity: LockIdentity
    contenders: int
    rounds: int
    on_progress: Callable[[ProofProgress], None]


def prove_backend(
    subject: Backend | ObservedBackend,
    *,
    connections: Connections,
    identity: LockIdentity,
    modes: Sequence[Locking] | None = None,
    contenders: int = CONTENDERS_DEFAULT,
    rounds: int = ROUNDS_DEFAULT,
    customer_key: bytes | None = None,
    on_progress: Callable[[ProofProgress], None] | None = None,
) -> Proof:
    """Prove the locking of one backend, in `modes` or in those that its roots use.

    `contenders` (2 or more) race in each of `rounds`; each is a thread. `customer_key` is the SSE-C key of the
    environment. Nothing is raised for what AWS
    answers: it becomes the proof's verdict. An interrupted run removes its scratch locks before it ends.
    """
    observed = subject if isinstance(subject, ObservedBackend) else None
    backend = subject.backend if isinstance(subject, ObservedBackend) else subject
    run = ProofRun(
        backend=backend,
        region=backend.region or (observed.region if observed else None),
        connections=connections,
        identity=identity,
        contenders=max(contenders, 2),
        rounds=max(rounds, 1),
        on_progress=on_progress or ignore_progress,
    )
    targets = targets_of(backend, modes, customer_key=customer_key)
    obstacle = obstacle_to_writing(observed) if observed else None
    if obstacle is not None:
        blocked = tuple(blocked_proof(run, target, obstacle) for target in targets)
        return Proof(backend=backend, region=run.region, modes=blocked)
    silent = {target: silence(observed, target) for target in targets}
    earlier = list(earlier_runs(run, [target for target in targets if not silent.get(target)]))
    notes = [each for each in earlier if isinstance(each, str)]
    leftovers = tuple(each for each in earlier if isinstance(each, Leftover))
    proofs: list[ModeProof] = []
    versioned = False
    for target in targets:
        withheld = silent.get(target)
        if withheld is not None:
            proofs.append(blocked_proof(run, target, withheld))
            continue
        proof, scratch = proof_of_mode(run, target)
        proofs.append(proof)
        versioned = versioned or scratch.versioned
    notes += [NO_LOCKING_NOTE] if not targets else []
    notes += [VERSIONS_NOTE] if versioned else []
    return Proof(
        backend=backend,
        region=run.region,
        modes=tuple(proofs),
        leftovers=leftovers,
        notes=tuple(notes),
    )


def ignore_progress(progress: ProofProgress) -> None:
    """Show nothing."""
    del progress


def obstacle_to_writing(observed: ObservedBackend) -> Withheld | None:
    """Return why nothing may be written: the account is not the one that was meant."""
    wrong = wrong_account_of(observed)
    if wrong is not None:
        return Withheld(reason=Reason.NOT_ASKED, detail=f"nothing was written: {wrong}")
    match observed.bucket:
        case Known(BucketForeign() as foreign):
            detail = f"the bucket does not belong to account {foreign.expected_account}"
            return Withheld(reason=Reason.NOT_ASKED, detail=f"nothing was written: {detail}")
        case _:
            return None


def silence(observed: ObservedBackend | None, target: ProofTarget) -> Withheld | None:
    """Return why nothing can be tried in a mode: a key is missing, a store gave no answer or takes no credentials.

    Every request to an endpoint that does not answer would wait for its time-out once more.
    """
    if target.obstacle is not None or observed is None:
        return target.obstacle
    facts: list[Fact[object]] = [observed.bucket] if target.mode.uses_lockfile else []
    facts += [each.presence for each in observed.tables if each.name == target.table]
    return next(
        (
            fact
            for fact in facts
            if isinstance(fact, Withheld)
            and fact.reason in {Reason.UNREACHABLE, Reason.CREDENTIALS}
        ),
        None,
    )


def blocked_proof(run: ProofRun, target: ProofTarget, withheld: Withheld) -> ModeProof:
    """Make the proof of a mode in which nothing was tried."""
    return ModeProof(
        mode=target.mode,
        table=target.table,
        key="",
        contenders=run.contenders,
        rounds=run.rounds,
        steps=(Undecided(step=ProofStep.REFUSAL, kind=None, withheld=withheld),),
    )


def stores_of(run: ProofRun, target: ProofTarget) -> tuple[ProofStore, ...]:
    """Return the stores of a mode in the engines' order: the object first, then the item."""
    backend = replace(run.backend, region=run.region)
    stores: list[ProofStore] = []
    if target.mode.uses_lockfile:
        stores.append(object_store(backend, run.connections, target.settings))
    if target.mode.uses_table and target.table is not None:
        stores.append(item_store(backend, target.table, run.connections))
    return tuple(stores)


def earlier_runs(run: ProofRun, targets: Sequence[ProofTarget]) -> Iterator[Leftover | str]:
    """Yield what earlier, killed runs left in the stores, each store looked at once."""
    stores = {store.place: store for target in targets for store in stores_of(run, target)}
    for store in stores.values():
        yield from leftovers_in(store, bucket=run.backend.bucket, identity=run.identity)


def proof_of_mode(run: ProofRun, target: ProofTarget) -> tuple[ModeProof, Scratch]:
    """Prove one mode on a fresh scratch key, and clean up whatever happens."""
    stores = stores_of(run, target)
    random = run.identity.random(SCRATCH_BYTES).hex()
    key = f"{PROVE_PREFIX}{random}/{target.mode.value}/terraform.tfstate"
    scratch = Scratch(bucket=run.backend.bucket, key=key, identity=run.identity)
    steps: list[StepResult] = []
    try:
        for step in steps_of_mode(run, target, scratch, stores):
            steps.append(step)
            run.on_progress(
                ProofProgress(backend=run.backend.name, mode=target.mode, step=step.step)
            )
    finally:
        # Also on Ctrl-C: the contenders have their answers by then.
        cleaned = clean_up_step(scratch, stores) if scratch.touched else None
    steps += [cleaned] if cleaned is not None else []
    proof = ModeProof(
        mode=target.mode,
        table=target.table,
        key=key,
        contenders=run.contenders,
        rounds=run.rounds,
        steps=tuple(steps),
        left=() if isinstance(cleaned, Passed | None) else locks_left(scratch, stores),
    )
    return proof, scratch


def steps_of_mode(
    run: ProofRun, target: ProofTarget, scratch: Scratch, stores: tuple[ProofStore, ...]
) -> Iterator[StepResult]:
    """Yield the steps of a mode: each store by itself, then the race; stop at what did not pass."""
    if target.mode.uses_table and target.table is None:
        withheld = Withheld(
            reason=Reason.NOT_ASKED, detail="no lock table is named by code or declaration"
        )
        yield Undecided(step=ProofStep.REFUSAL, kind=None, withheld=withheld)
        return
    for store in stores:
        for step in store_steps(scratch, store):
            yield step
            if not isinstance(step, Passed):
                return

    def on_round(number: int) -> None:
        run.on_progress(
            ProofProgress(
                backend=run.backend.name, mode=target.mode, step=ProofStep.RACE, round=number
            )
        )

    # With both locks, a loser is refused by the object and never gets to the item. Clients that know the
    # table alone do, so the item is raced for by itself as well.
    for raced in (stores, stores[1:]):
        if not raced:
            return
        step = race_step(
            Race(
                scratch=scratch,
                stores=raced,
                contenders=run.contenders,
                rounds=run.rounds,
                on_round=on_round,
            )
        )
        yield step
        if not isinstance(step, Passed):
            return
