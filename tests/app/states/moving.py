"""What tests of moves share: a root in a directory, its states in a bucket, and moves and forgets of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_removal import Ledger
from holdfast.app.state_forgetting import ForgetPlan, forget, moved_state_for, plan_forget
from holdfast.app.state_lookup import state_for
from holdfast.app.state_move_planning import (
    MovePlan,
    moving_fleet,
    plan_move,
    target_named,
)
from holdfast.app.state_moving import Moved, move
from holdfast.app.working_locks import Worker
from holdfast.aws.connections import Connections
from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.core.state_uploads import UPLOAD_LIMITS, UploadLimits
from tests.app.states.conftest import body_of, md5_of
from tests.support.locking import REGION, Site

PROCESS = 4_000_000  # larger than any process number that Linux gives by default
CODE = """\
terraform {{
  backend "s3" {{
    bucket         = "{bucket}" # shared by all
    key            = "{key}"
    region         = "{region}"
    dynamodb_table = "{table}"
    use_path_style = true
    endpoints      = {{ s3 = "{url}", dynamodb = "{url}", sts = "{url}" }}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One root with the states of its workspaces, in a directory of its own."""

    site: Site
    directory: Path
    key: str
    connections: Connections
    workspaces: tuple[str, ...] = ("dev",)
    limits: UploadLimits = UPLOAD_LIMITS

    @property
    def code(self) -> Path:
        return self.directory / "network" / "main.tf"

    @property
    def keys(self) -> tuple[str, ...]:
        return self.keys_of(self.key)

    @property
    def new_key(self) -> str:
        return f"new/{self.key}"

    def keys_of(self, key: str) -> tuple[str, ...]:
        return (key, *(f"env:/{name}/{key}" for name in self.workspaces))

    def text(self, key: str) -> str:
        return CODE.format(
            bucket=self.site.bucket,
            key=key,
            region=REGION,
            table=self.site.table,
            url=self.site.url,
        )

    def build(self) -> "Scene":
        """Write the code, and the states with their digests."""
        self.code.parent.mkdir(parents=True)
        self.code.write_text(self.text(self.key), encoding="utf-8")
        for key in self.keys:
            self.write(key, self.body(key))
        return self

    def body(self, key: str, serial: int = 3) -> bytes:
        return body_of(serial, key)

    def write(self, key: str, body: bytes) -> None:
        """Write a state and its digest as an engine does."""
        self.site.put_object(key, body)
        self.site.account.clients.dynamodb().put_item(
            TableName=self.site.table,
            Item={
                "LockID": {"S": f"{self.site.bucket}/{key}-md5"},
                "Digest": {"S": md5_of(body)},
            },
        )

    # What is under test -------------------------------------------------------------------------

    def worker(self, *, process: int = PROCESS) -> Worker:
        return Worker(identity=self.site.identity, process=process, late_seconds=0)

    def plan(self, target: str = "") -> MovePlan:
        code = read_code(FleetRequest(directory=self.directory))
        named = f"{self.site.bucket}/{self.key}"
        source = state_for(named, code.backends, connections=self.connections)
        return plan_move(
            source,
            target_named(target or self.new_key, source, code.backends),
            moving_fleet(
                code.repository,
                code.backends,
                directory=self.directory,
                connections=self.connections,
            ),
        )

    def move(self) -> Moved:
        return self.do(self.plan())

    def do(self, plan: MovePlan) -> Moved:
        return move(plan, connections=self.connections, worker=self.worker(), limits=self.limits)

    def plan_forget(self) -> ForgetPlan:
        backends = read_code(FleetRequest(directory=self.directory)).backends
        name = f"{self.site.bucket}/{self.key}"
        source = moved_state_for(name, backends, connections=self.connections)
        return plan_forget(source, backends=backends, connections=self.connections)

    def forget(self) -> None:
        ledger = Ledger(
            journal=Journal(path=self.directory.with_name("journal.jsonl")),
            remover=Remover(who="ann@laptop", caller=None, version="0.1.0"),
            clock=lambda: "2026-11-21T14:00:00+00:00",
            random=bytes,
        )
        for each in self.plan_forget().states:
            forget(each, connections=self.connections, ledger=ledger)

    # A look without the code under test ---------------------------------------------------------

    def objects(self) -> Mapping[str, bytes]:
        """Return the objects of this root, by key."""
        s3 = self.site.account.clients.s3()
        return {
            key: s3.get_object(Bucket=self.site.bucket, Key=key)["Body"].read()
            for key in self.site.lock_object_keys()
            if self.key in key
        }

    def items(self) -> Mapping[str, str]:
        """Return the digests and the locks of this root, by the path of their item."""
        answer = self.site.account.clients.dynamodb().scan(TableName=self.site.table)
        return {
            item["LockID"]["S"]: (item.get("Digest") or item["Info"])["S"]
            for item in answer["Items"]
            if self.key in item["LockID"]["S"]
        }

    def reasons(self) -> Mapping[str, str]:
        """Return the words of every lock that is there, by where it is."""
        found: dict[str, str] = {}
        for key, body in self.objects().items():
            if key.endswith(".tflock"):
                found[f"s3 {key}"] = reason_of(body)
        for path, text in self.items().items():
            if not path.endswith("-md5"):
                found[f"item {path}"] = reason_of(text.encode())
        return found

    def states(self) -> Mapping[str, bytes]:
        return {key: body for key, body in self.objects().items() if not key.endswith(".tflock")}

    def digests(self) -> Mapping[str, str]:
        prefix = f"{self.site.bucket}/"
        return {
            path.removeprefix(prefix).removesuffix("-md5"): text
            for path, text in self.items().items()
            if path.endswith("-md5")
        }

    def tombstones(self) -> Mapping[str, str]:
        """Return what the locks have to say after a move."""
        bucket = self.site.bucket
        found: dict[str, str] = {}
        for old, new in zip(self.keys, self.keys_of(self.new_key), strict=True):
            found[f"s3 {old}.tflock"] = f"moved to {bucket}/{new}"
            found[f"item {bucket}/{old}"] = f"moved to {bucket}/{new}"
        return found

    def assert_moved(self) -> None:
        """Assert the end of a move: bytes equal, digests right, nothing locked but the old places."""
        pairs = zip(self.keys, self.keys_of(self.new_key), strict=True)
        bodies = {each: self.body(old) for old, new in pairs for each in (old, new)}
        assert self.states() == bodies
        assert self.digests() == {key: md5_of(body) for key, body in bodies.items()}
        assert self.reasons() == self.tombstones()
        assert self.code.read_text(encoding="utf-8") == self.text(self.new_key)
        assert [each.name for each in self.code.parent.iterdir()] == ["main.tf"]

    def assert_forgotten(self) -> None:
        """Assert that nothing is left at the old places, and all of it at the new ones."""
        bodies = {
            new: self.body(old)
            for old, new in zip(self.keys, self.keys_of(self.new_key), strict=True)
        }
        assert self.states() == bodies
        assert self.digests() == {key: md5_of(body) for key, body in bodies.items()}
        assert self.reasons() == {}


def reason_of(body: bytes) -> str:
    content = read_lock(body)
    assert isinstance(content, LockInfo), json.loads(body)
    return content.info
