"""One state as text: what its head says, its digests, its versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.digests import DigestFinding
from holdfast.core.state_content import ReadState, content_words
from holdfast.core.state_versions import StateVersion
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines
from holdfast.report.states_text import moment_words, size_words


def state_text(
    title: str,
    *,
    roots: Sequence[str],
    workspace: str | None,
    state: ReadState | None,
    written: datetime | None,
    digests: Sequence[tuple[str, DigestFinding]],
    versions: Sequence[StateVersion],
    ink: Ink = PLAIN,
) -> str:
    """Lay out one state; `state` is None when there is no object, `digests` are by table."""
    deleted = sum(each.deleted for each in versions)
    history = counted(len(versions) - deleted, "version")
    history += f", {counted(deleted, 'delete marker')}" if deleted else ""
    facts = [
        ("root", printable(", ".join(roots)) or "no root in this directory uses it"),
        ("workspace", printable(workspace) if workspace is not None else "-"),
        ("state", printable(content_words(state.content)) if state else "there is none"),
    ]
    if state is not None:
        facts += [
            ("size", size_words(state.size_bytes)),
            ("written", moment_words(written)),
            ("MD5", state.md5 or "not read"),
        ]
    facts += [
        ("digest", f"{finding.verdict.value}, in table {printable(table)}")
        for table, finding in digests
    ]
    facts.append(("history", history))
    return "\n".join([ink(printable(title), Colour.BOLD), *fact_lines(facts)]) + "\n"
