"""The audit as text: status table, findings with their evidence, what is unknown, and a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from holdfast.core.cleaning import printable
from holdfast.core.findings import Finding, Severity, Unjudged
from holdfast.core.repository import Place
from holdfast.core.step_words import words_of
from holdfast.core.verdicts import AuditResult
from holdfast.report.columns import (
    PLAIN,
    SEVERITY_COLOURS,
    VERDICT_COLOURS,
    Cell,
    Colour,
    Ink,
    counted,
    fact_lines,
    table_lines,
)

STATUS_HEADER = (
    "backend",
    "region",
    "bucket",
    "lock table",
    "",
    "setup code",
    "locking",
    "verdict",
)
EVIDENCE_MAX = 10  # more places of one finding are counted; `--format json` has them all


def audit_text(result: AuditResult, *, ink: Ink = PLAIN, verbose: bool = False) -> str:
    """Lay out the audit. `verbose` shows every finding in examples and every unknown on its own."""
    sections = [
        status_lines(result, ink),
        list(problem_lines(result, ink)),
        *(finding_lines(finding, ink, verbose=verbose) for finding in result.findings),
        list(unknown_lines(result.unjudged, ink)),
        list(aside_lines(result, ink, verbose=verbose)),
        [*hint_lines(result, ink), count_line(result)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def status_lines(result: AuditResult, ink: Ink) -> list[str]:
    """Lay out the status table, one row per backend."""
    rows = [
        (
            Cell(row.backend),
            Cell(row.region),
            Cell(row.bucket_words),
            Cell(row.table or "-"),
            Cell(row.table_words if row.table else ""),
            Cell(row.setup_words.partition(" (")[0]),  # the path is in JSON and Markdown
            Cell(row.locking),
            Cell(row.verdict.value, VERDICT_COLOURS[row.verdict]),
        )
        for row in result.rows
    ]
    return (
        table_lines(STATUS_HEADER, rows, ink=ink) if rows else ["no S3 backend could be resolved"]
    )


def problem_lines(result: AuditResult, ink: Ink) -> Iterator[str]:
    """Say which files could not be read; everything else was audited all the same."""
    for problem in result.fleet.repository.problems:
        yield f"{ink('unreadable', Colour.YELLOW)}  {problem.span}  {problem.message}"


def finding_lines(finding: Finding, ink: Ink, *, verbose: bool) -> list[str]:
    """Lay out one finding: what, why, the evidence, and what fixes it."""
    word = ink(f"{finding.severity.word:<8}", *SEVERITY_COLOURS[finding.severity])
    where = finding.hit.subject or finding.backend
    lines = [f"{word}  {ink(finding.rule, Colour.BOLD)}  {printable(where)}".rstrip()]
    lines.append(f"  {printable(finding.hit.message)}")
    return lines + fact_lines(list(finding_facts(finding, verbose=verbose)), indent=4)


def finding_facts(finding: Finding, *, verbose: bool) -> Iterator[tuple[str, str]]:
    """Yield the labelled facts of a finding."""
    yield "why", finding.why
    evidence = finding.hit.evidence
    shown = evidence if verbose else evidence[:EVIDENCE_MAX]
    for each in shown:
        place = f"{each.span}  " if each.span else ""
        yield each.label, printable(f"{place}{each.text}".rstrip())
    if len(evidence) > len(shown):
        yield "", f"… and {len(evidence) - len(shown)} more"
    for step in finding.hit.fix:
        yield "fix", words_of(step).summary
    if finding.hit.advice:
        yield "advice", finding.hit.advice


def unknown_lines(unjudged: Sequence[Unjudged], ink: Ink) -> Iterator[str]:
    """Say what could not be judged, one line per backend and reason."""
    ordered = sorted(unjudged, key=lambda each: (each.backend, str(each.withheld)))
    for (backend, reason), group in groupby(
        ordered, key=lambda each: (each.backend, str(each.withheld))
    ):
        rules = ", ".join(sorted({each.rule for each in group}))
        yield f"{ink('unknown ', Colour.YELLOW)}  {printable(backend)}  {printable(reason)}"
        yield f"  not judged: {rules}"


def aside_lines(result: AuditResult, ink: Ink, *, verbose: bool) -> Iterator[str]:
    """Say what counts for nothing: examples, ignored findings, ignores that match nothing."""
    if result.apart and verbose:
        for finding in result.apart:
            yield f"example   {finding.rule}  {printable(finding.hit.message)}"
    elif result.apart:
        yield (
            f"{counted(len(result.apart), 'finding')} in examples, fixtures and docs set apart"
            " (`--verbose` shows them)"
        )
    for ignored in result.ignored:
        yield (
            f"ignored   {ignored.finding.rule}  {printable(ignored.finding.backend)}"
            f"  ({printable(ignored.ignore.reason)})"
        )
    for ignore in result.ignores_unused:
        yield (
            f"{ink('unused  ', Colour.YELLOW)}  {ignore.span}  `ignore` of {ignore.rule} matches nothing"
        )


def hint_lines(result: AuditResult, ink: Ink) -> Iterator[str]:
    """Name the next command when steps of a plan would fix something."""
    fixable = sum(1 for finding in result.findings if finding.hit.fix)
    if fixable:
        yield f"{ink('hint', Colour.CYAN)}: `holdfast plan` shows how to fix {fixable} of them"


def count_line(result: AuditResult) -> str:
    """Count what was looked at and what was found; the last line of the report."""
    roots = sum(1 for root in result.fleet.repository.roots if root.place is Place.LIVE)
    others = ", ".join(
        f"{count} {type_name}"
        for type_name, count in sorted(result.fleet.repository.backend_types().items())
        if type_name != "s3"
    )
    severities = ", ".join(
        f"{result.count(severity)} {severity.word}"
        for severity in sorted(Severity, reverse=True)
        if severity is not Severity.NOTE or result.count(severity)
    )
    looked_at = (
        f"{counted(len(result.rows), 'backend')}, {counted(roots, 'root')}"
        f"{f' ({others})' if others else ''}, {counted(result.rules_run, 'rule')}"
    )
    online = "" if result.fleet.online else "; offline: rules over the cloud were not run"
    return f"{looked_at}: {severities}, {len(result.unjudged)} unknown{online}"
