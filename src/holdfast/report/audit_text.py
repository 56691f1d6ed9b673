"""The audit as text: status table, findings with their evidence, what is unknown, and a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from holdfast.core.accounts import wrong_account_of
from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend
from holdfast.core.counting import counted
from holdfast.core.findings import Evidence, Finding, Severity, Unjudged
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
    fact_lines,
    listed,
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
# More of what could not be judged for one reason is counted: without credentials that is nearly everything.
BACKENDS_MAX = 3
RULES_MAX = 6


def audit_text(result: AuditResult, *, ink: Ink = PLAIN, verbose: bool = False) -> str:
    """Lay out the audit. `verbose` leaves out nothing that is counted otherwise."""
    sections = [
        status_lines(result, ink),
        list(account_lines(result.fleet.observed, ink)),
        list(problem_lines(result, ink)),
        *(finding_lines(finding, ink, verbose=verbose) for finding in result.findings),
        list(unknown_lines(result.unjudged, ink, verbose=verbose)),
        list(unasked_lines(result, ink)),
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
    if rows:
        return table_lines(STATUS_HEADER, rows, ink=ink)
    uses_s3 = "s3" in result.fleet.repository.backend_types()
    return ["no S3 backend could be resolved" if uses_s3 else "no root uses S3"]


def account_lines(observed: Sequence[ObservedBackend], ink: Ink) -> Iterator[str]:
    """Say what was read with credentials of an account that is not the expected one."""
    backends_of: dict[str, list[str]] = {}
    for each in observed:
        wrong = wrong_account_of(each)
        if wrong is not None:
            backends_of.setdefault(str(wrong), []).append(printable(each.backend.name))
    for words, backends in backends_of.items():
        names = listed(backends, "backend", count_max=len(backends))
        word = ink("warning ", Colour.RED, Colour.BOLD)
        yield f"{word}  {names}  {words}: what they show is not said of the right account"


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
        yield each.label, printable(evidence_words(each))
    if len(evidence) > len(shown):
        yield "", f"… and {len(evidence) - len(shown)} more"
    for step in finding.hit.fix:
        yield "fix", words_of(step).summary
    if finding.hit.advice:
        yield "advice", finding.hit.advice


def evidence_words(evidence: Evidence) -> str:
    """Return the place and the fact; a path that the place shows is not said again."""
    if evidence.span is None:
        return evidence.text
    path, text = evidence.span.path, evidence.text
    for shown in (f"`{path}`", f"`{path.rpartition('/')[0] or '.'}`"):
        if text == shown or text.startswith(f"{shown}: "):
            text = text.removeprefix(shown).removeprefix(": ")
    return f"{evidence.span}  {text}".rstrip()


def unknown_lines(
    unjudged: Sequence[Unjudged], ink: Ink, *, verbose: bool = False
) -> Iterator[str]:
    """Say what could not be judged, once for the backends that have rules and reason in common."""
    ordered = sorted(unjudged, key=lambda each: (each.backend, str(each.withheld)))
    backends_of: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (backend, reason), group in groupby(
        ordered, key=lambda each: (each.backend, str(each.withheld))
    ):
        rules = tuple(sorted({each.rule for each in group}))
        backends_of.setdefault((reason, rules), []).append(printable(backend))
    for (reason, rules), backends in backends_of.items():
        names = listed(backends, "backend", count_max=len(backends) if verbose else BACKENDS_MAX)
        slugs = listed(rules, "rule", count_max=len(rules) if verbose else RULES_MAX)
        yield f"{ink('unknown ', Colour.YELLOW)}  {names}  {printable(reason)}"
        yield f"  not judged: {slugs}"


def unasked_lines(result: AuditResult, ink: Ink) -> Iterator[str]:
    """Say which rules were not run because nobody asked for the states: no finding of theirs is no good news."""
    rules = result.rules_without_states
    if rules:
        slugs = listed(rules, "rule", count_max=len(rules))
        yield f"{ink('not read', Colour.YELLOW)}  states: `holdfast audit --states` reads them"
        yield f"  not run: {slugs}"


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
    fleet = result.fleet
    chosen = f"{len(result.rows)} of " if fleet.chosen else ""
    looked_at = (
        f"{chosen}{counted(len(fleet.backends) if chosen else len(result.rows), 'backend')}, {counted(roots, 'root')}"
        f"{f' ({others})' if others else ''}, {counted(result.rules_run, 'rule')}"
    )
    online = "" if result.fleet.online else "; offline: rules over the cloud were not run"
    return f"{looked_at}: {severities}, {len(result.unjudged)} unknown{online}"
