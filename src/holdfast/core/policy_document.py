"""Policies as values: every way of writing a statement read into one form. Pure.

A policy that cannot be read is an error of its own, never an empty policy. Every statement keeps its whole
document, so that what is not understood here is not lost either.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

JsonObject: TypeAlias = Mapping[str, object]

ACCOUNT_PATTERN = re.compile(r"^(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?$")
PRINCIPAL_PATTERN = re.compile(r"^(?:(?P<id>\d{12})$|arn:[a-z-]+:(?:iam|sts)::(?P<arn>\d{12}):)")

# The version that counts when a policy names none (IAM user guide, "JSON policy elements: Version").
VERSION_DEFAULT = "2008-10-17"


class PolicyUnreadableError(ValueError):
    """A policy is not one that AWS would have stored, so that its meaning is not known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one condition operator, with the values of which one is enough."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """Whom a statement speaks of: pairs of kind and value, `("AWS", "*")` for everybody.

    `negated` means everybody else (`NotPrincipal`).
    """

    members: tuple[tuple[str, str], ...]
    negated: bool = False

    @property
    def everyone(self) -> bool:
        """Tell whether nobody is left out."""
        return not self.negated and ("AWS", "*") in self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Actions or resources with wildcards; `negated` means all others (`NotAction`, `NotResource`)."""

    patterns: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy; `document` is its canonical JSON."""

    sid: str
    denies: bool
    principals: Principals
    actions: Patterns
    resources: Patterns
    conditions: tuple[Condition, ...]
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A whole policy. `rest` is what stands beside version and statements (`Id`), canonical JSON."""

    version: str
    statements: tuple[Statement, ...]
    rest: str


# Reading ----------------------------------------------------------------------------------------


def parsed_policy(text: str) -> PolicyDocument:
    """Read a policy as GetBucketPolicy gives it; raises `PolicyUnreadableError`."""
    document = policy_object(text)
    rest = {name: document[name] for name in document if name not in {"Version", "Statement"}}
    return PolicyDocument(
        version=str(document.get("Version", VERSION_DEFAULT)),
        statements=tuple(map(_statement, statement_objects(document))),
        rest=canonical(rest),
    )


def parsed_identity_policy(text: str) -> PolicyDocument:
    """Read a policy of a role or user, whose statements name no principal: they speak of whoever has it.

    Raises `PolicyUnreadableError`.
    """
    document = policy_object(text)
    for statement in statement_objects(document):
        if not statement.keys().isdisjoint({"Principal", "NotPrincipal"}):
            raise PolicyUnreadableError("a statement of a role's policy names a principal")
    spoken_of = [{**each, "Principal": "*"} for each in statement_objects(document)]
    policy = parsed_policy(canonical({**document, "Statement": spoken_of}))
    own = [canonical(each) for each in statement_objects(document)]
    statements = [
        replace(each, document=text) for each, text in zip(policy.statements, own, strict=True)
    ]
    return replace(policy, statements=tuple(statements))


def parsed_statement(text: str) -> Statement:
    """Read one statement from its JSON text; raises `PolicyUnreadableError`."""
    return _statement(policy_object(text))


