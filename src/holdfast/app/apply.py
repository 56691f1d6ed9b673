"""Apply a plan: observe again, refuse what no longer fits, then change, read back and tell.

Nothing is decided here but whether the plan still fits. Chains run side by side: the bucket's steps of each
backend are one, the table's another; within a chain a step runs when the one before it is through. Steps run on
worker threads, events are told on the calling thread. An interrupt ends each chain after its running
step; since every step is idempotent, the same plan can then be applied again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import TypeAlias

from holdfast.app.apply_checks import BackendNow, check_before_changes
from holdfast.app.apply_step import StepContext, execute
from holdfast.aws.connections import Connections
from holdfast.aws.writing import Change
from holdfast.core.apply_events import (
    ApplyEvent,
    ApplyResult,
    Approvals,
    StepAddress,
    StepDone,
    StepFailed,
    StepLeftOut,
    StepSkipped,
    StepStarted,
)
from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedBackend
from holdfast.core.plans import Plan
from holdfast.core.standings import Done, standing
from holdfast.core.step_words import words_of
from holdfast.core.steps import BucketStep, CreateBucket
from holdfast.errors import ApplyFailedError, HoldfastError, InterruptedApplyError

Observer: TypeAlias = Callable[[Sequence[Backend]], Sequence[ObservedBackend]]

WORKERS_MAX_DEFAULT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Steps that run one after the other, upon one bucket or the tables of one backend."""

    backend: BackendNow
    steps: tuple[StepAddress, ...]


@dataclass(frozen=True, slots=True)
class Began:
    """A worker has begun a step."""

    step: StepAddress


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker is through with a step: what became of it, or why nothing did."""

    step: StepAddress
    outcome: Change | BaseException


@dataclass(frozen=True, slots=True)
class ChainEnded:
    """A worker runs no more steps of a chain."""


Report: TypeAlias = Began | Ended | ChainEnded


def apply_plan(
    plan: Plan,
    *,
    connections: Connections,
    observe: Observer,
    approvals: Approvals,
    on_event: Callable[[ApplyEvent], None],
    workers_max: int = WORKERS_MAX_DEFAULT,
) -> ApplyResult:
    """Apply a plan, at most `workers_max` steps at a time, and return what was done.

    `observe` gives the facts of the plan's backends as they are now, in order. Steps that must be confirmed
    and are not among the approvals are left out. Raises, before anything is changed, `AccountUnknownError`,
    `AccountMismatchError`, `PlanStaleError` or `AccountUndeclaredError`; afterwards `ApplyFailedError` when a
    step could not be done (other chains are carried on to their end) and `InterruptedApplyError` after
    Ctrl-C, both with what was done.
    """
    observed = observe([each.backend for each in plan.backends])
    backends = [
        BackendNow(backend_plan, now)
        for backend_plan, now in zip(plan.backends, observed, strict=True)
    ]
    check_before_changes(plan, backends, approvals)
    left_out = tuple(
        StepLeftOut(backend=backend.plan.backend.name, planned=planned)
        for backend in backends
        for planned in backend.left_out(approvals)
    )
    chains = tuple(chains_of(backends, approvals))
    result = _Run(chains, connections, on_event).run(workers_max=workers_max)
    return replace(result, left_out=left_out)


def chains_of(backends: Sequence[BackendNow], approvals: Approvals) -> Iterator[Chain]:
    """Give the chains of steps that do not depend on each other; steps are numbered in the plan's order."""
    to_run = [backend.to_run(approvals) for backend in backends]
    total = sum(map(len, to_run))
    number = 0
    for backend, steps_to_run in zip(backends, to_run, strict=True):
        addresses: list[StepAddress] = []
        for planned in steps_to_run:
            number += 1
            addresses.append(
                StepAddress(
                    backend=backend.plan.backend.name,
                    planned=planned,
                    number=number,
                    total=total,
                )
            )
        tables = dict.fromkeys(
            each.planned.step.table
            for each in addresses
            if not isinstance(each.planned.step, BucketStep)
        )
        of_bucket = [each for each in addresses if isinstance(each.planned.step, BucketStep)]
        of_tables = [[each for each in addresses if _is_upon(each, table)] for table in tables]
        for steps in (of_bucket, *of_tables):
            if steps:
                yield Chain(backend=backend, steps=tuple(steps))


def _is_upon(address: StepAddress, table: str) -> bool:
    step = address.planned.step
    return not isinstance(step, BucketStep) and step.table == table


