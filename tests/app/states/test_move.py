"""Moving a state: byte for byte, with its workspaces and its code; the old place says where it went."""

from pathlib import Path

import pytest

from holdfast.app.state_forgetting import refuse_lost, refuse_unsettled
from holdfast.app.state_moving import move
from holdfast.aws.connections import Connections
from holdfast.core.state_moves import MoveStanding
from holdfast.errors import (
    CodeChangedError,
    CodeRefusedError,
    LockHeldError,
    MoveNotSettledError,
    MoveSourceEmptyError,
    MoveTargetInvalidError,
    StateChangedError,
    StateNotMovedError,
    TargetNotEmptyError,
)
from holdfast.sandbox.scenarios.model import state_body
from tests.app.states.conftest import History
from tests.app.states.moving import Scene
from tests.support.locking import KEY

ENCRYPTED = b'{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}'


@pytest.fixture
def scene(history: History, connections: Connections, tmp_path: Path) -> Scene:
    return Scene(
        site=history.site, directory=tmp_path / "code", key=KEY, connections=connections
    ).build()


def test_a_state_and_its_workspaces_move_with_their_code(scene: Scene) -> None:
    done = scene.move()
    assert done.files == ("network/main.tf",)
    assert [each.was_there for each in done.states] == [False, False]
    scene.assert_moved()


def test_running_it_again_changes_nothing(scene: Scene) -> None:
    scene.move()
    before = (scene.objects(), scene.items())
    again = scene.move()
    assert again.files == ()
    assert [each.was_there for each in again.states] == [True, True]
    assert (scene.objects(), scene.items()) == before
    scene.assert_moved()


def test_what_was_written_since_at_the_new_place_is_left_as_it_is(scene: Scene) -> None:
    scene.move()
    scene.write(scene.new_key, scene.body(KEY, serial=4))
    again = scene.move()
    assert [each.planned.standing for each in again.states] == [
        MoveStanding.IN_USE,
        MoveStanding.COPIED,
    ]
    assert scene.states()[scene.new_key] == scene.body(KEY, serial=4)
    assert scene.reasons() == scene.tombstones()


def test_an_encrypted_state_moves_byte_for_byte(scene: Scene) -> None:
    scene.write(KEY, ENCRYPTED)
    scene.move()
    assert scene.states()[scene.new_key] == ENCRYPTED


def test_a_plan_changes_nothing(scene: Scene) -> None:
    before = (scene.objects(), scene.items(), scene.code.read_bytes())
    outlook = scene.plan().outlook
    assert [(each.source_key, each.target_key) for each in outlook.states] == [
        (KEY, scene.new_key),
        (f"env:/dev/{KEY}", f"env:/dev/{scene.new_key}"),
    ]
    assert [each.path for each in outlook.edits] == ["network/main.tf"]
    assert (scene.objects(), scene.items(), scene.code.read_bytes()) == before


@pytest.mark.parametrize("serial", [2, 3, 4])
def test_a_place_that_holds_something_else_is_refused(scene: Scene, serial: int) -> None:
    scene.write(scene.new_key, scene.body("of somebody", serial=serial))
    with pytest.raises(TargetNotEmptyError):
        scene.plan()
    assert scene.reasons() == {}


def test_a_workspace_of_the_new_place_is_looked_at_as_well(scene: Scene) -> None:
    scene.write(f"env:/dev/{scene.new_key}", b"something")
    with pytest.raises(TargetNotEmptyError):
        scene.plan()


def test_a_place_that_another_root_uses_is_refused(scene: Scene) -> None:
    other = scene.directory / "other"
    other.mkdir()
    (other / "main.tf").write_text(scene.text(scene.new_key), encoding="utf-8")
    with pytest.raises(MoveTargetInvalidError) as caught:
        scene.plan()
    assert "`other` uses it" in caught.value.headline + str(caught.value.facts)
    assert scene.reasons() == {}


def test_a_workspace_that_would_become_one_of_the_moved_state_is_refused(scene: Scene) -> None:
    scene.write(f"env:/theirs/{scene.new_key}", scene.body("of somebody"))
    with pytest.raises(TargetNotEmptyError):
        scene.plan()


def test_the_last_copy_is_never_forgotten(scene: Scene) -> None:
    scene.move()
    refuse_lost(scene.plan_forget().outlook)
    # The new place was lost, and built again from nothing: another lineage, and a higher serial.
    another = state_body(subject="another", serial=9, facts={}).encode()
    scene.write(scene.new_key, another)
    with pytest.raises(StateNotMovedError):
        refuse_lost(scene.plan_forget().outlook)
    scene.site.account.clients.s3().delete_object(Bucket=scene.site.bucket, Key=scene.new_key)
    with pytest.raises(StateNotMovedError):
        refuse_lost(scene.plan_forget().outlook)


