"""What a plan remembers of the facts that it was made against."""

import json

import pytest

from holdfast.core.cloud import (
    BillingMode,
    BucketAbsent,
    BucketForeign,
    Encryption,
    Ownership,
    PublicAccessBlock,
    TableAbsent,
    TableKey,
    TimeToLive,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import Known
from holdfast.core.fingerprints import digest_of, fingerprints_of
from holdfast.core.plans import Fingerprint
from holdfast.core.steps import FactName
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    Changes,
    healthy_bucket,
    healthy_table,
    observed,
    withheld_bucket,
)


def words(*, bucket: Changes = None, table: Changes = None) -> dict[str, str]:
    """Return the words of every fingerprint, with these fields of bucket and table changed."""
    subject = observed(
        bucket=healthy_bucket(**(bucket or {})), tables=(healthy_table(**(table or {})),)
    )
    return {each.fact.value: each.words for each in fingerprints_of(subject)}


def digests(*, bucket: Changes = None, table: Changes = None) -> dict[FactName, str]:
    subject = observed(
        bucket=healthy_bucket(**(bucket or {})), tables=(healthy_table(**(table or {})),)
    )
    return {each.fact: each.digest for each in fingerprints_of(subject)}


def test_every_fact_that_a_step_could_change_is_remembered() -> None:
    found = words()
    policy = found.pop("policy")
    assert policy.startswith("policy ")
    assert found == {
        "bucket": "in eu-west-1",
        "versioning": "enabled",
        "encryption": "AES256, SSE-C refused",
        "public access block": "on",
        "ownership": "BucketOwnerEnforced",
        "lifecycle": "holdfast-state-history",
        "table": (
            "arn:aws:dynamodb:eu-west-1:111111111111:table/acme-terraform-locks, keys LockID (S)"
        ),
        "billing": "PAY_PER_REQUEST",
        "deletion protection": "on",
        "point-in-time recovery": "on",
        "time to live": "off",
    }
    assert {*found, "policy"} == {fact.value for fact in FactName}


@pytest.mark.parametrize(
    ("fact", "bucket", "said"),
    [
        (
            FactName.VERSIONING,
            {"versioning": Known(Versioning(status=VersioningStatus.SUSPENDED, mfa_delete=True))},
            "suspended with MFA delete",
        ),
        (FactName.ENCRYPTION, {"encryption": Known(None)}, "off"),
        (
            FactName.ENCRYPTION,
            {"encryption": Known(Encryption(algorithm="aws:kms", key="k", bucket_key=True))},
            "aws:kms, with key k, bucket key",
        ),
        (
            FactName.ENCRYPTION,
            {"encryption": Known(Encryption(algorithm="AES256", blocked_types=("NONE",)))},
            "AES256, no type refused",
        ),
        (
            FactName.PUBLIC_ACCESS_BLOCK,
            {
                "public_access_block": Known(
                    PublicAccessBlock(
                        block_public_acls=True,
                        ignore_public_acls=False,
                        block_public_policy=False,
                        restrict_public_buckets=False,
                    )
                )
            },
            "block_public_acls",
        ),
        (FactName.OWNERSHIP, {"ownership": Known(Ownership.WRITER)}, "ObjectWriter"),
        (FactName.POLICY, {"policy": Known(None)}, "none"),
        (FactName.LIFECYCLE, {"lifecycle": Known(())}, "none"),
    ],
    ids=str,
)
def test_a_changed_setting_of_a_bucket_changes_one_fingerprint(
    fact: FactName, bucket: Changes, said: str
) -> None:
    assert words(bucket=bucket)[fact.value] == said
    before, after = digests(), digests(bucket=bucket)
    assert [each for each in before if before[each] != after[each]] == [fact]


@pytest.mark.parametrize(
    ("fact", "table", "said"),
    [
        (
            FactName.TABLE,
            {"range_key": TableKey(name="Info", type="S"), "replicas": ("us-east-1",)},
            (
                "arn:aws:dynamodb:eu-west-1:111111111111:table/acme-terraform-locks,"
                " keys LockID (S), Info (S), also in us-east-1"
            ),
        ),
        (FactName.BILLING, {"billing": BillingMode.PROVISIONED}, "PROVISIONED"),
        (FactName.DELETION_PROTECTION, {"deletion_protection": False}, "off"),
        (
            FactName.POINT_IN_TIME_RECOVERY,
            {"point_in_time_recovery": Known(value=False)},
            "off",
        ),
        (
            FactName.TIME_TO_LIVE,
            {"time_to_live": Known(TimeToLive(enabled=True, attribute="Expires"))},
            "on `Expires`",
        ),
    ],
    ids=str,
)
def test_a_changed_setting_of_a_table_changes_one_fingerprint(
    fact: FactName, table: Changes, said: str
) -> None:
    assert words(table=table)[fact.value] == said
    before, after = digests(), digests(table=table)
    assert [each for each in before if before[each] != after[each]] == [fact]


def test_the_status_of_a_table_and_the_spacing_of_a_policy_do_not_matter() -> None:
    stored = healthy_bucket().policy
    assert isinstance(stored, Known)
    spaced = json.dumps(json.loads(stored.value or ""), indent=4)
    assert digests(bucket={"policy": Known(spaced)}, table={"status": "UPDATING"}) == digests()


def test_what_is_absent_or_foreign_or_unread_has_one_fingerprint_that_says_so() -> None:
    absent = observed(
        bucket=BucketAbsent(name=BUCKET), tables=(TableAbsent(name=TABLE, elsewhere=DENIED),)
    )
    foreign = BucketForeign(name=BUCKET, expected_account="111111111111", region=None)
    assert fingerprints_of(absent) == (
        Fingerprint(FactName.BUCKET, BUCKET, digest_of("absent"), "absent"),
        Fingerprint(FactName.TABLE, TABLE, digest_of("absent"), "absent"),
    )
    assert [each.words for each in fingerprints_of(observed(bucket=foreign, tables=()))] == [
        "of another account"
    ]
    assert [each.words for each in fingerprints_of(observed(bucket=DENIED, tables=()))] == [
        "unknown"
    ]


def test_every_setting_that_could_not_be_read_is_unknown() -> None:
    found = fingerprints_of(observed(bucket=withheld_bucket(), tables=()))
    assert {each.words for each in found} == {"unknown"}
    assert len(found) == 7
