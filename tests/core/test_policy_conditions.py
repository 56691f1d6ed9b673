import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.policy_conditions import (
    Answer,
    Request,
    Requester,
    all_hold,
    any_holds,
    applies,
    includes,
    speaks_of,
)
from holdfast.core.policy_document import Principals, Statement, parsed_statement

ROLE = Requester(arn="arn:aws:iam::111111111111:role/ci", account="111111111111")
BY_STS = Requester(arn=ROLE.arn, account=ROLE.account, path_known=False)
NOBODY = Requester()


def request(**context: str | tuple[str, ...] | None) -> Request:
    return Request(
        action="s3:PutObject",
        resource="arn:aws:s3:::b/k",
        requester=ROLE,
        context={f"s3:{name}": value for name, value in context.items()},
    )


def deny(condition: Mapping[str, object]) -> Statement:
    return parsed_statement(
        json.dumps(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:Put*",
                "Resource": "arn:aws:s3:::b/*",
                "Condition": condition,
            }
        )
    )


@pytest.mark.parametrize(
    ("operator", "value", "found", "expected"),
    [
        ("StringEquals", "x", "x", Answer.YES),
        ("StringEquals", ["y", "x"], "x", Answer.YES),
        ("StringEquals", "X", "x", Answer.NO),
        ("StringEqualsIgnoreCase", "X", "x", Answer.YES),
        ("StringEquals", "x", None, Answer.NO),
        ("StringEqualsIfExists", "x", None, Answer.YES),
        ("StringNotEquals", "x", "x", Answer.NO),
        ("StringNotEquals", ["y", "z"], "x", Answer.YES),
        ("StringNotEquals", "x", None, Answer.YES),
        ("StringNotEqualsIfExists", "x", None, Answer.YES),
        ("StringLike", "a*", "abc", Answer.YES),
        ("StringNotLike", "a*", "abc", Answer.NO),
        ("ArnNotEquals", "arn:*:x", "arn:aws:x", Answer.NO),
        ("Bool", True, "true", Answer.YES),
        ("Null", "true", None, Answer.YES),
        ("Null", "false", None, Answer.NO),
        ("Null", "true", "x", Answer.NO),
        ("NumericLessThan", "1.2", "1.3", Answer.NO),
        ("NumericLessThan", "1.4", "1.3", Answer.YES),
        ("NumericLessThan", "many", "1.3", Answer.MAYBE),
        ("StringEquals", "${aws:username}", "x", Answer.MAYBE),
        ("StringNearly", "x", "x", Answer.MAYBE),
        ("ForAnyValue:StringEquals", "x", "x", Answer.YES),
        ("ForAnyValue:StringEquals", "x", ("y", "x"), Answer.YES),
        ("ForAnyValue:StringEquals", "x", ("y",), Answer.NO),
        ("ForAnyValue:StringEquals", "x", None, Answer.NO),
        ("ForAllValues:StringEquals", ["x", "y"], ("y", "x"), Answer.YES),
        ("ForAllValues:StringEquals", "x", ("y", "x"), Answer.NO),
        ("ForAllValues:StringEquals", "x", None, Answer.YES),
        ("ForAllValues:StringLike", "a/*", ("a/b", "a/c"), Answer.YES),
        ("ForSomeValues:StringEquals", "x", "x", Answer.MAYBE),
        ("StringEquals", "x", ("x",), Answer.MAYBE),
        ("StringEquals", "a${*}", "a*", Answer.YES),
        ("StringEquals", "a*", "ab", Answer.NO),
        ("StringLike", "a${*}", "ab", Answer.NO),
    ],
)
def test_an_operator_holds_as_iam_says(
    operator: str, value: object, found: str | tuple[str, ...] | None, expected: Answer
) -> None:
    statement = deny({operator: {"s3:Key": value}})
    assert applies(statement, request(key=found)) is expected


def test_a_key_that_is_not_known_may_hold() -> None:
    statement = deny({"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    assert applies(statement, request()) is Answer.MAYBE


def test_one_condition_that_does_not_hold_is_enough() -> None:
    conditions = {"StringEquals": {"aws:SourceVpce": "vpce-1", "s3:Key": "y"}}
    assert applies(deny(conditions), request(key="x")) is Answer.NO


def test_a_resource_with_a_variable_may_be_meant() -> None:
    text = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
        "Resource": "arn:aws:s3:::b/${aws:userid}",
    }
    statement = parsed_statement(json.dumps(text))
    assert applies(statement, request()) is Answer.MAYBE
    assert speaks_of(statement.resources, "arn:aws:s3:::other/k") is Answer.NO


def test_a_statement_about_other_actions_does_not_hold() -> None:
    other = Request(action="s3:GetObject", resource="arn:aws:s3:::b/k", requester=ROLE, context={})
    assert applies(deny({}), other) is Answer.NO


@pytest.mark.parametrize(
    ("member", "requester", "expected"),
    [
        ("*", NOBODY, Answer.YES),
        ("111111111111", ROLE, Answer.YES),
        ("arn:aws:iam::111111111111:root", ROLE, Answer.YES),
        ("222222222222", ROLE, Answer.NO),
        ("222222222222", NOBODY, Answer.MAYBE),
        ("arn:aws:iam::111111111111:role/ci", ROLE, Answer.YES),
        ("arn:aws:iam::111111111111:role/other", ROLE, Answer.NO),
        ("arn:aws:iam::111111111111:role/path/ci", ROLE, Answer.NO),
        ("arn:aws:iam::111111111111:role/path/ci", BY_STS, Answer.MAYBE),
        ("arn:aws:iam::111111111111:role/ci", NOBODY, Answer.MAYBE),
    ],
)
def test_a_principal_names_the_requester_or_not(
    member: str, requester: Requester, expected: Answer
) -> None:
    assert includes(Principals(members=(("AWS", member),)), requester) is expected
    opposite = Principals(members=(("AWS", member),), negated=True)
    assert includes(opposite, requester) is expected.negated()


def test_a_service_is_nobody_who_runs_an_engine() -> None:
    service = Principals(members=(("Service", "logging.s3.amazonaws.com"),))
    assert includes(service, ROLE) is Answer.NO


@pytest.mark.parametrize(
    ("operator", "pattern", "expected"),
    [
        ("ArnNotLike", "arn:aws:iam::111111111111:role/ci", Answer.NO),
        ("ArnNotLike", "arn:aws:iam::*:role/admin", Answer.YES),
        ("ArnLike", "arn:aws:iam::*:role/ci", Answer.YES),
        ("StringNotLikeIfExists", "*/ci", Answer.NO),
    ],
)
def test_a_condition_on_the_role_is_decided(operator: str, pattern: str, expected: Answer) -> None:
    assert applies(deny({operator: {"aws:PrincipalArn": pattern}}), request()) is expected


@given(st.lists(st.sampled_from(Answer), min_size=1))
def test_what_may_hold_never_becomes_certain(answers: list[Answer]) -> None:
    without = [answer for answer in answers if answer is not Answer.MAYBE]
    assert (all_hold(answers) is Answer.NO) is (Answer.NO in answers)
    assert (any_holds(answers) is Answer.YES) is (Answer.YES in answers)
    if len(without) < len(answers):
        assert all_hold(answers) is not Answer.YES
        assert any_holds(answers) is not Answer.NO
