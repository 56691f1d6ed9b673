"""The audit's result and the verdict on each backend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.declaration import Ignore
from holdfast.core.findings import Finding, Severity, Unjudged
from holdfast.core.fleet import Fleet

# What makes a backend NEED a fix in the status table: a way to lose state or to run two writers, or one
# mistake short of it. Medium and low findings are listed and leave the verdict alone.
VERDICT_SEVERITY = Severity.HIGH


class Verdict(StrEnum):
    """Say in the status table how a backend stands."""

    GOOD = "GOOD"
    NEEDS_FIX = "NEEDS FIX"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendVerdict:
    """One row of the status table."""

    backend: str
    region: str
    bucket: str
    bucket_words: str  # `exists`, `missing`, `foreign`, `unknown`
    table: str  # empty when there is none
    table_words: str
    setup_words: str  # `complete (terraform/…)`, `missing`, `empty (…)`
    locking: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredFinding:
    """A finding that the declaration accepts, with its reason."""

    finding: Finding
    ignore: Ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """Everything that `holdfast audit` reports."""

    fleet: Fleet
    rows: tuple[BackendVerdict, ...]
    findings: tuple[Finding, ...]  # most severe first
    apart: tuple[Finding, ...]  # in examples, fixtures and docs
    ignored: tuple[IgnoredFinding, ...]
    ignores_unused: tuple[Ignore, ...]
    unjudged: tuple[Unjudged, ...]
    rules_run: int
    rules_not_run: tuple[str, ...]  # with --offline or --only, or without --states
    rules_without_states: tuple[str, ...] = ()  # those of them that --states would run

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)
