"""Proofs as a JSON document, version 1.

The document has a structure of its own: what is inside may be renamed, what stands here may only grow.
`schemas/proof-v1.json` describes it, and a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, assert_never

from holdfast.core.cleaning import printable
from holdfast.core.proof import (
    Leftover,
    ModeProof,
    Passed,
    Proof,
    ProofVerdict,
    StepResult,
    Undecided,
    Violated,
)

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"

DOCUMENT_VERSION = 1
SUMMARY_NAMES = {
    ProofVerdict.EXCLUDES: "excludes",
    ProofVerdict.UNSAFE: "unsafe",
    ProofVerdict.CANNOT_TELL: "cannot_tell",
}


def proof_json(proofs: Sequence[Proof], *, holdfast_version: str) -> str:
    """Write the proofs of a run as JSON, keys in a fixed order, one document with a line end."""
    document: Mapping[str, JsonValue] = {
        "document": "holdfast-proof",
        "version": DOCUMENT_VERSION,
        "holdfast": holdfast_version,
        "backends": [proof_object(proof) for proof in proofs],
        "summary": {
            "backends": len(proofs),
            **{
                name: sum(1 for proof in proofs if proof.verdict is verdict)
                for verdict, name in SUMMARY_NAMES.items()
            },
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def proof_object(proof: Proof) -> JsonValue:
    """Write the proof of one backend."""
    return {
        "name": printable(proof.backend.name),
        "bucket": printable(proof.backend.bucket),
        "region": proof.region,
        "verdict": proof.verdict.value,
        "modes": [mode_object(mode) for mode in proof.modes],
        "leftovers": [leftover_object(leftover) for leftover in proof.leftovers],
        "notes": [printable(note) for note in proof.notes],
    }


def mode_object(mode: ModeProof) -> JsonValue:
    """Write the proof of one mode."""
    return {
        "locking": mode.mode.value,
        "lock_table": printable(mode.table) if mode.table else None,
        "verdict": mode.verdict.value,
        "key": mode.key or None,
        "contenders": mode.contenders,
        "rounds": mode.rounds,
        "steps": [step_object(step) for step in mode.steps],
        "left": [printable(name) for name in mode.left],
    }


def step_object(step: StepResult) -> JsonValue:
    """Write one step; every kind of result has the same names."""
    head: Mapping[str, JsonValue] = {
        "step": step.step.name.lower().replace("_", "-"),
        "lock": step.kind.value if step.kind is not None else None,
    }
    match step:
        case Passed():
            return {**head, "result": "passed", "words": printable(step.words), "evidence": []}
        case Violated():
            evidence: list[JsonValue] = [
                {"label": each.label, "text": printable(each.text)} for each in step.evidence
            ]
            return {
                **head,
                "result": "violated",
                "words": printable(step.words),
                "evidence": evidence,
            }
        case Undecided():
            return {
                **head,
                "result": "undecided",
                "words": printable(str(step.withheld)),
                "evidence": [],
                "reason": step.withheld.reason.value,
                "permission": step.withheld.permission or None,
                "detail": printable(step.withheld.detail),
            }
        case _:
            assert_never(step)


def leftover_object(leftover: Leftover) -> JsonValue:
    """Write one scratch lock of an earlier run."""
    return {
        "lock": leftover.kind.value,
        "key": printable(leftover.key),
        "id": printable(leftover.holder.identifier),
        "who": printable(leftover.holder.who),
        "created": printable(leftover.holder.created),
        "removed": leftover.removed,
        "words": printable(leftover.words),
    }
