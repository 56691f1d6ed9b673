"""The plan file: a plan as JSON text of format 1, and back. Pure.

Reading is strict: an unknown name, a missing one, a wrong type, or a step upon something that is not the
backend's is a problem, and all problems of a file are told at once. A plan holds no secret: credentials are
named (profile, role), never carried. Of a backend's uses nothing is written, for a plan does not need them.

The shape follows the values themselves (`core/plans.py`, `core/steps.py`, `core/backends.py`): a field is a member
of the same name, a tuple is an array, a step is an object whose `kind` says which. Renaming a field there
changes the format here; a test holds the text of format 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import EllipsisType, NoneType
from typing import cast, get_args, get_type_hints

from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.lifecycle import LifecycleUnreadableError, lifecycle_rule
from holdfast.core.planning import ORDER, identifier_of
from holdfast.core.plans import BackendPlan, Plan
from holdfast.core.policy_document import PolicyUnreadableError, parsed_statement
from holdfast.core.steps import AddLifecycleRules, AddPolicyStatements, BucketStep, subject_of
from holdfast.errors import PlanFileError

FORMAT = 1
KIND_OF_STEP: Mapping[object, str] = {step: kind for step, kind in ORDER.items()}  # noqa: C416 - a key of any type may be looked up
STEP_OF_KIND: Mapping[str, type] = {kind: step for step, kind in ORDER.items()}

# What a plan does not need, and what is not the same on another machine.
NOT_WRITTEN: Mapping[type, frozenset[str]] = {Backend: frozenset({"uses", "span"})}

# Left out of a file by mistake, or by an older version, these would let a plan be applied in any account.
REQUIRED: Mapping[type, frozenset[str]] = {
    Backend: frozenset({"accounts_allowed", "accounts_forbidden"})
}

ACCOUNT = re.compile(r"[0-9]{12}")


class _Unreadable:
    """Stands for a value whose problem is noted already."""


UNREADABLE = _Unreadable()


# Writing ----------------------------------------------------------------------------------------


def plan_text(plan: Plan) -> str:
    """Return the plan as the text of a plan file."""
    document = {"format": FORMAT, **_members(plan)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _written(value: object) -> object:
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if is_dataclass(value):
        kind = KIND_OF_STEP.get(type(value))
        return ({"kind": kind} if kind else {}) | _members(value)
    return value.value if isinstance(value, StrEnum) else value


def _members(value: object) -> dict[str, object]:
    return {name: _written(getattr(value, name)) for name in _shapes(cast("type", type(value)))}


@cache
def _shapes(kind: type) -> Mapping[str, object]:
    """Return the fields of a value that a plan file has, each with its type."""
    hints = get_type_hints(kind)
    left_out = NOT_WRITTEN.get(kind, frozenset())
    return {each.name: hints[each.name] for each in fields(kind) if each.name not in left_out}


@cache
def _defaults(kind: type) -> Mapping[str, object]:
    """Return what fields have when they are left out; `Backend.uses` has nothing."""
    required = REQUIRED.get(kind, frozenset())
    named = {
        each.name: each.default
        for each in fields(kind)
        if each.default is not MISSING and each.name not in required
    }
    return named | ({"uses": ()} if kind is Backend else {})


# Reading ----------------------------------------------------------------------------------------


def plan_from_text(text: str, *, path: str) -> Plan:
    """Return the plan of a plan file; `path` is named in errors only.

    Raises `PlanFileError` with every problem of the file.
    """
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(path, f"it is not JSON ({printable(str(error))})") from error
    if not isinstance(document, dict) or "format" not in document:
        raise PlanFileError(path, "it is JSON, and not a plan")
    if document["format"] != FORMAT:
        version = printable(str(document.get("holdfast_version", "another version")), length_max=40)
        found = printable(str(document["format"]), length_max=20)
        raise PlanFileError(path, f"it is of format {found}, written by holdfast {version}")
    members = {name: value for name, value in document.items() if name != "format"}
    reading = _Reading()
    plan = reading.value(Plan, members, "")
    problems = reading.problems or list(_mistakes(cast("Plan", plan)))
    if problems:
        count = len(problems)
        raise PlanFileError(
            path, f"{count} problem{'s' if count != 1 else ''}", problems=tuple(problems)
        )
    return cast("Plan", plan)


class _Reading:
    """Read values by their shapes, and collect what is wrong, each with its place."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def value(self, shape: object, value: object, place: str) -> object:
        """Return the value in this shape, or `UNREADABLE` after noting why not."""
        arguments = get_args(shape)
        if NoneType in arguments:
            inner = arguments[0]
            return None if value is None else self.value(inner, value, place)
        if arguments and arguments[0] in KIND_OF_STEP:
            return self._step(value, place)
        if arguments:
            return self._items(arguments, value, place)
        kind = cast("type", shape)
        if is_dataclass(kind):
            return self._dataclass(kind, value, place)
        if issubclass(kind, StrEnum):
            return self._word(kind, value, place)
        # `True` is an int to Python and not to a reader.
        if type(value) is not kind:
            return self._problem(place, f"must be {_named(kind)}")
        return value

    def _problem(self, place: str, words: str) -> _Unreadable:
        self.problems.append((place or "the plan", words))
        return UNREADABLE

    def _step(self, value: object, place: str) -> object:
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or kind not in STEP_OF_KIND:
            return self._problem(place, "must be a step of a known `kind`")
        members = {name: member for name, member in value.items() if name != "kind"}
        return self._dataclass(STEP_OF_KIND[kind], members, place)

    def _word(self, kind: type[StrEnum], value: object, place: str) -> object:
        words = [each.value for each in kind]
        if value not in words:
            return self._problem(place, f"must be one of {', '.join(words)}")
        return kind(value)

    def _items(self, arguments: tuple[object, ...], value: object, place: str) -> object:
        if not isinstance(value, list):
            return self._problem(place, "must be an array")
        if isinstance(arguments[-1], EllipsisType):
            shapes = [arguments[0]] * len(value)
        elif len(value) == len(arguments):
            shapes = list(arguments)
        else:
            return self._problem(place, f"must be an array of {len(arguments)}")
        return tuple(
            self.value(shape, item, f"{place}[{number}]")
            for number, (shape, item) in enumerate(zip(shapes, value, strict=True))
        )

    def _dataclass(self, kind: type, value: object, place: str) -> object:
        if not isinstance(value, dict):
            return self._problem(place, "must be an object")
        shapes, defaults = _shapes(kind), _defaults(kind)
        prefix = f"{place}." if place else ""
        for name in value.keys() - shapes.keys():
            self._problem(prefix + printable(str(name), length_max=80), "is not known")
        members: dict[str, object] = dict(defaults)
        for name, shape in shapes.items():
            if name in value:
                members[name] = self.value(shape, value[name], prefix + name)
            elif name not in defaults:
                self._problem(prefix + name, "is missing")
        complete = members.keys() >= shapes.keys()
        return kind(**members) if complete else UNREADABLE


