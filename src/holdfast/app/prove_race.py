"""Race contenders for one lock: each in a thread, each request on a connection of its own, at one signal.

Every contender takes the lock as an engine does in the mode that is proven. Whatever a contender was given
it holds until all others have their answers, so two that were given the same lock had it at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.app.lock_taking import Attempt, Failure, TakenPart, attempt_lock
from holdfast.app.prove_answers import (
    ACQUIRE_CALL,
    holder_words,
    not_acquired,
    not_refused,
    unclear_reason,
    versioning_evidence,
)
from holdfast.app.prove_scratch import ProofStore, Scratch
from holdfast.app.prove_store import release_as_possible
from holdfast.core.facts import Known, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import (
    AcquireOutcome,
    Changed,
    LockKind,
    Refused,
    Released,
    StoredLock,
    Unclear,
    Vanished,
)
from holdfast.core.proof import Passed, ProofStep, StepResult, Undecided, Violated

START_SECONDS = 60.0
WINNERS_SHOWN_MAX = 4
REASONS_SHOWN_MAX = 2

Problem: TypeAlias = Violated | Undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """What is raced for, and by how many. `on_round` is told the number of each finished round."""

    scratch: Scratch
    stores: tuple[ProofStore, ...]
    contenders: int
    rounds: int
    on_round: Callable[[int], None]


def race_step(race: Race) -> StepResult:
    """Run the rounds; stop after the first one that did not go as it must."""
    with ThreadPoolExecutor(race.contenders, thread_name_prefix="contender") as pool:
        for number in range(1, race.rounds + 1):
            attempts = attempts_of(race, pool)
            problem = round_problem(race, number, attempts) or release_problem(race, attempts)
            if problem is not None:
                return problem
            race.on_round(number)
    kind = race.stores[0].kind if len(race.stores) == 1 else None
    words = f"{race.contenders} contenders, {race.rounds} rounds, one winner each"
    return Passed(step=ProofStep.RACE, kind=kind, words=words)


def attempts_of(race: Race, pool: ThreadPoolExecutor) -> tuple[Attempt, ...]:
    """Let all contenders try at once and return what each of them got."""
    start = threading.Barrier(race.contenders)

    def contend(info: LockInfo) -> Attempt:
        start.wait(START_SECONDS)
        return attempt_lock(race.stores, race.scratch.key, info)

    infos = [race.scratch.sign() for _ in range(race.contenders)]
    attempts = tuple(pool.map(contend, infos))
    for attempt in attempts:
        race.scratch.note_attempt(attempt)
    return attempts


def round_problem(race: Race, number: int, attempts: Sequence[Attempt]) -> Problem | None:
    """Judge a round: one winner, who is what the stores show, and every other refused because of it."""
    for store in race.stores:
        holders = [part.lock for each in attempts for part in each.parts if part.kind is store.kind]
        if len(holders) > 1:
            return many_winners(store, number, holders, len(attempts))
    failures = [each.failure for each in attempts if each.failure is not None]
    winner = next((each for each in attempts if each.failure is None), None)
    if winner is None:
        return no_winner(race, number, failures)
    problems = [
        *(problem_of_loser(race, failure, winner) for failure in failures),
        *(problem_of_store(store, race.scratch.key, winner) for store in race.stores),
    ]
    found = [problem for problem in problems if problem is not None]
    violations = [problem for problem in found if isinstance(problem, Violated)]
    return next(iter(violations or found), None)


def many_winners(
    store: ProofStore, number: int, holders: Sequence[StoredLock], contenders: int
) -> Violated:
    """Say that more than one contender was let in."""
    shown = ", ".join(holder_words(holder) for holder in holders[:WINNERS_SHOWN_MAX])
    others = len(holders) - WINNERS_SHOWN_MAX
    return Violated(
        step=ProofStep.RACE,
        kind=store.kind,
        words=f"{store.place} let {len(holders)} of {contenders} contenders in at once",
        evidence=(
            Evidence(label="round", text=str(number)),
            Evidence(label="call", text=f"{ACQUIRE_CALL[store.kind]} succeeded for each"),
            Evidence(label="winners", text=f"{shown} and {others} more" if others > 0 else shown),
            *versioning_evidence(store.kind, holders[-1]),
        ),
    )


def no_winner(race: Race, number: int, failures: Sequence[Failure]) -> Problem:
    """Judge a round in which nobody got every lock: unknown, unless every answer was clear."""
    problems = [
        not_acquired(
            failure.outcome,
            step=ProofStep.RACE,
            kind=failure.kind,
            place=store_of(race, failure.kind).place,
        )
        for failure in failures
    ]
    undecided = [problem for problem in problems if isinstance(problem, Undecided)]
    if undecided:
        return undecided[0]
    words = {problem.words for problem in problems if isinstance(problem, Violated)}
    return Violated(
        step=ProofStep.RACE,
        kind=None,
        words=f"none of {len(failures)} contenders got the lock",
        evidence=(
            Evidence(label="round", text=str(number)),
            *(Evidence(label="because", text=each) for each in sorted(words)[:REASONS_SHOWN_MAX]),
        ),
    )


def problem_of_loser(race: Race, failure: Failure, winner: Attempt) -> Problem | None:
    """Judge one refusal: it must name the winner of the round."""
    store = store_of(race, failure.kind)
    first = next(part.lock for part in winner.parts if part.kind is failure.kind)
    outcome: AcquireOutcome = failure.outcome
    if isinstance(outcome, Vanished):
        # S3 may answer 409 while the winner's write is still under way, and show nothing yet. By now it
        # has its answer and holds the lock: this time the refusal must name it.
        outcome = race.scratch.acquire(store, race.scratch.sign())
    return not_refused(
        outcome, first=first, step=ProofStep.RACE, kind=failure.kind, place=store.place
    )


def problem_of_store(store: ProofStore, key: str, winner: Attempt) -> Problem | None:
    """Look at the lock afresh, as anybody would: it must be the winner's."""
    current = store.read(key)
    match current:
        case Known(StoredLock() as lock) if lock.content == winner.info:
            return None
        case Known(lock):
            seen = "no lock" if lock is None else holder_words(lock)
            return Violated(
                step=ProofStep.RACE,
                kind=store.kind,
                words=f"{store.place} does not show the lock of the contender that it let in",
                evidence=(
                    Evidence(label="let in", text=holder_words(winner.info)),
                    Evidence(label="it shows", text=seen),
                ),
            )
        case Withheld() as withheld:
            return Undecided(step=ProofStep.RACE, kind=store.kind, withheld=withheld)


