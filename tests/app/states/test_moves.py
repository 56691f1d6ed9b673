"""A whole backend moves: root after root, what shares a file at once, and every mistake before anything is done."""

from pathlib import Path

import pytest

from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_removal import Ledger
from holdfast.app.state_forgetting import forget, moved_state_for, plan_forget
from holdfast.aws.connections import Connections
from holdfast.core.move_selection import WayStanding
from holdfast.errors import CodeChangedError, LockHeldError, MovesRefusedError
from tests.app.states.conftest import History, body_of, md5_of
from tests.app.states.fleet_moving import FRESH, ORPHAN, OWN, SHARED, FleetScene, second_site

Standings = dict[str, WayStanding]


@pytest.fixture
def scene(history: History, connections: Connections, tmp_path: Path) -> FleetScene:
    return FleetScene(
        name="one",
        old=history.site,
        new=second_site(history.site),
        directory=tmp_path / "code",
        connections=connections,
    ).build()


def standings(scene: FleetScene, *, orphans: bool = False) -> Standings:
    outlook = scene.plan(orphans=orphans).outlook
    return {each.way.source.key: each.standing for each in outlook}


def test_a_plan_shows_what_becomes_of_each_state_and_changes_nothing(scene: FleetScene) -> None:
    moves = scene.plan()
    assert [
        (each.way.source.key, each.standing, each.states, each.files) for each in moves.outlook
    ] == [
        (scene.key(FRESH), WayStanding.NO_STATE, 0, ("fresh/main.tf",)),
        (scene.key(ORPHAN), WayStanding.ORPHAN, 0, ()),
        (scene.key(OWN), WayStanding.TO_MOVE, 2, ("own/main.tf",)),
        (scene.key("shared-1"), WayStanding.TO_MOVE, 1, ("common.tfbackend",)),
        (scene.key("shared-2"), WayStanding.TO_MOVE, 1, ("common.tfbackend",)),
    ]
    assert [[way.source.key for way in group.ways] for group in moves.groups] == [
        [scene.key(FRESH)],
        [scene.key(OWN)],
        [scene.key("shared-1"), scene.key("shared-2")],
    ]
    assert scene.code() == scene.texts(scene.old)
    assert scene.reasons(scene.old) == {}
    assert scene.bodies(scene.new) == {}


def test_every_root_and_workspace_moves_and_orphans_stay(scene: FleetScene) -> None:
    assert scene.migrate() == 3
    scene.assert_migrated()
    # What is left is told without reading any of it again.
    moved = {scene.key(OWN), scene.key("shared-1"), scene.key("shared-2")}
    after = standings(scene)
    assert {key for key, each in after.items() if each is WayStanding.MOVED} == moved
    assert after[scene.key(ORPHAN)] is WayStanding.ORPHAN
    assert scene.migrate() == 0


def test_the_old_place_of_a_root_without_a_state_can_be_forgotten(scene: FleetScene) -> None:
    scene.migrate()
    old, _, backends = scene.backends()
    fleet = [*backends, old]
    key = scene.key(FRESH)
    state = moved_state_for(f"{scene.old.bucket}/{key}", fleet, connections=scene.connections)
    plan = plan_forget(state, backends=fleet, connections=scene.connections)
    ledger = Ledger(
        journal=Journal(path=scene.directory.with_name("journal.jsonl")),
        remover=Remover(who="ann@laptop", caller=None, version="0.1.0"),
        clock=lambda: "2026-11-21T14:00:00+00:00",
        random=bytes,
    )
    for each in plan.states:
        forget(each, connections=scene.connections, ledger=ledger)
    assert not any(each.startswith(f"{key} ") for each in scene.reasons(scene.old))


def test_orphans_move_when_they_are_asked_for(scene: FleetScene) -> None:
    assert scene.migrate(orphans=True) == 4
    scene.assert_migrated(orphans=True)


def test_what_was_written_since_moves_as_it_is(scene: FleetScene) -> None:
    moves = scene.plan()
    newer = body_of(4, "by an apply")
    scene.write(scene.old, scene.key(OWN), newer)
    assert scene.do(moves) == 3
    assert scene.bodies(scene.new)[scene.key(OWN)] == newer
    assert scene.digests(scene.new)[scene.key(OWN)] == md5_of(newer)


def test_a_first_apply_since_the_plan_moves_too(scene: FleetScene) -> None:
    moves = scene.plan()
    first = body_of(1, "first")
    scene.write(scene.old, scene.key(FRESH), first)
    scene.do(moves)
    assert scene.bodies(scene.new)[scene.key(FRESH)] == first


