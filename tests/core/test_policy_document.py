import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.policy_document import (
    Condition,
    Patterns,
    PolicyDocument,
    PolicyUnreadableError,
    Principals,
    Statement,
    meaning_of,
    parsed_identity_policy,
    parsed_policy,
    parsed_statement,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
WORDS = st.sampled_from(
    ["Version", "Id", "Statement", "Effect", "Deny", "Principal", "Action", "Resource", "*", "Sid"]
)
LIKE_A_POLICY = st.recursive(
    WORDS | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=6),
)


def test_texts_and_lists_are_read_alike() -> None:
    document = {
        "Version": "2012-10-17",
        "Id": "kept",
        "Statement": {
            "Sid": "One",
            "Effect": "Deny",
            "Principal": {"AWS": ["111111111111"], "Service": "logging.s3.amazonaws.com"},
            "NotAction": "s3:GetObject",
            "Resource": ["a", "b"],
            "Condition": {"Bool": {"aws:SecureTransport": False}},
        },
    }
    assert parsed_policy(json.dumps(document)) == PolicyDocument(
        version="2012-10-17",
        statements=(
            Statement(
                sid="One",
                denies=True,
                principals=Principals(
                    members=(("AWS", "111111111111"), ("Service", "logging.s3.amazonaws.com"))
                ),
                actions=Patterns(patterns=("s3:GetObject",), negated=True),
                resources=Patterns(patterns=("a", "b")),
                conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
                document=json.dumps(document["Statement"], sort_keys=True, separators=(",", ":")),
            ),
        ),
        rest='{"Id":"kept"}',
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Statement":null}',
        '{"Statement":["x"]}',
        '{"Statement":[{"Effect":"Maybe"}]}',
        '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*"}]}',
        '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":[1]}]}',
        '{"Statement":[{"Effect":"Deny","Principal":"x","Action":"*","Resource":"*"}]}',
        '{"Statement":[],"Statement":[]}',
        '{"Statement":[],"Id":NaN}',
        '{"Statement":[],"Id":1e999}',
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_an_error_and_not_an_empty_one(text: str) -> None:
    with pytest.raises(PolicyUnreadableError):
        parsed_policy(text)


@given((JSON | LIKE_A_POLICY).map(json.dumps) | st.text())
def test_any_text_is_a_policy_or_the_one_error(text: str) -> None:
    try:
        policy = parsed_policy(text)
    except PolicyUnreadableError:
        return
    assert isinstance(json.loads(text), dict)
    assert isinstance(policy, PolicyDocument)


def statement(**changes: object) -> Statement:
    document: dict[str, object] = {
        "Sid": "One",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::b/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}},
    }
    return parsed_statement(json.dumps(document | changes))


@pytest.mark.parametrize(
    "same",
    [
        statement(Sid="Two"),
        statement(Principal={"AWS": ["111111111111"]}),
        statement(Action=["S3:putobject", "s3:GetObject"]),
        statement(Resource=["arn:aws:s3:::b/*"]),
        statement(Condition={"StringEquals": {"aws:principalorgid": ["o-2", "o-1"]}}),
    ],
)
def test_the_same_meaning_in_other_words_is_recognised(same: Statement) -> None:
    assert meaning_of(same) == meaning_of(statement())


@pytest.mark.parametrize(
    "other",
    [
        statement(Effect="Deny"),
        statement(Principal="*"),
        statement(Principal={"AWS": "222222222222"}),
        statement(Action="s3:GetObject"),
        statement(Resource="arn:aws:s3:::B/*"),
        statement(Condition={}),
        statement(Condition={"StringLike": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}),
        statement(Comment="a member that is not known here"),
    ],
)
def test_another_meaning_is_not_taken_for_the_same(other: Statement) -> None:
    assert meaning_of(other) != meaning_of(statement())


def test_a_policy_of_a_role_speaks_of_whoever_has_it() -> None:
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy = parsed_identity_policy(json.dumps({"Version": "2012-10-17", "Statement": own}))
    (only,) = policy.statements
    assert only.principals.everyone
    assert json.loads(only.document) == own


def test_a_policy_of_a_role_names_no_principal() -> None:
    bucket_policy = {"Statement": json.loads(statement().document)}
    with pytest.raises(PolicyUnreadableError, match="names a principal"):
        parsed_identity_policy(json.dumps(bucket_policy))
