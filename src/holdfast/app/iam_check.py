"""Whether a role can plan, apply and unlock one state: read every policy that decides it, and judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from holdfast.app.iam_check_reading import ReadRole, read_resources, read_role, unread_role
from holdfast.app.iam_check_uses import questions_of
from holdfast.aws.connections import Connections
from holdfast.aws.identity_reads import CallerAddress, caller_identity
from holdfast.aws.role_reads import RoleAddress, SimulationAddress, simulated
from holdfast.core.access_judging import AccessVerdict, Judged, RoleAccess, Simulated, judged
from holdfast.core.access_report import AccessReport, Lost, VerbAccess
from holdfast.core.backends import Access, Backend
from holdfast.core.cloud import Caller
from holdfast.core.engine_calls import EngineVerb
from holdfast.core.engine_requests import EngineRequest, StateInQuestion, requests_for
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_principals import Requester
from holdfast.errors import RoleArnError, RoleUnknownError

# A request by its action, its resource and its context: policies may tell two uses of a state apart by their headers.
RequestName: TypeAlias = tuple[str, str, tuple[tuple[str, str | tuple[str, ...] | None], ...]]
VERBS = (
    EngineVerb.PLAN_WITHOUT_LOCK,
    EngineVerb.PLAN,
    EngineVerb.APPLY,
    EngineVerb.FORCE_UNLOCK,
)
ROLE_PATTERN = re.compile(
    r"arn:(?P<partition>[a-z-]+):iam::(?P<account>\d{12}):role/(?:[^/]+/)*(?P<name>[^/]+)"
)
SESSION_PATTERN = re.compile(
    r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)/[^/]+"
)
# Nobody can read these for a role: they belong to a session, to a network, or to the organization of a resource.
NEVER_SEEN = (
    "session policies, which whoever assumes the role may add",
    "policies of VPC endpoints on the way",
    "resource control policies of the organization",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """Which role, and which state of which backend."""

    role_arn: str
    backend: Backend
    key: str
    verbs: Sequence[EngineVerb] = VERBS


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNamed:
    """A role as its ARN names it. That of a session has the name without the path."""

    arn: str
    account: str
    name: str
    path_known: bool


def check_role(request: CheckRequest, connections: Connections) -> AccessReport:
    """Judge every verb; nothing is changed.

    Raises `RoleArnError`, `RoleUnknownError` when IAM says that there is no such role, and `PolicyIncompleteError` for a
    backend whose account or region is needed and not known.
    """
    named = role_named(request.role_arn)
    caller = caller_identity(
        connections,
        CallerAddress(access=_of_the_reader(request.backend, named), region=request.backend.region),
    )
    backend = _with_account(request.backend, caller)
    address = RoleAddress(
        access=_of_the_reader(backend, named), region=backend.region, name=named.name
    )
    found = _read_role(named, caller, address, connections)
    if found.arn is not None:
        named = replace(named, arn=found.arn, path_known=True)
    requester = Requester(arn=named.arn, account=named.account, path_known=named.path_known)
    questions, problems = questions_of(backend, request.key, connections)
    access = RoleAccess(
        account=named.account,
        identity=found.identity,
        boundary=found.boundary,
        resources=read_resources(backend, questions, connections),
    )
    needed = {verb: _requests(verb, questions, requester) for verb in request.verbs}
    simulations = _simulations(named, caller, address, needed, connections)
    return AccessReport(
        role=named.arn,
        bucket=backend.bucket,
        key=request.key,
        verbs=tuple(
            _verb(verb, requests, access, simulations, problems)
            for verb, requests in needed.items()
        ),
        not_seen=NEVER_SEEN,
    )


def role_named(arn: str) -> RoleNamed:
    """Read the ARN of a role, or that of a session of one; raises `RoleArnError`."""
    session = SESSION_PATTERN.fullmatch(arn)
    match = session or ROLE_PATTERN.fullmatch(arn)
    if match is None:
        raise RoleArnError(arn)
    whole = f"arn:{match['partition']}:iam::{match['account']}:role/{match['name']}"
    return RoleNamed(
        arn=whole if session else arn,
        account=match["account"],
        name=match["name"],
        path_known=session is None,
    )


# The role --------------------------------------------------------------------------------------------


def _of_the_reader(backend: Backend, named: RoleNamed) -> Access:
    """Return whose credentials read: those of the backend, without becoming the role that is checked."""
    own = backend.access
    return replace(own, role_arn=None) if own.role_arn == named.arn else own


def _with_account(backend: Backend, caller: Fact[Caller]) -> Backend:
    """Return the backend with the reader's account where nothing names another."""
    if backend.account is not None or not isinstance(caller, Known):
        return backend
    return replace(backend, account=caller.value.account)


