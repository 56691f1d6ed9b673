"""Whether a bucket is there, where, and whose: nothing is concluded from a refusal alone."""

import pytest

from holdfast.aws.bucket_presence import BucketAddress, BucketHere, bucket_head
from holdfast.aws.connections import Connections
from holdfast.core.cloud import BucketAbsent, BucketForeign
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to

DENIED = Refuse(code="AccessDenied", status=403, message="Access Denied")


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> BucketAddress:
    """The address of a bucket in eu-west-1."""
    return BucketAddress(
        access=access_to(fault_proxy.url),
        region="eu-west-1",
        bucket=member.clients.create_bucket(member.name("presence"), region="eu-west-1"),
        account=None,
    )


def at(
    address: BucketAddress,
    *,
    region: str = "eu-west-1",
    bucket: str | None = None,
    account: str | None = None,
) -> BucketAddress:
    return BucketAddress(
        access=address.access, region=region, bucket=bucket or address.bucket, account=account
    )


def test_a_bucket_of_the_expected_account_is_here(
    connections: Connections, address: BucketAddress, member: FreshAccount
) -> None:
    assert bucket_head(connections, at(address, account=member.id)) == Known(
        BucketHere(region=Known("eu-west-1"), directory=False)
    )


def test_a_bucket_in_another_region_is_followed_there(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    assert bucket_head(connections, at(address, region="us-east-1")) == Known(
        BucketHere(region=Known("eu-west-1"), directory=False)
    )
    assert fault_proxy.counts() == {"s3:HeadBucket": 2}


def test_a_region_that_s3_names_in_a_bad_request_is_followed_once(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    wrong = Response(status=400, headers={"x-amz-bucket-region": "eu-west-1"}, body=b"")
    fault_proxy.add(Rule(action=Answer(response=wrong)))

    fact = bucket_head(connections, at(address, region="us-east-1"))

    assert isinstance(fact, Withheld)
    assert len(fault_proxy.requests()) <= 6


@pytest.mark.parametrize("status", [301, 400])
def test_a_bucket_that_is_somewhere_else_each_time_is_unknown(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy, status: int
) -> None:
    for number in range(1, 30):
        moved = Response(
            status=status, headers={"x-amz-bucket-region": f"xx-nowhere-{number}"}, body=b""
        )
        fault_proxy.add(Rule(action=Answer(response=moved), times=1))

    # botocore follows once by itself, so that we see every other region.
    assert bucket_head(connections, address) == Withheld(
        reason=Reason.ERROR,
        detail=(
            "S3 sent the request on and on: eu-west-1 to xx-nowhere-2 to xx-nowhere-4"
            " to xx-nowhere-6 to xx-nowhere-8"
        ),
    )
    assert fault_proxy.counts() == {"s3:HeadBucket": 8}


def test_a_bucket_that_is_not_there_is_absent(
    connections: Connections, address: BucketAddress
) -> None:
    assert bucket_head(connections, at(address, bucket="nobody-has-this")) == Known(
        BucketAbsent(name="nobody-has-this")
    )


def test_a_bucket_of_another_account_is_foreign_when_it_lets_us_in(
    connections: Connections, address: BucketAddress, other_account: FreshAccount
) -> None:
    assert bucket_head(connections, at(address, account=other_account.id)) == Known(
        BucketForeign(name=address.bucket, expected_account=other_account.id, region="eu-west-1")
    )


def test_a_bucket_that_never_lets_us_in_is_unknown_and_not_foreign(
    connections: Connections,
    address: BucketAddress,
    member: FreshAccount,
    other_account: FreshAccount,
) -> None:
    name = other_account.clients.create_bucket(other_account.name("closed"), region="eu-west-1")

    fact = bucket_head(connections, at(address, bucket=name, account=member.id))

    assert isinstance(fact, Withheld)
    assert (fact.reason, fact.permission) == (Reason.PERMISSION, "s3:ListBucket")


def test_a_refused_head_of_a_bucket_that_can_be_read_leaves_only_its_region_unknown(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=DENIED, operation="s3:HeadBucket"))

    assert bucket_head(connections, address) == Known(
        BucketHere(
            region=Withheld(
                reason=Reason.PERMISSION, permission="s3:ListBucket", detail="403: Forbidden"
            ),
            directory=False,
        )
    )


def test_a_refused_head_still_tells_the_region(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    refusal = Response(status=403, headers={"x-amz-bucket-region": "eu-west-1"}, body=b"")
    fault_proxy.add(Rule(action=Answer(response=refusal), operation="s3:HeadBucket"))

    assert bucket_head(connections, address) == Known(
        BucketHere(region=Known("eu-west-1"), directory=False)
    )


def test_a_refusal_is_explained_in_the_services_own_words(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    words = "Access Denied with an explicit deny in a resource control policy"
    fault_proxy.add(Rule(action=Refuse(code="AccessDenied", status=403, message=words)))

    assert bucket_head(connections, address) == Withheld(
        reason=Reason.PERMISSION, permission="s3:ListBucket", detail=f"AccessDenied: {words}"
    )


def test_an_expired_token_is_a_matter_of_credentials_although_a_head_cannot_say_so(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    expired = Refuse(code="ExpiredToken", status=400, message="The provided token has expired.")
    fault_proxy.add(Rule(action=expired))

    assert bucket_head(connections, address) == Withheld(
        reason=Reason.CREDENTIALS, detail="ExpiredToken: The provided token has expired."
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (503, Reason.THROTTLED),
        (501, Reason.UNSUPPORTED),
        (500, Reason.ERROR),
        (504, Reason.UNREACHABLE),
    ],
)
def test_any_other_failure_is_neither_absence_nor_a_missing_permission(
    connections: Connections,
    address: BucketAddress,
    fault_proxy: FaultProxy,
    status: int,
    reason: Reason,
) -> None:
    fault_proxy.add(Rule(action=Refuse(code="Whatever", status=status)))

    fact = bucket_head(connections, address)

    assert isinstance(fact, Withheld)
    assert (fact.reason, fact.permission) == (reason, "")


def test_a_name_that_no_bucket_can_have_is_an_error_and_no_traceback(
    connections: Connections, address: BucketAddress
) -> None:
    fact = bucket_head(connections, at(address, bucket="s3://bucket"))

    assert isinstance(fact, Withheld)
    assert fact.reason is Reason.ERROR


def test_a_directory_bucket_is_told_by_what_head_bucket_says(
    connections: Connections, address: BucketAddress, fault_proxy: FaultProxy
) -> None:
    headers = {
        "x-amz-bucket-region": "eu-west-1",
        "x-amz-bucket-location-type": "AvailabilityZone",
        "x-amz-bucket-location-name": "euw1-az1",
    }
    fault_proxy.add(Rule(action=Answer(response=Response(status=200, headers=headers, body=b""))))

    assert bucket_head(connections, address) == Known(
        BucketHere(region=Known("eu-west-1"), directory=True)
    )
