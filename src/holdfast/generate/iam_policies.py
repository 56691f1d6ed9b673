"""Policies as documents: named, as JSON, and small enough for IAM to take. Pure.

Sizes: IAM user guide, "IAM and AWS STS quotas": a managed policy has at most 6 144 characters, a trust policy 2 048, white
space not counted; a role has at most 10 managed policies unless the quota was raised.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from holdfast.core.permission_scope import BackendScope
from holdfast.errors import PolicyTooLargeError
from holdfast.generate.iam_grants import Grant, engine_grants, with_distinct_sids
from holdfast.generate.iam_roles import Role
from holdfast.generate.iam_tool_grants import apply_grants, audit_grants

VERSION = "2012-10-17"
POLICY_CHARACTERS_MAX = 6144
POLICIES_OF_ROLE_MAX = 10
NAME_CHARACTERS_MAX = 100  # IAM takes 128, and some are for numbers
DIGEST_CHARACTERS = 8
NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9]+")

JsonValue: TypeAlias = "str | Sequence[JsonValue] | Mapping[str, JsonValue]"


@dataclass(frozen=True, slots=True, kw_only=True)
class IamPolicy:
    """One managed policy."""

    name: str
    grants: tuple[Grant, ...]

    @property
    def document(self) -> Mapping[str, JsonValue]:
        """Return the policy as IAM takes it."""
        return {"Version": VERSION, "Statement": [_statement(each) for each in self.grants]}


def policies_for(
    role: Role, scopes: Sequence[BackendScope], *, subject: str = ""
) -> tuple[IamPolicy, ...]:
    """Return the policies of a role over these backends: one, or numbered ones where one would be too large.

    Backends of several accounts get policies of their own, since a role is in one account. `subject` says in their
    names what they are for. Raises `PolicyTooLargeError`.
    """
    accounts = accounts_of(scopes)
    found: list[IamPolicy] = []
    for partition, account in accounts:
        where = (partition, account)
        members = [each for each in scopes if (each.partition, each.account) == where]
        name = policy_name(role, subject, (account or partition) if len(accounts) > 1 else "")
        found += _divided(name, role, members)
    return tuple(found)


def accounts_of(scopes: Iterable[BackendScope]) -> tuple[tuple[str, str | None], ...]:
    """Return the partitions and accounts that the backends are in, each once, in order."""
    return tuple(dict.fromkeys((each.partition, each.account) for each in scopes))


def policy_name(role: Role, *parts: str) -> str:
    """Return the name of a role's policy for what the parts say: letters, digits and hyphens."""
    match role:
        case Role.AUDIT | Role.HOLDFAST_APPLY | Role.REPAIR | Role.MOVE:
            stem = f"holdfast-{role.value.removeprefix('holdfast-')}"
        case _:
            stem = f"terraform-{role.value}"
    words = "-".join((stem, *(each for each in parts if each)))
    name = NOT_OF_A_NAME.sub("-", words).rstrip("-")
    if len(name) <= NAME_CHARACTERS_MAX:
        return name
    digest = hashlib.sha256(words.encode()).hexdigest()[:DIGEST_CHARACTERS]
    return f"{name[: NAME_CHARACTERS_MAX - DIGEST_CHARACTERS - 1]}-{digest}"


def policy_json(document: Mapping[str, JsonValue]) -> str:
    """Return a document as a file has it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def size_of(document: Mapping[str, JsonValue]) -> int:
    """Return how many characters IAM counts; spaces within a key are counted too, to be on the safe side."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def _statement(grant: Grant) -> Mapping[str, JsonValue]:
    statement: dict[str, JsonValue] = {
        "Sid": grant.sid,
        "Effect": "Deny" if grant.denies else "Allow",
        "Action": _one_or_many(grant.actions),
        "Resource": _one_or_many(grant.resources),
    }
    if grant.conditions:
        operators: dict[str, dict[str, JsonValue]] = {}
        for each in grant.conditions:
            operators.setdefault(each.operator, {})[each.key] = _one_or_many(each.values)
        statement["Condition"] = operators
    return statement


def _one_or_many(values: Sequence[str]) -> JsonValue:
    return values[0] if len(values) == 1 else list(values)


# Dividing -------------------------------------------------------------------------------------------


def _divided(stem: str, role: Role, scopes: Sequence[BackendScope]) -> tuple[IamPolicy, ...]:
    whole = _policy(stem, role, scopes)
    if size_of(whole.document) <= POLICY_CHARACTERS_MAX:
        return (whole,) if whole.grants else ()
    parts: list[list[BackendScope]] = [[]]
    for piece in _pieces(role, scopes):
        larger = _with_piece(parts[-1], piece)
        if parts[-1] and not _fits(role, larger):
            parts.append([])
            larger = [piece]
            _refuse_too_many(stem, parts, scopes)
        if not parts[-1] and not _fits(role, larger):
            size = size_of(_policy(stem, role, larger).document)
            keys = tuple(state.key for state in piece.states)
            raise PolicyTooLargeError(
                stem,
                what=keys[0] if len(keys) == 1 else piece.name,
                size=size,
                size_max=POLICY_CHARACTERS_MAX,
            )
        parts[-1] = larger
    return tuple(
        _policy(f"{stem}-{number}", role, part) for number, part in enumerate(parts, start=1)
    )


def _refuse_too_many(stem: str, parts: Sequence[object], scopes: Sequence[BackendScope]) -> None:
    if len(parts) > POLICIES_OF_ROLE_MAX:
        raise PolicyTooLargeError(
            stem,
            what=f"{sum(len(each.states) for each in scopes)} states",
            size=len(parts),
            size_max=POLICIES_OF_ROLE_MAX,
            unit="policies",
        )


def _policy(name: str, role: Role, scopes: Sequence[BackendScope]) -> IamPolicy:
    match role:
        case Role.AUDIT:
            grants = audit_grants(scopes)
        case Role.HOLDFAST_APPLY:
            grants = apply_grants(scopes)
        case _:
            grants = with_distinct_sids(
                grant for scope in scopes for grant in engine_grants(scope, role)
            )
    return IamPolicy(name=name, grants=grants)


def _fits(role: Role, scopes: Sequence[BackendScope]) -> bool:
    return size_of(_policy("", role, scopes).document) <= POLICY_CHARACTERS_MAX


def _pieces(role: Role, scopes: Iterable[BackendScope]) -> list[BackendScope]:
    """Return what a policy is divided into: states, or whole backends for the tool's own roles."""
    if role in {Role.AUDIT, Role.HOLDFAST_APPLY}:
        return list(scopes)
    return [replace(scope, states=(state,)) for scope in scopes for state in scope.states]


def _with_piece(scopes: Sequence[BackendScope], piece: BackendScope) -> list[BackendScope]:
    """Return the scopes with one more state; states of one backend stay together."""
    if scopes and scopes[-1].name == piece.name:
        last = replace(scopes[-1], states=(*scopes[-1].states, *piece.states))
        return [*scopes[:-1], last]
    return [*scopes, piece]
