"""The audit as Markdown, for a step summary, a pull request or a wiki page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.findings import Finding
from holdfast.core.verdicts import AuditResult
from holdfast.report.audit_text import count_line, finding_facts, unknown_lines
from holdfast.report.columns import PLAIN


def audit_markdown(result: AuditResult) -> str:
    """Write the audit as Markdown: status table, findings, unknowns, count."""
    sections = [
        "# State backends",
        "\n".join(status_rows(result)),
        *(finding_section(finding) for finding in result.findings),
        "\n".join(unknown_section(result)),
        count_line(result),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def escaped(text: str) -> str:
    """Return text on one line that Markdown and HTML leave as it is, in or out of a table."""
    cleaned = printable(text).replace("\\", "\\\\").replace("|", "\\|")
    return (
        cleaned.replace("&", "&amp;").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    )


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


def table_row(cells: Sequence[str]) -> str:
    """Write one row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def finding_section(finding: Finding) -> str:
    """Write one finding as a section."""
    where = finding.hit.subject or finding.backend
    heading = f"### {finding.severity.word}: {finding.rule}" + (
        f" ({escaped(where)})" if where else ""
    )
    facts = [
        f"- {label or 'also'}: {escaped(text)}"
        for label, text in finding_facts(finding, verbose=False)
    ]
    return "\n".join((heading, "", escaped(finding.hit.message), "", *facts))


def unknown_section(result: AuditResult) -> Iterator[str]:
    """Yield what could not be judged."""
    lines = list(unknown_lines(result.unjudged, PLAIN))
    if lines:
        yield "### unknown"
        yield ""
        yield from (f"- {escaped(line.strip())}" for line in lines)
