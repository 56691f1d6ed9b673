"""`baseline`: what is wished beyond the default baseline."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.declaration import DeclaredBaseline
from holdfast.declaration.document import Kind, MappingNode, ScalarNode
from holdfast.declaration.sound import SoundValues, mapping_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The wishes, and the place of the key, which every backend has a word to say about."""

    declared: DeclaredBaseline
    kms_key_node: ScalarNode | None


def baseline_of(root: MappingNode, values: SoundValues) -> Baseline:
    """Read `baseline`."""
    baseline = mapping_of(root.value("baseline"))
    encryption = _inner(baseline, "encryption")
    noncurrent = _inner(baseline, "noncurrent_versions")
    kms_key = values.text(encryption, "kms_key")
    return Baseline(
        declared=DeclaredBaseline(
            kms_key=kms_key.text if kms_key is not None else None,
            noncurrent_keep=_number(noncurrent, "keep", values),
            noncurrent_days=_number(noncurrent, "days", values),
        ),
        kms_key_node=kms_key,
    )


def _inner(mapping: MappingNode | None, name: str) -> MappingNode | None:
    return mapping_of(mapping.value(name)) if mapping is not None else None


def _number(mapping: MappingNode | None, name: str, values: SoundValues) -> int | None:
    node = values.scalar(mapping, name)
    return int(node.text) if node is not None and node.kind is Kind.NUMBER else None
