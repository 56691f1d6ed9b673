"""The tables of the proof: which verbs pass under a policy, and what fails without each of its parts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.support.markdown import markdown_table

ENDS_WHERE = re.compile(r"[\":.`]")
NOT_FOR_IT = "–"
PASSES = "passes"
NOTHING_FAILS = "**nothing**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one test saw: a verb under the whole policy, or without the part that `removed` names."""

    role: str
    mode: str
    verb: str
    outcome: str  # why the verb did not succeed; empty when it did
    removed: str = ""


def verbs_table(seen: Iterable[Seen], verbs: Sequence[str]) -> str:
    """Return the table of the verbs: a column for each role and mode, a row for each verb."""
    found = {(each.role, each.mode, each.verb): each.outcome for each in seen if not each.removed}
    columns = list(dict.fromkeys((role, mode) for role, mode, _ in found))
    rows = [
        [
            verb,
            *(_shown(found.get((role, mode, verb))) for role, mode in columns),
        ]
        for verb in verbs
    ]
    return markdown_table(["verb", *(f"{role}, {mode}" for role, mode in columns)], rows)


def removals_table(seen: Iterable[Seen]) -> str:
    """Return the table of what is removed: a row for each part of each policy, with the verbs that then fail."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for each in seen:
        if each.removed:
            fails = rows.setdefault((each.role, each.mode, each.removed), [])
            if each.outcome:
                fails.append(f"{each.verb}: {in_brief(each.outcome)}")
    return markdown_table(
        ["role", "locking", "without", "what fails"],
        [[*row, "; ".join(fails) or NOTHING_FAILS] for row, fails in rows.items()],
    )


def in_brief(outcome: str) -> str:
    """Return the part of an outcome that is the same in every run: no names, no ids."""
    return ENDS_WHERE.split(outcome.removeprefix("Error: "), maxsplit=1)[0].strip()


def _shown(outcome: str | None) -> str:
    if outcome is None:
        return NOT_FOR_IT
    return f"**{outcome}**" if outcome else PASSES
