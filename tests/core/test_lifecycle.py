import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.baseline import HISTORY_IDENTIFIER, noncurrent_lifecycle_rule
from holdfast.core.cloud import LifecycleRule
from holdfast.core.lifecycle import (
    LifecycleUnreadableError,
    StateLoss,
    bounds_noncurrent,
    expires_states,
    lifecycle_rule,
    lifecycles_equal,
    merged_rules,
)
from tests.rules.fleets import KEY, use

HISTORY = noncurrent_lifecycle_rule()
FILTERS: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    [
        {},
        {"Filter": {}},
        {"Filter": {"Prefix": ""}},
        {"Prefix": ""},
        {"Filter": {"Prefix": "logs/"}},
        {"Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "a", "Value": "b"}]}}},
    ]
)
ACTIONS = st.fixed_dictionaries(
    {"Status": st.sampled_from(["Enabled", "Disabled"])},
    optional={
        "ID": st.sampled_from(["mine", HISTORY_IDENTIFIER, f"{HISTORY_IDENTIFIER}-2"]),
        "Expiration": st.sampled_from([{"Days": 3}, {"ExpiredObjectDeleteMarker": True}]),
        "NoncurrentVersionExpiration": st.just({"NoncurrentDays": 5}),
        "NotKnownHere": st.text(),
    },
)
RULES = st.builds(lambda filters, actions: {**filters, **actions}, FILTERS, ACTIONS)


def rule(**members: object) -> LifecycleRule:
    return lifecycle_rule({"ID": "theirs", "Status": "Enabled", **members})


def test_every_member_that_matters_is_read() -> None:
    document = {
        "ID": "all",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "env:/", "Tags": [{"Key": "a", "Value": "b"}]}},
        "Expiration": {"Days": 30},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 5},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
        "NoncurrentVersionTransitions": [{"NoncurrentDays": 9, "StorageClass": "STANDARD_IA"}],
    }
    assert lifecycle_rule(document) == LifecycleRule(
        identifier="all",
        enabled=True,
        document=json.dumps(document, sort_keys=True, separators=(",", ":")),
        prefix="env:/",
        narrowed=True,
        expires_current_days=30,
        expires_current_date=None,
        expires_delete_markers=False,
        noncurrent_days=90,
        noncurrent_keep=5,
        aborts_multipart_days=7,
        transitions=("GLACIER",),
        noncurrent_transitions=("STANDARD_IA",),
    )


@pytest.mark.parametrize(
    ("document", "prefix", "narrowed"),
    [
        ({"Filter": {"Prefix": "a"}}, "a", False),
        ({"Prefix": "old"}, "old", False),
        ({"Filter": {}}, "", False),
        ({}, "", False),
        ({"Filter": {"Tag": {"Key": "a", "Value": "b"}}}, "", True),
        ({"Filter": {"ObjectSizeGreaterThan": 5}}, "", True),
        ({"Filter": {"And": {"Prefix": "a", "ObjectSizeLessThan": 5}}}, "a", True),
    ],
)
def test_a_filter_is_read_in_every_form(
    document: Mapping[str, object], prefix: str, narrowed: bool
) -> None:
    found = rule(**document)
    assert (found.prefix, found.narrowed) == (prefix, narrowed)


@pytest.mark.parametrize(
    "document",
    [
        {"Expiration": "soon"},
        {"Expiration": {"Days": "30"}},
        {"Expiration": {"Days": True}},
        {"Expiration": {"ExpiredObjectDeleteMarker": "yes"}},
        {"Transitions": {"StorageClass": "GLACIER"}},
        {"Filter": {"Tags": "x"}},
        {"Status": 1},
        {"Extra": object()},
    ],
)
def test_a_rule_of_another_shape_is_an_error(document: Mapping[str, object]) -> None:
    with pytest.raises(LifecycleUnreadableError):
        rule(**document)


