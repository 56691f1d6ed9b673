import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.lock_info import (
    CREATED_ZERO,
    LockInfo,
    UnreadableLock,
    canonical_created,
    created_text,
    lock_identifier,
    lock_object_key,
    lock_path,
    read_lock,
)

# From the wire of Terraform 1.11.4.
TERRAFORM_TEXT = (
    '{"ID":"ea093067-4dd0-41a5-1e36-252ab5683632","Operation":"OperationTypeApply","Info":"",'
    '"Who":"root@vm","Version":"1.11.4","Created":"2026-11-20T15:25:33.599739994Z",'
    '"Path":"tfstate-a/ddb/terraform.tfstate"}'
)
TERRAFORM_LOCK = LockInfo(
    identifier="ea093067-4dd0-41a5-1e36-252ab5683632",
    operation="OperationTypeApply",
    who="root@vm",
    version="1.11.4",
    created="2026-11-20T15:25:33.599739994Z",
    path="tfstate-a/ddb/terraform.tfstate",
)
NANOSECONDS_MAX = 253_402_300_799_999_999_999  # the end of the year 9999

any_text = st.text(st.characters(exclude_categories=["Cs"]))
times = st.integers(min_value=0, max_value=NANOSECONDS_MAX).map(created_text)
lock_infos = st.builds(
    LockInfo,
    identifier=any_text,
    operation=any_text,
    info=any_text,
    who=any_text,
    version=any_text,
    created=times,
    path=any_text,
)


# Writing ----------------------------------------------------------------------------------------


def test_the_bytes_are_those_of_terraform() -> None:
    assert TERRAFORM_LOCK.body == TERRAFORM_TEXT.encode()
    assert TERRAFORM_LOCK.text == TERRAFORM_TEXT


def test_what_go_escapes_is_escaped_and_nothing_else() -> None:
    info = LockInfo(identifier="1", info='a&b<c>é"\\\n\t\x01\u2028\u2029\x7f😀')
    assert info.text == (
        '{"ID":"1","Operation":"","Info":"a\\u0026b\\u003cc\\u003eé\\"\\\\\\n\\t\\u0001\\u2028\\u2029\x7f😀",'
        '"Who":"","Version":"","Created":"0001-01-01T00:00:00Z","Path":""}'
    )


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert b'"Who":"\xef\xbf\xbd@host"' in LockInfo(identifier="1", who="\udcff@host").body


@given(lock_infos)
def test_what_is_written_is_read_back(info: LockInfo) -> None:
    assert read_lock(info.body) == info


@given(lock_infos)
def test_what_is_written_is_plain_json_in_one_line_of_safe_characters(info: LockInfo) -> None:
    assert list(json.loads(info.text)) == [
        "ID",
        "Operation",
        "Info",
        "Who",
        "Version",
        "Created",
        "Path",
    ]
    assert not set(info.text) & set("&<>\n\r\u2028\u2029")


# Time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_000_000_000, "1970-01-01T00:00:01Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (1_795_188_333_599_739_994, "2026-11-20T15:25:33.599739994Z"),
        (1_795_188_333_599_739_990, "2026-11-20T15:25:33.59973999Z"),
        (1_795_188_333_000_000_001, "2026-11-20T15:25:33.000000001Z"),
    ],
)
def test_trailing_zeros_of_the_time_are_trimmed(nanoseconds: int, text: str) -> None:
    assert created_text(nanoseconds) == text


@given(st.integers(min_value=0, max_value=NANOSECONDS_MAX))
def test_a_time_is_in_its_canonical_form_and_exact_to_the_microsecond(nanoseconds: int) -> None:
    text = created_text(nanoseconds)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=nanoseconds // 1000)
    assert canonical_created(text) == text
    assert LockInfo(identifier="1", created=text).created_at == moment


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.120+02:00", "2026-01-02T03:04:05.12+02:00"),
        ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.1234567899Z", "2026-01-02T03:04:05.123456789Z"),
    ],
)
def test_a_time_is_read_as_go_reads_it(written: str, read: str) -> None:
    assert canonical_created(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026-01-02 03:04:05",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05,5Z",
        "2026-01-02t03:04:05z",
        "2026-02-30T03:04:05Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:04:60Z",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+0200",
        "2026-01-02T03:04:05Z\n",
        "２026-01-02T03:04:05Z",
        "yesterday",
    ],
)
def test_what_go_does_not_read_as_a_time_is_none(written: str) -> None:
    assert canonical_created(written) is None


