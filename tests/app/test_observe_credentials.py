"""Whose credentials are shown to whom, and what is told when they or the endpoint are no good."""

import time
from collections.abc import Iterator

import pytest

from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.backends import Access, Backend, Endpoints
from holdfast.core.cloud import (
    ObservedBackend,
    ObservedTable,
)
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, backend_of, use_credentials

STATE_KEYS = ("a/terraform.tfstate", "b/terraform.tfstate")


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


def test_credentials_of_another_store_are_not_shown_to_aws(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    store = backend_of(
        bucket=backend.bucket,
        access=Access(endpoints=Endpoints(s3=fault_proxy.url), path_style=True),
    )

    (observed,) = observe(connections, store)

    assert observed.caller == Withheld(
        reason=Reason.NOT_ASKED, detail="S3 has an endpoint of its own and STS has none"
    )
    assert isinstance(observed.bucket, Known)


def test_a_table_in_aws_beside_another_store_is_in_an_account_that_is_asked_for(
    connections: Connections,
    backend: Backend,
    fault_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # nothing leaves the machine
    access = Access(endpoints=Endpoints(s3=fault_proxy.url), path_style=True)
    store = backend_of(bucket=backend.bucket, access=access, table="locks")

    (observed,) = observe(connections, store)

    assert isinstance(observed.caller, Withheld)
    assert observed.caller.reason is Reason.UNREACHABLE
    assert isinstance(observed.bucket, Known)


def test_an_expired_token_is_one_reason_for_everything(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(
        Rule(action=Refuse(code="ExpiredToken", status=400, message="The token has expired"))
    )

    (observed,) = observe(connections, backend)

    expired = Withheld(reason=Reason.CREDENTIALS, detail="ExpiredToken: The token has expired")
    assert observed == ObservedBackend(
        backend=backend,
        region="us-east-1",
        caller=expired,
        bucket=expired,
        tables=(ObservedTable(name="locks", presence=expired),),
        states_present=expired,
        requests=observed.requests,
    )


def test_an_unreachable_endpoint_is_told_in_seconds_for_every_fact(
    connections: Connections, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    del member
    fault_proxy.close()
    gone = backend_of(bucket="bucket", table="locks", access=access_to(fault_proxy.url))
    started = time.monotonic()

    (observed,) = observe(connections, gone)

    assert time.monotonic() - started < 10
    facts = (observed.caller, observed.bucket, observed.tables[0].presence, observed.states_present)
    for fact in facts:
        assert isinstance(fact, Withheld)
        assert fact.reason is Reason.UNREACHABLE
        assert fact.detail.startswith(f"{fault_proxy.url}: ")
