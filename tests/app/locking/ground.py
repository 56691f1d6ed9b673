"""What tests of the stages of locking share: code in a directory, states in a bucket, and stages that are done to them."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_removal import Ledger
from holdfast.app.locking_planning import LockingRequest, PlannedLocking, plan_locking
from holdfast.app.locking_switching import (
    SwitchedGroup,
    Switching,
    ignore_switched,
    remove_left,
    switch_locking,
)
from holdfast.app.state_places import place_of
from holdfast.app.working_locks import Worker
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.sandbox.scenarios.model import state_body
from tests.support.fixtures import FreshAccount
from tests.support.locking import NOW_NANOSECONDS, counting_bytes

MADE_AT = "2026-11-21T14:00:00+00:00"
WHO = "ann@laptop"
BLOCK = """\
terraform {{
  backend "s3" {{
    bucket = "{bucket}" # shared by all
    key    = "{key}"
    region = "us-east-1"
{locking}  }}
}}
"""


def body_of(serial: int, name: str = "") -> bytes:
    """Return a state of one lineage, told by its serial and a name."""
    return state_body(subject="network", serial=serial, facts={"content": name}).encode()


def md5_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a stage may change or has to leave alone, read without the code under test."""

    files: Mapping[str, bytes]
    states: Mapping[str, bytes]
    digests: Mapping[str, str]
    locks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A directory with roots, and a versioned bucket and a lock table in which their states are.

    The code says nothing of endpoints: they are those of the environment.
    """

    account: FreshAccount
    bucket: str
    table: str
    directory: Path

    # Building -----------------------------------------------------------------------------------------

    def write(self, path: str, text: str) -> None:
        target = self.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())

    def block(self, key: str, *arguments: str) -> str:
        """Return a backend block with these arguments of its locking."""
        lines = "".join(f"    {self.filled(each)}\n" for each in arguments)
        return BLOCK.format(bucket=self.bucket, key=key, locking=lines)

    def filled(self, text: str) -> str:
        """Return a text with the names of the bucket and the table."""
        return text.replace("BUCKET", self.bucket).replace("TABLE", self.table)

    def put(self, key: str, body: bytes, *, digest: bool) -> None:
        """Write a state as an engine does, which writes a digest where its code names the table."""
        self.account.clients.s3().put_object(Bucket=self.bucket, Key=key, Body=body)
        if digest:
            self.put_digest(key, md5_of(body))

    def put_digest(self, key: str, text: str) -> None:
        self._put_item(f"{key}-md5", "Digest", text)

    def put_lock(self, key: str, *, reason: str = "", table: bool = False) -> None:
        """Lock a state as somebody else does, without asking."""
        info = LockIdentity(
            who="bob@desk",
            version="1.15.5",
            clock=lambda: NOW_NANOSECONDS,
            random=counting_bytes(),
        ).sign(operation="OperationTypeApply", info=reason, path=f"{self.bucket}/{key}")
        if table:
            self._put_item(key, "Info", info.text)
        else:
            self.account.clients.s3().put_object(
                Bucket=self.bucket, Key=f"{key}.tflock", Body=info.body
            )

    def _put_item(self, path: str, attribute: str, text: str) -> None:
        self.account.clients.dynamodb().put_item(
            TableName=self.table,
            Item={"LockID": {"S": f"{self.bucket}/{path}"}, attribute: {"S": text}},
        )

    # What is under test ---------------------------------------------------------------------------------

    @property
    def journal_path(self) -> Path:
        return self.directory.with_name(f"{self.directory.name}-journal.jsonl")

    def plan(
        self, goal: Locking, connections: Connections, *, table: str | None = None
    ) -> PlannedLocking:
        request = LockingRequest(
            goal=goal,
            directory=self.directory,
            made_at=MADE_AT,
            holdfast_version="0.1.0",
            table=table,
        )
        code = read_code(FleetRequest(directory=self.directory))
        return plan_locking(code, request, connections=connections)

    def switching(self, connections: Connections, *, timeout_seconds: float = 0) -> Switching:
        return Switching(
            connections=connections,
            worker=Worker(
                identity=LockIdentity(
                    who=WHO,
                    version="0.1.0",
                    clock=lambda: NOW_NANOSECONDS,
                    random=os.urandom,
                ),
                process=os.getpid(),
                late_seconds=0,
            ),
            ledger=Ledger(
                journal=Journal(path=self.journal_path),
                remover=Remover(who=WHO, caller=None, version="0.1.0"),
                clock=lambda: MADE_AT,
                random=os.urandom,
            ),
            timeout_seconds=timeout_seconds,
        )

    def switch(
        self,
        planned: PlannedLocking,
        connections: Connections,
        *,
        timeout_seconds: float = 0,
        on_switched: Callable[[SwitchedGroup], None] = ignore_switched,
    ) -> tuple[str, ...]:
        switching = self.switching(connections, timeout_seconds=timeout_seconds)
        return switch_locking(planned, switching, on_switched=on_switched)

    def stage(
        self, goal: Locking, connections: Connections, *, table: str | None = None
    ) -> tuple[str, ...]:
        """Plan the next stage and do it; return the files that were written."""
        return self.switch(self.plan(goal, connections, table=table), connections)

    def run(
        self,
        goal: Locking,
        connections: Connections,
        keys: Iterable[str],
        *,
        table: str | None = None,
    ) -> None:
        """Do what the command does: remove what killed runs have left at these states, and do the next stage."""
        code = read_code(FleetRequest(directory=self.directory))
        (backend,) = code.backends
        backend = replace(backend, tables=(self.table,))
        switching = self.switching(connections)
        remove_left([place_of(backend, key) for key in keys], switching)
        self.stage(goal, connections, table=table)

    # A look without the code under test -------------------------------------------------------------------

    def files(self) -> Mapping[str, bytes]:
        """Return every file of the code."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
        }

    def texts(self) -> Mapping[str, str]:
        return {path: content.decode() for path, content in self.files().items()}

    def objects(self) -> Mapping[str, bytes]:
        s3 = self.account.clients.s3()
        listed = s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read()
            for each in listed
        }

    def items(self) -> Mapping[str, str]:
        """Return every digest and the text of every lock, by the path of the item without the bucket."""
        answer = self.account.clients.dynamodb().scan(TableName=self.table, ConsistentRead=True)
        return {
            each["LockID"]["S"].removeprefix(f"{self.bucket}/"): (
                each.get("Digest") or each["Info"]
            )["S"]
            for each in answer["Items"]
        }

    def versions(self) -> Mapping[str, int]:
        """Count the versions of every state that the bucket keeps, delete markers included."""
        answer = self.account.clients.s3().list_object_versions(Bucket=self.bucket)
        found = [each["Key"] for each in answer.get("Versions", [])]
        found += [each["Key"] for each in answer.get("DeleteMarkers", [])]
        return Counter(key for key in found if not key.endswith(".tflock"))

    def look(self) -> Seen:
        objects, items = self.objects(), self.items()
        locks = {f"object {key}": body for key, body in objects.items() if key.endswith(".tflock")}
        locks |= {
            f"item {path}": text.encode()
            for path, text in items.items()
            if not path.endswith("-md5")
        }
        return Seen(
            files=self.files(),
            states={key: body for key, body in objects.items() if not key.endswith(".tflock")},
            digests={
                path.removesuffix("-md5"): text
                for path, text in items.items()
                if path.endswith("-md5")
            },
            locks={where: _reason(body) for where, body in locks.items()},
        )

    def journal(self) -> list[Mapping[str, object]]:
        if not self.journal_path.exists():
            return []
        lines = self.journal_path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def noted(
        self, key: str, digest: str | None, repair: str, *, backend: str = ""
    ) -> Mapping[str, object]:
        """Return the journal's line of a digest."""
        return {
            "version": 1,
            "event": "digest",
            "moment": MADE_AT,
            "by": WHO,
            "caller": None,
            "holdfast": "0.1.0",
            "backend": backend or self.bucket,
            "bucket": self.bucket,
            "key": key,
            "table": self.table,
            "digest": digest,
            "repair": repair,
        }


def _reason(body: bytes) -> str:
    content = read_lock(body)
    assert isinstance(content, LockInfo), body
    return content.info