def _named(kind: type) -> str:
    return {str: "text", bool: "true or false", int: "a whole number"}.get(kind, kind.__name__)


# Meaning ----------------------------------------------------------------------------------------


def _mistakes(plan: Plan) -> Iterator[tuple[str, str]]:
    """Give what is of the right shape and cannot be right."""
    names = [each.backend.name for each in plan.backends]
    for number, each in enumerate(plan.backends):
        place = f"backends[{number}]"
        if each.backend.name in names[:number]:
            yield f"{place}.backend.name", "stands twice"
        for name, account in (("account", each.account), ("backend.account", each.backend.account)):
            if account is not None and not ACCOUNT.fullmatch(account):
                yield f"{place}.{name}", "must be 12 digits"
        yield from _step_mistakes(each, place)


def _step_mistakes(plan: BackendPlan, place: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, planned in enumerate(plan.steps):
        at = f"{place}.steps[{number}]"
        step = planned.step
        own = (plan.backend.bucket,) if isinstance(step, BucketStep) else plan.backend.tables
        if subject_of(step) not in own:
            yield f"{at}.step", "changes something that is not the backend's"
        if planned.identifier != identifier_of(step):
            yield f"{at}.identifier", f"must be `{printable(identifier_of(step))}`"
        if planned.identifier in seen:
            yield f"{at}.identifier", "stands twice"
        seen.add(planned.identifier)
        match step:
            case AddPolicyStatements():
                yield from _mistakes_of(step.statements, f"{at}.step.statements", _denies)
            case AddLifecycleRules():
                yield from _mistakes_of(step.rules, f"{at}.step.rules", _spares_states)
            case _:
                pass


def _mistakes_of(
    documents: tuple[str, ...], place: str, problem_of: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Give the documents that Holdfast would never have planned: whoever applies sees their names alone."""
    for number, document in enumerate(documents):
        try:
            value: object = json.loads(document)
        except (ValueError, RecursionError):
            value = None
        words = (
            problem_of(document) if isinstance(value, dict) else "must hold a JSON object as text"
        )
        if words:
            yield f"{place}[{number}]", words


def _denies(document: str) -> str:
    try:
        statement = parsed_statement(document)
    except PolicyUnreadableError as error:
        return printable(f"is no statement of a policy: {error}")
    return "" if statement.denies else "must deny: a plan lets nobody in"


def _spares_states(document: str) -> str:
    try:
        rule = lifecycle_rule(json.loads(document))
    except LifecycleUnreadableError as error:
        return printable(f"is no lifecycle rule: {error}")
    expires = rule.expires_current_days is not None or rule.expires_current_date is not None
    if expires or rule.transitions:
        return "must leave current versions alone: states are among them"
    return ""