def test_a_held_state_stops_the_rest_and_leaves_what_was_done(scene: FleetScene) -> None:
    moves = scene.plan()
    held = scene.old.sign("an apply")
    key = scene.key("shared-2")
    scene.old.put_object(f"{key}.tflock", held.body)
    with pytest.raises(LockHeldError):
        scene.do(moves)
    code = scene.code()
    old, new = scene.texts(scene.old), scene.texts(scene.new)
    assert code["own/main.tf"] == new["own/main.tf"]
    assert code["common.tfbackend"] == old["common.tfbackend"]
    assert scene.reasons(scene.old)[f"{key} file"] == "an apply"
    assert f"{scene.key('shared-1')} file" not in scene.reasons(scene.old)
    clients = scene.old.account.clients
    clients.s3().delete_object(Bucket=scene.old.bucket, Key=f"{key}.tflock")
    assert scene.migrate() == 1
    scene.assert_migrated()


def test_code_that_is_not_what_was_shown_is_not_written(scene: FleetScene) -> None:
    moves = scene.plan()
    path = scene.directory / "own" / "main.tf"
    path.write_text(f"# mine\n{path.read_text('utf-8')}", encoding="utf-8")
    with pytest.raises(CodeChangedError):
        scene.do(moves)
    assert scene.key(OWN) not in scene.bodies(scene.new)
    assert path.read_text(encoding="utf-8").startswith("# mine\n")


def test_every_mistake_is_told_at_once_and_nothing_is_begun(scene: FleetScene) -> None:
    scene.write(scene.new, scene.key(OWN), body_of(9, "of somebody"))
    scene.write(scene.new, scene.key("shared-1"), body_of(9, "of somebody"))
    scene.write(scene.new, scene.key(FRESH), body_of(9, "of somebody"))
    root = scene.directory / "generated"
    root.mkdir()
    text = scene.texts(scene.old)["own/main.tf"].replace(OWN, "generated")
    (root / "main.tf").write_text(f"# Generated by holdfast\n{text}", encoding="utf-8")
    scene.write(scene.old, scene.key("generated"), body_of(3))
    unknown = scene.directory / "unknown"
    unknown.mkdir()
    text = scene.texts(scene.old)["own/main.tf"].replace(f'"{scene.key(OWN)}"', "var.key")
    (unknown / "main.tf").write_text(text, encoding="utf-8")
    before = scene.code()
    with pytest.raises(MovesRefusedError) as caught:
        scene.plan()
    labels = sorted(label for label, _ in caught.value.facts)
    bucket = scene.old.bucket
    assert labels == sorted(
        [
            "generated/main.tf:5",
            "unknown/main.tf:4",
            f"{bucket}/{scene.key(FRESH)}",
            f"{bucket}/{scene.key(OWN)}",
            f"{bucket}/{scene.key('shared-1')}",
        ]
    )
    assert scene.code() == before
    assert scene.reasons(scene.old) == scene.reasons(scene.new) == {}


def test_code_that_was_switched_by_hand_gets_its_states(scene: FleetScene) -> None:
    for path, text in scene.texts(scene.new).items():
        (scene.directory / path).write_text(text, encoding="utf-8")
    assert standings(scene)[scene.key(OWN)] is WayStanding.TO_MOVE
    scene.migrate()
    assert scene.bodies(scene.new) == {key: body_of(3, key) for key in scene.states}
    assert {key.split()[0] for key in scene.reasons(scene.old)} == set(scene.states)


def test_what_was_left_behind_by_an_earlier_move_by_hand_is_in_nobodys_way(
    scene: FleetScene,
) -> None:
    for path, text in scene.texts(scene.new).items():
        (scene.directory / path).write_text(text, encoding="utf-8")
    scene.write(scene.new, scene.key(OWN), body_of(8, "went on"))
    assert standings(scene)[scene.key(OWN)] is WayStanding.REPLACED
    scene.migrate()
    assert scene.bodies(scene.new)[scene.key(OWN)] == body_of(8, "went on")


def test_what_was_moved_elsewhere_stays(scene: FleetScene) -> None:
    lock = scene.old.identity.sign(
        operation="holdfast-move", info="moved to elsewhere/a", path=f"elsewhere/{ORPHAN}"
    )
    scene.old.put_object(f"{scene.key(ORPHAN)}.tflock", lock.body)
    for orphans in (False, True):
        assert standings(scene, orphans=orphans)[scene.key(ORPHAN)] is WayStanding.ELSEWHERE


def test_a_file_that_another_backend_shares_is_refused(scene: FleetScene) -> None:
    staying = scene.directory / f"{SHARED}-3"
    staying.mkdir()
    (staying / "main.tf").write_text(
        'terraform {\n  backend "s3" {\n    key = var.key\n  }\n}\n', encoding="utf-8"
    )
    (staying / "run.sh").write_text(
        "terraform init -backend-config=../common.tfbackend\n", encoding="utf-8"
    )
    with pytest.raises(MovesRefusedError) as caught:
        scene.plan()
    words = {words for _, words in caught.value.facts}
    assert "`bucket` is that of `shared-3` too" in words
    assert "the key of `shared-3` cannot be read from the code" in words
