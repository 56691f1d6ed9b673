"""Prove on stores that do not exclude: UNSAFE, with what was seen, and nothing stays behind."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.app.prove import prove_backend
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.locks import LockKind
from holdfast.core.proof import Passed, ProofStep, ProofVerdict
from tests.support.aws_operations import Request
from tests.support.clients import Clients
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule, WithoutHeader
from tests.support.fixtures import FreshAccount
from tests.support.ignoring_store import (
    ACCESS_KEY,
    SECRET_KEY,
    ignoring_when_versioned,
    rclone_store,
)
from tests.support.locking import Site, evidence_of, prove, site, unsafe
from tests.support.observation import access_to


@pytest.fixture
def rclone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "states").mkdir()
    with rclone_store(tmp_path) as url:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        yield url


def test_a_store_that_ignores_conditions_is_unsafe(
    place: Site, rclone: str, connections: Connections
) -> None:
    backend = replace(
        place.backend(Locking.LOCKFILE), bucket="states", access=access_to(rclone), tables=()
    )
    step = unsafe(
        prove_backend(backend, connections=connections, identity=place.identity, contenders=4)
    )
    assert (step.step, step.kind) == (ProofStep.REFUSAL, LockKind.OBJECT)
    assert step.words == "bucket `states` granted a second lock while the first one was held"
    evidence = evidence_of(step)
    assert evidence["first"].startswith("PutObject with `If-None-Match: *` took ")
    assert evidence["second"].startswith("PutObject with `If-None-Match: *` took ")
    assert evidence["first"] != evidence["second"]
    assert evidence["versioning"] == "the bucket is not versioned"
    there = Clients(url=rclone, access_key=ACCESS_KEY, secret_key=SECRET_KEY).s3()
    assert "Contents" not in there.list_objects_v2(Bucket="states")


@pytest.mark.parametrize("locking", [Locking.LOCKFILE, Locking.BOTH])
def test_a_store_that_ignores_conditions_in_versioned_buckets_is_unsafe_there(
    faulty: Site, fault_proxy: FaultProxy, locking: Locking
) -> None:
    fault_proxy.add(ignoring_when_versioned(fault_proxy.upstream))

    step = unsafe(prove(faulty, locking))

    assert (step.step, step.kind) == (ProofStep.REFUSAL, LockKind.OBJECT)
    assert evidence_of(step)["versioning"].startswith(
        "the bucket is versioned: the second write became version "
    )
    assert faulty.is_empty()


def test_the_same_store_excludes_in_a_bucket_without_versions(
    member: FreshAccount, connections: Connections, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(ignoring_when_versioned(fault_proxy.upstream))
    place = site(member, connections, through=fault_proxy.url, versioned=False)

    assert prove(place, Locking.LOCKFILE).verdict is ProofVerdict.EXCLUDES


def test_a_store_that_excludes_only_one_by_one_is_found_out_by_the_race(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(
        Rule(action=WithoutHeader(name="if-none-match"), operation="s3:PutObject", skip=4)
    )

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert (step.step, step.kind) == (ProofStep.RACE, LockKind.OBJECT)
    assert step.words == f"bucket `{faulty.bucket}` let 6 of 6 contenders in at once"
    evidence = evidence_of(step)
    assert evidence["round"] == "1"
    assert evidence["call"] == "PutObject with `If-None-Match: *` succeeded for each"
    assert evidence["winners"].endswith(" and 2 more")
    assert faulty.is_empty()


def test_with_both_locks_an_object_that_does_not_exclude_is_not_hidden_by_the_item(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(
        Rule(action=WithoutHeader(name="if-none-match"), operation="s3:PutObject", skip=4)
    )

    step = unsafe(prove(faulty, Locking.BOTH))

    assert (step.step, step.kind) == (ProofStep.RACE, LockKind.OBJECT)
    assert step.words == f"bucket `{faulty.bucket}` let 6 of 6 contenders in at once"
    assert faulty.is_empty()


def test_a_store_that_ignores_the_condition_of_a_delete_is_unsafe(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=WithoutHeader(name="if-match"), operation="s3:DeleteObject"))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert (step.step, step.kind) == (ProofStep.WRONG_RELEASE, LockKind.OBJECT)
    assert evidence_of(step) == {
        "call": "DeleteObject with a wrong `If-Match` was carried out",
        "then": "no lock is there any more",
    }
    assert faulty.is_empty()


def test_a_store_without_conditional_deletes_still_excludes_and_is_cleaned_up(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    def is_conditional(request: Request) -> bool:
        return "if-match" in request.headers

    refusal = Refuse(code="NotImplemented", status=501)
    fault_proxy.add(Rule(action=refusal, operation="s3:DeleteObject", when=is_conditional))

    proof = prove(faulty, Locking.LOCKFILE)

    assert proof.verdict is ProofVerdict.EXCLUDES
    words = {step.step: step.words for step in proof.modes[0].steps if isinstance(step, Passed)}
    assert words[ProofStep.WRONG_RELEASE] == (
        "it has no conditional deletes: NotImplemented: injected by a test"
    )
    assert words[ProofStep.RELEASE] == "without a condition, which the store does not have"
    assert faulty.is_empty()


def test_a_store_that_refuses_conditional_writes_is_unsafe_because_nobody_can_lock(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    refusal = Refuse(code="NotImplemented", status=501)
    fault_proxy.add(Rule(action=refusal, operation="s3:PutObject"))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert step.words == (
        f"cannot lock: bucket `{faulty.bucket}` refuses conditional writes; "
        "an engine that locks there fails before it changes anything"
    )
    assert evidence_of(step) == {"answer": "NotImplemented: injected by a test"}


def test_a_store_that_takes_a_delete_marker_for_a_lock_is_unsafe(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    refusal = Refuse(code="PreconditionFailed", status=412)
    fault_proxy.add(Rule(action=refusal, operation="s3:PutObject", skip=2))

    step = unsafe(prove(faulty, Locking.LOCKFILE))

    assert (step.step, step.kind) == (ProofStep.RELOCK, LockKind.OBJECT)
    assert step.words == (
        f"bucket `{faulty.bucket}` refuses a lock although there is none: nobody can lock"
    )


@pytest.mark.parametrize("locking", [Locking.DYNAMODB, Locking.BOTH])
def test_a_missing_table_is_unsafe_because_nobody_can_lock(place: Site, locking: Locking) -> None:
    backend = replace(place.backend(locking), tables=("not-there",))

    step = unsafe(prove_backend(backend, connections=place.connections, identity=place.identity))

    assert (step.step, step.kind) == (ProofStep.REFUSAL, LockKind.ITEM)
    assert step.words.startswith("cannot lock: table `not-there` in us-east-1 does not exist")
    assert place.is_empty()


def test_a_missing_bucket_is_unsafe_because_nobody_can_lock(place: Site) -> None:
    backend = replace(place.backend(Locking.LOCKFILE), bucket="there-is-no-such-bucket")
    step = unsafe(prove_backend(backend, connections=place.connections, identity=place.identity))
    assert step.words.startswith("cannot lock: bucket `there-is-no-such-bucket` does not exist")


def test_a_table_with_another_key_is_unsafe_because_nobody_can_lock(place: Site) -> None:
    table = place.account.name("odd")
    place.account.clients.dynamodb().create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    step = unsafe(prove(replace(place, table=table), Locking.DYNAMODB))
    assert step.words.startswith(
        f"cannot lock: table `{table}` in us-east-1 does not take a lock: its key must be `LockID`"
    )
