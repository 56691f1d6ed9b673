"""A root without a state moves; it was stopped between two files of the code, and goes on."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.moves_in_turn import move_in_turn
from holdfast.app.moves_planning import ManyMoves, plan_moves
from holdfast.app.state_move_planning import moving_fleet
from holdfast.aws.connections import Connections
from holdfast.core.move_selection import MoveWay, WayStanding
from holdfast.core.state_naming import StateName
from holdfast.errors import MovesRefusedError
from tests.app.states.conftest import History
from tests.app.states.moving import Scene
from tests.support.locking import KEY

ROOTS = ("a", "b")


@pytest.fixture
def scene(history: History, connections: Connections, tmp_path: Path) -> Scene:
    """Return a state that is not there yet, and the two roots that name it."""
    scene = Scene(
        site=history.site,
        directory=tmp_path / "code",
        key=KEY,
        connections=connections,
        workspaces=(),
    )
    name_key(scene, ROOTS, KEY)
    return scene


def name_key(scene: Scene, roots: Sequence[str], key: str) -> None:
    for root in roots:
        file = scene.directory / root / "main.tf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(scene.text(key), encoding="utf-8")


def codes(scene: Scene) -> list[str]:
    return [(scene.directory / root / "main.tf").read_text(encoding="utf-8") for root in ROOTS]


def plan(scene: Scene) -> ManyMoves:
    code = read_code(FleetRequest(directory=scene.directory))
    (backend,) = code.backends
    way = MoveWay(
        source=StateName(backend=backend, key=KEY),
        target=StateName(backend=backend, key=scene.new_key),
    )
    fleet = moving_fleet(
        code.repository,
        code.backends,
        directory=scene.directory,
        connections=scene.connections,
    )
    return plan_moves([way], fleet, orphans=False)


def migrate(scene: Scene) -> int:
    return sum(1 for _ in move_in_turn(plan(scene), worker=scene.worker()))


def standing(scene: Scene) -> WayStanding:
    (outlook,) = plan(scene).outlook
    return outlook.standing


def stop_between_files(scene: Scene) -> None:
    """Leave what a run leaves that is killed when the first file is switched."""
    assert migrate(scene) == 1
    name_key(scene, ["b"], KEY)


def test_it_goes_on_with_the_file_that_is_left(scene: Scene) -> None:
    stop_between_files(scene)
    assert standing(scene) is WayStanding.BEGUN
    assert migrate(scene) == 1
    assert codes(scene) == [scene.text(scene.new_key)] * 2
    assert scene.states() == {}
    assert scene.reasons() == scene.tombstones()
    assert standing(scene) is WayStanding.MOVED


def test_a_state_that_was_made_at_the_new_place_since_is_left_as_it_is(scene: Scene) -> None:
    stop_between_files(scene)
    dev = f"env:/dev/{scene.new_key}"
    for key in (scene.new_key, dev):
        scene.write(key, scene.body(key, serial=1))
    held = scene.site.sign("an apply")
    scene.site.put_object(f"{scene.new_key}.tflock", held.body)
    assert migrate(scene) == 1
    assert codes(scene) == [scene.text(scene.new_key)] * 2
    assert scene.states() == {key: scene.body(key, serial=1) for key in (scene.new_key, dev)}
    assert scene.reasons() == {
        **scene.tombstones(),
        f"s3 {scene.new_key}.tflock": "an apply",
    }


def test_a_state_that_was_made_at_the_old_place_before_moves_along(scene: Scene) -> None:
    stop_between_files(scene)
    scene.write(KEY, scene.body(KEY, serial=1))
    assert migrate(scene) == 1
    assert scene.states()[scene.new_key] == scene.body(KEY, serial=1)
    assert codes(scene) == [scene.text(scene.new_key)] * 2


def test_code_that_somebody_switched_by_hand_is_refused(scene: Scene) -> None:
    name_key(scene, ["a"], scene.new_key)
    with pytest.raises(MovesRefusedError) as caught:
        plan(scene)
    assert "`a` uses it" in json.dumps(caught.value.facts)
    assert scene.reasons() == {}


def test_a_state_of_somebody_at_the_new_place_is_refused_as_long_as_no_code_names_it(
    scene: Scene,
) -> None:
    migrate(scene)
    name_key(scene, ROOTS, KEY)
    scene.write(scene.new_key, scene.body("of somebody"))
    with pytest.raises(MovesRefusedError):
        plan(scene)
