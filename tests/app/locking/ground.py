"""What tests of the stages of locking share: code in a directory, states in a bucket, and stages that are done to them."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.app.lock_identity import LockIdentity
from holdfast.core.lock_info import LockInfo, read_lock
from holdfast.sandbox.scenarios.model import state_body
from tests.app.locking.workbench import MADE_AT, WHO, Workbench
from tests.support.fixtures import FreshAccount
from tests.support.locking import NOW_NANOSECONDS, counting_bytes

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
class Ground(Workbench):
    """A workbench with a versioned bucket and a lock table of a fresh account.

    The code says nothing of endpoints: they are those of the environment.
    """

    account: FreshAccount

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
