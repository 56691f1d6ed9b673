"""Lifecycle rules by meaning: what they expire, what they bound, and how rules are added to others.

PutBucketLifecycleConfiguration replaces all rules at once, so every rule keeps the document that it came
with, and a merge writes that back. Pure.

Filters know prefixes, tags and sizes, and no suffixes: a rule cannot be made for `*.tflock` alone
(S3 API reference, LifecycleRuleFilter).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.backends import StateUse
from holdfast.core.cloud import LifecycleRule

LOCK_SUFFIX = ".tflock"

# Objects in these cannot be read before they are restored: GetObject answers InvalidObjectState.
ARCHIVE_CLASSES = frozenset({"GLACIER", "DEEP_ARCHIVE"})


class LifecycleUnreadableError(ValueError):
    """A lifecycle rule is not as the S3 API describes it, so that what it does is not known."""


# Reading ----------------------------------------------------------------------------------------


def lifecycle_rule(document: Mapping[str, object]) -> LifecycleRule:
    """Read one rule as GetBucketLifecycleConfiguration gives it, dates as text.

    Raises `LifecycleUnreadableError` when a member is not of the type that the S3 API gives it.
    """
    expiration = _structure(document, "Expiration")
    noncurrent = _structure(document, "NoncurrentVersionExpiration")
    prefix, narrowed = _filter(document)
    text = _canonical(document)
    meaning_of(text)  # raises for a rule that could not be merged with others later
    return LifecycleRule(
        identifier=_text(document, "ID") or "",
        enabled=_text(document, "Status") == "Enabled",
        document=text,
        prefix=prefix,
        narrowed=narrowed,
        expires_current_days=_number(expiration, "Days"),
        expires_current_date=_text(expiration, "Date"),
        expires_delete_markers=_flag(expiration, "ExpiredObjectDeleteMarker"),
        noncurrent_days=_number(noncurrent, "NoncurrentDays"),
        noncurrent_keep=_number(noncurrent, "NewerNoncurrentVersions"),
        aborts_multipart_days=_number(
            _structure(document, "AbortIncompleteMultipartUpload"), "DaysAfterInitiation"
        ),
        transitions=_storage_classes(document, "Transitions"),
        noncurrent_transitions=_storage_classes(document, "NoncurrentVersionTransitions"),
    )


def _filter(document: Mapping[str, object]) -> tuple[str, bool]:
    """Return the prefix of a rule, and whether a tag or a size narrows it further."""
    chosen = _structure(document, "Filter")
    both = _structure(chosen, "And")
    prefix = _text(chosen, "Prefix") or _text(both, "Prefix") or _text(document, "Prefix") or ""
    return prefix, bool((chosen.keys() | both.keys()) - {"Prefix", "And"})


def _structure(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise LifecycleUnreadableError(f"`{name}` of a lifecycle rule is not an object")
    return value


def _structures(document: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    values = document.get(name)
    if values is None:
        return
    if not isinstance(values, list) or not all(isinstance(value, Mapping) for value in values):
        raise LifecycleUnreadableError(f"`{name}` of a lifecycle rule is not a list of objects")
    yield from values


def _text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise LifecycleUnreadableError(f"`{name}` of a lifecycle rule is not a text")
    return value


def _number(document: Mapping[str, object], name: str) -> int | None:
    value = document.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise LifecycleUnreadableError(f"`{name}` of a lifecycle rule is not a number")
    return value


def _flag(document: Mapping[str, object], name: str) -> bool:
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise LifecycleUnreadableError(f"`{name}` of a lifecycle rule is not true or false")
    return value


def _storage_classes(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    return tuple(_text(each, "StorageClass") or "" for each in _structures(document, name))


def _canonical(document: object) -> str:
    try:
        return json.dumps(document, sort_keys=True, separators=(",", ":"))
    except TypeError as error:
        raise LifecycleUnreadableError(f"a lifecycle rule is not JSON: {error}") from error


# Meaning ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLoss:
    """What a rule does to the current versions of states.

    `objects` are the states and locks that it reaches, `workspaces` the prefixes below which it reaches
    whatever there is. `certain` is False when a tag or a size decides which of them.
    """

    rule: LifecycleRule
    action: str
    objects: tuple[str, ...]
    workspaces: tuple[str, ...]
    whole_bucket: bool
    certain: bool


def expires_states(rule: LifecycleRule, uses: Iterable[StateUse]) -> StateLoss | None:
    """Return what the rule does to the states of these uses; None when it leaves them alone.

    A rule for the whole bucket reaches every state, also those that no code here names.
    """
    action = _current_action(rule)
    if not rule.enabled or action is None:
        return None
    known = tuple(uses)
    keys = dict.fromkeys(key for use in known for key in use.state_keys())
    objects = [name for key in keys for name in (key, key + LOCK_SUFFIX)]
    workspaces = dict.fromkeys(f"{use.workspace_prefix}/" for use in known if use.workspace_prefix)
    loss = StateLoss(
        rule=rule,
        action=action,
        objects=tuple(name for name in objects if name.startswith(rule.prefix)),
        workspaces=tuple(name for name in workspaces if _overlap(name, rule.prefix)),
        whole_bucket=not rule.prefix,
        certain=not rule.narrowed,
    )
    return loss if loss.objects or loss.workspaces or loss.whole_bucket else None


def bounds_noncurrent(rule: LifecycleRule) -> bool:
    """Tell whether the rule removes old versions of everything in the bucket at some time."""
    return expires_noncurrent(rule) and not rule.prefix and not rule.narrowed


def expires_noncurrent(rule: LifecycleRule) -> bool:
    """Tell whether the rule removes old versions of anything."""
    return rule.enabled and rule.noncurrent_days is not None


def old_versions_kept_days(rules: Iterable[LifecycleRule], key: str) -> int | None:
    """Return for how many days every old version of an object is kept at least; None when for ever.

    A rule that a tag or a size narrows may reach the object, so that it counts.
    """
    days = [
        rule.noncurrent_days
        for rule in rules
        if rule.enabled and rule.noncurrent_days is not None and key.startswith(rule.prefix)
    ]
    return min(days, default=None)


def bounds_noncurrent_of(rule: LifecycleRule, key: str, *, size_bytes: range) -> bool | None:
    """Tell whether the rule removes old versions of one object at some time; None where its tags decide.

    `size_bytes` are the sizes that versions of it may have: all of them must be within those of the filter.
    """
    if not expires_noncurrent(rule) or not key.startswith(rule.prefix):
        return False
    document: dict[str, object] = json.loads(rule.document)
    chosen = _structure(document, "Filter")
    chosen = {**chosen, **_structure(chosen, "And")}
    above, below = (_number(chosen, f"ObjectSize{name}Than") for name in ("Greater", "Less"))
    if above is not None and size_bytes.start <= above:
        return False
    if below is not None and size_bytes.stop > below:
        return False
    return None if chosen.keys() & {"Tag", "Tags"} else True


def _current_action(rule: LifecycleRule) -> str | None:
    if rule.expires_current_days is not None:
        return f"deletes objects {rule.expires_current_days} days after they were written"
    if rule.expires_current_date is not None:
        return f"deletes objects on {rule.expires_current_date}"
    archives = [each for each in rule.transitions if each in ARCHIVE_CLASSES]
    return f"moves objects to {archives[0]}" if archives else None


def _overlap(first: str, second: str) -> bool:
    return first.startswith(second) or second.startswith(first)


# Merging ----------------------------------------------------------------------------------------


def merged_rules(existing: Sequence[LifecycleRule], additions: Sequence[str]) -> tuple[str, ...]:
    """Return the documents of all rules: the existing ones as they are, and what is not among them.

    `additions` are JSON objects. One whose `ID` another rule has gets an ID of its own.
    """
    documents = [rule.document for rule in existing]
    meanings = {meaning_of(document) for document in documents}
    identifiers = {rule.identifier for rule in existing}
    for addition in additions:
        meaning = meaning_of(addition)
        if meaning in meanings:
            continue
        rule: dict[str, object] = json.loads(addition)
        rule["ID"] = _free_identifier(str(rule.get("ID", "")), identifiers)
        identifiers.add(str(rule["ID"]))
        meanings.add(meaning)
        documents.append(_canonical(rule))
    return tuple(documents)


def lifecycles_equal(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two sets of rule documents do the same; order and identifiers do not matter."""
    return sorted(map(meaning_of, first)) == sorted(map(meaning_of, second))


def meaning_of(document: str) -> str:
    """Return a rule document without its identifier, its filter in one of the ways of writing it.

    An absent filter, an empty one, an empty prefix and the old top-level `Prefix` are the same to S3.
    """
    rule: dict[str, object] = json.loads(document)
    rule.pop("ID", None)
    chosen = dict(_structure(rule, "Filter"))
    chosen.update(_structure(chosen, "And"))
    chosen.pop("And", None)
    prefix = chosen.pop("Prefix", None) or rule.pop("Prefix", None) or ""
    rule.pop("Prefix", None)
    tag = chosen.pop("Tag", None)
    tags = [*_structures(chosen, "Tags"), *([tag] if tag is not None else [])]
    chosen["Prefix"] = prefix
    chosen["Tags"] = sorted(map(_canonical, tags))
    rule["Filter"] = chosen
    for name in ("Transitions", "NoncurrentVersionTransitions"):
        rule[name] = sorted(_canonical(each) for each in _structures(rule, name))
    return _canonical(rule)


def _free_identifier(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
