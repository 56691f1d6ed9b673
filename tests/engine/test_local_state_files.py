"""Local state files are read, locked as the engines do, and kept under a name that nothing has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.app.lock_identity import LockIdentity
from holdfast.core.lock_info import LockInfo
from holdfast.core.state_content import EmptyState, StateHead
from holdfast.engine.local_state_files import (
    held_local_state,
    local_workspaces,
    note_of,
    read_local,
)
from holdfast.errors import LocalStateChangedError, LocalStateLockedError, LocalStateUnreadError

BODY = b"""\
{
  "version": 4,
  "terraform_version": "1.15.5",
  "serial": 7,
  "lineage": "21c4be3e-cbaa-58f6-a495-569255c2825e",
  "outputs": {},
  "resources": []
}
"""
IDENTITY = LockIdentity(who="ann@laptop", version="0.1.0", clock=lambda: 0, random=bytes)
INFO = IDENTITY.sign(operation="holdfast-migrate", info="moved to b/k", path="terraform.tfstate")
# What another process sees: whether it gets the lock that engines take.
TRY = """\
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(5)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "terraform.tfstate"
    file.write_bytes(BODY)
    return file


def is_free(path: Path) -> bool:
    return subprocess.run([sys.executable, "-c", TRY, str(path)], check=False).returncode == 0


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_what_a_local_state_holds(path: Path) -> None:
    read = read_local(path)
    assert read is not None
    assert isinstance(read.content, StateHead)
    assert (read.content.serial, read.size_bytes) == (7, len(BODY))
    path.write_bytes(b"")
    empty = read_local(path)
    assert empty is not None
    assert isinstance(empty.content, EmptyState)
    path.unlink()
    assert read_local(path) is None


def test_what_is_no_state_is_refused_without_its_text(path: Path) -> None:
    path.write_bytes(b'{"password": "hunter2"')
    with pytest.raises(LocalStateUnreadError) as caught:
        read_local(path)
    assert "hunter2" not in str(caught.value.facts)


def test_workspaces_are_the_directories_with_a_state(tmp_path: Path) -> None:
    assert local_workspaces(tmp_path / "missing") == ()
    for name in ("blue", "default", "empty", "a b"):
        (tmp_path / name).mkdir()
    for name in ("blue", "default", "a b"):
        (tmp_path / name / "terraform.tfstate").write_bytes(BODY)
    assert local_workspaces(tmp_path) == ("a b", "blue")


def test_the_lock_is_the_one_of_the_engines_and_ends(path: Path) -> None:
    with held_local_state(path, INFO):
        assert not is_free(path)
        assert note_of(path).read_bytes() == INFO.body
        assert note_of(path).stat().st_mode & 0o777 == 0o600
    assert is_free(path)
    assert names(path) == ["terraform.tfstate"]


def test_reading_under_the_lock_keeps_it(path: Path) -> None:
    taken: list[bytes] = []
    with held_local_state(path, INFO) as held:
        held.pour(taken.append)
        held.pour(taken.append)
        assert not is_free(path)
    assert taken == [BODY, BODY]


def test_a_note_that_was_left_behind_locks_nothing(path: Path) -> None:
    note_of(path).write_bytes(b"of a run that was killed")
    with held_local_state(path, INFO):
        assert note_of(path).read_bytes() == INFO.body
    assert names(path) == ["terraform.tfstate"]


def test_a_held_lock_is_shown_with_its_note(path: Path) -> None:
    theirs = LockInfo(identifier="1", operation="OperationTypeApply", who="bob@ci")
    note_of(path).write_bytes(theirs.body)
    read, write = os.pipe()
    code = f"{TRY}\nprint('held', flush=True)\n".replace("sys.exit(5)", "raise")
    code = code.replace("print(", "    print(").replace(
        "flush=True)", "flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=read, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LocalStateLockedError) as caught, held_local_state(path, INFO):
            pass
        process.kill()
    os.close(read)
    os.close(write)
    assert caught.value.facts == (
        ("by", "bob@ci"),
        ("operation", "OperationTypeApply"),
        ("since", "0001-01-01T00:00:00Z"),
        ("lock id", "1"),
    )
    assert note_of(path).read_bytes() == theirs.body


def test_a_file_that_has_gone_was_changed(path: Path) -> None:
    path.unlink()
    with pytest.raises(LocalStateChangedError), held_local_state(path, INFO):
        pass


def test_it_is_kept_under_a_name_that_nothing_has(path: Path) -> None:
    name = "terraform.tfstate.migrated-to-s3-serial-7"
    path.with_name(name).write_bytes(b"of somebody")
    with held_local_state(path, INFO) as held:
        assert held.keep(7) == path.with_name(f"{name}.2")
    assert path.with_name(name).read_bytes() == b"of somebody"
    assert path.with_name(f"{name}.2").read_bytes() == BODY
    assert names(path) == [name, f"{name}.2"]


def test_a_name_that_a_killed_run_has_taken_is_taken_again(path: Path) -> None:
    name = "terraform.tfstate.migrated-to-s3-serial-7"
    path.with_name(name).touch()
    with held_local_state(path, INFO) as held:
        held.keep(7)
    assert names(path) == [name]
    assert path.with_name(name).read_bytes() == BODY