def test_the_age_knows_the_offset_and_the_missing_time() -> None:
    east = LockInfo(identifier="1", created="2026-01-02T03:04:05.5+02:00")
    assert east.created_at == datetime(
        2026, 1, 2, 3, 4, 5, 500_000, tzinfo=timezone(timedelta(hours=2))
    )
    assert LockInfo(identifier="1").created_at is None
    assert LockInfo(identifier="1", created="yesterday").created_at is None


# Reading ----------------------------------------------------------------------------------------


def test_keys_are_read_in_any_case_and_unknown_ones_are_passed_over() -> None:
    body = b' {"id": "a", "WHO": "me@host", "colour": {"ID": "not this"}, "Created": null}\n'
    assert read_lock(body) == LockInfo(identifier="a", who="me@host", created=CREATED_ZERO)


def test_of_a_key_that_stands_twice_the_last_one_counts() -> None:
    assert read_lock(b'{"ID":"a","id":"b","Id":null}') == LockInfo(identifier="b")


def test_missing_keys_are_empty() -> None:
    assert read_lock(b"{}") == read_lock(b"null") == LockInfo(identifier="")


def test_bytes_that_are_not_utf_8_are_replaced_inside_of_strings() -> None:
    assert read_lock(b'{"ID":"a\xff","Who":"\\ud800"}') == LockInfo(
        identifier="a\ufffd", who="\ufffd"
    )


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"[]", "it is JSON, but not an object"),
        (b'"lock"', "it is JSON, but not an object"),
        (b"{} {}", "it is not JSON: Extra data: line 1 column 4 (char 3)"),
        (b'{"ID":NaN}', "it is not JSON: NaN is not a value of JSON"),
        (b"\xef\xbb\xbf{}", None),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"9" * 100_000, None),
    ],
)
def test_what_is_no_lock_is_a_value_that_says_so(body: bytes, problem: str | None) -> None:
    content = read_lock(body)
    assert isinstance(content, UnreadableLock)
    assert content.body == body
    assert content.salvaged is None
    if problem is not None:
        assert content.problem == problem


def test_of_a_lock_with_an_odd_time_the_rest_is_salvaged() -> None:
    body = b'{"ID":"a","Who":"me@host","Created":"2026-01-02 03:04:05"}'
    assert read_lock(body) == UnreadableLock(
        body=body,
        problem="`Created` is not a time in RFC 3339",
        salvaged=LockInfo(identifier="a", who="me@host", created="2026-01-02 03:04:05"),
    )


def test_of_a_lock_with_a_number_for_a_text_the_rest_is_salvaged() -> None:
    body = b'{"ID":"a","Version":1}'
    assert read_lock(body) == UnreadableLock(
        body=body, problem="`Version` is not a string", salvaged=LockInfo(identifier="a")
    )


@given(st.binary() | any_text.map(str.encode) | st.from_regex(rb'\{"ID":.*\}', fullmatch=True))
def test_reading_never_raises_and_what_is_unreadable_keeps_its_bytes(body: bytes) -> None:
    content = read_lock(body)
    if isinstance(content, UnreadableLock):
        assert content.body == body
        assert content.problem
    else:
        assert read_lock(content.body) == content


# Names ------------------------------------------------------------------------------------------


def test_an_identifier_is_spelled_in_five_groups() -> None:
    assert lock_identifier(bytes(range(16))) == "00010203-0405-0607-0809-0a0b0c0d0e0f"


def test_names_of_locks_are_those_of_the_engines() -> None:
    key = "env:/dev/network/terraform.tfstate"
    assert lock_path("states", key) == "states/env:/dev/network/terraform.tfstate"
    assert lock_object_key(key) == "env:/dev/network/terraform.tfstate.tflock"
