"""The plan of a locking stage as JSON text of format 1, and back. Pure."""

from __future__ import annotations

import json
import re

from holdfast.core.cleaning import printable
from holdfast.core.locking_plans import DIGEST_DIGITS, LockingPlan
from holdfast.core.shaped_documents import DocumentForm, DocumentReading, document_of
from holdfast.errors import PlanFileError

FORMAT = 1
KIND = "locking-stage"
FORM = DocumentForm()
DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_DIGITS}}}")


def locking_plan_text(plan: LockingPlan) -> str:
    """Return the plan as the text of a plan file."""
    document = {"format": FORMAT, "plan": KIND, **document_of(plan, FORM)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def locking_plan_from_text(text: str, *, path: str) -> LockingPlan:
    """Return the plan of a plan file; `path` is named in errors only. Raises `PlanFileError` with every problem."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(path, f"it is not JSON ({printable(str(error))})") from error
    if not isinstance(document, dict) or document.get("plan") != KIND:
        raise PlanFileError(path, "it is not the plan of `holdfast migrate locking`")
    if document.get("format") != FORMAT:
        found = printable(str(document.get("format")), length_max=20)
        raise PlanFileError(path, f"it is of format {found}")
    members = {name: each for name, each in document.items() if name not in {"format", "plan"}}
    reading = DocumentReading(FORM, whole="the plan")
    plan = reading.read(LockingPlan, members)
    problems = list(_mistakes(plan)) if plan is not None else reading.problems
    if plan is None or problems:
        count = len(problems)
        words = f"{count} problem{'s' if count != 1 else ''}"
        raise PlanFileError(path, words, problems=tuple(problems))
    return plan


def _mistakes(plan: LockingPlan) -> list[tuple[str, str]]:
    """Return what is of the right shape and cannot be right."""
    found = [
        (f"{path}.{name}", "must be a SHA-256")
        for path, file in plan.files.items()
        for name, digest in (("before", file.before), ("after", file.after))
        if not DIGEST.fullmatch(digest)
    ]
    names = [each.backend for each in plan.stages]
    found += [(name, "stands twice") for number, name in enumerate(names) if name in names[:number]]
    return found
