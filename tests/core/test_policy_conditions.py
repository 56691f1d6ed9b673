import json
from collections.abc import Mapping

import pytest

from holdfast.core.policy_answers import Answer
from holdfast.core.policy_conditions import Request, applies, speaks_of
from holdfast.core.policy_document import Statement, parsed_statement
from holdfast.core.policy_principals import Requester

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
        ("ArnNotEquals", "arn:aws:s3:::*", "arn:aws:s3:::b", Answer.NO),
        ("ArnEquals", "arn:aws:*:b", "arn:aws:s3:::b", Answer.MAYBE),
        ("ArnEquals", "arn:*:*:*:*:b", "arn:aws:s3:::b", Answer.YES),
        ("ArnEquals", "arn:aws:s3::1*:b", "arn:aws:s3:::b", Answer.NO),
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