@pytest.mark.parametrize(
    "target", ["", "/a", "a/", "a.tflock", KEY, "s3://elsewhere/a", "a\nb", "a" * 1024]
)
def test_a_place_that_is_none(scene: Scene, target: str) -> None:
    with pytest.raises(MoveTargetInvalidError):
        scene.plan(target) if target else scene.plan(f"{scene.site.bucket}/")


def test_a_state_that_there_is_not(scene: Scene) -> None:
    for key in scene.keys:
        scene.site.account.clients.s3().delete_object(Bucket=scene.site.bucket, Key=key)
    with pytest.raises(MoveSourceEmptyError):
        scene.plan()


def test_a_held_state_is_not_moved(scene: Scene) -> None:
    info = scene.site.sign("an apply")
    scene.site.put_object(f"{KEY}.tflock", info.body)
    with pytest.raises(LockHeldError):
        scene.move()
    assert scene.reasons() == {f"s3 {KEY}.tflock": "an apply"}
    assert set(scene.states()) == set(scene.keys)


def test_a_state_that_was_written_after_the_plan_is_not_moved(scene: Scene) -> None:
    plan = scene.plan()
    scene.write(KEY, scene.body(KEY, serial=9))
    with pytest.raises(StateChangedError):
        move(plan, connections=scene.connections, worker=scene.worker())
    assert set(scene.states()) == set(scene.keys)
    assert scene.reasons() == {}


def test_code_that_was_changed_after_the_plan_is_not_written(scene: Scene) -> None:
    plan = scene.plan()
    scene.code.write_text(f"# mine\n{scene.text(KEY)}", encoding="utf-8")
    with pytest.raises(CodeChangedError):
        move(plan, connections=scene.connections, worker=scene.worker())
    assert scene.code.read_text(encoding="utf-8") == f"# mine\n{scene.text(KEY)}"
    assert scene.reasons() == {}
    scene.code.write_text(scene.text(KEY), encoding="utf-8")
    scene.move()
    scene.assert_moved()


def test_code_that_cannot_be_edited_is_named_with_its_line(scene: Scene) -> None:
    shared = scene.directory / "shared"
    for name, key in (("a", KEY), ("b", "other")):
        root = scene.directory / name
        root.mkdir()
        (root / "main.tf").write_text('terraform {\n  backend "s3" {}\n}\n', encoding="utf-8")
        (root / "run.sh").write_text(
            f"terraform init -backend-config=../shared/s3.tfbackend -backend-config=key={key}\n",
            encoding="utf-8",
        )
    shared.mkdir()
    (shared / "s3.tfbackend").write_text(
        f'bucket = "{scene.site.bucket}"\nregion = "us-east-1"\n'
        f'endpoints = {{ s3 = "{scene.site.url}" }}\n',
        encoding="utf-8",
    )
    with pytest.raises(CodeRefusedError) as caught:
        scene.plan()
    assert caught.value.facts == (
        ("a/run.sh:1", "`key` is given as an argument, and not in a file"),
    )
    assert scene.reasons() == {}


def test_a_lock_of_a_run_that_still_goes_on_is_respected(scene: Scene) -> None:
    lock = scene.site.identity.sign(
        operation="holdfast-move",
        info=f"being moved here from {scene.site.bucket}/{KEY}, by process 1",
        path=f"{scene.site.bucket}/{scene.new_key}",
    )
    scene.site.put_object(f"{scene.new_key}.tflock", lock.body)
    with pytest.raises(LockHeldError):
        scene.move()
    assert scene.reasons() == {f"s3 {scene.new_key}.tflock": lock.info}


def test_only_what_was_moved_is_forgotten(scene: Scene) -> None:
    with pytest.raises(StateNotMovedError):
        scene.plan_forget()
    scene.move()
    with pytest.raises(MoveNotSettledError):
        refuse_unsettled(scene.plan_forget().outlook)
    scene.write(scene.new_key, scene.body(KEY, serial=4))
    with pytest.raises(MoveNotSettledError):
        refuse_unsettled(scene.plan_forget().outlook)
    dev = f"env:/dev/{scene.new_key}"
    scene.write(dev, scene.body(f"env:/dev/{KEY}", serial=4))
    refuse_unsettled(scene.plan_forget().outlook)
    scene.forget()
    assert set(scene.states()) == {scene.new_key, dev}
    assert scene.reasons() == {}
    with pytest.raises(StateNotMovedError):
        scene.plan_forget()
