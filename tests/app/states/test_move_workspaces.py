"""A workspace that is made while a state is moved: it is never left behind without a word."""

from pathlib import Path

import pytest

from holdfast.app.state_move_planning import MovePlan
from holdfast.app.state_moving import Moved, MovedState, move
from holdfast.aws.connections import Connections
from holdfast.core.move_selection import WayStanding
from holdfast.errors import (
    HoldfastError,
    MovesRefusedError,
    StateNotMovedError,
    WorkspacesChangedError,
)
from tests.app.states.conftest import History, body_of
from tests.app.states.fleet_moving import FRESH, OWN, FleetScene, second_site
from tests.app.states.moving import Scene
from tests.support.locking import KEY

LATE = f"env:/late/{KEY}"
NEW_LATE = f"env:/late/new/{KEY}"
STAYED = "nothing was copied, and no code was changed"
COPIED = "the states were copied, and the old place is not locked"


@pytest.fixture
def scene(history: History, connections: Connections, tmp_path: Path) -> Scene:
    return Scene(
        site=history.site, directory=tmp_path / "code", key=KEY, connections=connections
    ).build()


@pytest.fixture
def fleet(history: History, connections: Connections, tmp_path: Path) -> FleetScene:
    return FleetScene(
        name="late",
        old=history.site,
        new=second_site(history.site),
        directory=tmp_path / "fleet",
        connections=connections,
    ).build()


def refused(scene: Scene, plan: MovePlan) -> WorkspacesChangedError:
    """Return the refusal of a move that leaves code and locks as they were."""
    with pytest.raises(WorkspacesChangedError) as caught:
        scene.do(plan)
    assert scene.reasons() == {}
    assert scene.code.read_text(encoding="utf-8") == scene.text(KEY)
    return caught.value


def moved_while(scene: Scene, made: str) -> Moved:
    """Move while a workspace is made after the copies."""

    def on_moved(moved: MovedState) -> None:
        if moved.planned.source.key != KEY:
            scene.write(made, scene.body(made))

    return move(
        scene.plan(),
        connections=scene.connections,
        worker=scene.worker(),
        on_moved=on_moved,
    )


def standing(fleet: FleetScene, root: str) -> WayStanding:
    (found,) = [
        each.standing for each in fleet.plan().outlook if each.way.source.key == fleet.key(root)
    ]
    return found


def facts_of(error: HoldfastError) -> tuple[tuple[tuple[str, str], ...], str | None]:
    return tuple(error.facts), error.world


def test_one_that_was_made_after_the_plan_refuses_the_move(scene: Scene) -> None:
    plan = scene.plan()
    scene.write(LATE, scene.body(LATE))
    assert facts_of(refused(scene, plan)) == ((("made or removed", LATE),), STAYED)
    assert set(scene.states()) == {*scene.keys, LATE}
    scene.move()
    assert scene.states()[NEW_LATE] == scene.body(LATE)
    assert scene.code.read_text(encoding="utf-8") == scene.text(scene.new_key)


def test_one_that_was_removed_after_the_plan_refuses_the_move(scene: Scene) -> None:
    plan = scene.plan()
    dev = f"env:/dev/{KEY}"
    scene.site.account.clients.s3().delete_object(Bucket=scene.site.bucket, Key=dev)
    assert facts_of(refused(scene, plan)) == ((("made or removed", dev),), STAYED)
    assert set(scene.states()) == {KEY}


def test_one_that_was_made_after_the_copies_keeps_the_code_as_it_is(scene: Scene) -> None:
    with pytest.raises(WorkspacesChangedError) as caught:
        moved_while(scene, LATE)
    assert facts_of(caught.value) == ((("made or removed", LATE),), COPIED)
    assert scene.reasons() == {}
    assert scene.code.read_text(encoding="utf-8") == scene.text(KEY)
    scene.move()
    assert scene.states()[NEW_LATE] == scene.body(LATE)
    assert scene.reasons().keys() >= scene.tombstones().keys()


def test_a_default_state_that_was_made_after_the_plan_refuses_the_move(scene: Scene) -> None:
    s3 = scene.site.account.clients.s3()
    s3.delete_object(Bucket=scene.site.bucket, Key=KEY)
    plan = scene.plan()
    scene.write(KEY, scene.body(KEY))
    assert facts_of(refused(scene, plan)) == ((("made or removed", KEY),), STAYED)
    s3.delete_object(Bucket=scene.site.bucket, Key=KEY)
    scene.move()
    assert set(scene.states()) == {f"env:/dev/{KEY}", f"env:/dev/{scene.new_key}"}


def test_one_that_appears_at_a_vacant_place_refuses_the_move(fleet: FleetScene) -> None:
    moves = fleet.plan()
    (group,) = [each for each in moves.groups if each.plan.vacant]
    late = f"env:/late/{fleet.key(FRESH)}"
    fleet.write(fleet.old, late, body_of(1, "late"))
    with pytest.raises(WorkspacesChangedError) as caught:
        move(group.plan, connections=fleet.connections, worker=fleet.worker())
    assert facts_of(caught.value) == ((("made or removed", late),), STAYED)
    assert fleet.reasons(fleet.old) == {}


def test_a_move_is_not_done_as_long_as_one_is_left_behind(fleet: FleetScene) -> None:
    fleet.migrate()
    assert standing(fleet, OWN) is WayStanding.MOVED
    late = f"env:/late/{fleet.key(OWN)}"
    fleet.write(fleet.old, late, body_of(1, "late"))
    assert standing(fleet, OWN) is WayStanding.BEGUN
    assert fleet.migrate() == 1
    assert fleet.bodies(fleet.new)[late] == body_of(1, "late")
    assert standing(fleet, OWN) is WayStanding.MOVED


def test_what_was_left_behind_is_not_forgotten(scene: Scene) -> None:
    scene.move()
    scene.write(LATE, scene.body(LATE))
    with pytest.raises(StateNotMovedError) as caught:
        scene.plan_forget()
    assert caught.value.facts == (
        ("reason", f"`{LATE}` was not moved: run the same move again, or remove it"),
    )
    assert scene.reasons() == scene.tombstones()


def test_another_root_with_the_key_of_a_workspace_is_in_nobodys_way(scene: Scene) -> None:
    scene.move()
    scene.write(LATE, scene.body(LATE))
    other = scene.directory / "other"
    other.mkdir()
    (other / "main.tf").write_text(scene.text(LATE), encoding="utf-8")
    scene.forget()
    assert scene.states()[LATE] == scene.body(LATE)
    assert scene.reasons() == {}


def test_one_left_at_a_place_where_the_new_one_has_another_is_told(fleet: FleetScene) -> None:
    fleet.migrate()
    late = f"env:/late/{fleet.key(OWN)}"
    fleet.write(fleet.old, late, body_of(1, "late"))
    fleet.write(fleet.new, late, body_of(1, "theirs"))
    with pytest.raises(MovesRefusedError) as caught:
        fleet.plan()
    ((path, words),) = caught.value.facts
    assert path == f"{fleet.old.bucket}/{fleet.key(OWN)}"
    assert words.startswith(f"`{fleet.new.bucket}/{late}` is not empty")