def _read_role(
    named: RoleNamed, caller: Fact[Caller], address: RoleAddress, connections: Connections
) -> ReadRole:
    """Read the role; with credentials of another account IAM would speak of another role of that name."""
    if elsewhere := _elsewhere(named, caller):
        return unread_role(elsewhere)
    found = read_role(address, connections)
    if found.absent:
        raise RoleUnknownError(named.arn)
    return found


def _elsewhere(named: RoleNamed, caller: Fact[Caller]) -> Withheld | None:
    match caller:
        case Known(value) if value.account == named.account:
            return None
        case Known(value):
            words = f"the credentials are of account {value.account}"
            return Withheld(reason=Reason.NOT_ASKED, detail=words)
        case Withheld():
            return caller


def _simulations(
    named: RoleNamed,
    caller: Fact[Caller],
    address: RoleAddress,
    needed: Mapping[EngineVerb, Sequence[EngineRequest]],
    connections: Connections,
) -> dict[RequestName, Fact[Simulated]]:
    """Let IAM simulate each request once; a refusal is taken for all, so that it is not asked in vain."""
    found: dict[RequestName, Fact[Simulated]] = {}
    refused = _elsewhere(named, caller)
    for each in (request for requests in needed.values() for request in requests):
        name = _name(each.request)
        if name in found:
            continue
        if refused is not None:
            found[name] = refused
            continue
        answer = simulated(
            connections, SimulationAddress(role=address, arn=named.arn, request=each.request)
        )
        if isinstance(answer, Withheld) and answer.reason is Reason.PERMISSION:
            refused = answer
        found[name] = answer
    return found


# Judging ---------------------------------------------------------------------------------------------


def _verb(
    verb: EngineVerb,
    requests: Iterable[EngineRequest],
    access: RoleAccess,
    simulations: Mapping[RequestName, Fact[Simulated]],
    problems: tuple[str, ...],
) -> VerbAccess:
    in_the_way: list[Judged] = []
    lost: list[Lost] = []
    for each in requests:
        found = judged(access, each.request, simulations[_name(each.request)])
        if found.verdict is AccessVerdict.CAN:
            continue
        if each.loss:
            lost.append(Lost(judged=found, loss=each.loss))
        else:
            in_the_way.append(found)
    in_the_way = list(dict.fromkeys(in_the_way))
    in_the_way.sort(key=lambda each: each.verdict is not AccessVerdict.CANNOT)
    return VerbAccess(
        verb=verb, in_the_way=tuple(in_the_way), lost=tuple(dict.fromkeys(lost)), problems=problems
    )


def _requests(
    verb: EngineVerb, questions: Sequence[StateInQuestion], requester: Requester
) -> tuple[EngineRequest, ...]:
    """Return what every use of the state asks for, each request once: one that is refused breaks its use."""
    found: list[EngineRequest] = []
    for question in questions:
        found += (each for each in requests_for(verb, question, requester) if each not in found)
    return tuple(found)


def _name(request: Request) -> RequestName:
    return request.action, request.resource, tuple(sorted(request.context.items()))
