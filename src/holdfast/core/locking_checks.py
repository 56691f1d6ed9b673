"""Checks: what has to be seen before locking may be changed, each passed, refused or unknown. Pure.

Unknown is never passed. A person may accept what is unknown, by the name of the check; what is refused stays refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.findings import Evidence


class CheckOutcome(StrEnum):
    """Name what became of a check."""

    PASSED = "passed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `slug` names what would be wrong, as the rules of the audit do.

    `words` say what was seen. `hint` says what to do, and is empty where the check has passed.
    """

    slug: str
    outcome: CheckOutcome
    words: str
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Everything that was looked at for one backend before one change, in the order in which it is shown."""

    backend: str
    title: str
    checks: tuple[Check, ...]

    @property
    def refused(self) -> tuple[Check, ...]:
        """Return what is known to be wrong."""
        return tuple(each for each in self.checks if each.outcome is CheckOutcome.REFUSED)

    @property
    def unknown(self) -> tuple[Check, ...]:
        """Return what nobody could tell."""
        return tuple(each for each in self.checks if each.outcome is CheckOutcome.UNKNOWN)

    @property
    def outcome(self) -> CheckOutcome:
        """Return the worst outcome: what is known to be wrong first."""
        if self.refused:
            return CheckOutcome.REFUSED
        return CheckOutcome.UNKNOWN if self.unknown else CheckOutcome.PASSED

    def blocking(self, accepted: Collection[str] = ()) -> tuple[Check, ...]:
        """Return the checks that stand in the way when a person accepts these unknown ones, by their names."""
        open_checks = (each for each in self.unknown if each.slug not in accepted)
        return (*self.refused, *open_checks)

    def unused(self, accepted: Collection[str]) -> tuple[str, ...]:
        """Return the names that were accepted and are those of no unknown check here."""
        return tuple(sorted(set(accepted) - {each.slug for each in self.unknown}))


def judged_check(
    slug: str,
    found: Sequence[Evidence],
    *,
    bad: CheckOutcome,
    words: str,
    passed: str,
    hint: str,
) -> Check:
    """Return a check that is as bad as `bad` when anything was found, and passed otherwise."""
    if not found:
        return Check(slug=slug, outcome=CheckOutcome.PASSED, words=passed)
    return Check(slug=slug, outcome=bad, words=words, evidence=tuple(found), hint=hint)
