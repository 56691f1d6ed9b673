"""Lifecycle rules of a bucket: what of them matters to states.

A rule is read from the document that S3 gives (GetBucketLifecycleConfiguration). The whole document is kept
beside the reading, because S3 replaces all rules at once and every foreign one must survive that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from holdfast.core.cloud import LifecycleRule

NARROWING_FILTERS = ("Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def lifecycle_rule(document: Mapping[str, object]) -> LifecycleRule:
    """Read one rule as S3 gives it: JSON values, dates as text.

    A filter is `Filter.And`, `Filter` or the older `Prefix` beside it; none of them means every object.
    """
    chosen = _part(document, "Filter")
    everything = _part(chosen, "And") or chosen
    expiration = _part(document, "Expiration")
    noncurrent = _part(document, "NoncurrentVersionExpiration")
    aborted = _part(document, "AbortIncompleteMultipartUpload")
    return LifecycleRule(
        identifier=_text(document, "ID") or "",
        enabled=document.get("Status") == "Enabled",
        document=json.dumps(document, sort_keys=True, separators=(",", ":")),
        prefix=_text(everything, "Prefix") or _text(document, "Prefix") or "",
        narrowed=any(name in everything for name in NARROWING_FILTERS),
        expires_current_days=_number(expiration, "Days"),
        expires_current_date=_text(expiration, "Date"),
        expires_delete_markers=expiration.get("ExpiredObjectDeleteMarker") is True,
        noncurrent_days=_number(noncurrent, "NoncurrentDays"),
        noncurrent_keep=_number(noncurrent, "NewerNoncurrentVersions"),
        aborts_multipart_days=_number(aborted, "DaysAfterInitiation"),
        transitions=_storage_classes(document, "Transitions"),
        noncurrent_transitions=_storage_classes(document, "NoncurrentVersionTransitions"),
    )


def _part(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) else None


def _number(document: Mapping[str, object], name: str) -> int | None:
    value = document.get(name)
    return value if isinstance(value, int) else None


def _storage_classes(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    transitions = document.get(name)
    if not isinstance(transitions, Sequence):
        return ()
    return tuple(
        str(transition.get("StorageClass", ""))
        for transition in transitions
        if isinstance(transition, Mapping)
    )
