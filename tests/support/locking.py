"""What tests of locks share: stores on a server, through a proxy if need be, and identities that repeat."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.prove import prove_backend
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.lock_items import LockItems
from holdfast.aws.lock_objects import LockObjects
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import Acquired, LockKind, LockObjectSettings, StoredLock
from holdfast.core.proof import Passed, Proof, ProofVerdict, Violated
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

NOW_NANOSECONDS = 1_795_188_333_599_739_994  # 2026-11-20T15:25:33.599739994Z
REGION = "us-east-1"
KEY = "network/dev/terraform.tfstate"


def counting_bytes() -> Callable[[int], bytes]:
    """Return a source of random bytes that are not random and never the same."""
    numbers = itertools.count(1)
    return lambda size: next(numbers).to_bytes(size)


def no_pause(seconds: float) -> None:
    """Repeat a request without waiting before it."""
    del seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A bucket and a lock table of a fresh account, reached directly or through a proxy."""

    account: FreshAccount
    connections: Connections
    url: str
    bucket: str
    table: str
    identity: LockIdentity = field(
        default_factory=lambda: LockIdentity(
            who="ann@laptop",
            version="0.1.0",
            clock=lambda: NOW_NANOSECONDS,
            random=counting_bytes(),
        )
    )

    @property
    def access(self) -> Access:
        return access_to(self.url)

    def store(self, kind: LockKind) -> LockObjects | LockItems:
        match kind:
            case LockKind.OBJECT:
                return self.objects()
            case LockKind.ITEM:
                return self.items()
            case _:
                assert_never(kind)

    def objects(
        self, settings: LockObjectSettings | None = None, *, account: str | None = None
    ) -> LockObjects:
        address = BucketAddress(
            access=self.access, region=REGION, bucket=self.bucket, account=account
        )
        return LockObjects(
            connections=self.connections,
            address=address,
            settings=settings or LockObjectSettings(),
        )

    def items(self) -> LockItems:
        address = TableAddress(access=self.access, region=REGION, table=self.table)
        return LockItems(connections=self.connections, address=address, bucket=self.bucket)

    def backend(self, locking: Locking) -> Backend:
        """A declared backend that no root uses yet."""
        return Backend(
            name="dev",
            bucket=self.bucket,
            region=REGION,
            tables=(self.table,),
            locking=locking,
            access=self.access,
            account=None,
            declared=True,
            uses=(),
        )

    def sign(self, info: str = "") -> LockInfo:
        return self.identity.sign(
            operation="OperationTypeApply", info=info, path=f"{self.bucket}/{KEY}"
        )

    # A look of its own, without the code under test --------------------------------------------

    def lock_object_keys(self) -> list[str]:
        """Return the keys of all objects that are there."""
        answer = self.account.clients.s3().list_objects_v2(Bucket=self.bucket)
        return [found["Key"] for found in answer.get("Contents", [])]

    def item_paths(self) -> list[str]:
        """Return the `LockID` of all items that are there."""
        answer = self.account.clients.dynamodb().scan(TableName=self.table)
        return [item["LockID"]["S"] for item in answer["Items"]]

    def is_empty(self) -> bool:
        """Return whether neither an object nor an item is there."""
        return self.lock_object_keys() == self.item_paths() == []

    def put_object(self, key: str, body: bytes) -> None:
        self.account.clients.s3().put_object(Bucket=self.bucket, Key=key, Body=body)

    def put_item(self, path: str, info: str | None) -> None:
        attributes = {} if info is None else {"Info": {"S": info}}
        self.account.clients.dynamodb().put_item(
            TableName=self.table, Item={"LockID": {"S": path}, **attributes}
        )

    def put_typed_item(self, path: str, info: "AttributeValueTypeDef") -> None:
        """Put an item there whose `Info` is no text."""
        self.account.clients.dynamodb().put_item(
            TableName=self.table, Item={"LockID": {"S": path}, "Info": info}
        )

    def put_lock(self, kind: LockKind, key: str, text: str) -> None:
        """Put a lock there as somebody else would, without asking."""
        if kind is LockKind.OBJECT:
            self.put_object(f"{key}.tflock", text.encode())
        else:
            self.put_item(f"{self.bucket}/{key}", text)


def site(
    account: FreshAccount,
    connections: Connections,
    *,
    through: str | None = None,
    versioned: bool = True,
) -> Site:
    """Make a bucket and a lock table in the account."""
    return Site(
        account=account,
        connections=connections,
        url=through or account.sandbox.url,
        bucket=account.clients.create_bucket(account.name("states"), versioning=versioned),
        table=account.clients.create_lock_table(account.name("locks")),
    )


def prove(place: Site, locking: Locking, *, contenders: int = 6, rounds: int = 2) -> Proof:
    """Prove one mode of the place, by fewer contenders than a user's run."""
    return prove_backend(
        place.backend(locking),
        connections=place.connections,
        identity=place.identity,
        contenders=contenders,
        rounds=rounds,
    )


def unsafe(proof: Proof) -> Violated:
    """Return the one step that did not pass, of the one mode; nothing may be left behind."""
    assert proof.verdict is ProofVerdict.UNSAFE
    (mode,) = proof.modes
    assert mode.left == ()
    (step,) = (step for step in mode.steps if not isinstance(step, Passed))
    assert isinstance(step, Violated)
    return step


def evidence_of(step: Violated) -> dict[str, str]:
    """Return the evidence by its labels."""
    return {each.label: each.text for each in step.evidence}


def acquired(place: Site, kind: LockKind, info: LockInfo) -> StoredLock:
    """Take the lock of `KEY`, which must be free."""
    outcome = place.store(kind).acquire(KEY, info)
    assert isinstance(outcome, Acquired)
    return outcome.lock
