"""A root whose bucket and key stand in two files, left between them by a run that was killed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.moves_in_turn import move_in_turn
from holdfast.app.moves_planning import ManyMoves, plan_moves
from holdfast.app.state_move_planning import MovingFleet, moving_fleet, plan_move
from holdfast.app.state_moving import move
from holdfast.app.working_locks import Worker
from holdfast.aws.connections import Connections
from holdfast.core.move_selection import MoveWay, WayStanding
from holdfast.core.state_naming import StateName
from tests.app.states.conftest import History, body_of
from tests.app.states.fleet_moving import second_site
from tests.app.states.moving import PROCESS
from tests.support.locking import REGION, Site

OLD_KEY, NEW_KEY = "halfway/old.tfstate", "halfway/new.tfstate"
ROOT = 'terraform {{\n  backend "s3" {{\n{lines}  }}\n}}\n'
CODE, PLACE = "app/main.tf", "app/place.tfbackend"


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoFiles:
    """The root `app`, with its key in one file and its bucket in another, and a root in each bucket."""

    old: Site
    new: Site
    directory: Path
    connections: Connections

    def place(self, site: Site) -> str:
        url = self.old.url
        return (
            f'bucket = "{site.bucket}"\nregion = "{REGION}"\ndynamodb_table = "{site.table}"\n'
            f'endpoints = {{ s3 = "{url}", dynamodb = "{url}", sts = "{url}" }}\n'
        )

    def write(self, path: str, text: str) -> None:
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def key(self, key: str) -> str:
        return ROOT.format(lines=f'    key = "{key}"\n')

    def whole(self, site: Site, key: str) -> str:
        return ROOT.format(lines=f'    key = "{key}"\n{self.place(site)}')

    def build(self) -> "TwoFiles":
        self.write(CODE, self.key(OLD_KEY))
        self.write(PLACE, self.place(self.old))
        self.write("app/run.sh", "terraform init -backend-config=place.tfbackend\n")
        for name, site in (("here", self.old), ("there", self.new)):
            self.write(f"{name}/main.tf", self.whole(site, f"halfway/{name}.tfstate"))
        self.old.put_object(OLD_KEY, body_of(3, "app"))
        return self

    def code(self) -> tuple[str, str]:
        key, place = ((self.directory / path).read_text("utf-8") for path in (CODE, PLACE))
        return key, place

    def fleet(self) -> MovingFleet:
        code = read_code(FleetRequest(directory=self.directory))
        return moving_fleet(
            code.repository,
            code.backends,
            directory=self.directory,
            connections=self.connections,
        )

    def way(self, source: tuple[Site, str], target: tuple[Site, str]) -> MoveWay:
        named = {each.bucket: each for each in self.fleet().backends}
        old, new = (
            StateName(backend=named[site.bucket], key=key) for site, key in (source, target)
        )
        return MoveWay(source=old, target=new)

    @property
    def ways(self) -> list[MoveWay]:
        return [self.way((self.old, OLD_KEY), (self.new, NEW_KEY))]

    def plan(self, others: Iterable[MoveWay] = ()) -> ManyMoves:
        return plan_moves([*self.ways, *others], self.fleet(), orphans=False)

    def standing(self) -> WayStanding:
        (outlook,) = self.plan().outlook
        return outlook.standing

    @property
    def worker(self) -> Worker:
        return Worker(identity=self.old.identity, process=PROCESS, late_seconds=0)

    def migrate(self, others: Iterable[MoveWay] = ()) -> int:
        return sum(1 for _ in move_in_turn(self.plan(others), worker=self.worker))

    def objects(self, site: Site) -> set[str]:
        return {each for each in site.lock_object_keys() if each.startswith("halfway/")}

    def assert_moved(self) -> None:
        assert self.code() == (self.key(NEW_KEY), self.place(self.new))
        assert self.objects(self.old) == {OLD_KEY, f"{OLD_KEY}.tflock"}
        assert self.objects(self.new) == {NEW_KEY}


@pytest.fixture
def scene(history: History, connections: Connections, tmp_path: Path) -> TwoFiles:
    return TwoFiles(
        old=history.site,
        new=second_site(history.site),
        directory=tmp_path / "code",
        connections=connections,
    ).build()


@pytest.fixture(params=[CODE, PLACE])
def stopped(request: pytest.FixtureRequest, scene: TwoFiles) -> TwoFiles:
    """Return what a run leaves that is killed before it has switched one of the two files."""
    assert scene.migrate() == 1
    scene.assert_moved()
    left = {CODE: scene.key(OLD_KEY), PLACE: scene.place(scene.old)}
    scene.write(request.param, left[request.param])
    return scene


def test_the_next_run_switches_the_file_that_is_left(stopped: TwoFiles) -> None:
    assert stopped.standing() is WayStanding.BEGUN
    assert stopped.migrate() == 1
    stopped.assert_moved()
    assert stopped.standing() is WayStanding.MOVED


def test_the_next_run_of_the_move_of_one_state_does_it_too(stopped: TwoFiles) -> None:
    (way,) = stopped.ways
    plan = plan_move(way.source, way.target, stopped.fleet())
    assert [each.path for each in plan.roots] == ["app"]
    move(plan, connections=stopped.connections, worker=stopped.worker)
    stopped.assert_moved()


def test_the_place_between_is_no_state_that_would_move_as_well(scene: TwoFiles) -> None:
    scene.migrate()
    scene.write(CODE, scene.key(OLD_KEY))
    # A pattern for keys fits what the code names now as it fitted what it named before.
    between = scene.way((scene.new, OLD_KEY), (scene.new, NEW_KEY))
    assert scene.migrate([between]) == 1
    scene.assert_moved()


def test_a_root_that_has_a_state_there_is_left_alone(stopped: TwoFiles) -> None:
    code = stopped.code()
    for site, key in ((stopped.old, NEW_KEY), (stopped.new, OLD_KEY)):
        site.put_object(key, body_of(1, "of somebody"))
    assert stopped.standing() is WayStanding.MOVED
    assert stopped.migrate() == 0
    assert stopped.code() == code


def test_a_root_that_names_such_a_place_without_a_move_is_left_alone(scene: TwoFiles) -> None:
    scene.write(CODE, scene.key(NEW_KEY))
    assert scene.standing() is WayStanding.ORPHAN


def test_a_root_that_names_it_in_one_file_is_left_alone(stopped: TwoFiles) -> None:
    for name in ("main.tf", "place.tfbackend", "run.sh"):
        (stopped.directory / "app" / name).unlink()
    stopped.write(CODE, stopped.whole(stopped.new, OLD_KEY))
    assert stopped.standing() is WayStanding.MOVED


def test_a_root_beside_one_that_has_arrived_is_left_alone(stopped: TwoFiles) -> None:
    stopped.write("arrived/main.tf", stopped.whole(stopped.new, NEW_KEY))
    assert stopped.standing() is WayStanding.MOVED
