"""Race contenders for one lock: each in a thread, each request on a connection of its own, at one signal.

Every contender does what an engine does in the mode that is proven. The winner holds the lock until all
others have their answer, so any second winner of a round is a second writer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.app.lock_taking import NotTaken, Taken, take_lock
from holdfast.app.prove_answers import (
    ACQUIRE_CALL,
    holder_words,
    not_acquired,
    not_refused,
    unclear_reason,
)
from holdfast.app.prove_scratch import ProofStore, Scratch
from holdfast.app.prove_store import release_as_possible
from holdfast.core.facts import Known, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import (
    Acquired,
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

Attempt: TypeAlias = Taken | NotTaken
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
            problem = round_problem(race, number, attempts) or round_release(race, attempts)
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
        return take_lock(race.stores, race.scratch.key, info)

    infos = [race.scratch.sign() for _ in range(race.contenders)]
    attempts = tuple(pool.map(contend, infos))
    for attempt in attempts:
        race.scratch.note_attempt(attempt)
    return attempts


def round_problem(race: Race, number: int, attempts: Sequence[Attempt]) -> Problem | None:
    """Judge a round: one winner, who is what the stores show, and every other refused because of it."""
    for store in race.stores:
        holders = holders_of(store.kind, attempts)
        if len(holders) > 1:
            return many_winners(store, number, holders, len(attempts))
    winners = [attempt for attempt in attempts if isinstance(attempt, Taken)]
    losers = [attempt for attempt in attempts if isinstance(attempt, NotTaken)]
    if not winners:
        return no_winner(race, number, losers)
    winner = winners[0]
    problems = [problem_of_loser(race, loser, winner) for loser in losers]
    problems += [problem_of_store(store, race.scratch.key, winner) for store in race.stores]
    found = [problem for problem in problems if problem is not None]
    violations = [problem for problem in found if isinstance(problem, Violated)]
    return next(iter(violations or found), None)


def holders_of(kind: LockKind, attempts: Sequence[Attempt]) -> tuple[StoredLock | LockInfo, ...]:
    """Return every lock of one kind that was granted in a round, rolled back or not."""
    granted: list[StoredLock | LockInfo] = []
    for attempt in attempts:
        match attempt:
            case Taken():
                granted += [part.lock for part in attempt.parts if part.store.kind is kind]
            case NotTaken():
                granted += [attempt.info for part in attempt.rolled_back if part.kind is kind]
    return tuple(granted)


def many_winners(
    store: ProofStore, number: int, holders: Sequence[StoredLock | LockInfo], contenders: int
) -> Violated:
    """Say that more than one contender was let in."""
    shown = ", ".join(holder_words(holder) for holder in holders[:WINNERS_SHOWN_MAX])
    more = (
        f" and {len(holders) - WINNERS_SHOWN_MAX} more" if len(holders) > WINNERS_SHOWN_MAX else ""
    )
    return Violated(
        step=ProofStep.RACE,
        kind=store.kind,
        words=f"{store.place} let {len(holders)} of {contenders} contenders in at once",
        evidence=(
            Evidence(label="round", text=str(number)),
            Evidence(label="call", text=f"{ACQUIRE_CALL[store.kind]} succeeded for each"),
            Evidence(label="winners", text=f"{shown}{more}"),
        ),
    )


def no_winner(race: Race, number: int, losers: Sequence[NotTaken]) -> Problem:
    """Judge a round in which nobody got the lock: unknown, unless every answer was clear."""
    problems = []
    for loser in losers:
        if not isinstance(loser.outcome, Acquired):
            store = store_of(race, loser.kind)
            problem = not_acquired(
                loser.outcome, step=ProofStep.RACE, kind=loser.kind, place=store.place
            )
            problems.append(problem)
    undecided = [problem for problem in problems if isinstance(problem, Undecided)]
    if undecided:
        return undecided[0]
    answers = tuple(problem.words for problem in problems if isinstance(problem, Violated))
    return Violated(
        step=ProofStep.RACE,
        kind=None,
        words=f"none of {len(losers)} contenders got the lock",
        evidence=(
            Evidence(label="round", text=str(number)),
            *(Evidence(label="because", text=words) for words in sorted(set(answers))[:2]),
        ),
    )


def problem_of_loser(race: Race, loser: NotTaken, winner: Taken) -> Problem | None:
    """Judge one refusal: it must name the winner of the round."""
    store = store_of(race, loser.kind)
    first = next(part.lock for part in winner.parts if part.store.kind is loser.kind)
    outcome = loser.outcome
    if isinstance(outcome, Vanished):
        # S3 may answer 409 while the winner's write is still under way, and show nothing yet. By now it
        # has its answer and holds the lock: this time the refusal must name it.
        outcome = race.scratch.acquire(store, loser.info)
    return not_refused(
        outcome, first=first, step=ProofStep.RACE, kind=loser.kind, place=store.place
    )


def problem_of_store(store: ProofStore, key: str, winner: Taken) -> Problem | None:
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


def round_release(race: Race, attempts: Sequence[Attempt]) -> Problem | None:
    """Give the winner's lock back, so that the next round begins without one."""
    winner = next(attempt for attempt in attempts if isinstance(attempt, Taken))
    for part in winner.parts:
        store = store_of(race, part.store.kind)
        outcome, _ = release_as_possible(store, race.scratch.key, part.lock)
        match outcome:
            case Released():
                continue
            case Changed():
                if isinstance(outcome.current, Withheld):
                    return Undecided(step=ProofStep.RACE, kind=store.kind, withheld=outcome.current)
                lock = outcome.current.value
                seen = "no lock" if lock is None else holder_words(lock)
                return Violated(
                    step=ProofStep.RACE,
                    kind=store.kind,
                    words=f"{store.place} does not release the winner's lock",
                    evidence=(Evidence(label="it shows", text=seen),),
                )
            case Refused():
                return Undecided(step=ProofStep.RACE, kind=store.kind, withheld=outcome.withheld)
            case Unclear():
                return Undecided(
                    step=ProofStep.RACE, kind=store.kind, withheld=unclear_reason(outcome)
                )
    return None


def store_of(race: Race, kind: LockKind) -> ProofStore:
    """Return the store of a kind."""
    return next(store for store in race.stores if store.kind is kind)
