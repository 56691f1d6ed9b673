"""The versions of one state as text."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.facts import Known
from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    StateContent,
    StateHead,
    UnreadableState,
    lineage_of,
    serial_of,
)
from holdfast.core.state_versions import HistoryEntry
from holdfast.report.columns import PLAIN, Cell, Ink, table_lines
from holdfast.report.states_text import ABSENT, LINEAGE_SHOWN, moment_words, size_words

HEADER = ("version", "written", "size", "serial", "lineage", "engine", "")


def history_text(key: str, entries: Sequence[HistoryEntry], *, ink: Ink = PLAIN) -> str:
    """Lay out the versions of a state, the newest first."""
    rows = [tuple(Cell(printable(text)) for text in _cells(each)) for each in entries]
    lines = table_lines(HEADER, rows, ink=ink) if rows else []
    deleted = sum(each.version.deleted for each in entries)
    count = f"{printable(key)}: {counted(len(entries) - deleted, 'version')}"
    count += f", {counted(deleted, 'delete marker')}" if deleted else ""
    return "\n".join([*lines, *([""] if lines else []), count]) + "\n"


def _cells(entry: HistoryEntry) -> tuple[str, ...]:
    version = entry.version
    words = ["current"] if version.current else []
    if version.deleted:
        words.append("deleted: from here on there was no state")
        return (
            version.identifier,
            moment_words(version.written),
            *(ABSENT,) * 4,
            ", ".join(words),
        )
    serial, lineage, engine = ABSENT, ABSENT, ABSENT
    match entry.content:
        case Known(content):
            number = serial_of(content)
            serial = ABSENT if number is None else str(number)
            lineage = lineage_of(content)[:LINEAGE_SHOWN] or ABSENT
            engine = content.engine_version if isinstance(content, StateHead) else ABSENT
            words += _kind(content)
        case withheld:
            words.append(str(withheld))
    return (
        version.identifier,
        moment_words(version.written),
        size_words(version.size_bytes),
        serial,
        lineage,
        engine,
        ", ".join(words),
    )


def _kind(content: StateContent) -> list[str]:
    match content:
        case StateHead():
            return []
        case EncryptedState():
            return ["encrypted"]
        case EmptyState():
            return ["empty"]
        case UnreadableState(problem=problem):
            return [f"unreadable: {problem}"]