def test_a_rule_for_the_whole_bucket_expires_states() -> None:
    found = rule(Expiration={"Days": 30})
    assert expires_states(found, (use(),)) == StateLoss(
        rule=found,
        action="deletes objects 30 days after they were written",
        objects=(KEY, f"{KEY}.tflock"),
        workspaces=("env:/",),
        whole_bucket=True,
        certain=True,
    )


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"Expiration": {"Date": "2027-01-01T00:00:00Z"}, "Prefix": "network/"}, True),
        ({"Transitions": [{"Days": 1, "StorageClass": "DEEP_ARCHIVE"}]}, True),
        ({"Expiration": {"Days": 1}, "Prefix": "env:/dev/"}, True),
        ({"Expiration": {"Days": 1}, "Prefix": f"{KEY}.tflock"}, True),
        ({"Expiration": {"Days": 1}, "Prefix": "logs/"}, False),
        ({"Expiration": {"Days": 1}, "Status": "Disabled"}, False),
        ({"Expiration": {"ExpiredObjectDeleteMarker": True}}, False),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, False),
        ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}]}, False),
        ({"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}]}, False),
    ],
)
def test_only_what_reaches_current_states_expires_them(
    members: Mapping[str, object], expected: bool
) -> None:
    assert (expires_states(rule(**members), (use(),)) is not None) is expected


def test_a_rule_narrowed_by_a_tag_may_reach_states() -> None:
    tagged = rule(Expiration={"Days": 1}, Filter={"Tag": {"Key": "a", "Value": "b"}})
    loss = expires_states(tagged, (use(),))
    assert loss is not None
    assert not loss.certain


def test_states_that_no_code_names_are_reached_by_a_rule_for_the_whole_bucket() -> None:
    assert expires_states(rule(Expiration={"Days": 1}), ()) is not None
    assert expires_states(rule(Expiration={"Days": 1}, Prefix="logs/"), ()) is None


def test_old_versions_are_bounded_by_a_rule_for_all_of_them() -> None:
    bound = {"NoncurrentDays": 30}
    assert bounds_noncurrent(lifecycle_rule(json.loads(HISTORY)))
    assert bounds_noncurrent(rule(NoncurrentVersionExpiration=bound))
    assert not bounds_noncurrent(rule(NoncurrentVersionExpiration=bound, Prefix="a"))
    assert not bounds_noncurrent(rule(NoncurrentVersionExpiration=bound, Status="Disabled"))
    assert not bounds_noncurrent(rule(Expiration={"Days": 1}))


def test_a_name_that_is_taken_stays_with_its_rule() -> None:
    taken = rule(ID=HISTORY_IDENTIFIER, Expiration={"Days": 9}, Prefix="logs/")
    kept, added = merged_rules((taken,), (HISTORY,))
    assert kept == taken.document
    assert json.loads(added) == json.loads(HISTORY) | {"ID": f"{HISTORY_IDENTIFIER}-2"}


def test_order_and_names_do_not_matter_to_what_rules_do() -> None:
    other = json.dumps({"ID": "x", "Status": "Enabled", "Prefix": "a", "Expiration": {"Days": 1}})
    same = json.dumps(
        {"ID": "y", "Status": "Enabled", "Filter": {"Prefix": "a"}, "Expiration": {"Days": 1}}
    )
    assert lifecycles_equal((HISTORY, other), (same, HISTORY))
    assert not lifecycles_equal((HISTORY, other), (HISTORY,))
    assert not lifecycles_equal((other,), (other.replace('"Days": 1', '"Days": 2'),))


@given(st.lists(RULES, max_size=4))
def test_merging_keeps_every_rule_that_was_there(documents: list[Mapping[str, object]]) -> None:
    existing = tuple(lifecycle_rule(each) for each in documents)
    merged = merged_rules(existing, (HISTORY,))
    assert [json.loads(each) for each in merged][: len(documents)] == documents
    assert any(bounds_noncurrent(lifecycle_rule(json.loads(each))) for each in merged)


@given(st.lists(RULES, max_size=4))
def test_merging_twice_is_merging_once(documents: list[Mapping[str, object]]) -> None:
    once = merged_rules(tuple(lifecycle_rule(each) for each in documents), (HISTORY,))
    again = tuple(lifecycle_rule(json.loads(each)) for each in once)
    assert merged_rules(again, (HISTORY,)) == once
