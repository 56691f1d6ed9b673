"""Whether a role can make a request: every layer of policies that can be read, and what cannot. Pure.

Source: IAM user guide, "Policy evaluation logic". In one account the role's own policies or those of the resource suffice, in two
accounts both are needed; a key always needs its own policy, which may leave it to IAM by naming the account. A permissions
boundary takes away, as do service control policies. What was not read never counts as allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.policy_answers import Answer, all_hold, any_holds
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_evaluation import Effect, Ruling, ruling_of
from holdfast.core.policy_layers import PolicyLayer, Unread, only_direct, only_sessions


class AccessVerdict(StrEnum):
    """Say whether a role can do something."""

    CAN = "can"
    CANNOT = "cannot"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLayer:
    """The policy of a bucket, table or key, and the account that it belongs to; None where not known."""

    layer: PolicyLayer
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What IAM's own simulation of a role says of a request, before the policies of resources.

    `organization_allows` is None where no service control policy applies. `missing` are condition keys that it would have
    needed.
    """

    effect: Effect
    sources: tuple[str, ...] = ()
    organization_allows: bool | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccess:
    """Everything that was read about a role and what it is to use; `resources` by their ARN, objects by their bucket's."""

    account: str
    identity: PolicyLayer
    boundary: PolicyLayer | None
    resources: Mapping[str, ResourceLayer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether one request can be made, why not, and the statement that decides it.

    `part` is the item of a table, or the prefix of a listing; empty where the resource says it all.
    """

    action: str
    resource: str
    verdict: AccessVerdict
    part: str = ""
    reasons: tuple[str, ...] = ()
    policy: str = ""
    statement: str = ""  # canonical JSON


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that must hold, and what is said when it does not, or when nobody knows."""

    answer: Answer
    words: tuple[str, ...]


def judged(access: RoleAccess, request: Request, simulated: Fact[Simulated]) -> Judged:
    """Tell whether a role can make a request."""
    resource = access.resources[resource_of(request.resource)]
    layers = (access.identity, access.boundary or PolicyLayer(), resource.layer)
    for layer in layers:
        ruling = ruling_of(layer.policies, request)
        if ruling.effect is Effect.DENIED:
            return _denied(request, ruling)
    if isinstance(simulated, Known) and (words := _denied_by_simulation(simulated.value)):
        return _judged(request, AccessVerdict.CANNOT, (words,))
    parts = (
        *_granting(access, resource, request, simulated),
        _not_taken_away(resource.layer, request),
        _organization(simulated),
    )
    found = all_hold(part.answer for part in parts)
    if found is Answer.YES:
        return _judged(request, AccessVerdict.CAN, ())
    reasons = tuple(words for part in parts if part.answer is found for words in part.words)
    verdict = AccessVerdict.CANNOT if found is Answer.NO else AccessVerdict.UNKNOWN
    return _judged(request, verdict, tuple(dict.fromkeys(reasons)))


def resource_of(arn: str) -> str:
    """Return the ARN of what has the policy: an object's is that of its bucket."""
    return arn.partition("/")[0] if ":s3:::" in arn else arn


def _granting(
    access: RoleAccess,
    resource: ResourceLayer,
    request: Request,
    simulated: Fact[Simulated],
) -> Iterator[_Part]:
    """Yield what must hold for the request to be granted."""
    bounded = _bounded(access.boundary, request)
    own = _own(access, bounded, request, simulated)
    # A boundary does not limit what a resource grants to a session by its own ARN (IAM user guide, "Permissions boundaries").
    direct = any_holds(
        (
            all_hold((bounded.answer, _allows(only_direct(resource.layer), request))),
            _allows(only_sessions(resource.layer), request),
        )
    )
    own_words = (*own.words, *_uncertain_grant(resource.layer, request, direct))
    by_resource = _allows(resource.layer, request)
    same_account = _same_account(access.account, resource.account)
    if ":kms:" in request.resource:
        words = ("the key policy does not allow it",) if by_resource is Answer.NO else own_words
        alone = all_hold((same_account, direct))
        granted = any_holds((alone, all_hold((by_resource, own.answer))))
        yield _Part(granted, words or tuple(map(_unread_words, resource.layer.unread)))
    elif same_account is Answer.YES:
        yield _Part(any_holds((own.answer, direct)), own_words)
    else:
        yield own
        foreign = Answer.MAYBE if same_account is Answer.MAYBE else Answer.NO
        words = ("it is in another account, whose own policy has to allow it as well",)
        yield _Part(any_holds((by_resource, foreign)), words)


def _own(access: RoleAccess, bounded: _Part, request: Request, simulated: Fact[Simulated]) -> _Part:
    """Tell whether the role's own policies, within its boundary, allow the request; IAM's simulation says the same or more."""
    layer = access.identity
    allowed = _Part(
        _allows(layer, request), _words_of(layer, request, "no policy of the role allows it")
    )
    answer = all_hold((allowed.answer, bounded.answer))
    words = tuple(
        text for part in (allowed, bounded) if part.answer is not Answer.YES for text in part.words
    )
    if not isinstance(simulated, Known) or simulated.value.missing:
        return _Part(answer, words)
    simulation = Answer.of(holds=simulated.value.effect is Effect.ALLOWED)
    unread = layer.unread or (access.boundary is not None and access.boundary.unread)
    if unread and answer is Answer.MAYBE:
        silent = ("IAM's simulation of the role does not allow it",)
        return _Part(simulation, silent if simulation is Answer.NO else ())
    if answer in {Answer.MAYBE, simulation}:
        return _Part(answer, words)
    return _Part(
        Answer.MAYBE, ("its policies and IAM's simulation of the role contradict each other",)
    )


def _bounded(boundary: PolicyLayer | None, request: Request) -> _Part:
    if boundary is None:
        return _Part(Answer.YES, ())
    words = _words_of(boundary, request, "the permissions boundary does not allow it")
    return _Part(_allows(boundary, request), words)


def _allows(layer: PolicyLayer, request: Request) -> Answer:
    """Tell whether a layer allows a request; anything that was not read could deny it, or allow it."""
    if layer.unread:
        return Answer.MAYBE
    effects = {Effect.ALLOWED: Answer.YES, Effect.UNKNOWN: Answer.MAYBE}
    ruling = ruling_of(layer.policies, request)
    if ruling.effect is Effect.UNKNOWN and ruling.statement is not None and ruling.statement.denies:
        return Answer.MAYBE
    return effects.get(ruling.effect, Answer.NO)


def _not_taken_away(layer: PolicyLayer, request: Request) -> _Part:
    """Tell whether the resource's policy denies nothing, as far as that is known."""
    if layer.unread:
        return _Part(Answer.MAYBE, tuple(map(_unread_words, layer.unread)))
    ruling = ruling_of(layer.policies, request)
    if ruling.statement is not None and ruling.statement.denies:
        return _Part(Answer.MAYBE, (_depends_words(ruling),))
    return _Part(Answer.YES, ())


def _organization(simulated: Fact[Simulated]) -> _Part:
    match simulated:
        case Known(value) if not value.missing:
            return _Part(Answer.YES, ())
        case Known(value):
            keys = ", ".join(value.missing)
            return _Part(Answer.MAYBE, (f"IAM's simulation depends on {keys}",))
        case Withheld():
            words = f"service control policies are not known, because IAM did not simulate the role: {simulated}"
            return _Part(Answer.MAYBE, (words,))


def _uncertain_grant(layer: PolicyLayer, request: Request, direct: Answer) -> tuple[str, ...]:
    """Say on what it depends whether the resource alone grants a request."""
    ruling = ruling_of(layer.policies, request)
    may_allow = ruling.effect is Effect.UNKNOWN and direct is Answer.MAYBE
    return (_depends_words(ruling),) if may_allow else ()


def _same_account(own: str, other: str | None) -> Answer:
    return Answer.MAYBE if other is None else Answer.of(holds=own == other)


def _words_of(layer: PolicyLayer, request: Request, silent: str) -> tuple[str, ...]:
    if layer.unread:
        return tuple(map(_unread_words, layer.unread))
    ruling = ruling_of(layer.policies, request)
    return (_depends_words(ruling),) if ruling.effect is Effect.UNKNOWN else (silent,)


def _unread_words(unread: Unread) -> str:
    return f"not read: {unread.what} ({unread.withheld})"


def _depends_words(ruling: Ruling) -> str:
    keys = ", ".join(f"`{each}`" for each in ruling.depends_on)
    verb = "denies" if ruling.statement is not None and ruling.statement.denies else "allows"
    sid = (
        f" `{ruling.statement.sid}`"
        if ruling.statement is not None and ruling.statement.sid
        else ""
    )
    return f"statement{sid} of {ruling.policy} {verb} it depending on {keys}"


def _denied(request: Request, ruling: Ruling) -> Judged:
    document = ruling.statement.document if ruling.statement is not None else ""
    return replace(
        _judged(request, AccessVerdict.CANNOT, (f"{ruling.policy} denies it",)),
        policy=ruling.policy,
        statement=document,
    )


def _denied_by_simulation(simulated: Simulated) -> str:
    if simulated.organization_allows is False:
        return "a service control policy of the organization does not allow it"
    if simulated.effect is Effect.DENIED:
        sources = ", ".join(simulated.sources)
        return f"IAM's simulation of the role denies it{f': {sources}' if sources else ''}"
    return ""


def _judged(request: Request, verdict: AccessVerdict, reasons: Sequence[str]) -> Judged:
    return Judged(
        action=request.action,
        resource=request.resource,
        verdict=verdict,
        part=part_of(request),
        reasons=tuple(reasons),
    )


def part_of(request: Request) -> str:
    """Return the item of a table, or the prefix of a listing, that a request is about."""
    match request.context.get("dynamodb:leadingkeys") or request.context.get("s3:prefix"):
        case (str(item), *_):
            return item
        case str(prefix):
            return prefix
        case _:
            return ""
