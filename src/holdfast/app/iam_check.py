"""Whether a role can plan, apply and unlock one state: read every policy that decides it, and judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.app.iam_check_reading import ReadRole, read_resources, read_role, unread_role
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import bucket_encryption
from holdfast.aws.connections import Connections
from holdfast.aws.identity_reads import CallerAddress, caller_identity
from holdfast.aws.key_reads import KeyAddress, key_health
from holdfast.aws.role_reads import RoleAddress, SimulationAddress, simulated
from holdfast.core.access_judging import (
    AccessVerdict,
    Judged,
    RoleAccess,
    Simulated,
    judged,
    part_of,
)
from holdfast.core.access_report import AccessReport, Lost, VerbAccess
from holdfast.core.backends import Access, Backend, StateUse
from holdfast.core.cloud import Caller, Encryption, KeyState
from holdfast.core.engine_calls import EngineVerb
from holdfast.core.engine_requests import EngineRequest, StateInQuestion, requests_for
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_board import uses_of
from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse
from holdfast.core.policy_conditions import Request, Requester
from holdfast.core.policy_locking import encryption_context
from holdfast.errors import PolicyIncompleteError, RoleArnError, RoleUnknownError

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
    question, problems = question_of(backend, request.key, connections)
    access = RoleAccess(
        account=named.account,
        identity=found.identity,
        boundary=found.boundary,
        resources=read_resources(backend, question, connections),
    )
    needed = {verb: requests_for(verb, question, requester) for verb in request.verbs}
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


# The state -------------------------------------------------------------------------------------------


def question_of(
    backend: Backend, key: str, connections: Connections
) -> tuple[StateInQuestion, tuple[str, ...]]:
    """Return the state with everything that decides which requests it takes, and what is not known of it."""
    use = next(iter(uses_of(backend, key)), None)
    encryption = bucket_encryption(
        connections,
        BucketAddress(
            access=backend.access,
            region=backend.region,
            bucket=backend.bucket,
            account=backend.account,
        ),
    )
    state = _state(backend, use, key)
    scope = BackendScope(
        name=backend.name,
        bucket=backend.bucket,
        region=backend.region,
        account=backend.account,
        states=(state,),
    )
    if missing := scope.missing_for_arns():
        raise PolicyIncompleteError(backend.name, missing=missing)
    problems: list[str] = []
    arns = []
    for name in _keys_of(use, encryption, problems):
        address = KeyAddress(access=backend.access, region=backend.region, key=name)
        match key_health(connections, address):
            case Known(health) if health.state is not KeyState.MISSING:
                arns.append(health.arn)
            case Known():
                problems.append(f"there is no KMS key `{name}`")
            case Withheld() as withheld if name.startswith("arn:") and ":key/" in name:
                arns.append(name)
            case Withheld() as withheld:
                problems.append(f"KMS key `{name}` is not known: {withheld}")
    question = StateInQuestion(
        backend=scope,
        state=state,
        key_arns=tuple(arns),
        bucket_key=isinstance(encryption, Known)
        and encryption.value is not None
        and encryption.value.bucket_key,
        write_headers=encryption_context(use) if use is not None else {},
    )
    return question, tuple(problems)


def _state(backend: Backend, use: StateUse | None, key: str) -> StateScope:
    if use is None:
        return StateScope(
            key=key,
            table=backend.table if backend.locking.uses_table else None,
            lockfile=backend.locking.uses_lockfile,
        )
    in_workspace = key != use.key
    return StateScope(
        key=key,
        table=use.table,
        lockfile=use.locking.uses_lockfile,
        workspace_prefix=use.workspace_prefix,
        workspaces=WorkspaceUse(any_name=in_workspace),
    )


def _keys_of(
    use: StateUse | None, encryption: Fact[Encryption | None], problems: list[str]
) -> Iterator[str]:
    """Yield the KMS keys that the state's objects have: the backend's own, or else the bucket's."""
    if use is not None and use.encrypt:
        if use.kms_key is not None:
            yield use.kms_key
        return
    match encryption:
        case Known(value):
            if value is not None and value.key is not None:
                yield value.key
        case Withheld():
            problems.append(f"the bucket's encryption is not known: {encryption}")


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
) -> dict[tuple[str, str, str], Fact[Simulated]]:
    """Let IAM simulate each request once; a refusal is taken for all, so that it is not asked in vain."""
    found: dict[tuple[str, str, str], Fact[Simulated]] = {}
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
    simulations: Mapping[tuple[str, str, str], Fact[Simulated]],
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
    in_the_way.sort(key=lambda each: each.verdict is not AccessVerdict.CANNOT)
    return VerbAccess(verb=verb, in_the_way=tuple(in_the_way), lost=tuple(lost), problems=problems)


def _name(request: Request) -> tuple[str, str, str]:
    return request.action, request.resource, part_of(request)
