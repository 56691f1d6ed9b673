"""What is read of the writers of a fleet: once, and withheld where somebody refuses."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.app.locking_evidence import read_evidence
from holdfast.aws.key_versions import VersionsAddress, locked_versions
from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_file_history import WrittenUnder
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence, TableDigest, TableEvidence
from holdfast.core.locking_gates import gate_to_lockfile
from holdfast.core.locks import LockKind
from tests.app.states.conftest import body_of
from tests.core.configurations import simple
from tests.rules.fleets import fleet
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import REGION, Site
from tests.support.observation import backend_of

APP = "app/terraform.tfstate"
DEV = "env:/dev/app/terraform.tfstate"
BODY = body_of(1)
RIGHT = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
LOCK_TEXT = (
    '{"ID":"9db590f1-b6fe-c5f2-2678-8804f089deba","Operation":"OperationTypeApply","Info":"",'
    '"Who":"ann@laptop","Version":"1.11.4","Created":"2026-11-20T15:25:33Z","Path":"b/k"}'
)


def backend_at(place: Site, *keys: str) -> Backend:
    return backend_of(
        bucket=place.bucket, access=place.access, region=REGION, table=place.table, keys=keys
    )


def read(
    place: Site, *backends: Backend, since: datetime | None = None, now: datetime | None = None
) -> FleetEvidence:
    return read_evidence(
        backends or (backend_at(place, APP),),
        connections=place.connections,
        since=since,
        now=now or datetime.now(tz=UTC),
    )


def write(place: Site, key: str = APP, body: bytes = BODY, *, digest: str | None = None) -> None:
    place.put_object(key, body)
    if digest is not None:
        put_digest(place, f"{place.bucket}/{key}-md5", digest)


def put_digest(place: Site, path: str, digest: str) -> None:
    place.account.clients.dynamodb().put_item(
        TableName=place.table, Item={"LockID": {"S": path}, "Digest": {"S": digest}}
    )


def write_locked(place: Site, key: str = APP, *, digest: str | None = None) -> None:
    """Write a state as an engine with a lock file does."""
    place.put_object(f"{key}.tflock", LOCK_TEXT.encode())
    write(place, key, digest=digest)
    place.account.clients.s3().delete_object(Bucket=place.bucket, Key=f"{key}.tflock")


def by_key(evidence: FleetEvidence) -> dict[str, StateEvidence]:
    return {each.key: each for each in evidence.states}


def under(state: StateEvidence) -> WrittenUnder | None:
    return state.last_write.under if state.last_write is not None else None


def test_every_state_is_seen_workspaces_and_those_of_nobody_included(place: Site) -> None:
    write_locked(place, APP, digest=RIGHT)
    write_locked(place, DEV)
    write(place, "nobody/terraform.tfstate")
    put_digest(place, f"{place.bucket}/gone/terraform.tfstate-md5", RIGHT)
    place.put_object(".holdfast/prove/run/terraform.tfstate.tflock", b"scratch")
    put_digest(place, "foreign/app/terraform.tfstate-md5", RIGHT)
    place.put_item("strange", LOCK_TEXT)

    evidence = read(place, backend_at(place, APP, "unborn/terraform.tfstate"))
    states = by_key(evidence)
    assert {
        key: (each.workspace, each.roots, each.is_there, under(each))
        for key, each in states.items()
    } == {
        APP: ("default", ("roots/0",), True, WrittenUnder.LOCK_FILE),
        DEV: ("dev", ("roots/0",), True, WrittenUnder.LOCK_FILE),
        "gone/terraform.tfstate": (None, (), False, None),
        "nobody/terraform.tfstate": (None, (), True, WrittenUnder.NO_LOCK_FILE),
        "unborn/terraform.tfstate": ("default", ("roots/1",), False, None),
    }
    assert {key: each.digests for key, each in states.items() if each.digests} == {
        APP: (TableDigest(table=place.table, verdict=DigestVerdict.RIGHT),),
        "gone/terraform.tfstate": (
            TableDigest(table=place.table, verdict=DigestVerdict.STATE_MISSING),
        ),
    }
    assert evidence.tables == (
        TableEvidence(
            table=place.table,
            region=REGION,
            backends=(place.bucket,),
            other_buckets=("foreign",),
            strange=1,
            looked_at=4,
        ),
    )


def test_a_digest_is_compared_with_the_bytes_where_the_listing_does_not_tell(place: Site) -> None:
    write(place, "stale.tfstate", digest="0" * 32)
    write(place, "odd.tfstate", digest="no digest")
    write(place, "empty.tfstate", b"", digest=RIGHT)
    states = by_key(read(place, backend_at(place)))
    assert {
        key: [each.verdict.value for each in state.digests] for key, state in states.items()
    } == {
        "stale.tfstate": ["stale"],
        "odd.tfstate": ["invalid"],
        "empty.tfstate": ["state missing"],
    }


def test_nothing_is_read_twice(faulty_place: Site, fault_proxy: FaultProxy) -> None:
    for key in (APP, DEV):
        write_locked(faulty_place, key, digest=RIGHT)
    fault_proxy.forget()
    read(faulty_place)
    assert dict(fault_proxy.counts()) == {
        "s3:GetBucketLifecycleConfiguration": 1,
        "s3:ListObjectsV2": 1,
        "s3:ListObjectVersions": 2,
        "s3:GetObject": 2,
        "dynamodb:Scan": 1,
    }


def write_under_own_lock(place: Site, key: str = APP) -> None:
    """Write a state as this program does while it holds its own lock."""
    text = LOCK_TEXT.replace("OperationTypeApply", "holdfast-migrate")
    place.put_object(f"{key}.tflock", text.encode())
    write(place, key)
    place.account.clients.s3().delete_object(Bucket=place.bucket, Key=f"{key}.tflock")


def test_a_lock_file_of_our_own_is_no_client_that_takes_it(
    faulty_place: Site, fault_proxy: FaultProxy
) -> None:
    write_under_own_lock(faulty_place)
    write_under_own_lock(faulty_place)
    (state,) = read(faulty_place).states
    assert (under(state), state.unlocked) == (WrittenUnder.LOCK_FILE, None)
    assert state.engine_lock_file == Known(None)
    assert {each.slug for each in gate(faulty_place).unknown} == {"state-not-seen"}

    # An engine before it is seen all the same; one from before the moment that is asked about is not looked for.
    write_locked(faulty_place)
    write_under_own_lock(faulty_place)
    (state,) = read(faulty_place).states
    assert isinstance(state.engine_lock_file, Known)
    assert state.engine_lock_file.value is not None
    assert gate(faulty_place).outcome is CheckOutcome.PASSED
    fault_proxy.forget()
    (state,) = read(faulty_place, since=datetime.now(tz=UTC) + timedelta(seconds=2)).states
    assert state.engine_lock_file == Known(None)
    assert "s3:GetObject" not in fault_proxy.counts()


def test_a_lock_file_that_is_no_lock_shows_no_client(place: Site) -> None:
    place.put_object(f"{APP}.tflock", b"not a lock")
    write(place)
    place.account.clients.s3().delete_object(Bucket=place.bucket, Key=f"{APP}.tflock")
    (state,) = read(place).states
    assert state.engine_lock_file == Known(None)


def test_versions_beyond_a_page_and_keys_between_are_no_hindrance(place: Site) -> None:
    for _ in range(3):
        write_locked(place, "net")
    for number in range(4):
        place.put_object(f"net-prod/{number}.tfstate", BODY)
    address = VersionsAddress(bucket=place.objects().address, key="net")
    whole = locked_versions(place.connections, address)
    assert isinstance(whole, Known)
    assert (len(whole.value.state), len(whole.value.lock_file)) == (3, 6)
    for size in (1, 2, 4, 7):
        paged = locked_versions(place.connections, replace(address, size=size))
        assert isinstance(paged, Known)
        assert set(paged.value.state) == set(whole.value.state)
        assert sorted(map(repr, paged.value.lock_file)) == sorted(map(repr, whole.value.lock_file))


def test_a_writer_without_the_table_leaves_the_digest_of_the_one_before(place: Site) -> None:
    write_locked(place, digest=RIGHT)
    write_locked(place)
    place.put_object(f"{APP}.tflock", b"")
    write(place, body=body_of(2))
    (state,) = read(place).states
    assert under(state) is WrittenUnder.LOCK_FILE
    assert [each.verdict for each in state.digests] == [DigestVerdict.STALE]


def test_a_bucket_without_versions_tells_nothing(place: Site) -> None:
    bucket = place.account.clients.create_bucket(place.account.name("plain"))
    plain = replace(place, bucket=bucket)
    write(plain)
    (state,) = read(plain, since=datetime.now(tz=UTC) - timedelta(hours=1)).states
    assert (under(state), state.unlocked) == (WrittenUnder.UNKNOWN, None)
    assert (
        state.history.value.untold == state.last_write
        if isinstance(state.history, Known)
        else False
    )


def test_an_old_write_without_any_lock_file_left_is_unknown(place: Site) -> None:
    write(place)
    tomorrow = datetime.now(tz=UTC) + timedelta(days=1, seconds=5)
    (fresh,), (old,) = read(place).states, read(place, now=tomorrow).states
    assert (under(fresh), under(old)) == (WrittenUnder.NO_LOCK_FILE, WrittenUnder.UNKNOWN)


def test_how_long_lock_files_are_kept_decides_how_far_back_it_can_be_told(place: Site) -> None:
    write(place)
    place.account.clients.s3().put_bucket_lifecycle_configuration(
        Bucket=place.bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "old",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "app/"},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                }
            ]
        },
    )
    now = datetime.now(tz=UTC)
    found = [read(place, now=now + timedelta(days=days)).states[0] for days in (29, 31)]
    assert [under(each) for each in found] == [WrittenUnder.NO_LOCK_FILE, WrittenUnder.UNKNOWN]


def test_a_lock_in_the_table_without_a_lock_file_is_seen_in_every_table(place: Site) -> None:
    second = place.account.clients.create_lock_table(place.account.name("second"))
    replace(place, table=second).put_item(f"{place.bucket}/{APP}", LOCK_TEXT)
    backend = replace(backend_at(place, APP), tables=(place.table, second))
    (state,) = read(place, backend).states
    assert state.has_lone(LockKind.ITEM)
    place.put_object(f"{APP}.tflock", LOCK_TEXT.encode())
    (state,) = read(place, backend).states
    assert not state.has_lone(LockKind.ITEM)
    assert not state.has_lone(LockKind.OBJECT)


# Refused ----------------------------------------------------------------------------------------


def gate(place: Site) -> Checks:
    code = fleet(simple(APP, bucket=place.bucket, dynamodb_table=place.table, use_lockfile=True))
    backend = replace(backend_at(place, APP), name=place.bucket)
    since = datetime.now(tz=UTC) - timedelta(hours=1)
    return gate_to_lockfile(code, backend, read(place, backend, since=since))


@pytest.mark.parametrize(
    ("denied", "unknown"),
    [
        ("s3:ListObjectsV2", {"evidence-unreadable"}),
        (
            "s3:ListObjectVersions",
            {"evidence-unreadable", "state-not-seen", "writer-unknown", "writer-without-lockfile"},
        ),
        ("s3:GetObject", {"evidence-unreadable", "state-not-seen"}),
        ("dynamodb:Scan", {"evidence-unreadable"}),
        ("dynamodb:GetItem", {"evidence-unreadable"}),
        # The lifecycle alone is no hindrance: lock files are kept for a day at least.
        ("s3:GetBucketLifecycleConfiguration", set()),
    ],
)
def test_what_is_denied_is_unknown_and_the_gate_stays_shut(
    faulty_place: Site, fault_proxy: FaultProxy, denied: str, unknown: set[str]
) -> None:
    write_locked(faulty_place, digest=RIGHT)
    write_locked(faulty_place, DEV, digest="0" * 32)
    assert gate(faulty_place).outcome is CheckOutcome.PASSED
    fault_proxy.deny(denied)
    judged = gate(faulty_place)
    assert {each.slug for each in judged.unknown} == unknown
    assert judged.refused == ()


def test_a_lock_file_that_may_not_be_read_is_there_all_the_same(
    faulty_place: Site, fault_proxy: FaultProxy
) -> None:
    write_locked(faulty_place)
    faulty_place.put_object(f"{APP}.tflock", LOCK_TEXT.encode())
    faulty_place.put_item(f"{faulty_place.bucket}/{APP}", LOCK_TEXT)
    fault_proxy.deny("s3:GetObject")
    (state,) = read(faulty_place).states
    assert (state.has_lone(LockKind.ITEM), state.has_unknown_locks) == (False, True)
    assert {each.slug for each in gate(faulty_place).unknown} == {
        "evidence-unreadable",
        "state-not-seen",
    }


def test_a_bucket_that_is_not_there_has_no_history(place: Site) -> None:
    missing = replace(backend_at(place, APP), bucket=f"{place.bucket}-missing")
    (state,) = read(place, missing).states
    assert isinstance(state.history, Withheld)
    assert state.history.reason is Reason.ERROR
