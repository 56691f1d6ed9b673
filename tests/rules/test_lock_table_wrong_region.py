import pytest

from holdfast.core.backends import Access, Endpoints
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_wrong_region import lock_table_wrong_region
from tests.rules.fleets import ACCOUNT, BUCKET, REGION, TABLE, backend, hits, observed, use


def arn(region: str) -> str:
    return f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{TABLE}"


def endpoint(address: str) -> Access:
    return Access(endpoints=Endpoints(dynamodb=address))


def test_a_name_and_an_arn_of_the_same_region_are_fine() -> None:
    assert hits(lock_table_wrong_region, observed()) == ()
    assert hits(lock_table_wrong_region, observed(backend(tables=(arn(REGION),)))) == ()


def test_an_arn_of_another_region_is_a_hit() -> None:
    name = arn("us-east-2")
    elsewhere = backend(tables=(name,), uses=(use(table=name),))
    assert hits(lock_table_wrong_region, observed(elsewhere)) == (
        Hit(
            message=f"lock table `{name}` is in us-east-2, and its backend is in {REGION}",
            evidence=(
                Evidence(label="code", text="its ARN names us-east-2"),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice=f"Use a lock table in {REGION}, in every root of the backend at once.",
            subject="network",
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("https://dynamodb.us-east-2.amazonaws.com", "us-east-2"),
        ("https://dynamodb-fips.us-east-2.amazonaws.com", "us-east-2"),
        (f"https://{ACCOUNT}.ddb.us-east-2.amazonaws.com", "us-east-2"),
        (f"https://dynamodb.{REGION}.amazonaws.com", None),
        ("http://dynamodb.local.example:8000", None),
        ("http://localhost:8000", None),
    ],
)
def test_an_endpoint_of_another_region_is_a_hit(address: str, region: str | None) -> None:
    found = hits(lock_table_wrong_region, observed(backend(access=endpoint(address))))
    expected = [f"lock table `{TABLE}` is looked for in {region}, and its backend is in {REGION}"]
    assert [hit.message for hit in found] == (expected if region else [])


def test_a_backend_without_a_region_is_not_compared() -> None:
    nowhere = backend(region=None, tables=(arn("us-east-2"),))
    assert hits(lock_table_wrong_region, observed(nowhere)) == ()
