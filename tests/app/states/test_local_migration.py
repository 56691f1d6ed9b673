"""Local states come into a backend: byte for byte, under both locks, and never over anything else."""

import fcntl
import json
import os
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.state_moves import MoveStanding
from holdfast.engine.local_state_files import note_of
from holdfast.errors import (
    HoldfastError,
    JournalNotWrittenError,
    LocalStateChangedError,
    LocalStateLockedError,
    LocalStateUnreadError,
    LockHeldError,
    StateChangedError,
    TargetNotEmptyError,
)
from holdfast.sandbox.scenarios.model import state_body
from tests.app.states.conftest import History, md5_of
from tests.app.states.local_states import LocalScene, local_scene
from tests.support.locking import KEY

ENCRYPTED = b'{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}'


@pytest.fixture
def local(history: History, connections: Connections, tmp_path: Path) -> LocalScene:
    return local_scene(history.site, connections, tmp_path)


def test_states_and_workspaces_come_with_lineage_and_serial(local: LocalScene) -> None:
    done = local.migrate()
    assert [each.was_there for each in done.states] == [False, False]
    assert done.files == ()
    assert done.kept == (
        "network/terraform.tfstate.migrated-to-s3-serial-3",
        "network/terraform.tfstate.d/dev/terraform.tfstate.migrated-to-s3-serial-3",
    )
    local.assert_migrated()
    assert local.find().roots == []


def test_a_plan_changes_nothing(local: LocalScene) -> None:
    outlook = local.plan().outlook
    assert [(each.path, each.target_key, each.standing) for each in outlook.states] == [
        ("network/terraform.tfstate", KEY, MoveStanding.TO_COPY),
        (
            "network/terraform.tfstate.d/dev/terraform.tfstate",
            f"env:/dev/{KEY}",
            MoveStanding.TO_COPY,
        ),
    ]
    assert local.scene.objects() == {}
    local.assert_untouched()


def test_it_is_written_down_where_each_state_went(local: LocalScene) -> None:
    local.migrate()
    lines = [json.loads(line) for line in local.journal.read_text("utf-8").splitlines()]
    assert lines[0] == {
        "version": 1,
        "event": "local state",
        "moment": "2026-11-21T14:00:00+00:00",
        "by": "ann@laptop",
        "caller": None,
        "holdfast": "0.1.0",
        "backend": local.scene.site.bucket,
        "bucket": local.scene.site.bucket,
        "key": KEY,
        "path": str(local.path().resolve()),
        "md5": md5_of(local.scene.body(KEY)),
    }
    assert [each["key"] for each in lines] == [KEY, f"env:/dev/{KEY}"]


def test_without_a_journal_nothing_is_done(local: LocalScene) -> None:
    local.journal.mkdir()
    with pytest.raises(JournalNotWrittenError):
        local.migrate()
    assert local.scene.objects() == {}
    local.assert_untouched()


def test_an_encrypted_state_is_copied_byte_for_byte(local: LocalScene) -> None:
    local.write("default", ENCRYPTED)
    local.migrate()
    assert local.scene.states()[KEY] == ENCRYPTED
    assert local.files()["terraform.tfstate.migrated-to-s3"] == ENCRYPTED


def test_an_empty_file_is_no_state_and_stays(local: LocalScene) -> None:
    local.write("default", b"")
    local.migrate()
    assert list(local.scene.states()) == [f"env:/dev/{KEY}"]
    assert local.files()["terraform.tfstate"] == b""


def test_a_file_that_is_there_already_is_never_overwritten(local: LocalScene) -> None:
    local.kept().write_bytes(b"of a colleague")
    local.migrate()
    assert local.kept().read_bytes() == b"of a colleague"
    again = local.kept().with_name(f"{local.kept().name}.2")
    assert again.read_bytes() == local.scene.body(KEY)


@pytest.mark.parametrize("workspace", ["default", "dev"])
def test_a_run_that_was_killed_between_two_files_is_completed(
    local: LocalScene, workspace: str
) -> None:
    local.migrate()
    local.kept(workspace).rename(local.path(workspace))
    note_of(local.path(workspace)).write_bytes(b"of a run that was killed")
    (done,) = local.migrate().states
    assert (done.planned.standing, done.was_there) == (MoveStanding.COPIED, True)
    local.assert_migrated()


# What is in the way -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serial", "subject", "words"),
    [
        (2, KEY, "an older state of the same lineage"),
        (9, KEY, "a newer state of the same lineage, which never was what the local file holds"),
        (3, "theirs", "another state: the lineages differ"),
    ],
)
def test_a_place_that_holds_something_else_is_refused(
    local: LocalScene, serial: int, subject: str, words: str
) -> None:
    ours = subject == KEY
    body = (
        local.scene.body(KEY, serial=serial)
        if ours
        else state_body(subject=subject, serial=serial, facts={}).encode()
    )
    local.scene.write(KEY, body)
    with pytest.raises(TargetNotEmptyError) as caught:
        local.plan()
    assert caught.value.facts[-1] == ("there is", words)
    assert local.scene.states() == {KEY: body}
    local.assert_untouched()


