"""Lock files on the wire: the requests are the engines' own, and odd objects do no harm."""

import base64
import hashlib

import pytest

from holdfast.aws.connections import Connections
from holdfast.aws.lock_objects import LOCK_BYTES_MAX
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import UnreadableLock
from holdfast.core.locks import (
    Acquired,
    CannotLock,
    ConditionUnsupported,
    LockObjectSettings,
    Obstacle,
    Refused,
)
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site

CUSTOMER_KEY = b"0123456789abcdef0123456789abcdef"
SHOWN_HEADERS = (
    "content-type",
    "if-none-match",
    "if-match",
    "x-amz-acl",
    "x-amz-expected-bucket-owner",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-customer-key",
)


@pytest.fixture
def place(member: FreshAccount, fault_proxy: FaultProxy, connections: Connections) -> Site:
    return site(member, connections, through=fault_proxy.url)


def headers_of(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in SHOWN_HEADERS if name in request.headers}


def put_headers(
    place: Site, proxy: FaultProxy, settings: LockObjectSettings, *, account: str | None = None
) -> dict[str, str]:
    place.objects(settings, account=account).acquire(KEY, place.sign())
    request = proxy.requests()[0]
    assert request.operation == "s3:PutObject"
    return headers_of(request)


PLAIN = {
    "content-type": "application/json",
    "if-none-match": "*",
    "x-amz-sdk-checksum-algorithm": "SHA256",
}
CUSTOMER = {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": base64.b64encode(CUSTOMER_KEY).decode(),
}


@pytest.mark.parametrize(
    ("settings", "added"),
    [
        (LockObjectSettings(), {}),
        (LockObjectSettings(encrypt=True), {"x-amz-server-side-encryption": "AES256"}),
        (
            LockObjectSettings(encrypt=True, kms_key="alias/states"),
            {
                "x-amz-server-side-encryption": "aws:kms",
                "x-amz-server-side-encryption-aws-kms-key-id": "alias/states",
            },
        ),
        (LockObjectSettings(encrypt=True, customer_key=CUSTOMER_KEY), CUSTOMER),
        (LockObjectSettings(kms_key="alias/states", customer_key=CUSTOMER_KEY), {}),
        (
            LockObjectSettings(acl="bucket-owner-full-control"),
            {"x-amz-acl": "bucket-owner-full-control"},
        ),
    ],
)
def test_a_lock_file_is_written_as_the_engine_writes_it(
    place: Site, fault_proxy: FaultProxy, settings: LockObjectSettings, added: dict[str, str]
) -> None:
    assert put_headers(place, fault_proxy, settings) == PLAIN | added


def test_the_body_is_the_lock_and_carries_its_checksum(
    place: Site, fault_proxy: FaultProxy
) -> None:
    info = place.sign()
    place.objects().acquire(KEY, info)
    request = fault_proxy.requests()[0]
    assert (request.key, request.body) == (f"{KEY}.tflock", info.body)
    digest = base64.b64encode(hashlib.sha256(info.body).digest()).decode()
    assert request.headers["x-amz-checksum-sha256"] == digest


def test_the_owner_of_the_bucket_is_named_where_the_account_is_known(
    place: Site, fault_proxy: FaultProxy
) -> None:
    owner = {"x-amz-expected-bucket-owner": place.account.id}
    assert put_headers(place, fault_proxy, LockObjectSettings(), account=place.account.id) == (
        PLAIN | owner
    )


def test_a_bucket_of_another_account_gets_no_lock(place: Site) -> None:
    outcome = place.objects(account="999999999999").acquire(KEY, place.sign())
    assert isinstance(outcome, Refused)
    assert outcome.withheld.reason is Reason.PERMISSION
    assert place.lock_object_keys() == []


def test_a_lock_under_a_key_of_the_caller_is_read_with_that_key(
    place: Site, fault_proxy: FaultProxy
) -> None:
    settings = LockObjectSettings(encrypt=True, customer_key=CUSTOMER_KEY)
    place.objects(settings).read(KEY)
    assert headers_of(fault_proxy.requests()[0]) == CUSTOMER


