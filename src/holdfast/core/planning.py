"""Planning: from findings to a plan. Pure: the time and the version are given by the caller.

A plan is the fixes of all findings, each change once, in an order in which every step finds what it refers to
and nothing is used before it is protected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from holdfast.core.cloud import ObservedBackend
from holdfast.core.encryption import strength_of
from holdfast.core.facts import Known
from holdfast.core.findings import Finding
from holdfast.core.fingerprints import fingerprints_of
from holdfast.core.plans import BackendPlan, Plan, PlannedStep
from holdfast.core.standings import Done, standing
from holdfast.core.step_dangers import danger_of
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
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
    subject_of,
)

# Create before refer, protect before use; the bucket's chain first, the table's after it.
ORDER: Mapping[type[Step], str] = {
    CreateBucket: "create-bucket",
    BlockPublicAccess: "block-public-access",
    EnableVersioning: "enable-versioning",
    EncryptBucket: "encrypt-bucket",
    EnforceBucketOwner: "enforce-bucket-owner",
    AddPolicyStatements: "add-policy-statements",
    AddLifecycleRules: "add-lifecycle-rules",
    CreateTable: "create-table",
    EnablePointInTimeRecovery: "enable-point-in-time-recovery",
    ProtectTable: "protect-table",
    SwitchTableToOnDemand: "switch-table-to-on-demand",
    DisableTimeToLive: "disable-time-to-live",
}
KINDS = tuple(ORDER)


@dataclass(slots=True)
class _Wish:
    """A step on its way into the plan, and the rules that ask for it."""

    step: Step
    rules: dict[str, None] = field(default_factory=dict)


def plan_of(
    *,
    findings: Sequence[Finding],
    observed: Sequence[ObservedBackend],
    made_at: str,
    holdfast_version: str,
    only: Sequence[str] = (),
) -> Plan:
    """Return the plan that fixes the findings, as far as steps can.

    `findings` are those that count: neither ignored nor apart. `only` keeps the steps of the rules, or with
    the identifiers, that it names. Where the thing that they change is only to be created, it keeps all that
    the creation asks for: no bucket or table is made without its protection. A step whose goal is there
    already is left out, and so is a backend without steps. A step that two backends share, over the same
    access, stands with the first of them.
    """
    planned: set[tuple[object, ...]] = set()
    backends: list[BackendPlan] = []
    for each in observed:
        wishes = _wishes(finding for finding in findings if finding.backend == each.backend.name)
        steps = tuple(
            PlannedStep(
                identifier=identifier_of(wish.step),
                step=wish.step,
                rules=tuple(wish.rules),
                danger=danger_of(wish.step, each),
            )
            for wish in _selected(wishes, only)
            if not isinstance(standing(wish.step, each), Done)
            and (each.backend.access, wish.step) not in planned
        )
        planned |= {(each.backend.access, step.step) for step in steps}
        if steps:
            backends.append(_backend_plan(each, steps))
    return Plan(made_at=made_at, holdfast_version=holdfast_version, backends=tuple(backends))


def identifier_of(step: Step) -> str:
    """Return what `--confirm` names: the kind of the step and what it changes."""
    return f"{ORDER[type(step)]}:{subject_of(step)}"


def _backend_plan(observed: ObservedBackend, steps: tuple[PlannedStep, ...]) -> BackendPlan:
    caller = observed.caller.value if isinstance(observed.caller, Known) else None
    return BackendPlan(
        backend=replace(observed.backend, uses=(), span=None),
        account=caller.account if caller else None,
        account_alias=caller.alias if caller else "",
        base=fingerprints_of(observed),
        steps=steps,
    )


def _wishes(findings: Iterable[Finding]) -> list[_Wish]:
    """Return the steps of the findings, one for each kind and subject, in order."""
    wishes: dict[str, _Wish] = {}
    for finding in findings:
        for step in finding.hit.fix:
            identifier = identifier_of(step)
            wish = wishes.setdefault(identifier, _Wish(step))
            wish.step = merged(wish.step, step)
            wish.rules[finding.rule] = None
    return sorted(wishes.values(), key=lambda wish: KINDS.index(type(wish.step)))


def _selected(wishes: Sequence[_Wish], only: Sequence[str]) -> Iterator[_Wish]:
    names = set(only)
    kept = [
        wish
        for wish in wishes
        if not names or identifier_of(wish.step) in names or names & wish.rules.keys()
    ]
    subjects = {subject_of(wish.step) for wish in kept}
    creating = {
        (subject_of(wish.step), rule)
        for wish in wishes
        if isinstance(wish.step, CreateBucket | CreateTable)
        for rule in wish.rules
    }
    for wish in wishes:
        subject = subject_of(wish.step)
        created = any((subject, rule) in creating for rule in wish.rules)
        if wish in kept or (created and subject in subjects):
            yield wish


def merged(first: Step, second: Step) -> Step:
    """Return one step that does what two of the same kind and subject do.

    Where they contradict each other, the stronger encryption, and otherwise the first one, decides.
    """
    match first, second:
        case (CreateBucket(), CreateBucket()):
            return replace(
                first,
                tags=_united(first.tags, second.tags),
                account_regional=first.account_regional or second.account_regional,
            )
        case (CreateTable(), CreateTable()):
            return replace(first, tags=_united(first.tags, second.tags))
        case (EnableVersioning(), EnableVersioning()):
            return replace(first, resume=first.resume or second.resume)
        case (EncryptBucket(), EncryptBucket()):
            return _stronger(first, second)
        case (AddPolicyStatements(), AddPolicyStatements()):
            return replace(first, statements=_each_once(first.statements, second.statements))
        case (AddLifecycleRules(), AddLifecycleRules()):
            return replace(first, rules=_each_once(first.rules, second.rules))
        case _:
            return first


def _stronger(first: EncryptBucket, second: EncryptBucket) -> EncryptBucket:
    return replace(
        first,
        algorithm=max(first.algorithm, second.algorithm, key=strength_of),
        key_arn=first.key_arn or second.key_arn,
        bucket_key=first.bucket_key or second.bucket_key,
    )


def _united(
    first: tuple[tuple[str, str], ...], second: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    return tuple((dict(second) | dict(first)).items())


def _each_once(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
