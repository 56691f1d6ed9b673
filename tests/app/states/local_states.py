"""What tests of local migrations share: a root whose code names a backend, and whose states are files beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.journal import Journal, Remover
from holdfast.app.local_migration import (
    MigratedRoot,
    MigratedState,
    ignore_migrated,
    migrate_root,
)
from holdfast.app.local_migration_planning import RootPlan, plan_roots
from holdfast.app.local_migration_targets import LocalRoots, find_local_roots
from holdfast.app.lock_removal import Ledger
from holdfast.aws.connections import Connections
from tests.app.states.conftest import md5_of
from tests.app.states.moving import Scene
from tests.support.locking import KEY, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalScene:
    """The root of a scene before its states were ever in the bucket."""

    scene: Scene

    @property
    def root(self) -> Path:
        return self.scene.code.parent

    @property
    def journal(self) -> Path:
        return self.scene.directory.with_name("journal.jsonl")

    def path(self, workspace: str = "default") -> Path:
        if workspace == "default":
            return self.root / "terraform.tfstate"
        return self.root / "terraform.tfstate.d" / workspace / "terraform.tfstate"

    def kept(self, workspace: str = "default", serial: int = 3) -> Path:
        return self.path(workspace).with_name(f"terraform.tfstate.migrated-to-s3-serial-{serial}")

    @property
    def workspaces(self) -> Mapping[str, str]:
        """Return the keys that the states are to have, by workspace."""
        return dict(zip(("default", *self.scene.workspaces), self.scene.keys, strict=True))

    def build(self) -> "LocalScene":
        """Write the code, and the states beside it."""
        self.root.mkdir(parents=True)
        self.scene.code.write_text(self.scene.text(self.scene.key), encoding="utf-8")
        for workspace, key in self.workspaces.items():
            self.write(workspace, self.scene.body(key))
        return self

    def write(self, workspace: str, body: bytes) -> None:
        self.path(workspace).parent.mkdir(parents=True, exist_ok=True)
        self.path(workspace).write_bytes(body)

    # What is under test -------------------------------------------------------------------------

    def find(self, *names: str, backends: tuple[str, ...] = ()) -> LocalRoots:
        directory = self.scene.directory
        return find_local_roots(
            read_code(FleetRequest(directory=directory, backends=backends)),
            names,
            directory=directory,
            file=directory / "holdfast.yaml",
            start=directory,
        )

    def plan(self) -> RootPlan:
        found = self.find()
        assert found.obstacles == []
        (plan,) = plan_roots(
            found.roots, directory=self.scene.directory, connections=self.scene.connections
        )
        return plan

    def migrate(
        self,
        plan: RootPlan | None = None,
        *,
        on_migrated: Callable[[MigratedState], None] = ignore_migrated,
    ) -> MigratedRoot:
        ledger = Ledger(
            journal=Journal(path=self.journal),
            remover=Remover(who="ann@laptop", caller=None, version="0.1.0"),
            clock=lambda: "2026-11-21T14:00:00+00:00",
            random=bytes,
        )
        return migrate_root(
            plan or self.plan(),
            connections=self.scene.connections,
            worker=self.scene.worker(),
            ledger=ledger,
            on_migrated=on_migrated,
        )

    def complete(self) -> None:
        """Run it again as the command does: when there is nothing left, nothing is done."""
        if self.find().roots:
            self.migrate()

    # A look without the code under test ---------------------------------------------------------

    def files(self) -> Mapping[str, bytes]:
        """Return every file of the root, its code too."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def assert_untouched(self) -> None:
        """Assert that the local states are as they were, unlocked, and that nothing is locked in the backend."""
        expected = {"main.tf": self.scene.text(self.scene.key).encode()}
        for workspace, key in self.workspaces.items():
            name = self.path(workspace).relative_to(self.root).as_posix()
            expected[name] = self.scene.body(key)
        assert self.files() == expected
        assert self.scene.reasons() == {}

    def assert_migrated(self) -> None:
        """Assert the end: the same bytes in the bucket and in the kept files, digests right, nothing locked."""
        bodies = {key: self.scene.body(key) for key in self.scene.keys}
        assert self.scene.states() == bodies
        assert self.scene.digests() == {key: md5_of(body) for key, body in bodies.items()}
        assert self.scene.reasons() == {}
        assert self.files() == {
            "main.tf": self.scene.text(self.scene.key).encode(),
            **{
                self.kept(workspace).relative_to(self.root).as_posix(): bodies[key]
                for workspace, key in self.workspaces.items()
            },
        }


def local_scene(
    site: Site,
    connections: Connections,
    directory: Path,
    *,
    key: str = KEY,
    workspaces: tuple[str, ...] = ("dev",),
) -> LocalScene:
    """Build the root below a directory."""
    scene = Scene(
        site=site,
        directory=directory / "code",
        key=key,
        connections=connections,
        workspaces=workspaces,
    )
    return LocalScene(scene=scene).build()