def policy_object(text: str) -> dict[str, object]:
    """Return the JSON object in a text; raises `PolicyUnreadableError`.

    A name that stands twice in one object is refused: writing it back would lose one of the two.
    """
    try:
        document: object = json.loads(
            text,
            object_pairs_hook=_without_repetition,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except PolicyUnreadableError:
        raise
    except (ValueError, RecursionError) as error:
        raise PolicyUnreadableError(f"the policy is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise PolicyUnreadableError("the policy is not a JSON object")
    return document


def statement_objects(document: JsonObject) -> tuple[JsonObject, ...]:
    """Return the statements of a policy; one alone may stand without a list."""
    found = document.get("Statement")
    statements = found if isinstance(found, list) else [found]
    if not all(isinstance(each, dict) for each in statements):
        raise PolicyUnreadableError("the policy has no list of statements")
    return tuple(statements)


def canonical(document: object) -> str:
    """Return JSON that is the same for the same document."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise PolicyUnreadableError("a name stands twice in one object of the policy")
    return document


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise PolicyUnreadableError(f"the policy has the number {text}")
    return number


def _no_constant(text: str) -> float:
    raise PolicyUnreadableError(f"the policy has the number {text}")


def _statement(document: JsonObject) -> Statement:
    effect = document.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise PolicyUnreadableError("a statement has no `Effect` of `Allow` or `Deny`")
    sid = document.get("Sid", "")
    if not isinstance(sid, str):
        raise PolicyUnreadableError("the `Sid` of a statement is not a text")
    return Statement(
        sid=sid,
        denies=effect == "Deny",
        principals=_principals(document),
        actions=_patterns(document, "Action"),
        resources=_patterns(document, "Resource"),
        conditions=tuple(_conditions(document)),
        document=canonical(document),
    )


def _either(document: JsonObject, name: str) -> tuple[object, bool]:
    """Return the value of `Name` or `NotName`, and whether it was the second."""
    both = [each for each in (name, f"Not{name}") if each in document]
    if len(both) != 1:
        raise PolicyUnreadableError(f"a statement needs one of `{name}` and `Not{name}`")
    return document[both[0]], both[0] != name


def _principals(document: JsonObject) -> Principals:
    value, negated = _either(document, "Principal")
    if value == "*":
        return Principals(members=(("AWS", "*"),), negated=negated)
    if not isinstance(value, dict):
        raise PolicyUnreadableError("the principal of a statement is neither `*` nor an object")
    members = [(kind, text) for kind, texts in value.items() for text in _texts(texts, kind)]
    return Principals(members=tuple(members), negated=negated)


def _patterns(document: JsonObject, name: str) -> Patterns:
    value, negated = _either(document, name)
    return Patterns(patterns=_texts(value, name), negated=negated)


def _conditions(document: JsonObject) -> Iterator[Condition]:
    for operator, keys in _object(document.get("Condition", {}), "Condition").items():
        for key, value in _object(keys, operator).items():
            values = value if isinstance(value, list) else [value]
            yield Condition(operator, key, tuple(_scalar(each, key) for each in values))


def _object(value: object, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise PolicyUnreadableError(f"`{name}` of a statement is not an object")
    return value


def _texts(value: object, name: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise PolicyUnreadableError(f"`{name}` of a statement is not a text or a list of texts")
    return tuple(values)


def _scalar(value: object, name: str) -> str:
    """Return a condition's value as text: AWS stores `false` and `"false"` for the same."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise PolicyUnreadableError(f"a value of the condition `{name}` is not a scalar")


# Meaning ----------------------------------------------------------------------------------------


def meaning_of(statement: Statement) -> str:
    """Return a text that is the same for statements that do the same; the `Sid` does not matter.

    Lists are sets; actions and condition keys know no case; an account's id is its root ARN; members that
    are not known here count as they stand.
    """
    known = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource"}
    known |= {"NotResource", "Condition"}
    document: JsonObject = json.loads(statement.document)
    return canonical(
        [
            statement.denies,
            statement.principals.negated,
            _set((kind, _account(text)) for kind, text in statement.principals.members),
            statement.actions.negated,
            _set(action.lower() for action in statement.actions.patterns),
            statement.resources.negated,
            _set(statement.resources.patterns),
            _set(
                (each.operator, each.key.lower(), tuple(_set(each.values)))
                for each in statement.conditions
            ),
            {name: document[name] for name in document if name not in known},
        ]
    )


def account_of(principal: str) -> str | None:
    """Return the account of a principal (id, root, role or user); None for `*` and the like."""
    match = PRINCIPAL_PATTERN.match(principal)
    return (match["id"] or match["arn"]) if match else None


def _account(principal: str) -> str:
    match = ACCOUNT_PATTERN.match(principal)
    return match[1] if match else principal


def _set(values: Iterator[object] | Sequence[object]) -> list[object]:
    return sorted(set(values), key=repr)
