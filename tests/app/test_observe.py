"""Observing backends on the embedded AWS: what is told, in how many requests, and what when it fails."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    Caller,
    ObservedBackend,
    Table,
    VersioningStatus,
)
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, backend_of, use_credentials

STATE_KEYS = ("a/terraform.tfstate", "b/terraform.tfstate")

# Each operation that a healthy backend with a table and states takes: once, whatever it has.
REQUESTS_OF_ONE = {
    "dynamodb:DescribeContinuousBackups": 1,
    "dynamodb:DescribeTable": 1,
    "dynamodb:DescribeTimeToLive": 1,
    "dynamodb:GetResourcePolicy": 1,
    "dynamodb:ListTagsOfResource": 1,
    "iam:ListAccountAliases": 1,
    "s3:GetBucketAcl": 1,
    "s3:GetBucketEncryption": 1,
    "s3:GetBucketLifecycleConfiguration": 1,
    "s3:GetBucketLogging": 1,
    "s3:GetBucketOwnershipControls": 1,
    "s3:GetBucketPolicy": 1,
    "s3:GetBucketPolicyStatus": 1,
    "s3:GetBucketReplication": 1,
    "s3:GetBucketTagging": 1,
    "s3:GetBucketVersioning": 1,
    "s3:GetObjectLockConfiguration": 1,
    "s3:GetPublicAccessBlock": 1,
    "s3:HeadBucket": 1,
    "s3:ListObjectsV2": 1,
    "sts:GetCallerIdentity": 1,
}


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def backend(member: FreshAccount, fault_proxy: FaultProxy) -> Backend:
    """A backend in us-east-1 with a bucket, a table and one state of two."""
    bucket = member.clients.create_bucket(member.name("observed"), versioning=True)
    table = member.clients.create_lock_table("locks")
    member.clients.s3().put_object(Bucket=bucket, Key=STATE_KEYS[0], Body=b"{}")
    return backend_of(
        bucket=bucket,
        table=table,
        keys=STATE_KEYS,
        access=access_to(fault_proxy.url),
        account=member.id,
    )


def observe(connections: Connections, *backends: Backend) -> tuple[ObservedBackend, ...]:
    return observe_backends(backends, connections=connections)


def test_a_healthy_backend_is_known_in_every_fact_with_each_call_made_once(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    (observed,) = observe(connections, backend)

    assert observed.region == "us-east-1"
    assert observed.caller == Known(Caller(account=member.id, arn=f"arn:aws:iam::{member.id}:root"))
    assert observed.states_present == Known(frozenset({STATE_KEYS[0]}))
    assert isinstance(observed.bucket, Known)
    assert isinstance(observed.bucket.value, Bucket)
    assert "Withheld" not in repr(observed)
    assert isinstance(observed.bucket.value.versioning, Known)
    assert observed.bucket.value.versioning.value.status is VersioningStatus.ENABLED
    (table,) = observed.tables
    assert isinstance(table.presence, Known)
    assert isinstance(table.presence.value, Table)
    assert dict(fault_proxy.counts()) == REQUESTS_OF_ONE
    assert observed.requests == len(REQUESTS_OF_ONE) == connections.requests


def test_the_expected_owner_is_sent_with_every_request_to_s3(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    observe(connections, backend)

    sent = {
        request.operation: request.headers.get("x-amz-expected-bucket-owner")
        for request in fault_proxy.requests()
        if request.operation.startswith("s3:")
    }
    assert sent == {
        operation: member.id for operation in REQUESTS_OF_ONE if operation.startswith("s3:")
    }


def test_what_two_backends_share_is_read_once(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    first, second = observe(connections, backend, backend)

    assert dict(fault_proxy.counts()) == REQUESTS_OF_ONE
    assert (first.bucket, first.tables, first.caller) == (
        second.bucket,
        second.tables,
        second.caller,
    )
    assert (first.requests, second.requests) == (len(REQUESTS_OF_ONE), 0)


def test_many_backends_are_told_in_their_order_and_progress_names_each_once(
    connections: Connections, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    access = access_to(fault_proxy.url)
    backends = [
        backend_of(
            bucket=member.clients.create_bucket(member.name(f"fleet-{number}")), access=access
        )
        for number in range(12)
    ]
    complete: list[str] = []

    observed = observe_backends(
        backends,
        connections=connections,
        workers_max=3,
        on_progress=lambda each: complete.append(each.name),
    )

    assert [each.backend for each in observed] == backends
    assert sorted(complete) == sorted(each.name for each in backends)
    assert fault_proxy.counts()["sts:GetCallerIdentity"] == 1
    assert sum(each.requests for each in observed) == connections.requests


@pytest.mark.parametrize("forbidden", [False, True])
def test_a_bucket_that_a_wrong_account_shows_is_not_taken_for_the_right_accounts(
    connections: Connections, backend: Backend, member: FreshAccount, *, forbidden: bool
) -> None:
    # Several accounts are right, so that no request names the owner that is expected.
    misread = replace(
        backend,
        account=None,
        accounts_allowed=() if forbidden else ("888888888888", "999999999999"),
        accounts_forbidden=(member.id,) if forbidden else (),
    )
    absent = replace(misread, name="absent", bucket="nobody-has-this", tables=(), uses=())
    observed, nothing = observe(connections, misread, absent)
    why = "which the code forbids" if forbidden else "not 888888888888 or 999999999999"
    not_asked = Withheld(
        reason=Reason.NOT_ASKED, detail=f"the credentials are of account {member.id}, {why}"
    )
    assert observed.bucket == observed.states_present == not_asked
    assert [table.presence for table in observed.tables] == [not_asked]
    # A name that nobody has is nobody's in every account.
    assert nothing.bucket == Known(BucketAbsent(name="nobody-has-this"))


def test_no_backends_are_no_observations(connections: Connections) -> None:
    assert observe(connections) == ()


def test_a_bucket_in_another_region_is_read_there_and_its_table_where_the_code_says(
    connections: Connections, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    bucket = member.clients.create_bucket(member.name("moved"), region="eu-west-1")
    table = member.clients.create_lock_table("locks")
    wrong = backend_of(bucket=bucket, table=table, access=access_to(fault_proxy.url))

    (observed,) = observe(connections, wrong)

    assert observed.region == "eu-west-1"
    assert isinstance(observed.bucket, Known)
    assert isinstance(observed.bucket.value, Bucket)
    assert observed.bucket.value.region == Known("eu-west-1")
    assert "Withheld" not in repr(observed)
    assert fault_proxy.counts()["s3:HeadBucket"] == 2
    (found,) = observed.tables
    assert isinstance(found.presence, Known)
    assert isinstance(found.presence.value, Table)
    assert found.presence.value.region == "us-east-1"


def test_a_missing_bucket_has_no_states_and_is_asked_nothing_else(
    connections: Connections, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    absent = backend_of(
        bucket=member.name("absent"), keys=STATE_KEYS, access=access_to(fault_proxy.url)
    )

    (observed,) = observe(connections, absent)

    assert observed.bucket == Known(BucketAbsent(name=absent.bucket))
    assert observed.states_present == Known(frozenset())
    assert [name for name in fault_proxy.counts() if name.startswith("s3:")] == ["s3:HeadBucket"]


def test_a_bucket_of_another_account_is_foreign_and_its_states_are_not_asked_for(
    connections: Connections, backend: Backend, other_account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    foreign = backend_of(
        bucket=backend.bucket,
        keys=STATE_KEYS,
        access=backend.access,
        account=other_account.id,
    )

    (observed,) = observe(connections, foreign)

    assert observed.bucket == Known(
        BucketForeign(name=backend.bucket, expected_account=other_account.id, region="us-east-1")
    )
    assert observed.states_present == Withheld(
        reason=Reason.NOT_ASKED, detail="the bucket belongs to another account"
    )
    assert "s3:ListObjectsV2" not in fault_proxy.counts()


@pytest.mark.usefixtures("member")
def test_a_profile_that_does_not_exist_is_one_reason_for_everything(
    connections: Connections, fault_proxy: FaultProxy
) -> None:
    access = access_to(fault_proxy.url, profile="nobody")
    unknown = backend_of(bucket="bucket", region=None, keys=STATE_KEYS, access=access)

    (observed,) = observe(connections, unknown)

    missing = Withheld(
        reason=Reason.CREDENTIALS, detail="The config profile (nobody) could not be found"
    )
    assert (observed.caller, observed.bucket, observed.states_present) == (missing,) * 3
    assert observed.requests == 0


def test_a_directory_bucket_is_known_and_not_asked_for_settings_that_it_has_not(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    headers = {"x-amz-bucket-region": "us-east-1", "x-amz-bucket-location-type": "LocalZone"}
    fault_proxy.add(
        Rule(
            action=Answer(response=Response(status=200, headers=headers, body=b"")),
            operation="s3:HeadBucket",
        )
    )

    (observed,) = observe(connections, backend)

    assert isinstance(observed.bucket, Known)
    assert isinstance(observed.bucket.value, Bucket)
    assert observed.bucket.value.directory
    assert observed.bucket.value.versioning == Withheld(
        reason=Reason.UNSUPPORTED, detail="a directory bucket does not have this setting"
    )
    assert [name for name in fault_proxy.counts() if name.startswith("s3:")] == ["s3:HeadBucket"]
