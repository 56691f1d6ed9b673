"""The audit as a JSON document, version 1.

The document has a structure of its own: what is inside may be renamed, what stands here may only grow.
`schemas/audit-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from holdfast.core.cleaning import printable
from holdfast.core.findings import Evidence, Finding, Severity, Unjudged
from holdfast.core.step_words import words_of
from holdfast.core.steps import Step
from holdfast.core.verdicts import AuditResult, BackendVerdict

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1


def audit_json(result: AuditResult, *, holdfast_version: str) -> str:
    """Write the audit as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-audit",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "online": result.fleet.online,
        "states_read": result.fleet.states is not None,
        "backends": [backend_object(row) for row in result.rows],
        "findings": [finding_object(finding) for finding in result.findings],
        "examples": [finding_object(finding) for finding in result.apart],
        "ignored": [
            {
                "finding": finding_object(each.finding),
                "reason": printable(each.ignore.reason),
                "place": str(each.ignore.span),
            }
            for each in result.ignored
        ],
        "ignores_unused": [
            {"rule": each.rule, "place": str(each.span)} for each in result.ignores_unused
        ],
        "unknown": [unjudged_object(each) for each in result.unjudged],
        "unreadable": [
            {
                "path": each.span.path,
                "line": each.span.line,
                "message": printable(each.message),
            }
            for each in result.fleet.repository.problems
        ],
        "summary": summary_object(result),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def backend_object(row: BackendVerdict) -> JsonValue:
    """Write one row of the status table."""
    return {
        "name": row.backend,
        "region": row.region,
        "bucket": row.bucket,
        "bucket_status": row.bucket_words,
        "lock_table": row.table or None,
        "lock_table_status": row.table_words,
        "setup": row.setup_words,
        "locking": row.locking,
        "verdict": row.verdict.value,
    }


def finding_object(finding: Finding) -> JsonValue:
    """Write one finding with its evidence and fixes."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.word,
        "backend": finding.backend or None,
        "subject": printable(finding.hit.subject) or None,
        "message": printable(finding.hit.message),
        "why": finding.why,
        "evidence": [evidence_object(each) for each in finding.hit.evidence],
        "fix": [step_object(step) for step in finding.hit.fix],
        "advice": printable(finding.hit.advice) or None,
    }


def evidence_object(evidence: Evidence) -> JsonValue:
    """Write one piece of evidence."""
    span = evidence.span
    return {
        "label": evidence.label,
        "text": printable(evidence.text),
        "path": span.path if span else None,
        "line": span.line if span and span.line else None,
    }


def step_object(step: Step) -> JsonValue:
    """Write one fix: its kind and its summary."""
    return {"step": type(step).__name__, "summary": words_of(step).summary}


def unjudged_object(unjudged: Unjudged) -> JsonValue:
    """Write one rule that could not be judged."""
    return {
        "rule": unjudged.rule,
        "severity": unjudged.severity.word,
        "backend": unjudged.backend or None,
        "reason": unjudged.withheld.reason.value,
        "permission": unjudged.withheld.permission or None,
        "detail": printable(unjudged.withheld.detail),
    }


def summary_object(result: AuditResult) -> JsonValue:
    """Count everything once."""
    return {
        "backends": len(result.rows),
        "roots": len(result.fleet.repository.roots),
        "rules_run": result.rules_run,
        "rules_not_run": list(result.rules_not_run),
        **{severity.word: result.count(severity) for severity in sorted(Severity, reverse=True)},
        "unknown": len(result.unjudged),
    }
