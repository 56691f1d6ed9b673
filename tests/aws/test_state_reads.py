"""Which states exist: exactly those under whose keys there is an object, in as few listings as it takes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.state_reads import (
    KEYS_OF_LISTING_MAX,
    StatesAddress,
    just_before,
    listings_of,
    states_present,
)
from holdfast.core.facts import Known
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to

STORED = (
    "a/terraform.tfstate",
    "a/terraform.tfstate.tflock",
    "a/terraform.tfstate-md5",
    "b/terraform.tfstate",
    "env:/dev/b/terraform.tfstate",
    "é/terraform.tfstate",
    "z with space+plus/terraform.tfstate",
)
ABSENT = ("0", "a", "a/terraform.tfstat", "a/terraform.tfstatf", "c/x", "env:/", "ÿ", "zz", "😀")


@pytest.fixture
def bucket(member: FreshAccount, fault_proxy: FaultProxy) -> BucketAddress:
    name = member.clients.create_bucket(member.name("states"))
    for key in STORED:
        member.clients.s3().put_object(Bucket=name, Key=key, Body=b"{}")
    return BucketAddress(
        access=access_to(fault_proxy.url), region="us-east-1", bucket=name, account=None
    )


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    keys=st.lists(st.sampled_from(STORED + ABSENT), unique=True),
    page_size=st.integers(min_value=1, max_value=5),
)
def test_exactly_the_existing_keys_are_found_whatever_the_size_of_a_page(
    connections: Connections,
    bucket: BucketAddress,
    fault_proxy: FaultProxy,
    keys: list[str],
    page_size: int,
) -> None:
    fault_proxy.forget()
    address = StatesAddress(bucket=bucket, keys=tuple(sorted(keys)), page_size=page_size)

    assert states_present(connections, address) == Known(frozenset(keys).intersection(STORED))
    assert len(fault_proxy.requests()) <= len(keys)


def test_one_key_is_one_request_for_one_object(
    connections: Connections, bucket: BucketAddress, fault_proxy: FaultProxy
) -> None:
    (address,) = listings_of(bucket, ("a/terraform.tfstate",))

    assert states_present(connections, address) == Known(frozenset({"a/terraform.tfstate"}))
    (request,) = fault_proxy.requests()
    assert request.operation == "s3:ListObjectsV2"
    assert "max-keys=1&" in f"{request.target}&"


def test_many_keys_are_one_listing(
    connections: Connections, bucket: BucketAddress, fault_proxy: FaultProxy
) -> None:
    (address,) = listings_of(bucket, (*STORED, *ABSENT))

    assert states_present(connections, address) == Known(frozenset(STORED))
    assert len(fault_proxy.requests()) == 1


def test_very_many_keys_are_divided_among_listings(bucket: BucketAddress) -> None:
    keys = tuple(f"{number:04}/terraform.tfstate" for number in range(2 * KEYS_OF_LISTING_MAX + 1))

    listings = tuple(listings_of(bucket, (*keys, *keys)))

    assert [len(each.keys) for each in listings] == [KEYS_OF_LISTING_MAX, KEYS_OF_LISTING_MAX, 1]
    assert tuple(key for each in listings for key in each.keys) == keys


def test_no_keys_are_no_listing(bucket: BucketAddress) -> None:
    assert tuple(listings_of(bucket, ())) == ()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_just_before_a_key_is_before_it_as_s3_orders_bytes(key: str) -> None:
    assert just_before(key).encode() < key.encode()
