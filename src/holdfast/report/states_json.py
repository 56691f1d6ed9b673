"""The states of a fleet as a JSON document, version 1: what stands here may only grow. No value of a state is in it.

`schemas/states-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from holdfast.core.cleaning import printable
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_board import StateBoard, StateMark, StateRow, WalkedStore
from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    StateContent,
    StateHead,
    UnreadableState,
    lineage_of,
    serial_of,
)

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1


def states_json(board: StateBoard, *, holdfast_version: str) -> str:
    """Write the board as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-states",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "complete": board.is_complete,
        "states": [_state(row) for row in board.rows],
        "stores": [_store(store) for store in board.stores],
        "summary": {
            "states": sum(row.state.is_there for row in board.rows),
            **{mark.value: _marked(board, mark) for mark in StateMark},
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _marked(board: StateBoard, mark: StateMark) -> int:
    return sum(any(each.mark is mark for each in row.marks) for row in board.rows)


def _state(row: StateRow) -> JsonValue:
    state = row.state
    content = state.content.value if isinstance(state.content, Known) else None
    head = content if isinstance(content, StateHead) else None
    return {
        "backend": printable(state.backend),
        "bucket": printable(state.bucket),
        "key": printable(state.key),
        "workspace": printable(state.workspace) if state.workspace is not None else None,
        "roots": [printable(root) for root in state.roots],
        "kind": _kind(content) if state.is_there else "missing",
        "serial": serial_of(content) if content is not None else None,
        "lineage": (printable(lineage_of(content)) or None) if content is not None else None,
        "engine_version": printable(head.engine_version) if head is not None else None,
        "resource_count": head.resource_count if head is not None else None,
        "size_bytes": state.size_bytes,
        "written_at": state.written.isoformat(timespec="seconds") if state.written else None,
        "digest": state.digest.value,
        "version_count": (
            state.version_count.value if isinstance(state.version_count, Known) else None
        ),
        "unread": printable(str(state.content)) if isinstance(state.content, Withheld) else None,
        "marks": [
            {"mark": each.mark.value, "evidence": printable(each.evidence)} for each in row.marks
        ],
    }


def _kind(content: StateContent | None) -> str:
    match content:
        case StateHead():
            return "state"
        case EncryptedState():
            return "encrypted"
        case EmptyState():
            return "empty"
        case UnreadableState():
            return "unreadable"
        case None:
            return "unknown"


def _store(store: WalkedStore) -> JsonValue:
    return {
        "place": printable(store.place),
        "looked_at": store.looked_at,
        "others": store.others,
        "missing": store.missing,
        "unread": printable(str(store.withheld)) if store.withheld is not None else None,
    }
