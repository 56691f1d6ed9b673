"""A lifecycle rule is read as S3 writes it, in each of the forms that S3 has had for its filter."""

import json
from collections.abc import Mapping

import pytest

from holdfast.core.cloud import LifecycleRule
from holdfast.core.lifecycle import lifecycle_rule

FULL: Mapping[str, object] = {
    "ID": "all",
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
    "Expiration": {"Days": 30},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 50},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}],
    "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "DEEP_ARCHIVE"}],
}


def test_a_rule_is_read_in_every_part() -> None:
    assert lifecycle_rule(FULL) == LifecycleRule(
        identifier="all",
        enabled=True,
        document=json.dumps(FULL, sort_keys=True, separators=(",", ":")),
        prefix="a/",
        narrowed=True,
        expires_current_days=30,
        expires_current_date=None,
        expires_delete_markers=False,
        noncurrent_days=90,
        noncurrent_keep=50,
        aborts_multipart_days=7,
        transitions=("GLACIER",),
        noncurrent_transitions=("DEEP_ARCHIVE",),
    )


@pytest.mark.parametrize(
    ("document", "prefix", "narrowed"),
    [
        ({}, "", False),
        ({"Prefix": "old/"}, "old/", False),
        ({"Filter": {}}, "", False),
        ({"Filter": {"Prefix": "new/"}}, "new/", False),
        ({"Filter": {"Tag": {"Key": "k", "Value": "v"}}}, "", True),
        ({"Filter": {"ObjectSizeGreaterThan": 5}}, "", True),
        ({"Filter": {"And": {"Prefix": "p/", "ObjectSizeLessThan": 9}}}, "p/", True),
    ],
)
def test_a_filter_is_read_in_each_of_its_forms(
    document: Mapping[str, object], prefix: str, narrowed: bool
) -> None:
    rule = lifecycle_rule({"Status": "Disabled", **document})

    assert (rule.prefix, rule.narrowed, rule.enabled) == (prefix, narrowed, False)


def test_delete_markers_and_dates_are_read() -> None:
    markers = lifecycle_rule({"Expiration": {"ExpiredObjectDeleteMarker": True}})
    dated = lifecycle_rule({"Expiration": {"Date": "2030-01-01T00:00:00+00:00"}})

    assert (markers.expires_delete_markers, markers.expires_current_days) == (True, None)
    assert dated.expires_current_date == "2030-01-01T00:00:00+00:00"
