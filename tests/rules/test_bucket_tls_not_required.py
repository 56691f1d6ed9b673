import json

from holdfast.core.backends import Access, Endpoints
from holdfast.core.baseline import tls_statement
from holdfast.core.facts import Known, Reason
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import AddPolicyStatements
from holdfast.rules.bucket_tls_not_required import bucket_tls_not_required
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    REGION,
    backend,
    healthy_bucket,
    hits,
    observed,
    policy,
    unknown,
)

TLS = tls_statement(BUCKET)
STEP = AddPolicyStatements(bucket=BUCKET, region=REGION, statements=(TLS,))


def test_a_statement_of_any_name_is_fine() -> None:
    renamed = json.loads(TLS) | {"Sid": "EnforcedTLS", "Principal": {"AWS": "*"}}
    bucket = healthy_bucket(policy=Known(policy(renamed)))
    assert hits(bucket_tls_not_required, observed(bucket=bucket)) == ()


def test_a_bucket_without_a_policy_gets_the_statement() -> None:
    assert hits(bucket_tls_not_required, observed(bucket=healthy_bucket(policy=Known(None)))) == (
        Hit(
            message=f"bucket `{BUCKET}` does not refuse requests without TLS",
            evidence=(Evidence(label="GetBucketPolicy", text="no policy"),),
            fix=(STEP,),
            backend=BUCKET,
        ),
    )


def test_a_statement_of_the_right_name_that_does_nothing_is_a_hit() -> None:
    gutted = json.loads(TLS) | {"Action": "s3:GetObject"}
    bucket = healthy_bucket(policy=Known(policy(gutted)))
    (hit,) = hits(bucket_tls_not_required, observed(bucket=bucket))
    assert hit.evidence == (Evidence(label="GetBucketPolicy", text="no statement for it"),)
    assert hit.fix == (STEP,)


def test_a_backend_without_tls_is_not_shut_out() -> None:
    plain = backend(access=Access(endpoints=Endpoints(s3="http://store.example:9000")))
    (hit,) = hits(
        bucket_tls_not_required, observed(plain, bucket=healthy_bucket(policy=Known(None)))
    )
    assert hit.fix == ()
    assert hit.advice == "The code itself uses `http://store.example:9000`: move it to TLS first."


def test_a_policy_that_may_not_be_read_or_understood_is_unknown() -> None:
    denied = observed(bucket=healthy_bucket(policy=DENIED))
    odd = observed(bucket=healthy_bucket(policy=Known('{"Statement":[{}]}')))
    assert unknown(bucket_tls_not_required, denied) == (DENIED,)
    assert [each.reason for each in unknown(bucket_tls_not_required, odd)] == [Reason.ERROR]
