"""Clients: one per access, region and service; bounded; at the endpoint and in the region that are meant."""

import socket
import threading
import time

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from holdfast import __version__
from holdfast.aws.connections import Connections, region_default
from holdfast.aws.errors import AWS_ERRORS, withheld
from holdfast.core.backends import Access, Endpoints
from holdfast.core.facts import Reason
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, use_credentials


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    use_credentials(monkeypatch, "700000000000")


def test_the_same_access_region_and_service_is_one_client_for_all_threads(
    connections: Connections,
) -> None:
    found: list[int] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(id(connections.s3(Access(), "eu-west-1")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == 8


def test_other_accesses_regions_services_and_retries_are_other_clients(
    connections: Connections,
) -> None:
    clients = [
        connections.s3(Access(), "eu-west-1"),
        connections.s3(Access(), "us-east-1"),
        connections.s3(Access(path_style=True), "eu-west-1"),
        connections.s3(Access(), "eu-west-1", retries=False),
        connections.dynamodb(Access(), "eu-west-1"),
    ]

    assert len({id(client) for client in clients}) == 5


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
    ],
)
def test_the_default_region_is_the_one_that_terraform_would_take(
    environment: dict[str, str], expected: str | None
) -> None:
    assert region_default(environment) == expected


def test_a_region_of_the_environment_is_used_although_botocore_ignores_it(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")

    assert connections.s3(Access(), None).meta.region_name == "ap-southeast-2"


def test_without_any_region_there_is_still_a_place_to_ask(connections: Connections) -> None:
    assert connections.region_of(Access(), None) == "us-east-1"


def test_regions_are_those_of_the_partition(connections: Connections) -> None:
    assert connections.regions_of_partition("cn-north-1") == ("cn-north-1", "cn-northwest-1")
    assert connections.regions_of_partition("us-gov-west-1") == ("us-gov-east-1", "us-gov-west-1")
    assert "eu-west-1" in connections.regions_of_partition("us-east-1")
    assert "cn-north-1" not in connections.regions_of_partition("us-east-1")
    assert connections.regions_of_partition("local") == ()


@pytest.mark.parametrize(
    ("access", "region", "expected"),
    [
        (Access(), "eu-west-1", "https://s3.eu-west-1.amazonaws.com"),
        (Access(), "cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn"),
        (Access(fips=True), "us-gov-west-1", "https://s3-fips.us-gov-west-1.amazonaws.com"),
        (Access(dual_stack=True), "eu-west-1", "https://s3.dualstack.eu-west-1.amazonaws.com"),
        (Access(endpoints=Endpoints(s3="http://store:9000")), "eu-west-1", "http://store:9000"),
    ],
)
def test_the_endpoint_follows_partition_flags_and_the_backend(
    connections: Connections, access: Access, region: str, expected: str
) -> None:
    assert connections.s3(access, region).meta.endpoint_url == expected


def test_the_environment_names_endpoints_in_terraforms_order(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://all:1")
    plain = connections.s3(Access(), "eu-west-1").meta.endpoint_url
    monkeypatch.setenv("AWS_S3_ENDPOINT", "http://older:2")
    older = connections.s3(Access(), "eu-west-2").meta.endpoint_url
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://service:3")
    service = connections.s3(Access(), "eu-west-3").meta.endpoint_url
    own = Access(endpoints=Endpoints(s3="http://own:4"))
    backend = connections.s3(own, "eu-west-3").meta.endpoint_url

    assert (plain, older, service, backend) == (
        "http://all:1",
        "http://older:2",
        "http://service:3",
        "http://own:4",
    )


def test_a_store_of_its_own_is_told_from_aws(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Access(endpoints=Endpoints(s3="http://store:9000"))

    assert connections.leaves_store(store, "sts")
    assert not connections.leaves_store(Access(), "sts")
    assert not connections.leaves_store(access_to("http://all:1"), "sts")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://sts:1")
    assert not connections.leaves_store(store, "sts")


@pytest.mark.parametrize(
    ("endpoint", "leaves"),
    [
        ("https://bucket.vpce-1a2b-3c4d.s3.eu-west-1.vpce.amazonaws.com", False),
        ("https://s3-fips.us-gov-west-1.amazonaws.com", False),
        ("https://s3.cn-north-1.amazonaws.com.cn/", False),
        ("https://S3.EU-WEST-1.AMAZONAWS.COM:443", False),
        ("https://s3.eu-west-1.api.aws", False),
        ("https://s3.amazonaws.com.example.test", True),
        ("https://notamazonaws.com", True),
        ("https://[odd", True),
    ],
)
def test_an_endpoint_of_aws_itself_is_no_other_store(
    connections: Connections, endpoint: str, *, leaves: bool
) -> None:
    assert connections.leaves_store(Access(endpoints=Endpoints(s3=endpoint)), "sts") is leaves


def test_requests_say_that_they_come_from_holdfast_and_put_the_bucket_into_the_path(
    connections: Connections,
    account: FreshAccount,
    fault_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_credentials(monkeypatch, account.id)
    name = account.clients.create_bucket(account.name("agent"))

    connections.s3(access_to(fault_proxy.url), "us-east-1").get_bucket_versioning(Bucket=name)

    (request,) = fault_proxy.requests()
    assert f"holdfast/{__version__}" in request.headers["user-agent"]
    assert request.target.startswith(f"/{name}?")


def test_a_throttled_call_is_repeated_up_to_the_bound_and_counted(
    account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    name = account.clients.create_bucket(account.name("slow"))
    fault_proxy.add(Rule(action=Refuse(code="SlowDown", status=503)))

    with Connections(attempts_max=3) as connections:
        client = connections.s3(access_to(fault_proxy.url), "us-east-1")
        with pytest.raises(ClientError):
            client.get_bucket_versioning(Bucket=name)

        assert (len(fault_proxy.requests()), connections.requests) == (3, 3)
        assert connections.requests_of_thread == 3


def test_without_retries_a_call_is_sent_once(
    connections: Connections, account: FreshAccount, fault_proxy: FaultProxy
) -> None:
    name = account.clients.create_bucket(account.name("once"))
    fault_proxy.add(Rule(action=Refuse(code="SlowDown", status=503)))
    client = connections.s3(access_to(fault_proxy.url), "us-east-1", retries=False)

    with pytest.raises(ClientError):
        client.put_object(Bucket=name, Key="lock", Body=b"{}")

    assert len(fault_proxy.requests()) == 1


def unreachable_detail(connections: Connections, url: str) -> str:
    with pytest.raises(AWS_ERRORS) as raised:
        connections.s3(access_to(url), "us-east-1").head_bucket(Bucket="bucket")
    assert isinstance(raised.value, AWS_ERRORS)
    fact = withheld(raised.value, permission="s3:ListBucket")
    assert fact.reason is Reason.UNREACHABLE
    return fact.detail


def test_a_refused_connection_is_reported_at_once_with_its_endpoint(
    connections: Connections,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        started = time.monotonic()
        detail = unreachable_detail(connections, url)

    assert detail.startswith(f"{url}: EndpointConnectionError: ")
    assert time.monotonic() - started < 5


def test_a_silent_endpoint_is_given_up_after_two_short_attempts() -> None:
    with socket.socket() as silent, Connections(read_timeout_seconds=0.2) as connections:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)  # accepted by the kernel, answered by nobody
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        detail = unreachable_detail(connections, url)

        assert detail.startswith(f"{url}: ReadTimeoutError: ")
        assert connections.requests == 2
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("url", ["localhost:4566", "http://", "http://a..b", "junk"])
def test_an_address_that_is_none_is_an_unreachable_endpoint(
    connections: Connections, url: str
) -> None:
    assert unreachable_detail(connections, url) == (
        f"{url}: EndpointConnectionError: Invalid endpoint: {url}"
    )


def test_an_address_that_is_none_in_the_environment_is_an_unreachable_endpoint(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "junk")

    with pytest.raises(EndpointConnectionError, match="the endpoint of s3"):
        connections.s3(Access(), "us-east-1")


def test_closed_connections_can_be_used_again(account: FreshAccount) -> None:
    access = access_to(account.sandbox.url)
    connections = Connections()
    connections.s3(access, "us-east-1").list_buckets()
    connections.close()

    assert connections.s3(access, "us-east-1").list_buckets()["Buckets"] == []
    connections.close()
