"""Lifecycle rules in the words of Terraform and of CloudFormation. Pure.

Each is made from the document that the S3 API takes. A rule with a member that is not known here cannot be
said in other words: None then, and never a rule that does less.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.generate.hcl_blocks import HclAttribute, HclBlock, HclItem, HclValue

# Terraform's names for the members of the actions (AWS provider 6, `aws_s3_bucket_lifecycle_configuration`).
TERRAFORM_NAMES = {
    "Days": "days",
    "Date": "date",
    "ExpiredObjectDeleteMarker": "expired_object_delete_marker",
    "NoncurrentDays": "noncurrent_days",
    "NewerNoncurrentVersions": "newer_noncurrent_versions",
    "DaysAfterInitiation": "days_after_initiation",
    "StorageClass": "storage_class",
}
TERRAFORM_BLOCKS = {
    "Expiration": "expiration",
    "NoncurrentVersionExpiration": "noncurrent_version_expiration",
    "Transitions": "transition",
    "NoncurrentVersionTransitions": "noncurrent_version_transition",
    "AbortIncompleteMultipartUpload": "abort_incomplete_multipart_upload",
}
# CloudFormation's names where they are not those of the API (`AWS::S3::Bucket Rule`).
CLOUDFORMATION_EXPIRATION = {
    "Days": "ExpirationInDays",
    "Date": "ExpirationDate",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
CLOUDFORMATION_NAMES = {
    "Transitions": {
        "Days": "TransitionInDays",
        "Date": "TransitionDate",
        "StorageClass": "StorageClass",
    },
    "NoncurrentVersionTransitions": {
        "NoncurrentDays": "TransitionInDays",
        "NewerNoncurrentVersions": "NewerNoncurrentVersions",
        "StorageClass": "StorageClass",
    },
    "NoncurrentVersionExpiration": {
        "NoncurrentDays": "NoncurrentDays",
        "NewerNoncurrentVersions": "NewerNoncurrentVersions",
    },
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": "DaysAfterInitiation"},
}
FRAME_MEMBERS = frozenset({"ID", "Status", "Filter", "Prefix"})
FILTER_MEMBERS = frozenset(
    {"And", "Prefix", "Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    prefix: str
    tags: Sequence[Mapping[str, str]]
    larger_than: int | None
    smaller_than: int | None


def terraform_rules(documents: Sequence[str]) -> tuple[HclBlock, ...] | None:
    """Return the rules as `rule` blocks; None when one of them cannot be said."""
    blocks = [_terraform_rule(json.loads(document)) for document in documents]
    found = tuple(block for block in blocks if block is not None)
    return found if len(found) == len(blocks) else None


def cloudformation_rules(
    documents: Sequence[str],
) -> tuple[Mapping[str, object], ...] | None:
    """Return the rules as CloudFormation takes them; None when one of them cannot be said."""
    rules = [_cloudformation_rule(json.loads(document)) for document in documents]
    found = tuple(rule for rule in rules if rule is not None)
    return found if len(found) == len(rules) else None


def _terraform_rule(rule: Mapping[str, object]) -> HclBlock | None:
    chosen = _filter(rule)
    if chosen is None or rule.keys() - FRAME_MEMBERS - TERRAFORM_BLOCKS.keys():
        return None
    items: list[HclItem] = [
        HclAttribute("id", str(rule.get("ID", ""))),
        HclAttribute("status", str(rule.get("Status", ""))),
        HclBlock("filter", (), _terraform_filter(chosen)),
    ]
    for member, name in TERRAFORM_BLOCKS.items():
        for action in _actions(rule, member):
            if action.keys() - TERRAFORM_NAMES.keys():
                return None
            attributes = (HclAttribute(TERRAFORM_NAMES[key], each) for key, each in action.items())
            items.append(HclBlock(name, (), tuple(attributes)))
    return HclBlock("rule", (), tuple(items))


def _terraform_filter(chosen: _Filter) -> tuple[HclItem, ...]:
    tags: dict[str, HclValue] = {each["Key"]: each["Value"] for each in chosen.tags}
    conditions: list[HclItem] = []
    if chosen.prefix:
        conditions.append(HclAttribute("prefix", chosen.prefix))
    if chosen.larger_than is not None:
        conditions.append(HclAttribute("object_size_greater_than", chosen.larger_than))
    if chosen.smaller_than is not None:
        conditions.append(HclAttribute("object_size_less_than", chosen.smaller_than))
    if len(conditions) + len(tags) > 1:
        both = (*conditions, HclAttribute("tags", tags)) if tags else tuple(conditions)
        return (HclBlock("and", (), both),)
    one = [HclAttribute(key, value) for tag in chosen.tags for key, value in _lowered(tag).items()]
    return (HclBlock("tag", (), tuple(one)),) if one else tuple(conditions)


def _cloudformation_rule(rule: Mapping[str, object]) -> Mapping[str, object] | None:
    chosen = _filter(rule)
    known = {"Expiration", *CLOUDFORMATION_NAMES}
    if chosen is None or rule.keys() - FRAME_MEMBERS - known:
        return None
    made: dict[str, object] = {"Id": rule.get("ID", ""), "Status": rule.get("Status", "")}
    if chosen.prefix:
        made["Prefix"] = chosen.prefix
    if chosen.tags:
        made["TagFilters"] = [dict(each) for each in chosen.tags]
    if chosen.larger_than is not None:
        made["ObjectSizeGreaterThan"] = str(chosen.larger_than)
    if chosen.smaller_than is not None:
        made["ObjectSizeLessThan"] = str(chosen.smaller_than)
    for action in _actions(rule, "Expiration"):
        if action.keys() - CLOUDFORMATION_EXPIRATION.keys():
            return None
        made |= {CLOUDFORMATION_EXPIRATION[name]: value for name, value in action.items()}
    for member, names in CLOUDFORMATION_NAMES.items():
        actions = _actions(rule, member)
        if any(action.keys() - names.keys() for action in actions):
            return None
        renamed = [{names[name]: value for name, value in each.items()} for each in actions]
        if renamed:
            made[member] = renamed if isinstance(rule[member], list) else renamed[0]
    return made


def _filter(rule: Mapping[str, object]) -> _Filter | None:
    chosen = dict(_object(rule.get("Filter")))
    chosen |= _object(chosen.pop("And", None))
    if chosen.keys() - FILTER_MEMBERS:
        return None
    tag, tags = chosen.get("Tag"), chosen.get("Tags", [])
    several = tags if isinstance(tags, list) else []
    larger, smaller = chosen.get("ObjectSizeGreaterThan"), chosen.get("ObjectSizeLessThan")
    return _Filter(
        prefix=str(chosen.get("Prefix") or rule.get("Prefix") or ""),
        tags=[*([tag] if isinstance(tag, dict) else []), *several],
        larger_than=larger if isinstance(larger, int) else None,
        smaller_than=smaller if isinstance(smaller, int) else None,
    )


def _actions(rule: Mapping[str, object], member: str) -> list[dict[str, str | int | bool]]:
    """Return the actions of one kind: a list of them, or one alone."""
    found = rule.get(member)
    if found is None:
        return []
    several = found if isinstance(found, list) else [found]
    return [dict(each) for each in several if isinstance(each, dict)]


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _lowered(tag: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in tag.items()}
