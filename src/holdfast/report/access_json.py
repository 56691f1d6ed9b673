"""What a role can do, as a JSON document, version 1.

`schemas/role-access-v1.json` describes it, and a test holds the two together. It may only grow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from holdfast.core.access_judging import Judged
from holdfast.core.access_report import AccessReport, VerbAccess

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1


def access_json(report: AccessReport, *, holdfast_version: str) -> str:
    """Write the report as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-role-access",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "role": report.role,
        "bucket": report.bucket,
        "key": report.key,
        "verdict": report.verdict.value,
        "verbs": [_verb(each) for each in report.verbs],
        "not_seen": list(report.not_seen),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _verb(access: VerbAccess) -> JsonValue:
    return {
        "verb": access.verb.value,
        "verdict": access.verdict.value,
        "in_the_way": [_judged(each) for each in access.in_the_way],
        "lost": [{**_judged(each.judged), "loss": each.loss} for each in access.lost],
        "not_known": list(access.problems),
    }


def _judged(judged: Judged) -> Mapping[str, JsonValue]:
    statement: JsonValue = json.loads(judged.statement) if judged.statement else None
    return {
        "action": judged.action,
        "resource": judged.resource,
        "part": judged.part or None,
        "verdict": judged.verdict.value,
        "reasons": list(judged.reasons),
        "policy": judged.policy or None,
        "statement": statement,
    }
