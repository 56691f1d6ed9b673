"""Staleness: whether the world changed since a plan was made, beyond what the plan's own steps explain. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from holdfast.core.cloud import ObservedBackend
from holdfast.core.fingerprints import fingerprints_of
from holdfast.core.plans import BackendPlan, Fingerprint, Plan
from holdfast.core.standings import Done, standing
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    CreateBucket,
    CreateTable,
    DisableTimeToLive,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    FactName,
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
    TableStep,
    subject_of,
)

GONE = "not there"


@dataclass(frozen=True, slots=True)
class StaleFact:
    """A fact that is not as it was when the plan was made."""

    was: Fingerprint
    words_now: str


def stale_facts(
    plan: Plan, backend_plan: BackendPlan, observed: ObservedBackend
) -> tuple[StaleFact, ...]:
    """Return the facts of one backend that changed since, and that no done step of the plan explains.

    So a plan that was applied in part can be applied again. Settings of a bucket or table that a step has
    created since were not there to be fingerprinted, and cannot be stale.
    """
    now = {(each.fact, each.subject): each for each in fingerprints_of(observed)}
    explained = {
        (fact_changed_by(step), subject_of(step))
        for step in _steps_upon(plan, backend_plan)
        if isinstance(standing(step, observed), Done)
    }
    stale: list[StaleFact] = []
    for was in backend_plan.base:
        address = (was.fact, was.subject)
        found = now.get(address)
        same = found is not None and found.digest == was.digest
        if not same and address not in explained:
            stale.append(StaleFact(was, found.words if found else GONE))
    return tuple(stale)


def _steps_upon(plan: Plan, backend_plan: BackendPlan) -> Iterator[Step]:
    """Give the backend's steps, and those of other backends upon a table that they share with it."""
    backend = backend_plan.backend
    for each in plan.backends:
        for planned in each.steps:
            shared = (
                isinstance(planned.step, TableStep)
                and planned.step.table in backend.tables
                and planned.step.region == backend.region
                and each.backend.access == backend.access
            )
            if each is backend_plan or shared:
                yield planned.step


def fact_changed_by(step: Step) -> FactName:
    """Return the fact that a step changes."""
    match step:
        case CreateBucket():
            return FactName.BUCKET
        case BlockPublicAccess():
            return FactName.PUBLIC_ACCESS_BLOCK
        case EnableVersioning():
            return FactName.VERSIONING
        case EncryptBucket():
            return FactName.ENCRYPTION
        case EnforceBucketOwner():
            return FactName.OWNERSHIP
        case AddPolicyStatements():
            return FactName.POLICY
        case AddLifecycleRules():
            return FactName.LIFECYCLE
        case CreateTable():
            return FactName.TABLE
        case EnablePointInTimeRecovery():
            return FactName.POINT_IN_TIME_RECOVERY
        case ProtectTable():
            return FactName.DELETION_PROTECTION
        case SwitchTableToOnDemand():
            return FactName.BILLING
        case DisableTimeToLive():
            return FactName.TIME_TO_LIVE
        case _:
            assert_never(step)
