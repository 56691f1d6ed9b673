import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.baseline import TLS_SID, tls_statement
from holdfast.core.policy import merged_policy, policies_equal
from holdfast.core.policy_document import PolicyUnreadableError, parsed_policy
from holdfast.core.policy_tls import requires_tls

BUCKET = "acme-terraform-state"
TLS = tls_statement(BUCKET)

STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"AWS": "111111111111"}, {"Service": ["x", "y"]}]),
        "Action": st.sampled_from(["s3:*", ["s3:GetObject", "s3:PutObject"]]),
        "Resource": st.sampled_from([f"arn:aws:s3:::{BUCKET}/*", [f"arn:aws:s3:::{BUCKET}"]]),
    },
    optional={
        "Sid": st.sampled_from(["Mine", TLS_SID, f"{TLS_SID}2"]),
        "Condition": st.sampled_from([{"Bool": {"aws:SecureTransport": "false"}}, {}]),
        "NotKnownHere": st.text(),
    },
)
POLICIES = st.fixed_dictionaries(
    {"Statement": st.lists(STATEMENTS, max_size=4) | STATEMENTS},
    optional={"Version": st.just("2012-10-17"), "Id": st.text()},
)


def statements_of(text: str) -> list[object]:
    found = json.loads(text)["Statement"]
    return found if isinstance(found, list) else [found]


def test_a_bucket_without_a_policy_gets_one() -> None:
    assert json.loads(merged_policy(None, (TLS,))) == {
        "Version": "2012-10-17",
        "Statement": [json.loads(TLS)],
    }


def test_a_name_that_is_taken_stays_with_its_statement() -> None:
    gutted = json.loads(TLS) | {"Action": "s3:GetObject"}
    stored = json.dumps({"Version": "2012-10-17", "Id": "x", "Statement": gutted})
    assert json.loads(merged_policy(stored, (TLS,))) == {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [gutted, json.loads(TLS) | {"Sid": f"{TLS_SID}2"}],
    }


def test_a_text_that_already_has_it_comes_back_untouched() -> None:
    stored = json.dumps({"Statement": json.loads(TLS) | {"Sid": "OfOthers"}}, indent=2)
    assert merged_policy(stored, (TLS,)) == stored


@pytest.mark.parametrize("stored", ["", "null", "{}", "not json"])
def test_an_unreadable_policy_is_never_replaced(stored: str) -> None:
    with pytest.raises(PolicyUnreadableError):
        merged_policy(stored, (TLS,))


@given(POLICIES)
def test_merging_keeps_everything_that_was_there(document: dict[str, object]) -> None:
    stored = json.dumps(document)
    merged = merged_policy(stored, (TLS,))
    before = statements_of(stored)
    assert statements_of(merged)[: len(before)] == before
    assert {**json.loads(merged), "Statement": None} == {**document, "Statement": None}


@given(POLICIES)
def test_merging_twice_is_merging_once(document: dict[str, object]) -> None:
    once = merged_policy(json.dumps(document), (TLS,))
    assert merged_policy(once, (TLS,)) == once


@given(POLICIES)
def test_what_was_merged_requires_tls(document: dict[str, object]) -> None:
    merged = parsed_policy(merged_policy(json.dumps(document), (TLS,)))
    assert requires_tls(merged, BUCKET)


@given(POLICIES, st.randoms(use_true_random=False))
def test_a_policy_equals_itself_in_another_order(
    document: dict[str, object], random: Random
) -> None:
    stored = json.dumps(document)
    shuffled = statements_of(stored)
    random.shuffle(shuffled)
    assert policies_equal(stored, json.dumps(document | {"Statement": shuffled}))


def test_policies_of_another_meaning_differ() -> None:
    stored = merged_policy(None, (TLS,))
    other = json.loads(TLS) | {"Action": "s3:GetObject"}
    assert not policies_equal(stored, json.dumps({"Version": "2012-10-17", "Statement": [other]}))
    assert not policies_equal(stored, None)
    assert policies_equal(None, None)
