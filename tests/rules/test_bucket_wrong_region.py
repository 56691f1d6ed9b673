from holdfast.core.backends import Access, Endpoints
from holdfast.core.cloud import BucketAbsent
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.bucket_wrong_region import bucket_wrong_region
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    backend,
    healthy_bucket,
    hits,
    observed,
    unknown,
    use,
)

ELSEWHERE = healthy_bucket(region=Known("us-east-2"))
STORE = Access(endpoints=Endpoints(s3="https://store.example"))


def test_a_bucket_where_the_code_says_is_fine() -> None:
    assert hits(bucket_wrong_region, observed()) == ()


def test_a_bucket_elsewhere_is_named_with_its_region() -> None:
    assert hits(bucket_wrong_region, observed(bucket=ELSEWHERE)) == (
        Hit(
            message=f"bucket `{BUCKET}` is in us-east-2, and `network` says eu-west-1",
            evidence=(
                Evidence(label="HeadBucket", text="region us-east-2"),
                Evidence(
                    label="root",
                    text="`network`: region eu-west-1",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            advice='Set `region = "us-east-2"` and run `init -reconfigure`; the state stays where it is.',
            subject="network",
            backend=BUCKET,
        ),
    )


def test_only_the_roots_that_are_wrong_are_named() -> None:
    mixed = backend(uses=(use(), use(root_path="dns", region="us-east-2")))
    assert [
        hit.subject for hit in hits(bucket_wrong_region, observed(mixed, bucket=ELSEWHERE))
    ] == ["network"]


def test_a_declaration_without_roots_is_compared_too() -> None:
    declared = observed(backend(uses=(), declared=True), bucket=ELSEWHERE)
    assert [hit.message for hit in hits(bucket_wrong_region, declared)] == [
        f"bucket `{BUCKET}` is in us-east-2, and the declaration says eu-west-1"
    ]


def test_what_has_no_region_is_not_compared() -> None:
    nowhere = backend(region=None, uses=(use(region=None),))
    assert hits(bucket_wrong_region, observed(nowhere, bucket=ELSEWHERE)) == ()
    assert hits(bucket_wrong_region, observed(backend(access=STORE), bucket=ELSEWHERE)) == ()
    assert hits(bucket_wrong_region, observed(bucket=BucketAbsent(name=BUCKET))) == ()


def test_an_unknown_region_is_unknown() -> None:
    assert unknown(bucket_wrong_region, observed(bucket=healthy_bucket(region=DENIED))) == (DENIED,)
