"""Which backend a root has is changed in place: the wanted block changes, every other byte stays."""

import pytest

from holdfast.core.code_edits import EditedFile, EditRefused
from holdfast.hcl.backend_blocks import local_made_s3, local_taken_out, s3_put_in

COMMENTED = b"""\
# ours
terraform {
  required_version = ">= 1.6" # all of us
  backend "local" {
    # for now
    path          = "states/own.tfstate" # here
    workspace_dir = "states"
  }
}

resource "terraform_data" "a" {}
"""


def content_of(done: EditedFile | EditRefused) -> bytes:
    assert isinstance(done, EditedFile), done
    return done.content


def test_a_local_block_becomes_one_of_s3_and_its_comments_stay() -> None:
    assert content_of(local_made_s3(COMMENTED)) == COMMENTED.replace(b'"local"', b'"s3"').replace(
        b'path          = "states/own.tfstate" # here', b"# here"
    ).replace(b'    workspace_dir = "states"\n', b"")


def test_a_local_block_is_taken_out_with_its_lines() -> None:
    start, end = COMMENTED.index(b'  backend "local"'), COMMENTED.index(b"}\n\nresource")
    assert content_of(local_taken_out(COMMENTED)) == COMMENTED[:start] + COMMENTED[end:]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"terraform {}\n", b'terraform {\n  backend "s3" {}\n}\n'),
        (b"terraform {\n}\n", b'terraform {\n  backend "s3" {}\n}\n'),
        (b"terraform { # ours\n}\n", b'terraform { # ours\n  backend "s3" {}\n}\n'),
        (
            b'\xef\xbb\xbfterraform {\r\n  required_version = "1"\r\n}\r\n',
            b'\xef\xbb\xbfterraform {\r\n  backend "s3" {}\r\n  required_version = "1"\r\n}\r\n',
        ),
        (
            b'locals {}\n\n\tterraform {\n\t\trequired_version = "1"\n\t}\n',
            b'locals {}\n\n\tterraform {\n\t  backend "s3" {}\n\t\trequired_version = "1"\n\t}\n',
        ),
    ],
)
def test_a_block_of_s3_is_put_into_the_first_terraform_block(before: bytes, after: bytes) -> None:
    assert content_of(s3_put_in(before)) == after


@pytest.mark.parametrize(
    "content",
    [
        b'locals { terraform = "no block" }\n',
        b'terraform { required_version = "1" }\n',
        b'terraform {\n  backend "gcs" {}\n}\n',
        b"terraform {\n",
        b"terraform {}\0\n",
    ],
)
def test_a_block_of_s3_is_not_put_in_where_it_is_not_plain(content: bytes) -> None:
    assert isinstance(s3_put_in(content), EditRefused)


@pytest.mark.parametrize(
    "content",
    [
        b"terraform {}\n",
        b'terraform {\n  backend "local" {}\n  backend "local" {}\n}\n',
        b'terraform {\n  backend "local" {}\n  backend "s3" {}\n}\n',
        b'terraform {\n  backend "local" {\n}\n',
    ],
)
def test_a_local_block_that_is_not_the_only_one_is_left_alone(content: bytes) -> None:
    assert isinstance(local_made_s3(content), EditRefused)
    assert isinstance(local_taken_out(content), EditRefused)


def test_a_local_block_on_the_line_of_others_is_not_taken_out() -> None:
    content = b'terraform { backend "local" {} }\n'
    assert isinstance(local_taken_out(content), EditRefused)
    assert content_of(local_made_s3(content)) == b'terraform { backend "s3" {} }\n'
