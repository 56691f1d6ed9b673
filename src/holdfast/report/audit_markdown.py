"""The audit as Markdown, for a step summary, a pull request or a wiki page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.core.findings import Finding
from holdfast.core.markdown_text import escaped, prose, table_row
from holdfast.core.verdicts import AuditResult
from holdfast.report.audit_text import (
    account_lines,
    aside_lines,
    count_line,
    finding_facts,
    problem_lines,
    unasked_lines,
    unknown_lines,
)
from holdfast.report.columns import PLAIN


def audit_markdown(result: AuditResult) -> str:
    """Write the audit as Markdown: status table, findings, what is unknown or set apart, count."""
    sections = [
        "# State backends",
        "\n".join(status_rows(result)),
        "\n".join(list_section("warning", account_lines(result.fleet.observed, PLAIN))),
        *(finding_section(finding) for finding in result.findings),
        "\n".join(list_section("unknown", unknown_lines(result.unjudged, PLAIN))),
        "\n".join(list_section("not asked", unasked_lines(result, PLAIN))),
        "\n".join(list_section("not read", problem_lines(result, PLAIN))),
        "\n".join(list_section("set apart", aside_lines(result, PLAIN, verbose=False))),
        count_line(result),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def status_rows(result: AuditResult) -> Iterator[str]:
    """Yield the lines of the status table."""
    yield table_row(
        ("backend", "region", "bucket", "lock table", "setup code", "locking", "verdict")
    )
    yield table_row(("---",) * 7)
    for row in result.rows:
        table = f"{escaped(row.table)} ({row.table_words})" if row.table else "none"
        yield table_row(
            (
                escaped(row.backend),
                row.region,
                f"{escaped(row.bucket)} ({row.bucket_words})",
                table,
                escaped(row.setup_words),
                row.locking,
                f"**{row.verdict.value}**",
            )
        )


def finding_section(finding: Finding) -> str:
    """Write one finding as a section."""
    where = finding.hit.subject or finding.backend
    heading = f"### {finding.severity.word}: {finding.rule}" + (
        f" ({escaped(where)})" if where else ""
    )
    facts = [
        f"- {label or 'also'}: {prose(text)}"
        for label, text in finding_facts(finding, verbose=False)
    ]
    return "\n".join((heading, "", prose(finding.hit.message), "", *facts))


def list_section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines of the text report as a section of their own; nothing when there are none."""
    items = [f"- {' '.join(escaped(line).split())}" for line in lines]
    if items:
        yield from (f"### {heading}", "", *items)
