"""Reading a state as its bytes come in."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    ReadState,
    StateContent,
    StateHead,
    UnreadableState,
)
from holdfast.core.state_reading import StateReader
from holdfast.sandbox.scenarios.model import lineage, state_body

BODY = state_body(subject="network", serial=7, facts={"serial": "of somebody else"}).encode()
HEAD = StateHead(
    format_version=4,
    engine_version="1.9.8",
    serial=7,
    lineage=lineage("network"),
    resource_count=1,
)


def read(body: bytes, *, pieces_of: int = 64, size_bytes: int | None = None) -> ReadState:
    reader = StateReader()
    for start in range(0, len(body), pieces_of):
        reader.feed(body[start : start + pieces_of])
    return reader.finish(size_bytes=size_bytes)


@given(st.integers(min_value=1, max_value=2000))
def test_the_pieces_make_no_difference(pieces_of: int) -> None:
    md5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    assert read(BODY, pieces_of=pieces_of) == ReadState(content=HEAD, size_bytes=len(BODY), md5=md5)


def test_the_beginning_is_enough_for_the_head() -> None:
    whole = StateHead(
        format_version=4,
        engine_version="1.9.8",
        serial=7,
        lineage=lineage("network"),
        resource_count=None,
    )
    assert read(BODY[:200], size_bytes=len(BODY)) == ReadState(
        content=whole, size_bytes=len(BODY), md5=None
    )


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"", EmptyState()),
        (b"\x00\x01", UnreadableState(problem="it is not JSON")),
        (b"<html>", UnreadableState(problem="it is not JSON")),
        (b"[4]", UnreadableState(problem="it is JSON, and no object")),
        (b"{}", UnreadableState(problem="it has no format version")),
        (b'{"version": true, "serial": 1}', UnreadableState(problem="it has no format version")),
        (b'{"version": 4, "serial": -1}', UnreadableState(problem="it has no serial")),
        (b'{"version": 4, "serial": "1"}', UnreadableState(problem="it has no serial")),
        (BODY[:-4], UnreadableState(problem="its JSON is damaged")),
        (BODY + b"{}", UnreadableState(problem="its JSON is damaged")),
        (
            b'{"meta": {"serial": 3}, "encrypted_data": "AA==", "encryption_version": "v0"}',
            EncryptedState(encryption_version="v0"),
        ),
        (
            b'{"serial": 3, "lineage": "l", "encrypted_data": "", "encryption_version": "v0"}',
            EncryptedState(encryption_version="v0", serial=3, lineage="l"),
        ),
        (
            b'{"version": 3, "serial": 1, "modules": []}',
            StateHead(format_version=3, engine_version="", serial=1, lineage="", resource_count=0),
        ),
    ],
)
def test_what_is_no_plain_state_is_told_for_what_it_is(body: bytes, content: StateContent) -> None:
    assert read(body).content == content


def test_a_problem_never_quotes_the_state() -> None:
    secret = json.dumps({"version": 4, "outputs": {"password": "hunter2"}})[:-1] + ", hunter2"
    assert "hunter2" not in str(read(secret.encode()))
