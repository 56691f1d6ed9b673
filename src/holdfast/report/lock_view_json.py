"""The locks of one state in full as a JSON document, version 1: what `holdfast locks show` knows.

The document has a structure of its own, as that of the board: what stands here may only grow.
`schemas/state-locks-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime

from holdfast.core.cleaning import printable
from holdfast.core.lock_board import LockSide, owners_of
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_view import LockPlace, StateView, break_commands, engine_lines
from holdfast.report.locks_json import JsonValue, mark_objects, side_object

DOCUMENT_VERSION = 1
LINE_MAX = 8000  # a lock's text stands in a command


def view_json(view: StateView, *, now: datetime, holdfast_version: str) -> str:
    """Write the view as JSON, keys in a fixed order, one document with a line end."""
    locks = view.locks
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-state-locks",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "seen_at": now.isoformat(timespec="seconds"),
        "complete": not locks.unknown,
        "backend": printable(locks.backend),
        "bucket": printable(locks.bucket),
        "key": printable(locks.key),
        "workspace": printable(locks.workspace) if locks.workspace is not None else None,
        "locked_with": [*sorted(mode.value for mode in locks.modes)],
        "roots": [printable(root) for root in view.roots],
        "kind": locks.kind_words or None,
        "marks": mark_objects(view.marks),
        "locks": [lock_side_object(side, place, now) for side, place in view.located],
        "commands": [
            {
                "program": command.program,
                "line": printable(command.line, length_max=LINE_MAX),
                "remark": printable(command.remark),
            }
            for command in break_commands(view)
        ],
        "summary": {
            "locks": len(locks.held),
            "owners": len(owners_of(locks.held)),
            "stores_unknown": len(locks.unknown),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def lock_side_object(side: LockSide, place: LockPlace, now: datetime) -> JsonValue:
    """Write what one store shows, with the bytes that are stored and what an engine prints of them."""
    head: Mapping[str, JsonValue] = {
        **side_object(side, now),
        "address": printable(place.address),
        "missing": side.missing,
    }
    lock = side.lock
    if lock is None:
        return head
    lines = engine_lines(lock.content) if isinstance(lock.content, LockInfo) else ()
    return {
        **head,
        "written": lock.written.isoformat(timespec="seconds") if lock.written else None,
        "base64": base64.b64encode(lock.body).decode(),
        "engine_prints": [printable(line) for line in lines],
    }
