from dataclasses import replace

import pytest

from holdfast.core.baseline import bucket_steps
from holdfast.core.cloud import BucketAbsent, BucketForeign
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.core.steps import CreateBucket
from holdfast.rules.bucket_missing import bucket_missing
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    backend,
    hits,
    observed,
    unknown,
    use,
)

ABSENT = BucketAbsent(name=BUCKET)


def test_a_bucket_that_is_there_is_fine_whoever_owns_it() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region=None)
    assert hits(bucket_missing, observed()) == ()
    assert hits(bucket_missing, observed(bucket=foreign)) == ()


def test_a_missing_bucket_is_created_with_the_whole_baseline() -> None:
    assert hits(bucket_missing, observed(bucket=ABSENT)) == (
        Hit(
            message=f"bucket `{BUCKET}`, which `network` names, does not exist",
            evidence=(
                Evidence(label="HeadBucket", text="404: there is no bucket of this name"),
                Evidence(
                    label="root",
                    text="`network`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            fix=bucket_steps(BUCKET, REGION),
            backend=BUCKET,
        ),
    )


def test_wishes_of_the_declaration_reach_the_steps() -> None:
    name = f"state-{ACCOUNT}-cn-north-1-an"
    wishes = backend(
        bucket=name,
        kms_key=KMS_KEY,
        tags=(("Team", "platform"),),
        account_regional=True,
        region="cn-north-1",
        noncurrent_keep=50,
        noncurrent_days=90,
    )
    (hit,) = hits(
        bucket_missing, replace(observed(wishes, bucket=ABSENT, caller=DENIED), region="cn-north-1")
    )
    assert hit.fix == bucket_steps(
        name,
        "cn-north-1",
        partition="aws-cn",
        kms_key=KMS_KEY,
        tags=(("Team", "platform"),),
        account_regional=True,
        noncurrent_keep=50,
        noncurrent_days=90,
    )


def test_an_account_regional_name_is_created_in_its_namespace() -> None:
    name = f"state-{ACCOUNT}-{REGION}-an"
    (hit,) = hits(bucket_missing, observed(backend(bucket=name), bucket=BucketAbsent(name=name)))
    assert isinstance(hit.fix[0], CreateBucket)
    assert hit.fix[0].account_regional is True


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        (
            "acme..state.",
            "does not begin and end with a letter or digit and holds two dots in a row",
        ),
        ("state-an", "ends with `-an`, which is for buckets of the account-regional namespace"),
    ],
)
def test_a_bucket_whose_name_nobody_can_give_is_not_created(name: str, problems: str) -> None:
    (hit,) = hits(bucket_missing, observed(backend(bucket=name), bucket=BucketAbsent(name=name)))
    assert hit.fix == ()
    assert hit.advice == f"Give it another name: S3 refuses one that {problems}."


def test_without_a_region_there_is_no_step() -> None:
    (hit,) = hits(bucket_missing, observed(backend(region=None), bucket=ABSENT))
    assert hit.fix == ()
    assert hit.advice == "Name the `region` in the code; it is not known where."


def test_several_roots_are_counted_and_a_declaration_is_named() -> None:
    many = backend(uses=(use(), use(root_path="dns"), use(root_path="dns", key="dns/b")))
    declared = backend(uses=(), declared=True)
    assert [
        hits(bucket_missing, observed(of, bucket=ABSENT))[0].message for of in (many, declared)
    ] == [
        f"bucket `{BUCKET}`, which 2 roots name, does not exist",
        f"bucket `{BUCKET}`, which the declaration names, does not exist",
    ]


def test_a_refusal_is_not_an_absence() -> None:
    assert unknown(bucket_missing, observed(bucket=DENIED)) == (DENIED,)
