"""What is broken hides nothing below it: reading goes on at the next block of the top level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.resuming import parts_of
from holdfast.hcl.syntax import BlockSyntax

BACKEND = """\
# one for all
terraform {
  # the team's bucket
  backend "s3" {
    bucket = "b"
    key    = "ü/k"
  }
}
"""
BROKEN = {
    "a block that is not closed": 'resource "x" "y" {\n  a = 1\n',
    "a part of a block that is not closed": 'resource "x" "y" {\n  b {\n    a = 1\n}\n',
    "a text over two lines": 'resource "x" "y" {\n  a = "oops\n}\n',
    "a value that is missing": 'resource "x" "y" {\n  a =\n}\n',
    "a brace too many": 'resource "x" "y" {\n  a = 1\n}\n}\n',
    "a list that is not closed": 'resource "x" "y" {\n  a = [1, 2\n}\n',
    "a call that is not closed": 'resource "x" "y" {\n  a = "${f(1"\n}\n',
    "a conflict": "<<<<<<< HEAD\nlocals {\n}\n=======\nlocals {}\n>>>>>>> theirs\n",
    "a template of another kind": "locals {\n  {% if x %}\n  a = 1\n  {% endif %}\n}\n",
    "a wildcard that looks like a comment": 'locals {\n  a = "arn:aws:s3:::b/*"\n  b = \n}\n',
    "text in a heredoc": "locals {\n  a = <<-EOT\n    {\n  EOT\n  b = \n}\n",
}


def backends(text: str) -> list[BlockSyntax]:
    """Return the backend blocks in the top level's `terraform` blocks."""
    body = parse_hcl(text.encode(), wanted=frozenset({"terraform"})).body
    return [each for block in body.blocks for each in block.body.blocks_of("backend")]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_backend_below_a_broken_block_is_found_in_its_place(broken: str) -> None:
    parsed = parse_hcl(f"{BROKEN[broken]}{BACKEND}".encode())
    assert parsed.problem is not None
    padding = "\n" * BROKEN[broken].count("\n")
    assert backends(f"{BROKEN[broken]}{BACKEND}") == backends(f"{padding}{BACKEND}")
    # What stands above the broken block, and what stands between two of them.
    assert backends(f"{BACKEND}{BROKEN[broken]}") == backends(BACKEND)
    assert len(backends(f"{BROKEN[broken]}{BACKEND}{BROKEN[broken]}")) == 1


@pytest.mark.parametrize(
    "around",
    [
        "/*\n{}*/\n",
        'generate "b" {{\n  contents = <<EOF\n{}EOF\n}}\n',
        "/* never closed\n{}",
        "locals {{\n  a = <<EOF\n{}",
    ],
)
def test_a_backend_in_a_comment_or_in_text_is_none(around: str) -> None:
    text = around.format(BACKEND)
    assert backends(f"{text}resource {{\n") == []
    assert backends(f"variable {{ a = }}\n{text}") == []


def test_what_closes_a_comment_or_a_text_is_seen() -> None:
    closed = "/* {\n*/\nlocals {\n  a = <<EOF\nresource {\nEOF\n"
    assert len(backends(f"{closed}{BACKEND}")) == 1


def test_a_broken_backend_does_not_hide_another_one() -> None:
    torn = BACKEND.replace('"b"', '"b')
    assert backends(torn + BACKEND) == backends("\n" * torn.count("\n") + BACKEND)


PIECES = st.sampled_from(
    [
        *BROKEN.values(),
        BACKEND,
        "/*",
        "*/\n",
        '"',
        "<<EOF\n",
        "EOF\n",
        "\r\n",
        "# x\n",
        "terraform {\r\n",
        "}",
        "ü",
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_the_parts_are_the_whole(text: str) -> None:
    source = text.encode()
    parts = list(parts_of(source))
    assert b"".join(source[part.start : part.end] for part in parts) == source
    assert [part.lines_before for part in parts] == [
        source.count(b"\n", 0, part.start) for part in parts
    ]
    assert all(part.start == 0 or source[part.start - 1 : part.start] == b"\n" for part in parts)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_places_lie_in_the_file(text: str) -> None:
    lines = text.split("\n")
    for block in backends(text):
        assert lines[block.line - 1][block.column - 1 :].startswith("backend")
