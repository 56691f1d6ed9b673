"""A declaration is written whole or not at all."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.app.declaration_writing import write_declaration
from holdfast.errors import DeclarationExistsError, FileNotWrittenError

OLD, NEW = "version: 1 # old\n", "version: 1\n" * 1000
EVENTS_MAX = 60
# Ends the process at the n-th thing that it asks of the file system below its directory.
KILLED = """
import os, sys
from pathlib import Path
from holdfast.app.declaration_writing import write_declaration
target, number, force = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "force"
seen = 0

def hook(event, arguments):
    global seen
    if event.split(".")[0] in {"open", "os"} and str(target.parent) in str(arguments):
        seen += 1
        if seen == number:
            os._exit(9)

sys.addaudithook(hook)
write_declaration(target, sys.stdin.read(), force=force)
"""


def killed_at(number: int, target: Path, mode: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(target), str(number), mode],
        input=NEW,
        text=True,
        check=False,
    ).returncode


def content(target: Path) -> str | None:
    return target.read_text(encoding="utf-8") if target.exists() else None


def kills(target: Path, mode: str) -> Iterator[int]:
    """Yield the numbers of the requests at which a run was killed; the last run was not."""
    for number in range(1, EVENTS_MAX):
        if killed_at(number, target, mode) == 0:
            return
        yield number
    raise AssertionError("it never ended")


def test_a_run_that_is_killed_anywhere_leaves_the_whole_file_or_none(tmp_path: Path) -> None:
    target = tmp_path / "holdfast.yaml"
    number = 0
    for number in kills(target, "new"):
        assert content(target) in {None, NEW}, number
        target.unlink(missing_ok=True)
    assert number > 2
    assert content(target) == NEW


def test_a_run_that_is_killed_while_replacing_leaves_the_old_file_or_the_new_one(
    tmp_path: Path,
) -> None:
    target = tmp_path / "holdfast.yaml"
    target.write_text(OLD, encoding="utf-8")
    number = 0
    for number in kills(target, "force"):
        assert content(target) in {OLD, NEW}, number
        if content(target) == NEW:
            assert content(tmp_path / "holdfast.yaml.orig") == OLD
        for path in tmp_path.iterdir():
            path.unlink()
        target.write_text(OLD, encoding="utf-8")
    assert number > 4
    assert content(target) == NEW
    assert content(tmp_path / "holdfast.yaml.orig") == OLD


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    target = tmp_path / "holdfast.yaml"
    target.write_text(OLD, encoding="utf-8")
    with pytest.raises(DeclarationExistsError):
        write_declaration(target, NEW)
    assert content(target) == OLD
    assert list(tmp_path.iterdir()) == [target]


def test_with_force_a_copy_is_kept_each_time(tmp_path: Path) -> None:
    target = tmp_path / "holdfast.yaml"
    assert write_declaration(target, OLD, force=True) is None
    assert write_declaration(target, NEW, force=True) == tmp_path / "holdfast.yaml.orig"
    assert write_declaration(target, OLD, force=True) == tmp_path / "holdfast.yaml.orig.2"
    assert content(tmp_path / "holdfast.yaml.orig") == OLD
    assert content(tmp_path / "holdfast.yaml.orig.2") == NEW


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "shared.yaml"
    target.write_text(OLD, encoding="utf-8")
    link = tmp_path / "holdfast.yaml"
    link.symlink_to("shared.yaml")
    write_declaration(link, NEW, force=True)
    assert link.is_symlink()
    assert content(target) == NEW


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotWrittenError, match="cannot be written"):
        write_declaration(tmp_path / "nowhere" / "holdfast.yaml", NEW)
