import json
from collections.abc import Mapping

import pytest

from holdfast.core.baseline import noncurrent_lifecycle_rule
from holdfast.generate.hcl_blocks import hcl_text
from holdfast.generate.setup_lifecycle import cloudformation_rules, terraform_rules


def in_terraform(rule: Mapping[str, object] | str) -> str | None:
    text = rule if isinstance(rule, str) else json.dumps(rule)
    blocks = terraform_rules((text,))
    return None if blocks is None else hcl_text(blocks)


def in_cloudformation(rule: Mapping[str, object] | str) -> Mapping[str, object] | None:
    text = rule if isinstance(rule, str) else json.dumps(rule)
    rules = cloudformation_rules((text,))
    return None if rules is None else rules[0]


EVERYTHING: Mapping[str, object] = {
    "ID": "old",
    "Status": "Disabled",
    "Filter": {
        "And": {
            "Prefix": "logs/",
            "Tags": [{"Key": "a", "Value": "b"}],
            "ObjectSizeGreaterThan": 5,
            "ObjectSizeLessThan": 9,
        }
    },
    "Expiration": {"Days": 30},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
    "Transitions": [
        {"Days": 3, "StorageClass": "GLACIER"},
        {"Days": 9, "StorageClass": "DEEP_ARCHIVE"},
    ],
    "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "STANDARD_IA"}],
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def test_the_rule_of_the_baseline_is_said_in_both_languages() -> None:
    rule = noncurrent_lifecycle_rule(keep=3, days=10)
    assert in_terraform(rule) == (
        'rule {\n  id     = "holdfast-state-history"\n  status = "Enabled"\n\n  filter {}\n\n'
        "  expiration {\n    expired_object_delete_marker = true\n  }\n\n"
        "  noncurrent_version_expiration {\n"
        "    newer_noncurrent_versions = 3\n    noncurrent_days           = 10\n  }\n\n"
        "  abort_incomplete_multipart_upload {\n    days_after_initiation = 7\n  }\n}\n"
    )
    assert in_cloudformation(rule) == {
        "Id": "holdfast-state-history",
        "Status": "Enabled",
        "ExpiredObjectDeleteMarker": True,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 10, "NewerNoncurrentVersions": 3},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def test_a_rule_of_somebody_else_keeps_all_of_its_parts_in_terraform() -> None:
    text = in_terraform(EVERYTHING)
    assert text is not None
    assert [line.strip() for line in text.splitlines() if line.strip() not in {"", "}"}] == [
        "rule {",
        'id     = "old"',
        'status = "Disabled"',
        "filter {",
        "and {",
        'prefix                   = "logs/"',
        "object_size_greater_than = 5",
        "object_size_less_than    = 9",
        "tags = {",
        'a = "b"',
        "expiration {",
        "days = 30",
        "noncurrent_version_expiration {",
        "noncurrent_days           = 7",
        "newer_noncurrent_versions = 2",
        "transition {",
        "days          = 3",
        'storage_class = "GLACIER"',
        "transition {",
        "days          = 9",
        'storage_class = "DEEP_ARCHIVE"',
        "noncurrent_version_transition {",
        "noncurrent_days = 1",
        'storage_class   = "STANDARD_IA"',
        "abort_incomplete_multipart_upload {",
        "days_after_initiation = 1",
    ]


def test_a_rule_of_somebody_else_keeps_all_of_its_parts_in_cloudformation() -> None:
    assert in_cloudformation(EVERYTHING) == {
        "Id": "old",
        "Status": "Disabled",
        "Prefix": "logs/",
        "TagFilters": [{"Key": "a", "Value": "b"}],
        "ObjectSizeGreaterThan": "5",
        "ObjectSizeLessThan": "9",
        "ExpirationInDays": 30,
        "Transitions": [
            {"TransitionInDays": 3, "StorageClass": "GLACIER"},
            {"TransitionInDays": 9, "StorageClass": "DEEP_ARCHIVE"},
        ],
        "NoncurrentVersionTransitions": [{"TransitionInDays": 1, "StorageClass": "STANDARD_IA"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


@pytest.mark.parametrize(
    ("filtering", "text"),
    [
        ({"Filter": {"Prefix": "a/"}}, 'filter {\n    prefix = "a/"\n  }'),
        ({"Prefix": "a/"}, 'filter {\n    prefix = "a/"\n  }'),
        (
            {"Filter": {"Tag": {"Key": "k", "Value": "v"}}},
            'filter {\n    tag {\n      key   = "k"\n      value = "v"\n    }\n  }',
        ),
        (
            {"Filter": {"ObjectSizeGreaterThan": 0}},
            "filter {\n    object_size_greater_than = 0\n  }",
        ),
    ],
)
def test_each_way_of_filtering_is_kept(filtering: Mapping[str, object], text: str) -> None:
    rule = {"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}, **filtering}
    assert text in str(in_terraform(rule))


@pytest.mark.parametrize(
    "change",
    [
        {"Surprise": {}},
        {"Expiration": {"Days": 1, "Surprise": 1}},
        {"Filter": {"Surprise": 1}},
        {"NoncurrentVersionExpiration": {"Surprise": 1}},
    ],
)
def test_a_rule_with_an_unknown_part_is_not_said_at_all(change: Mapping[str, object]) -> None:
    rule = {**EVERYTHING, **change}
    assert (in_terraform(rule), in_cloudformation(rule)) == (None, None)
    assert terraform_rules((noncurrent_lifecycle_rule(), json.dumps(rule))) is None