def test_a_lock_costs_one_request_and_its_release_another(
    place: Site, fault_proxy: FaultProxy
) -> None:
    store = place.objects()
    outcome = store.acquire(KEY, place.sign())
    assert isinstance(outcome, Acquired)
    store.release(KEY, outcome.lock)

    put, delete = fault_proxy.requests()
    assert (put.operation, delete.operation) == ("s3:PutObject", "s3:DeleteObject")
    assert headers_of(delete) == {"if-match": outcome.lock.tag}


def test_a_bucket_without_versions_gives_none(
    member: FreshAccount, connections: Connections
) -> None:
    versioned = site(member, connections)
    outcome = versioned.objects().acquire(KEY, versioned.sign())
    assert isinstance(outcome, Acquired)
    assert outcome.lock.version

    name = member.clients.create_bucket(member.name("plain"))
    plain = Site(
        account=member,
        connections=connections,
        url=versioned.url,
        bucket=name,
        table=versioned.table,
    )
    outcome = plain.objects().acquire(KEY, plain.sign())
    assert isinstance(outcome, Acquired)
    assert outcome.lock.version is None


def test_an_object_that_is_far_too_large_is_not_read_to_its_end(place: Site) -> None:
    place.put_object(f"{KEY}.tflock", b" " * (LOCK_BYTES_MAX * 4))
    current = place.objects().read(KEY)
    assert isinstance(current, Known)
    assert current.value is not None
    content = current.value.content
    assert isinstance(content, UnreadableLock)
    assert content.problem == "it is too large to be a lock"
    assert len(content.body) == LOCK_BYTES_MAX + 1


def test_a_conflict_that_aws_wants_repeated_is_repeated(
    place: Site, fault_proxy: FaultProxy
) -> None:
    conflict = Refuse(code="ConditionalRequestConflict", status=409)
    fault_proxy.add(Rule(action=conflict, operation="s3:PutObject", times=1))
    assert isinstance(place.objects().acquire(KEY, place.sign()), Acquired)


@pytest.mark.parametrize(
    ("refusal", "obstacle"),
    [
        (Refuse(code="NotImplemented", status=501), Obstacle.UNSUPPORTED),
        (Refuse(code="NotImplemented", status=400), Obstacle.UNSUPPORTED),
        (Refuse(code="InvalidRequest", status=400), Obstacle.REJECTED),
        (Refuse(code="AccessControlListNotSupported", status=400), Obstacle.REJECTED),
    ],
)
def test_a_store_that_has_no_such_request_cannot_lock(
    place: Site, fault_proxy: FaultProxy, refusal: Refuse, obstacle: Obstacle
) -> None:
    fault_proxy.add(Rule(action=refusal, operation="s3:PutObject"))
    assert place.objects().acquire(KEY, place.sign()) == CannotLock(
        obstacle=obstacle, detail=f"{refusal.code}: injected by a test"
    )


def test_a_store_without_conditional_deletes_keeps_the_lock(
    place: Site, fault_proxy: FaultProxy
) -> None:
    store = place.objects()
    outcome = store.acquire(KEY, place.sign())
    assert isinstance(outcome, Acquired)
    rule = Rule(
        action=Refuse(code="NotImplemented", status=501),
        operation="s3:DeleteObject",
        when=lambda request: "if-match" in request.headers,
    )
    fault_proxy.add(rule)

    assert store.release(KEY, outcome.lock) == ConditionUnsupported(
        detail="NotImplemented: injected by a test"
    )
    assert store.read(KEY) == Known(outcome.lock)
    assert store.release_unconditionally(KEY) is None
    assert store.read(KEY) == Known(None)


def test_a_listing_that_may_not_be_read_is_withheld(place: Site, fault_proxy: FaultProxy) -> None:
    fault_proxy.deny("s3:ListObjectsV2")
    listed = place.objects().listed("scratch/", limit=10)
    assert isinstance(listed, Withheld)
    assert listed.reason is Reason.PERMISSION


def test_the_key_of_the_caller_is_never_shown() -> None:
    assert "0123" not in repr(LockObjectSettings(encrypt=True, customer_key=CUSTOMER_KEY))
