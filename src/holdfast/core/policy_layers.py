"""Policies that are evaluated together, whole or in parts. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from holdfast.core.facts import Withheld
from holdfast.core.policy_document import ACCOUNT_PATTERN, Principals, Statement
from holdfast.core.policy_evaluation import NamedPolicy
from holdfast.core.policy_principals import SESSION_PATTERN


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A policy, or a kind of policies, that could not be read."""

    what: str
    withheld: Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLayer:
    """Policies that are evaluated together, and what is missing among them."""

    policies: tuple[NamedPolicy, ...] = ()
    unread: tuple[Unread, ...] = ()


def only_direct(layer: PolicyLayer) -> PolicyLayer:
    """Return the layer without what its `Allow`s leave to the account's own policies."""
    return _only_allowing(
        layer, lambda kind, text: kind != "AWS" or ACCOUNT_PATTERN.match(text) is None
    )


def only_sessions(layer: PolicyLayer) -> PolicyLayer:
    """Return the layer with what its `Allow`s grant to sessions by their own ARN."""
    return _only_allowing(
        layer, lambda kind, text: kind == "AWS" and SESSION_PATTERN.fullmatch(text) is not None
    )


def _only_allowing(layer: PolicyLayer, keeps: Callable[[str, str], bool]) -> PolicyLayer:
    """Return the layer with the `Allow`s to these principals alone, and every `Deny`."""

    def kept(statement: Statement) -> Statement:
        if statement.denies or statement.principals.negated:
            return statement
        members = tuple(member for member in statement.principals.members if keeps(*member))
        return replace(statement, principals=Principals(members=members))

    policies = tuple(
        replace(
            policy,
            document=replace(
                policy.document, statements=tuple(map(kept, policy.document.statements))
            ),
        )
        for policy in layer.policies
    )
    return PolicyLayer(policies=policies, unread=layer.unread)
