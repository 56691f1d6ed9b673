"""A declaration that cannot be read: an error with words, never an absence, and nothing is written."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.conftest import CommandLine

NAME = "holdfast.yaml"
Command: TypeAlias = tuple[str, ...]
COMMANDS: list[Command] = [("audit", "--offline"), ("generate", "backend", "--write")]
ELF = b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory that everything happens in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def link_in_a_circle(path: Path) -> None:
    (path.parent / "other.yaml").symlink_to(path.name)
    path.symlink_to("other.yaml")


def link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere.yaml")


def directory(path: Path) -> None:
    path.mkdir()


def named_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (link_in_a_circle, "Too many levels of symbolic links"),
        (link_to_nowhere, "No such file or directory"),
        (directory, "it is not a file"),
        (named_pipe, "it is not a file"),
    ],
)
def test_what_is_no_file_is_no_absence_of_a_declaration(
    cli: CommandLine, here: Path, command: Command, make: Callable[[Path], None], problem: str
) -> None:
    make(here / NAME)
    before = sorted(here.iterdir())
    refused = cli(*command)
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith(f"error[path-not-found]: `{NAME}` cannot be read: {problem}\n")
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ELF, "1:1  the file is binary, not text"),
        (b"version: \x01", "1:10  the character U+0001 is not allowed in YAML"),
        ("version: 1\n".encode("utf-16"), "1:1  the file is UTF-16; save it as UTF-8"),
        (b"version: 1\n# caf\xe9\n", "2:6  the file is not UTF-8: byte 0xe9"),
    ],
    ids=["binary", "control characters", "UTF-16", "Latin-1"],
)
def test_what_is_no_text_has_its_place(
    cli: CommandLine, here: Path, command: Command, content: bytes, found: str
) -> None:
    (here / NAME).write_bytes(content)
    refused = cli(*command)
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith(f"error[declaration-invalid]: `{NAME}` has 1 mistake\n")
    assert f"\n  {NAME}:{found}\n" in refused.errors
