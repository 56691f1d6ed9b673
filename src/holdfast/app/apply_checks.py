"""What must hold before the first change: the account, the facts, and what a person has allowed.

Everything here is asked of all backends before anything is changed on any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.core.accounts import WrongAccount, wrong_account
from holdfast.core.apply_events import Approvals
from holdfast.core.cloud import Caller, ObservedBackend
from holdfast.core.facts import Known, Reason
from holdfast.core.plans import BackendPlan, Plan, PlannedStep
from holdfast.core.staleness import stale_facts
from holdfast.core.standings import Done, standing
from holdfast.core.step_dangers import danger_of
from holdfast.core.steps import BucketStep, CreateBucket, CreateTable, Danger, Step, subject_of
from holdfast.errors import (
    AccountMismatchError,
    AccountUndeclaredError,
    AccountUnknownError,
    PlanStaleError,
)


@dataclass(frozen=True, slots=True)
class BackendNow:
    """A backend's plan beside what is there now."""

    plan: BackendPlan
    observed: ObservedBackend

    @property
    def pending(self) -> tuple[PlannedStep, ...]:
        """Return the steps whose goal is not known to be there."""
        return tuple(
            planned
            for planned in self.plan.steps
            if not isinstance(standing(planned.step, self.observed), Done)
        )

    def left_out(self, approvals: Approvals) -> tuple[PlannedStep, ...]:
        """Return the steps that nobody confirmed; without a bucket or table, also what is done to it.

        What decides is both what the plan said and what is there now: editing a plan file makes no step safe.
        """
        unconfirmed = [
            planned
            for planned in self.pending
            if {planned.danger, danger_of(planned.step, self.observed)} != {Danger.SAFE}
            and planned.identifier not in approvals.steps
        ]
        never_made = {
            _thing(each.step)
            for each in unconfirmed
            if isinstance(each.step, CreateBucket | CreateTable)
        }
        return tuple(
            planned
            for planned in self.plan.steps
            if planned in unconfirmed or _thing(planned.step) in never_made
        )

    def to_run(self, approvals: Approvals) -> tuple[PlannedStep, ...]:
        """Return the other steps."""
        left_out = self.left_out(approvals)
        return tuple(planned for planned in self.plan.steps if planned not in left_out)


def check_before_changes(plan: Plan, backends: Sequence[BackendNow], approvals: Approvals) -> None:
    """Refuse a plan that must not be run.

    Raises `AccountUnknownError`, `AccountMismatchError`, `PlanStaleError` or `AccountUndeclaredError`, in this
    order over all backends.
    """
    for backend in backends:
        _check_account(backend)
    for backend in backends:
        stale = stale_facts(plan, backend.plan, backend.observed)
        if stale:
            raise PlanStaleError(
                backend.plan.backend.name,
                [
                    (
                        f"{each.was.fact.value} of {each.was.subject}",
                        f"{each.was.words} → {each.words_now}",
                    )
                    for each in stale
                ],
            )
    for backend in backends:
        _check_creation(backend, approvals)


def _caller(backend: BackendNow) -> Caller | None:
    """Return who asks; None where there is nobody to ask, because the store is not AWS."""
    match backend.observed.caller:
        case Known(caller):
            return caller
        case withheld if withheld.reason is Reason.NOT_ASKED:
            return None
        case withheld:
            raise AccountUnknownError(backend.plan.backend.name, reason=str(withheld))


def _check_account(backend: BackendNow) -> None:
    """Refuse an account that is none of the right ones, and one that is not the one of the plan."""
    caller = _caller(backend)
    if caller is None:
        return
    wrong = wrong_account(backend.plan.backend, caller.account)
    if wrong is None and backend.plan.account not in {None, caller.account}:
        wrong = WrongAccount(actual=caller.account, expected=(str(backend.plan.account),))
    if wrong is not None:
        raise AccountMismatchError(
            backend.plan.backend.name,
            expected=wrong.expected_words,
            actual=wrong.actual,
            caller=caller.arn,
        )


def _check_creation(backend: BackendNow, approvals: Approvals) -> None:
    """Ask before something new is made in an account that nothing names."""
    caller = _caller(backend)
    creates = any(
        isinstance(planned.step, CreateBucket | CreateTable) for planned in backend.pending
    )
    if (
        caller is not None
        and creates
        and backend.plan.backend.account is None
        and caller.account not in approvals.accounts
    ):
        raise AccountUndeclaredError(
            backend.plan.backend.name,
            account=caller.account,
            region=backend.observed.region or "unknown",
        )


def _thing(step: Step) -> tuple[bool, str]:
    """Return what a step is upon; a bucket and a table may have the same name."""
    return isinstance(step, BucketStep), subject_of(step)
