"""The plan file: a plan as JSON text of format 1, and back. Pure.

Reading is strict: an unknown name, a missing one, a wrong type, or a step upon something that is not the
backend's is a problem, and all problems of a file are told at once. A plan holds no secret: credentials are
named (profile, role), never carried. Of a backend's uses nothing is written, for a plan does not need them.

The shape follows the values themselves (`core/plans.py`, `core/steps.py`, `core/backends.py`), as
`core/shaped_documents.py` writes them; a step is an object whose `kind` says which. Renaming a field there changes the
format here; a test holds the text of format 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.lifecycle import LifecycleUnreadableError, lifecycle_rule
from holdfast.core.planning import ORDER, identifier_of
from holdfast.core.plans import BackendPlan, Plan
from holdfast.core.policy_document import PolicyUnreadableError, parsed_statement
from holdfast.core.shaped_documents import DocumentForm, DocumentReading, document_of
from holdfast.core.steps import AddLifecycleRules, AddPolicyStatements, BucketStep, subject_of
from holdfast.errors import PlanFileError

FORMAT = 1
FORM = DocumentForm(
    kinds={step: kind for step, kind in ORDER.items()},  # noqa: C416 - a mapping of any type of step
    # What a plan does not need, and what is not the same on another machine.
    left_out={Backend: {"uses": (), "span": None}},
    # Left out of a file by mistake, or by an older version, these would let a plan be applied in any account.
    required={Backend: frozenset({"accounts_allowed", "accounts_forbidden"})},
)

ACCOUNT = re.compile(r"[0-9]{12}")


# Writing ----------------------------------------------------------------------------------------


def plan_text(plan: Plan) -> str:
    """Return the plan as the text of a plan file."""
    document = {"format": FORMAT, **document_of(plan, FORM)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


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
    reading = DocumentReading(FORM, whole="the plan")
    plan = reading.read(Plan, members)
    problems = list(_mistakes(plan)) if plan is not None else reading.problems
    if plan is None or problems:
        count = len(problems)
        raise PlanFileError(
            path, f"{count} problem{'s' if count != 1 else ''}", problems=tuple(problems)
        )
    return plan


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