def release_problem(race: Race, attempts: Sequence[Attempt]) -> Problem | None:
    """Give every lock back, so that the next round begins without one; return the first problem."""
    problems = [part_release_problem(race, part) for attempt in attempts for part in attempt.parts]
    return next((problem for problem in problems if problem is not None), None)


def part_release_problem(race: Race, part: TakenPart) -> Problem | None:
    """Give one lock back."""
    store, step = store_of(race, part.kind), ProofStep.RACE
    outcome, _ = release_as_possible(store, race.scratch.key, part.lock)
    match outcome:
        case Released():
            return None
        case Changed():
            if isinstance(outcome.current, Withheld):
                return Undecided(step=step, kind=store.kind, withheld=outcome.current)
            lock = outcome.current.value
            seen = "no lock" if lock is None else holder_words(lock)
            return Violated(
                step=step,
                kind=store.kind,
                words=f"{store.place} does not release the winner's lock",
                evidence=(Evidence(label="it shows", text=seen),),
            )
        case Refused():
            return Undecided(step=step, kind=store.kind, withheld=outcome.withheld)
        case Unclear():
            return Undecided(step=step, kind=store.kind, withheld=unclear_reason(outcome))


def store_of(race: Race, kind: LockKind) -> ProofStore:
    """Return the store of a kind."""
    return next(store for store in race.stores if store.kind is kind)