class _Run:
    """One run over all chains. Workers keep the record; the calling thread tells it, and ends the run."""

    def __init__(
        self,
        chains: Sequence[Chain],
        connections: Connections,
        on_event: Callable[[ApplyEvent], None],
    ) -> None:
        self._chains = chains
        self._connections = connections
        self._on_event = on_event
        self._waiting: SimpleQueue[Chain | None] = SimpleQueue()
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._stop = threading.Event()
        self._workers: list[threading.Thread] = []
        # Appended to by workers, before they report: an interrupt cannot make it forget a step.
        self._record: list[Ended] = []

    def run(self, *, workers_max: int) -> ApplyResult:
        """Run every chain to its end."""
        try:
            self._start(min(workers_max, len(self._chains)))
            self._tell()
        except KeyboardInterrupt as interrupt:
            self._finish()
            raise InterruptedApplyError(
                done=len(self._through), total=self._total, changed=self._changed
            ) from interrupt
        except BaseException:
            self._finish()
            raise
        self._raise_failures()
        return ApplyResult(
            done=tuple(self._with(Change.WRITTEN)), skipped=tuple(self._with(Change.ALREADY_THERE))
        )

    # On the calling thread ----------------------------------------------------------------------

    def _start(self, count: int) -> None:
        for chain in self._chains:
            self._waiting.put(chain)
        for _ in range(count):
            self._waiting.put(None)
            # Daemons: a second Ctrl-C does not wait for a slow endpoint.
            worker = threading.Thread(target=self._work, name="holdfast-apply", daemon=True)
            worker.start()
            self._workers.append(worker)

    def _finish(self) -> None:
        """Let the running steps end, and start no others; a second interrupt does not wait for them."""
        self._stop.set()
        try:
            for worker in self._workers:
                worker.join()
        except KeyboardInterrupt:
            return

    def _tell(self) -> None:
        """Tell what happens until every chain has ended."""
        open_chains = len(self._chains)
        finished = 0
        while open_chains:
            match self._reports.get():
                case ChainEnded():
                    open_chains -= 1
                case Began(step):
                    self._on_event(StepStarted(address=step))
                case Ended(step, HoldfastError() as error):
                    self._on_event(
                        StepFailed(address=step, finished=finished, words=failure_words(error))
                    )
                case Ended(_, BaseException() as error):
                    raise error
                case Ended(step, Change.WRITTEN):
                    finished += 1
                    self._on_event(StepDone(address=step, finished=finished))
                case Ended(step, _):
                    finished += 1
                    self._on_event(StepSkipped(address=step, finished=finished))

    def _raise_failures(self) -> None:
        failed = [
            (each.step, each.outcome)
            for each in self._record
            if isinstance(each.outcome, HoldfastError)
        ]
        if not failed:
            return
        ended = {each.step.number for each in self._record}
        not_run = [
            step.planned.identifier
            for chain in self._chains
            for step in chain.steps
            if step.number not in ended
        ]
        raise ApplyFailedError(
            done=len(self._through),
            total=self._total,
            failures=[(step.planned.identifier, failure_words(error)) for step, error in failed],
            changed=self._changed,
            not_run=not_run,
        ) from failed[0][1]

    @property
    def _total(self) -> int:
        return sum(len(chain.steps) for chain in self._chains)

    @property
    def _through(self) -> list[Ended]:
        return [each for each in self._record if isinstance(each.outcome, Change)]

    @property
    def _changed(self) -> list[str]:
        return [words_of(step.planned.step).summary for step in self._with(Change.WRITTEN)]

    def _with(self, change: Change) -> list[StepAddress]:
        steps = [each.step for each in self._record if each.outcome is change]
        return sorted(steps, key=lambda step: step.number)

    # On worker threads --------------------------------------------------------------------------

    def _work(self) -> None:
        while (chain := self._waiting.get()) is not None:
            self._run_chain(chain)
            self._reports.put(ChainEnded())

    def _run_chain(self, chain: Chain) -> None:
        for step in chain.steps:
            if self._stop.is_set():
                return
            self._reports.put(Began(step))
            ended = Ended(step, self._outcome(chain, step))
            self._record.append(ended)
            self._reports.put(ended)
            if isinstance(ended.outcome, BaseException):
                return

    def _outcome(self, chain: Chain, address: StepAddress) -> Change | BaseException:
        step = address.planned.step
        if isinstance(standing(step, chain.backend.observed), Done):
            return Change.ALREADY_THERE
        context = StepContext(
            connections=self._connections,
            plan=chain.backend.plan,
            bucket_is_new=any(isinstance(each.planned.step, CreateBucket) for each in chain.steps),
        )
        try:
            return execute(step, context)
        except BaseException as error:  # noqa: BLE001 - `_tell` raises or reports it on the calling thread
            return error


def failure_words(error: HoldfastError) -> str:
    """Return an error on one line: what happened, and what AWS said."""
    facts = "; ".join(f"{label}: {text}" for label, text in error.facts)
    return f"{error.headline} ({facts})" if facts else error.headline
