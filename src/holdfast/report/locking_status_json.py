"""Where every root stands with its locking as a JSON document, version 1: what stands here may only grow.

`schemas/locking-status-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from holdfast.core.cleaning import printable
from holdfast.core.facts import Known, Withheld
from holdfast.core.locking_status import FleetStatus, NextStep, RootStatus

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1


def locking_status_json(status: FleetStatus, *, holdfast_version: str) -> str:
    """Write the status as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-locking-status",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "goal": status.goal.value,
        "online": status.online,
        "complete": status.is_complete,
        "roots": [_root(each) for each in status.roots],
        "unread": [
            {"place": printable(place), "reason": printable(str(withheld))}
            for place, withheld in status.unread
        ],
        "summary": {
            "roots": len({each.root for each in status.roots}),
            **{
                step.value: sum(each.next_step is step for each in status.roots)
                for step in NextStep
            },
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _root(root: RootStatus) -> JsonValue:
    last = root.last_write.value if isinstance(root.last_write, Known) else None
    digest = root.digest.value if isinstance(root.digest, Known) else None
    return {
        "backend": printable(root.backend) or None,
        "root": printable(root.root),
        "file": printable(root.label) or None,
        "key": printable(root.key) if root.key is not None else None,
        "state_count": root.states.value if isinstance(root.states, Known) else None,
        "code": root.code.value if root.code is not None else None,
        "doubt": printable(root.doubt) or None,
        "cache": root.cached.value if root.cached is not None else None,
        "last_write": None
        if last is None
        else {
            "written_at": last.write.moment.isoformat(timespec="seconds"),
            "version": last.write.version,
            "lock_file": last.write.under.value,
            "writer": last.writer.value,
            "removed": last.write.removed,
        },
        "digest": digest.value if digest is not None else None,
        "next": root.next_step.value,
        "unread": [
            printable(str(each))
            for each in dict.fromkeys((root.states, root.last_write, root.digest))
            if isinstance(each, Withheld)
        ],
    }
