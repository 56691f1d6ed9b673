"""The board of locks as a JSON document, version 1.

The document has a structure of its own: what is inside may be renamed, what stands here may only grow.
`schemas/locks-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from holdfast.core.cleaning import printable
from holdfast.core.facts import Withheld
from holdfast.core.lock_board import (
    Board,
    BoardRow,
    LockSide,
    Mark,
    Marked,
    StoreListing,
    confirmation_of,
)
from holdfast.core.lock_info import UnreadableLock
from holdfast.core.locks import StoredLock

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1


def board_json(board: Board, *, now: datetime, holdfast_version: str) -> str:
    """Write the board as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-locks",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "seen_at": now.isoformat(timespec="seconds"),
        "complete": board.is_complete,
        "states": [state_object(row, now) for row in board.rows],
        "stores": [store_object(store) for store in board.stores],
        "summary": {
            "states": len(board.rows),
            "locks": sum(len(row.locks.held) for row in board.rows),
            **{mark.value: marked(board, mark) for mark in Mark},
            "digests": sum(store.digests for store in board.stores),
            "items_of_others": sum(store.others for store in board.stores),
            "stores_unknown": sum(1 for store in board.stores if store.withheld is not None),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def marked(board: Board, mark: Mark) -> int:
    """Count the states that have a mark."""
    return sum(1 for row in board.rows if any(each.mark is mark for each in row.marks))


def state_object(row: BoardRow, now: datetime) -> JsonValue:
    """Write the locks of one state."""
    locks = row.locks
    return {
        "backend": printable(locks.backend),
        "bucket": printable(locks.bucket),
        "key": printable(locks.key),
        "workspace": printable(locks.workspace) if locks.workspace is not None else None,
        "kind": locks.kind_words or None,
        "marks": mark_objects(row.marks),
        "locks": [side_object(side, now) for side in locks.sides],
    }


def mark_objects(marks: Sequence[Marked]) -> list[JsonValue]:
    """Write each mark with its evidence."""
    return [{"mark": each.mark.value, "evidence": printable(each.evidence)} for each in marks]


def side_object(side: LockSide, now: datetime) -> Mapping[str, JsonValue]:
    """Write what one store shows; every one has the same names."""
    head: Mapping[str, JsonValue] = {"kind": side.kind.value, "place": printable(side.place)}
    if isinstance(side.seen, Withheld):
        return {
            **head,
            "status": "unknown",
            "reason": side.seen.reason.value,
            "permission": side.seen.permission or None,
            "detail": printable(side.seen.detail),
        }
    if side.lock is None:
        return {**head, "status": "free"}
    return {**head, "status": "held", **lock_object(side.lock, now)}


def lock_object(lock: StoredLock, now: datetime) -> Mapping[str, JsonValue]:
    """Write what a lock says; `confirmation` is what removes it."""
    holder = lock.holder
    created = holder.created_at if holder is not None else None
    unreadable = lock.content if isinstance(lock.content, UnreadableLock) else None
    return {
        "confirmation": confirmation_of(lock),
        "problem": printable(unreadable.problem) if unreadable is not None else None,
        "id": printable(holder.identifier) if holder is not None else None,
        "who": printable(holder.who) if holder is not None else None,
        "operation": printable(holder.operation) if holder is not None else None,
        "info": printable(holder.info) if holder is not None else None,
        "engine_version": printable(holder.version) if holder is not None else None,
        "created": printable(holder.created) if holder is not None else None,
        "age_seconds": int((now - created).total_seconds()) if created is not None else None,
    }


def store_object(store: StoreListing) -> JsonValue:
    """Write what was counted in one store."""
    withheld = store.withheld
    return {
        "kind": store.kind.value,
        "place": printable(store.place),
        "backends": [printable(name) for name in store.backends],
        "status": "missing" if store.missing else "unknown" if withheld is not None else "read",
        "looked_at": store.looked_at,
        "digests": store.digests,
        "others": store.others,
        "reason": withheld.reason.value if withheld is not None else None,
        "permission": (withheld.permission or None) if withheld is not None else None,
        "detail": printable(withheld.detail) if withheld is not None else None,
    }
