import json

from holdfast.core.facts import Reason, Withheld
from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_lifecycle_expires_states import bucket_lifecycle_expires_states
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KEY,
    backend,
    healthy_bucket,
    hits,
    lifecycle,
    observed,
    unknown,
    use,
)

EXPIRES = {
    "Expiration": {"Days": 30},
    "Filter": {"Prefix": "network/"},
    "ID": "tidy",
    "Status": "Enabled",
}


def test_rules_for_old_versions_and_other_prefixes_are_fine() -> None:
    logs = EXPIRES | {"Filter": {"Prefix": "logs/"}}
    old = {"ID": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    bucket = healthy_bucket(lifecycle=lifecycle(logs, old))
    assert hits(bucket_lifecycle_expires_states, observed(bucket=bucket)) == ()


def test_a_rule_that_deletes_states_is_shown_with_what_it_reaches() -> None:
    bucket = healthy_bucket(lifecycle=lifecycle(EXPIRES))
    assert hits(bucket_lifecycle_expires_states, observed(bucket=bucket)) == (
        Hit(
            message=(
                f"lifecycle rule `tidy` of bucket `{BUCKET}` deletes objects 30 days after they"
                " were written"
            ),
            evidence=(
                Evidence(
                    label="GetBucketLifecycleConfiguration",
                    text=json.dumps(EXPIRES, separators=(",", ":")),
                ),
                Evidence(label="reaches", text=KEY),
                Evidence(label="reaches", text=f"{KEY}.tflock"),
            ),
            advice="Limit the rule to a prefix without states, or to old versions.",
            backend=BUCKET,
        ),
    )


def test_a_rule_for_the_whole_bucket_reaches_everything_and_some_is_shown() -> None:
    keys = tuple(use(key=f"k{number}") for number in range(4))
    bucket = healthy_bucket(lifecycle=lifecycle(EXPIRES | {"Filter": {}}))
    (hit,) = hits(bucket_lifecycle_expires_states, observed(backend(uses=keys), bucket=bucket))
    assert [each.text for each in hit.evidence[1:]] == [
        "k0",
        "k0.tflock",
        "k1",
        "k1.tflock",
        "k2",
        "3 more",
        "workspaces below env:/",
        "every object of the bucket",
    ]


def test_a_tag_that_decides_is_unknown() -> None:
    tagged = EXPIRES | {"Filter": {"Tag": {"Key": "kind", "Value": "lock"}}}
    bucket = healthy_bucket(lifecycle=lifecycle(tagged))
    assert unknown(bucket_lifecycle_expires_states, observed(bucket=bucket)) == (
        Withheld(
            reason=Reason.NOT_ASKED,
            permission="s3:GetObjectTagging",
            detail=(
                "lifecycle rule `tidy` deletes objects 30 days after they were written, those that a"
                " tag or a size chooses; whether states are among them was not read"
            ),
        ),
    )


def test_rules_that_may_not_be_read_are_unknown() -> None:
    bucket = healthy_bucket(lifecycle=DENIED)
    assert unknown(bucket_lifecycle_expires_states, observed(bucket=bucket)) == (DENIED,)
