"""What a set of policies says about one request: allowed, denied, nothing, or not to be told. Pure.

Source: IAM user guide, "Policy evaluation logic": a `Deny` that holds decides; without one, an `Allow` that holds is needed;
without either, the policies are silent, which is a refusal unless another layer of policies speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from holdfast.core.policy_answers import Answer
from holdfast.core.policy_conditions import Request, applies, condition_holds, speaks_of
from holdfast.core.policy_document import PolicyDocument, Statement
from holdfast.core.policy_principals import includes


class Effect(Enum):
    """Say what policies do to a request."""

    DENIED = "denied"
    ALLOWED = "allowed"
    SILENT = "silent"
    UNKNOWN = "unknown"  # depends on what is not known here


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPolicy:
    """A policy, and what it is called in a report."""

    name: str
    document: PolicyDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What policies do to a request, and the statement that decides it; `policy` names where it stands."""

    effect: Effect
    policy: str = ""
    statement: Statement | None = None
    depends_on: tuple[str, ...] = ()  # the condition keys whose values are not known


def ruling_of(policies: Iterable[NamedPolicy], request: Request) -> Ruling:
    """Return what the policies together do to a request.

    A `Deny` that may hold makes it unknown even beside an `Allow` that does.
    """
    found = [
        (policy, statement, answer)
        for policy in policies
        for statement in policy.document.statements
        for answer in (applies(statement, request),)
        if answer is not Answer.NO
    ]
    for denies, answer, effect in (
        (True, Answer.YES, Effect.DENIED),
        (True, Answer.MAYBE, Effect.UNKNOWN),
        (False, Answer.YES, Effect.ALLOWED),
        (False, Answer.MAYBE, Effect.UNKNOWN),
    ):
        for policy, statement, given in found:
            if statement.denies is denies and given is answer:
                return Ruling(
                    effect=effect,
                    policy=policy.name,
                    statement=statement,
                    depends_on=unknown_keys(statement, request) if answer is Answer.MAYBE else (),
                )
    return Ruling(effect=Effect.SILENT)


def unknown_keys(statement: Statement, request: Request) -> tuple[str, ...]:
    """Return what a statement that may hold depends on: condition keys, and elements of the statement."""
    keys = [
        each.key for each in statement.conditions if condition_holds(each, request) is Answer.MAYBE
    ]
    if speaks_of(statement.resources, request.resource) is Answer.MAYBE:
        keys.append("NotResource" if statement.resources.negated else "Resource")
    if includes(statement.principals, request.requester) is Answer.MAYBE:
        keys.append("NotPrincipal" if statement.principals.negated else "Principal")
    return tuple(dict.fromkeys(keys))


def is_allowed(policies: Sequence[NamedPolicy], request: Request) -> bool:
    """Tell whether the policies alone are sure to let a request pass."""
    return ruling_of(policies, request).effect is Effect.ALLOWED
