import pytest

from holdfast.core.lock_tables import (
    TablePlace,
    place_of,
    region_of_endpoint,
    region_of_table_name,
)
from tests.rules.fleets import ACCOUNT, REGION, TABLE, healthy_table


@pytest.mark.parametrize(
    ("name", "region"),
    [
        (f"arn:aws:dynamodb:us-east-2:{ACCOUNT}:table/{TABLE}", "us-east-2"),
        (f"arn:aws-cn:dynamodb:cn-north-1:{ACCOUNT}:table/{TABLE}", "cn-north-1"),
        (TABLE, None),
        ("arn:aws:s3:::bucket", None),
    ],
)
def test_the_region_of_a_table_is_read_from_its_arn(name: str, region: str | None) -> None:
    assert region_of_table_name(name) == region


def test_only_endpoints_of_aws_have_a_region() -> None:
    assert region_of_endpoint("https://dynamodb.cn-north-1.amazonaws.com.cn") == "cn-north-1"
    assert region_of_endpoint("https://dynamodb.us-east-2.example.com") is None


def test_the_place_of_a_table_is_its_account_and_region() -> None:
    assert place_of(healthy_table()) == TablePlace(ACCOUNT, REGION)
    assert place_of(healthy_table(arn="odd")) == TablePlace("unknown", REGION)
