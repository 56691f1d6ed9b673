from holdfast.core.cloud import Bucket, Encryption, EncryptionKey, KeyState
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Finding, Hit
from holdfast.core.steps import EncryptBucket
from holdfast.rules.bucket_encryption_weak import bucket_encryption_weak
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    backend,
    healthy_bucket,
    hits,
    judged,
    observed,
    policy,
    unknown,
)

OTHER_ACCOUNT = "222222222222"
WISH = EncryptBucket(
    bucket=BUCKET, region=REGION, algorithm="aws:kms", key_arn=KMS_KEY, bucket_key=True
)
WISHING = backend(kms_key=KMS_KEY)


def key(*, customer_managed: bool = True) -> Known[EncryptionKey]:
    return Known(
        EncryptionKey(
            arn=KMS_KEY,
            state=KeyState.ENABLED,
            state_text="Enabled",
            customer_managed=customer_managed,
            rotation=Known(value=True),
        )
    )


def kms(name: str | None, **changes: object) -> Bucket:
    encryption = Encryption(algorithm="aws:kms", key=name, bucket_key=True)
    return healthy_bucket(**({"encryption": Known(encryption), "key": key()} | changes))


def letting_in(principal: str) -> Known[str]:
    return Known(
        policy(
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{BUCKET}/*",
            }
        )
    )


def test_the_encryption_of_every_new_bucket_is_fine_without_a_wish() -> None:
    assert hits(bucket_encryption_weak, observed()) == ()
    assert hits(bucket_encryption_weak, observed(bucket=kms(KMS_KEY))) == ()


def test_no_encryption_at_all_is_a_hit() -> None:
    bucket = healthy_bucket(encryption=Known(None))
    assert hits(bucket_encryption_weak, observed(bucket=bucket)) == (
        Hit(
            message=f"bucket `{BUCKET}` does not encrypt with SSE-S3 by default",
            evidence=(Evidence(label="GetBucketEncryption", text="not set"),),
            fix=(EncryptBucket(bucket=BUCKET, region=REGION, algorithm="AES256"),),
            backend=BUCKET,
        ),
    )


def test_a_wish_that_is_not_fulfilled_is_a_hit_with_the_step_to_it() -> None:
    assert hits(bucket_encryption_weak, observed(WISHING)) == (
        Hit(
            message=f"bucket `{BUCKET}` does not encrypt with the key {KMS_KEY} by default",
            evidence=(Evidence(label="GetBucketEncryption", text="AES256"),),
            fix=(WISH,),
            backend=BUCKET,
        ),
    )


def test_a_fulfilled_wish_is_fine_also_by_id_and_twice_encrypted() -> None:
    identifier = KMS_KEY.rpartition("/")[2]
    double = Known(Encryption(algorithm="aws:kms:dsse", key=KMS_KEY))
    no_bucket_key = Known(Encryption(algorithm="aws:kms", key=KMS_KEY))
    for bucket in (
        kms(KMS_KEY),
        kms(identifier),
        kms(KMS_KEY, encryption=double),
        kms(KMS_KEY, encryption=no_bucket_key),
    ):
        assert hits(bucket_encryption_weak, observed(WISHING, bucket=bucket)) == ()


def test_an_alias_is_a_hit_that_names_the_key() -> None:
    assert hits(bucket_encryption_weak, observed(bucket=kms("alias/state"))) == (
        Hit(
            message=f"bucket `{BUCKET}` names its KMS key by an alias",
            evidence=(Evidence(label="GetBucketEncryption", text="aws:kms, key alias/state"),),
            advice=f"Name the key by its ARN: `{KMS_KEY}`.",
            backend=BUCKET,
        ),
    )
    (hit,) = hits(bucket_encryption_weak, observed(bucket=kms("alias/state", key=DENIED)))
    assert hit.advice == "Name the key by its ARN."


def test_the_key_of_aws_is_fine_in_one_account_and_not_across_two() -> None:
    own = kms(None, key=Known(None), policy=letting_in(f"arn:aws:iam::{ACCOUNT}:root"))
    other = kms(None, key=Known(None), policy=letting_in(f"arn:aws:iam::{OTHER_ACCOUNT}:role/ci"))
    assert hits(bucket_encryption_weak, observed(bucket=own)) == ()
    assert hits(bucket_encryption_weak, observed(bucket=other)) == (
        Hit(
            message=f"bucket `{BUCKET}` encrypts with a key that its other accounts cannot use",
            evidence=(
                Evidence(label="GetBucketEncryption", text="aws:kms"),
                Evidence(label="statement", text=f"lets in {OTHER_ACCOUNT}"),
            ),
            advice="Make a customer managed key that these accounts may use, and declare it.",
            backend=BUCKET,
        ),
    )


def test_the_key_of_aws_by_its_arn_is_recognised() -> None:
    bucket = kms(KMS_KEY, key=key(customer_managed=False), policy=letting_in(OTHER_ACCOUNT))
    assert len(hits(bucket_encryption_weak, observed(bucket=bucket))) == 1


def test_what_decides_and_may_not_be_read_is_unknown() -> None:
    nothing = healthy_bucket(encryption=DENIED)
    by_id = kms("some-id", key=DENIED)
    of_aws = kms(None, key=Known(None), policy=DENIED)
    assert unknown(bucket_encryption_weak, observed(bucket=nothing)) == (DENIED,)
    assert unknown(bucket_encryption_weak, observed(WISHING, bucket=by_id)) == (DENIED,)
    assert unknown(bucket_encryption_weak, observed(bucket=of_aws)) == (DENIED,)


def test_a_missing_account_does_not_hide_what_is_known() -> None:
    anonymous = observed(backend(account=None), bucket=kms("alias/state"), caller=DENIED)
    assert [type(each) for each in judged(bucket_encryption_weak, anonymous)] == [Finding]
