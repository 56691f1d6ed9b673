"""Look at everything that a lock file needs, before any root is given one. A scratch lock is all that is written.

Rules, policies and roles are judged for the fleet as it will be. Nothing of AWS is raised: it becomes an unknown check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from holdfast.app.audit import judgements_of, unjudged_by
from holdfast.app.iam_check import CheckRequest, check_role
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.prove import prove_backend
from holdfast.app.state_places import StatePlace, place_of
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject, state_object
from holdfast.core.access_report import AccessReport
from holdfast.core.backends import Backend, Locking
from holdfast.core.cloud import ObservedBackend
from holdfast.core.engine_calls import EngineVerb
from holdfast.core.facts import OFFLINE, Fact, Known, Reason, Withheld
from holdfast.core.findings import Finding, Judgement, Rule
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import Check, Checks
from holdfast.core.locking_engine_checks import engine_checks, table_check
from holdfast.core.locking_evidence import FleetEvidence
from holdfast.core.locking_outlook import fleet_as_it_will_be
from holdfast.core.locking_preflight import (
    RULE_CHECKS,
    RoleUnchecked,
    active_lock_check,
    policy_check,
    probe_check,
    role_checks,
    rule_checks,
)
from holdfast.core.locking_state_checks import unread_check
from holdfast.core.proof import Proof
from holdfast.core.state_content import StateContent
from holdfast.core.state_serials import HEAD_BYTES
from holdfast.errors import CustomerKeyError, HoldfastError, RoleArnError

WORKERS_MAX = 16
CONTENDERS = 2
ROUNDS = 1
WANTED = frozenset(each.slug for each in RULE_CHECKS)
# A plan takes and gives back the lock: PUT, GET and DELETE of the lock file (Terraform 1.11.4). Who may also apply is
# no question of locking.
VERBS = (EngineVerb.PLAN,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRequest:
    """What is looked at, and how far.

    `goal` is the mode that the roots are to have. `roles` are those that run the engines, besides the ones that the
    code names. `identity` signs the scratch lock of the probe; None leaves the probe out.
    """

    goal: Locking
    rules: Sequence[Rule]
    connections: Connections
    roles: Sequence[str] = ()
    identity: LockIdentity | None = None
    customer_key: bytes | None = None


def preflight(
    fleet: Fleet, backend: Backend, evidence: FleetEvidence, request: PreflightRequest
) -> Checks:
    """Return every check of one backend of an observed fleet; raises `RoleArnError` alone.

    Each of them looks at something else: a fleet that goes back to its table without a lock file needs none of this.
    """
    outlook = fleet_as_it_will_be(fleet, request.goal)
    future = next(each for each in outlook.backends if each.name == backend.name)
    reports, unchecked = _roles_checked(future, request)
    return Checks(
        backend=backend.name,
        title=f"before {request.goal.value}",
        checks=(
            *engine_checks(fleet, backend, _state_heads(backend, request)),
            *_cloud_checks(outlook, future, request.rules),
            *role_checks(reports, unchecked),
            probe_check(_proof(outlook, future, request)),
            active_lock_check(evidence.states_of(backend.name)),
            unread_check(evidence, backend.name),
            table_check(fleet, backend),
        ),
    )


def _cloud_checks(outlook: Fleet, future: Backend, rules: Sequence[Rule]) -> Iterator[Check]:
    observed = outlook.observation_of(future)
    yield policy_check(observed)
    yield from rule_checks(
        {rule.slug: _judgements(rule, outlook, observed) for rule in rules if rule.slug in WANTED}
    )


def _judgements(
    rule: Rule, outlook: Fleet, observed: ObservedBackend | None
) -> Sequence[Judgement]:
    if observed is None:
        return (unjudged_by(rule, "", OFFLINE),)
    name = observed.backend.name
    return [each for each in judgements_of(rule, outlook) if _backend_of(each) == name]


def _backend_of(judgement: Judgement) -> str:
    return judgement.hit.backend if isinstance(judgement, Finding) else judgement.backend


# The engines that wrote -------------------------------------------------------------------------


def _state_heads(
    backend: Backend, request: PreflightRequest
) -> Mapping[str, Fact[StateContent | None]]:
    """Return the heads of the states that the code names, read side by side; values are not kept."""
    found: dict[str, Fact[StateContent | None]] = {}
    with Questions(request.connections, workers_max=WORKERS_MAX) as questions:
        for key in backend.keys:
            place = _place(backend, key, request.customer_key)
            if isinstance(place, Withheld):
                found[key] = place
                continue

            def receive(answer: Answer[Fact[StateObject | None]], key: str = key) -> None:
                found[key] = _content(answer.value)

            questions.ask(state_object, place.object(head_bytes=HEAD_BYTES), receive)
        questions.run()
    return found


def _place(backend: Backend, key: str, customer_key: bytes | None) -> StatePlace | Withheld:
    try:
        return place_of(backend, key, customer_key=customer_key)
    except CustomerKeyError as error:
        return Withheld(reason=Reason.NOT_ASKED, detail=error.headline)


def _content(read: Fact[StateObject | None]) -> Fact[StateContent | None]:
    match read:
        case Known(found):
            return Known(found.read.content if found is not None else None)
        case Withheld():
            return read


# Roles ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _RoleQuestion:
    """One role and one state, as it will be locked."""

    role: str
    backend: Backend
    key: str


def _roles_checked(
    future: Backend, request: PreflightRequest
) -> tuple[tuple[AccessReport, ...], tuple[RoleUnchecked, ...]]:
    """Judge every role for every state that the code names."""
    own = [future.access.role_arn] if future.access.role_arn is not None else []
    answers: list[AccessReport | RoleUnchecked] = []
    with Questions(request.connections, workers_max=WORKERS_MAX) as questions:
        for role in dict.fromkeys((*own, *request.roles)):
            for key in future.keys:
                questions.ask(
                    _role_checked,
                    _RoleQuestion(role, future, key),
                    partial(_take, answers),
                )
        questions.run()
    reports = tuple(each for each in answers if isinstance(each, AccessReport))
    unchecked = (each for each in answers if isinstance(each, RoleUnchecked))
    return reports, tuple(dict.fromkeys(unchecked))


def _take(
    answers: list[AccessReport | RoleUnchecked], answer: Answer[AccessReport | RoleUnchecked]
) -> None:
    answers.append(answer.value)


def _role_checked(
    connections: Connections, question: _RoleQuestion
) -> AccessReport | RoleUnchecked:
    wanted = CheckRequest(
        role_arn=question.role, backend=question.backend, key=question.key, verbs=VERBS
    )
    try:
        return check_role(wanted, connections)
    except RoleArnError:
        raise
    except HoldfastError as error:
        return RoleUnchecked(role=question.role, reason=error.headline)


# The store --------------------------------------------------------------------------------------


def _proof(outlook: Fleet, future: Backend, request: PreflightRequest) -> Proof | None:
    """Let two contenders race for a scratch lock, and clean up; None when nobody is to try."""
    if request.identity is None:
        return None
    return prove_backend(
        outlook.observation_of(future) or future,
        connections=request.connections,
        identity=request.identity,
        modes=(request.goal,),
        contenders=CONTENDERS,
        rounds=ROUNDS,
        customer_key=request.customer_key,
    )
