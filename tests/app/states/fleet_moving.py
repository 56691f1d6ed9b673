"""What tests of many moves share: a fleet of roots in one bucket, and a second bucket that they move to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.move_candidates import states_that_may_move, unread_keys
from holdfast.app.moves_in_turn import move_in_turn
from holdfast.app.moves_planning import ManyMoves, plan_moves
from holdfast.app.state_move_planning import MovingFleet, moving_fleet
from holdfast.app.working_locks import Worker
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.move_selection import MoveWay
from holdfast.core.state_naming import StateName
from tests.app.states.conftest import body_of, md5_of
from tests.app.states.moving import PROCESS, reason_of
from tests.support.locking import REGION, Site

ROOT = 'terraform {{\n  backend "s3" {{\n{lines}  }}\n}}\n'
OWN, SHARED, FRESH, ORPHAN = "own", "shared", "fresh", "orphan"
BOTH_SHARED = (f"{SHARED}-1", f"{SHARED}-2")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetScene:
    """A fleet in `old`, and the bucket and table `new`; `name` is in every key, so that scenes do not meet.

    The root `own` has a file of its own and a workspace, `shared-1` and `shared-2` take their bucket from one file, and
    `fresh` has no state yet. No code uses the state `orphan`. `roots` are those that are there.
    """

    name: str
    old: Site
    new: Site
    directory: Path
    connections: Connections
    roots: tuple[str, ...] = (OWN, *BOTH_SHARED, FRESH)

    def key(self, root: str) -> str:
        return f"{self.name}/{root}.tfstate"

    @property
    def states(self) -> tuple[str, ...]:
        """Return the keys of the states that code uses."""
        own = self.key(OWN)
        of_own = (own, f"env:/dev/{own}") if OWN in self.roots else ()
        return (*of_own, *(self.key(root) for root in BOTH_SHARED))

    def arguments(self, site: Site) -> str:
        lines = (
            f'    bucket         = "{site.bucket}"\n'
            f'    region         = "{REGION}"\n'
            f'    dynamodb_table = "{site.table}"\n'
        )
        url = self.old.url
        return (
            f'{lines}    endpoints      = {{ s3 = "{url}", dynamodb = "{url}", sts = "{url}" }}\n'
        )

    def texts(self, site: Site) -> Mapping[str, str]:
        """Return the code of the fleet with its states at a site, by path."""
        alone = [name for name in (OWN, FRESH) if name in self.roots]
        keyed = {name: f'    key            = "{self.key(name)}"\n' for name in alone}
        found = {
            f"{name}/main.tf": ROOT.format(lines=key + self.arguments(site))
            for name, key in keyed.items()
        }
        for root in BOTH_SHARED:
            found[f"{root}/main.tf"] = ROOT.format(lines=f'    key = "{self.key(root)}"\n')
            found[f"{root}/run.sh"] = "terraform init -backend-config=../common.tfbackend\n"
        found["common.tfbackend"] = self.arguments(site)
        # The new bucket is one of the fleet because this root names it.
        there = f'    key            = "{self.key("there")}"\n'
        found["there/main.tf"] = ROOT.format(lines=there + self.arguments(self.new))
        return found

    def build(self) -> "FleetScene":
        for path, text in self.texts(self.old).items():
            file = self.directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for key in (*self.states, self.key(ORPHAN)):
            self.write(self.old, key, body_of(3, key))
        return self

    def write(self, site: Site, key: str, body: bytes) -> None:
        """Write a state and its digest as an engine does."""
        site.put_object(key, body)
        site.account.clients.dynamodb().put_item(
            TableName=site.table,
            Item={"LockID": {"S": f"{site.bucket}/{key}-md5"}, "Digest": {"S": md5_of(body)}},
        )

    # What is under test -------------------------------------------------------------------------

    def backends(self) -> tuple[Backend, Backend, tuple[Backend, ...]]:
        """Return the old backend, the new one, and all."""
        backends = read_code(FleetRequest(directory=self.directory)).backends
        named = {each.bucket: each for each in backends}
        new = named[self.new.bucket]
        return named.get(self.old.bucket, self.old_backend(new)), new, backends

    def old_backend(self, like: Backend) -> Backend:
        """Return the old backend as a declaration names it when no code does any more."""
        return Backend(
            name=self.old.bucket,
            bucket=self.old.bucket,
            region=REGION,
            tables=(self.old.table,),
            locking=like.locking,
            access=like.access,
            account=None,
            declared=True,
            uses=(),
        )

    def fleet(self) -> MovingFleet:
        code = read_code(FleetRequest(directory=self.directory))
        return moving_fleet(
            code.repository,
            code.backends,
            directory=self.directory,
            connections=self.connections,
        )

    def ways(self) -> list[MoveWay]:
        old, new, _ = self.backends()
        return [
            MoveWay(source=each, target=StateName(backend=new, key=each.key))
            for each in states_that_may_move([old], connections=self.connections)
            if self.name in each.key
        ]

    def plan(self, *, orphans: bool = False) -> ManyMoves:
        fleet = self.fleet()
        old, _, backends = self.backends()
        mistakes = tuple(unread_keys(fleet.settings, old, backends))
        return plan_moves(self.ways(), fleet, orphans=orphans, mistakes=mistakes)

    def do(self, moves: ManyMoves) -> int:
        """Do the moves; return how many groups were done."""
        return sum(1 for _ in move_in_turn(moves, worker=self.worker()))

    def worker(self) -> Worker:
        return Worker(identity=self.old.identity, process=PROCESS, late_seconds=0)

    def migrate(self, *, orphans: bool = False) -> int:
        return self.do(self.plan(orphans=orphans))

    # A look without the code under test ---------------------------------------------------------

    def bodies(self, site: Site) -> Mapping[str, bytes]:
        """Return the states of this scene at a site, by key."""
        return {
            key: body for key, body in self._objects(site).items() if not key.endswith(".tflock")
        }

    def digests(self, site: Site) -> Mapping[str, str]:
        return {
            path.removesuffix("-md5"): text
            for path, text in self._items(site).items()
            if path.endswith("-md5")
        }

    def reasons(self, site: Site) -> Mapping[str, str]:
        """Return the words of every lock at a site, by its key and its kind."""
        files = {
            f"{key.removesuffix('.tflock')} file": reason_of(body)
            for key, body in self._objects(site).items()
            if key.endswith(".tflock")
        }
        items = {
            f"{path} item": reason_of(text.encode())
            for path, text in self._items(site).items()
            if not path.endswith("-md5")
        }
        return files | items

    def code(self) -> Mapping[str, str]:
        return {
            str(path.relative_to(self.directory)): path.read_text(encoding="utf-8")
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
        }

    def assert_migrated(self, *, orphans: bool = False) -> None:
        """Assert the end: bytes and digests equal at both places, only old places locked, all code switched."""
        moved = [*self.states, *([self.key(ORPHAN)] if orphans else [])]
        bodies = {key: body_of(3, key) for key in moved}
        assert self.bodies(self.new) == bodies
        assert self.bodies(self.old) == bodies | {self.key(ORPHAN): body_of(3, self.key(ORPHAN))}
        written = {key: md5_of(body) for key, body in bodies.items()}
        if orphans:  # no engine wrote its digest: nothing says that it is locked in the table
            assert self.digests(self.new).items() <= written.items()
        else:
            assert self.digests(self.new) == written
        assert self.reasons(self.new) == {}
        assert self.reasons(self.old) == {
            f"{key} {kind}": f"moved to {self.new.bucket}/{key}"
            for key in (*moved, *([self.key(FRESH)] if FRESH in self.roots else []))
            for kind in ("file", "item")
        }
        assert self.code() == self.texts(self.new)

    def _objects(self, site: Site) -> Mapping[str, bytes]:
        s3 = site.account.clients.s3()
        return {
            key: s3.get_object(Bucket=site.bucket, Key=key)["Body"].read()
            for key in site.lock_object_keys()
            if f"{self.name}/" in key
        }

    def _items(self, site: Site) -> Mapping[str, str]:
        answer = site.account.clients.dynamodb().scan(TableName=site.table)
        return {
            item["LockID"]["S"].removeprefix(f"{site.bucket}/"): (
                item.get("Digest") or item["Info"]
            )["S"]
            for item in answer["Items"]
            if f"/{self.name}/" in item["LockID"]["S"]
        }


def second_site(old: Site) -> Site:
    """Make another bucket and table in the account of the first."""
    clients = old.account.clients
    return Site(
        account=old.account,
        connections=old.connections,
        url=old.url,
        bucket=clients.create_bucket(old.account.name("new-states"), versioning=True),
        table=clients.create_lock_table(old.account.name("new-locks")),
    )
