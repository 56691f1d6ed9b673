import json

from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Finding, Hit, Unjudged
from holdfast.rules.bucket_public import ADVICE, bucket_public
from tests.rules.fleets import BUCKET, DENIED, healthy_bucket, hits, judged, observed, policy

OPEN = {
    "Action": "s3:GetObject",
    "Effect": "Allow",
    "Principal": "*",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
    "Sid": "Everybody",
}
OPEN_TEXT = json.dumps(OPEN, separators=(",", ":"))


def test_a_private_bucket_is_fine() -> None:
    assert hits(bucket_public, observed()) == ()


def test_the_statement_that_opens_the_bucket_is_shown() -> None:
    bucket = healthy_bucket(
        policy=Known(policy(OPEN)), policy_public=Known(value=True), public_access_block=DENIED
    )
    assert hits(bucket_public, observed(bucket=bucket)) == (
        Hit(
            message=f"the policy of bucket `{BUCKET}` lets strangers in",
            evidence=(
                Evidence(label="GetBucketPolicyStatus", text="IsPublic: true"),
                Evidence(label="statement", text=OPEN_TEXT),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_grants_of_the_access_list_are_shown_and_what_holds_them_back() -> None:
    bucket = healthy_bucket(public_grants=Known(("AllUsers READ", "AuthenticatedUsers WRITE")))
    assert hits(bucket_public, observed(bucket=bucket)) == (
        Hit(
            message=(
                f"the ACL of bucket `{BUCKET}` lets strangers in;"
                " only the public access block holds them back"
            ),
            evidence=(
                Evidence(label="GetBucketAcl", text="AllUsers READ"),
                Evidence(label="GetBucketAcl", text="AuthenticatedUsers WRITE"),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_a_policy_that_may_not_be_read_is_public_all_the_same() -> None:
    bucket = healthy_bucket(policy=DENIED, policy_public=Known(value=True))
    (hit,) = hits(bucket_public, observed(bucket=bucket))
    assert hit.evidence == (Evidence(label="GetBucketPolicyStatus", text="IsPublic: true"),)


def test_what_is_known_to_be_public_stays_when_the_rest_is_unknown() -> None:
    bucket = healthy_bucket(policy_public=DENIED, public_grants=Known(("AllUsers READ",)))
    assert [type(each) for each in judged(bucket_public, observed(bucket=bucket))] == [
        Finding,
        Unjudged,
    ]
    bucket = healthy_bucket(policy_public=Known(value=True), public_grants=DENIED)
    assert [type(each) for each in judged(bucket_public, observed(bucket=bucket))] == [
        Finding,
        Unjudged,
    ]
