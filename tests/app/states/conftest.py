"""What tests of states share: a versioned bucket and a lock table, with the history of one state in them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from holdfast.app.state_places import StatePlace, place_of
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend, Locking
from holdfast.sandbox.scenarios.model import state_body
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site
from tests.support.observation import use_credentials


def body_of(serial: int, name: str = "") -> bytes:
    """Return a state of one lineage whose content is told by its serial or a name."""
    facts = {"content": name or f"of serial {serial}"}
    return state_body(subject="network", serial=serial, facts=facts).encode()


def md5_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One state, and who looks at it without the code under test."""

    site: Site

    @property
    def backend(self) -> Backend:
        return self.site.backend(Locking.DYNAMODB)

    @property
    def place(self) -> StatePlace:
        return place_of(self.backend, KEY)

    def write(self, body: bytes, *, digest: bool = True) -> str:
        """Write a version as an engine does, and return its identifier."""
        answer = self.site.account.clients.s3().put_object(
            Bucket=self.site.bucket, Key=KEY, Body=body
        )
        if digest:
            self.write_digest(md5_of(body))
        return answer["VersionId"]

    def remove(self) -> None:
        """Remove the state as `workspace delete` does, but for its digest."""
        self.site.account.clients.s3().delete_object(Bucket=self.site.bucket, Key=KEY)

    def write_digest(self, text: str) -> None:
        self.site.account.clients.dynamodb().put_item(
            TableName=self.site.table,
            Item={"LockID": {"S": f"{self.site.bucket}/{KEY}-md5"}, "Digest": {"S": text}},
        )

    def body(self) -> bytes:
        answer = self.site.account.clients.s3().get_object(Bucket=self.site.bucket, Key=KEY)
        return answer["Body"].read()

    def digest(self) -> str | None:
        answer = self.site.account.clients.dynamodb().get_item(
            TableName=self.site.table,
            Key={"LockID": {"S": f"{self.site.bucket}/{KEY}-md5"}},
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        digest = answer["Item"]["Digest"]
        return digest["S"] if "S" in digest else json.dumps(digest, separators=(",", ":"))

    def version_count(self) -> int:
        answer = self.site.account.clients.s3().list_object_versions(Bucket=self.site.bucket)
        return len(answer.get("Versions", [])) + len(answer.get("DeleteMarkers", []))


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    """A fresh account whose credentials are those of this process."""
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def history(member: FreshAccount, connections: Connections) -> History:
    """The state on the embedded AWS."""
    return History(site=site(member, connections))


@pytest.fixture
def faulty(history: History, fault_proxy: FaultProxy) -> History:
    """The same state behind the fault proxy."""
    return History(site=replace(history.site, url=fault_proxy.url))
