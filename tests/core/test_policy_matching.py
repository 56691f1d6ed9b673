import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.policy_document import Patterns
from holdfast.core.policy_matching import (
    escaped,
    has_variable,
    matches,
    reaches_action,
    reaches_all_actions,
    reaches_all_resources,
    reaches_resource,
    unescaped,
)

START = "arn:aws:s3:::b/"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a*c", "abb", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*.tflock", "env:/dev/x.tflock", True),
        ("*.tflock", "x.tflock.bak", False),
        ("home/${aws:username}/x", "home/ann/x", True),
        ("a${*}c", "a*c", True),
        ("a${*}c", "abc", False),
        ("${$}{x}${?}", "${x}?", True),
        ("a[b]", "a[b]", True),
        ("a.c", "abc", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("line\nend", "line\nend", True),
        ("A", "a", False),
    ],
)
def test_wildcards_reach_what_iam_says(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_wildcards_do_as_a_plain_search_does(pattern: str, text: str) -> None:
    def plain(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(plain(pattern[1:], text[start:]) for start in range(len(text) + 1))
        return bool(text) and pattern[0] in {"?", text[0]} and plain(pattern[1:], text[1:])

    assert matches(pattern, text) is plain(pattern, text)


@given(st.text(alphabet="ab*?${}", max_size=8), st.text(alphabet="ab*?${}", max_size=8))
def test_an_escaped_text_reaches_itself_alone(text: str, other: str) -> None:
    assert matches(escaped(text), text)
    assert matches(escaped(text), other) is (text == other)
    assert unescaped(escaped(text)) == text
    assert not has_variable(escaped(text))


def test_a_pattern_of_many_wildcards_is_not_slow() -> None:
    assert matches("*a" * 200 + "*b", "a" * 2000) is False


def test_actions_know_no_case_and_not_means_all_others() -> None:
    assert reaches_action(Patterns(patterns=("S3:put*",)), "s3:PutObject")
    assert not reaches_action(Patterns(patterns=("s3:Put*",), negated=True), "s3:PutObject")
    assert reaches_action(Patterns(patterns=("s3:Get*",), negated=True), "s3:PutObject")
    assert reaches_resource(Patterns(patterns=("x",), negated=True), START)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (Patterns(patterns=("s3:*",)), True),
        (Patterns(patterns=("*",)), True),
        (Patterns(patterns=("S3:*",)), True),
        (Patterns(patterns=("s3:Get*", "s3:Put*")), False),
        (Patterns(patterns=("iam:*",), negated=True), True),
        (Patterns(patterns=("s3:GetObject",), negated=True), False),
        (Patterns(patterns=("s*",), negated=True), False),
    ],
)
def test_every_action_of_a_service_is_told_from_some(patterns: Patterns, expected: bool) -> None:
    assert reaches_all_actions(patterns, "s3") is expected


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (Patterns(patterns=("arn:aws:s3:::b/*",)), True),
        (Patterns(patterns=("arn:aws:s3:::b*",)), True),
        (Patterns(patterns=("arn:aws:s3:::*",)), True),
        (Patterns(patterns=("arn:aws:s3:::b",)), False),
        (Patterns(patterns=("arn:aws:s3:::b/*.tfstate",)), False),
        (Patterns(patterns=("arn:aws:s3:::b/?",)), False),
        (Patterns(patterns=("arn:aws:s3:::b/${aws:username}*",)), False),
        (Patterns(patterns=("arn:aws:s3:::c/*",), negated=True), True),
        (Patterns(patterns=("arn:aws:s3:::b/public/*",), negated=True), False),
    ],
)
def test_every_object_is_told_from_some(patterns: Patterns, expected: bool) -> None:
    assert reaches_all_resources(patterns, START) is expected