def test_what_went_on_from_this_very_state_is_left_as_it_is(local: LocalScene) -> None:
    local.scene.write(KEY, local.scene.body(KEY))
    went_on = local.scene.body(KEY, serial=4)
    local.scene.write(KEY, went_on)
    done = local.migrate()
    assert [each.planned.standing for each in done.states] == [
        MoveStanding.IN_USE,
        MoveStanding.TO_COPY,
    ]
    assert local.scene.states()[KEY] == went_on
    assert local.kept().read_bytes() == local.scene.body(KEY)


@pytest.mark.parametrize("key", [f"env:/theirs/{KEY}"])
def test_a_workspace_that_would_become_one_of_the_root_is_refused(
    local: LocalScene, key: str
) -> None:
    local.scene.write(key, local.scene.body("of somebody"))
    with pytest.raises(TargetNotEmptyError) as caught:
        local.plan()
    assert caught.value.facts == (("there is", f"a state at `{key}`"),)


def test_a_default_workspace_of_somebody_else_is_refused(local: LocalScene) -> None:
    local.path().unlink()
    local.scene.write(KEY, local.scene.body("of somebody"))
    with pytest.raises(TargetNotEmptyError) as caught:
        local.plan()
    assert caught.value.facts == (("there is", f"a state at `{KEY}`"),)


def test_a_state_that_somebody_writes_meanwhile_is_not_overwritten(local: LocalScene) -> None:
    plan = local.plan()
    theirs = local.scene.body("theirs")
    local.scene.write(KEY, theirs)
    with pytest.raises(StateChangedError):
        local.migrate(plan)
    assert local.scene.states() == {KEY: theirs}
    local.assert_untouched()


def test_a_local_state_that_was_written_after_the_plan_is_not_copied(local: LocalScene) -> None:
    plan = local.plan()
    local.write("dev", local.scene.body(f"env:/dev/{KEY}", serial=4))
    with pytest.raises(LocalStateChangedError):
        local.migrate(plan)
    assert local.scene.objects() == {}
    assert local.path().read_bytes() == local.scene.body(KEY)


def test_a_local_lock_that_is_held_is_respected(local: LocalScene) -> None:
    process, written = _holder(local.path("dev"))
    try:
        os.read(written, 1)
        with pytest.raises(LocalStateLockedError):
            local.migrate()
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(written)
    assert local.scene.objects() == {}
    local.assert_untouched()
    local.migrate()
    local.assert_migrated()


def _holder(path: Path) -> tuple[int, int]:
    """Start a process that locks a file as engines do, and says so."""
    read, write = os.pipe()
    process = os.fork()
    if not process:
        descriptor = os.open(path, os.O_RDWR)
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(write, b"1")
        os.read(os.pipe()[0], 1)
        os._exit(1)
    os.close(write)
    return process, read


@pytest.mark.parametrize("where", ["object", "item"])
def test_a_lock_of_the_new_place_that_is_held_is_respected(local: LocalScene, where: str) -> None:
    info = local.scene.site.sign("an apply")
    if where == "object":
        local.scene.site.put_object(f"{KEY}.tflock", info.body)
    else:
        local.scene.site.put_item(f"{local.scene.site.bucket}/{KEY}", info.text)
    with pytest.raises(LockHeldError):
        local.migrate()
    assert local.scene.states() == {}
    assert list(local.scene.reasons().values()) == ["an apply"]
    assert local.path().read_bytes() == local.scene.body(KEY)


def test_what_cannot_be_used_is_told_at_once_with_its_place(local: LocalScene) -> None:
    local.write("default", b"not a state")
    local.write("dev", local.scene.body(f"env:/dev/{KEY}")[:-20])
    (local.root / "errored.tfstate").write_bytes(b"{}")
    assert local.find().obstacles == [
        (
            "network/errored.tfstate",
            "an engine could not write this state: `state push` it before anything else",
        ),
        ("network/terraform.tfstate", "it is not JSON"),
        ("network/terraform.tfstate.d/dev/terraform.tfstate", "its JSON is damaged"),
    ]


def test_a_link_and_a_pipe_are_no_states(local: LocalScene, tmp_path: Path) -> None:
    body = tmp_path / "elsewhere"
    local.path().rename(body)
    local.path().symlink_to(body)
    local.path("dev").unlink()
    os.mkfifo(local.path("dev"))
    assert [words for _, words in local.find().obstacles] == [
        "it is a symbolic link",
        "it is no plain file",
    ]


def test_a_file_that_cannot_be_renamed_is_left_and_the_next_run_goes_on(local: LocalScene) -> None:
    plan = local.plan()
    # A directory of that name each: as unlikely as it gets, and the next free name is taken.
    local.kept().mkdir()
    local.kept().with_name(f"{local.kept().name}.2").mkdir()
    done = local.migrate(plan)
    assert done.kept[0] == "network/terraform.tfstate.migrated-to-s3-serial-3.3"


def test_errors_of_a_lock_that_cannot_be_noted_are_words(local: LocalScene) -> None:
    (local.root / ".terraform.tfstate.lock.info").mkdir()
    with pytest.raises(LocalStateUnreadError) as caught:
        local.migrate()
    assert isinstance(caught.value, HoldfastError)
    assert local.scene.objects() == {}
