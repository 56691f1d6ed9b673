from collections.abc import Sequence

import pytest

from holdfast.core.cloud import (
    BucketForeign,
    Ownership,
    PublicAccessBlock,
    TableKey,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import OFFLINE, Known
from holdfast.generate.setup_existing import Existing, existing
from tests.generate.setups import new_backend, settings_of
from tests.rules.fleets import (
    ACCOUNT,
    BUCKET,
    DENIED,
    TABLE,
    Changes,
    healthy_bucket,
    healthy_table,
    lifecycle,
    observed,
)

ALL_OF_BUCKET = [
    "aws_s3_bucket",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_lifecycle_configuration",
]


def types(found: Existing) -> list[str]:
    return [each.type for each in found.resources]


def of_bucket(**changes: Changes) -> Existing:
    return existing(settings_of(observed(bucket=healthy_bucket(**changes))))


def of_tables(tables: Sequence[Changes]) -> Existing:
    return existing(settings_of(observed(tables=tables)))


def test_everything_that_is_there_is_named_with_its_identifier() -> None:
    found = existing(settings_of(observed()))
    assert types(found) == [*ALL_OF_BUCKET, "aws_dynamodb_table"]
    assert {each.identifier for each in found.resources[:-1]} == {BUCKET}
    assert found.resources[-1].identifier == TABLE
    assert found.not_known == ()


def test_of_a_new_backend_nothing_is_there_and_all_is_known() -> None:
    assert existing(settings_of(new_backend())) == Existing(resources=(), not_known=())


@pytest.mark.parametrize(
    ("unset", "kind"),
    [
        ({"versioning": Known(Versioning(status=VersioningStatus.OFF))}, "versioning"),
        ({"encryption": Known(None)}, "server_side_encryption_configuration"),
        ({"ownership": Known(Ownership.UNSET)}, "ownership_controls"),
        ({"policy": Known(None)}, "policy"),
        ({"lifecycle": lifecycle()}, "lifecycle_configuration"),
        (
            {
                "public_access_block": Known(
                    PublicAccessBlock(
                        block_public_acls=False,
                        ignore_public_acls=False,
                        block_public_policy=False,
                        restrict_public_buckets=False,
                    )
                )
            },
            "public_access_block",
        ),
    ],
    ids=str,
)
def test_a_setting_that_is_not_there_is_not_imported(unset: Changes, kind: str) -> None:
    found = of_bucket(**unset)
    assert types(found) == [
        *(each for each in ALL_OF_BUCKET if each != f"aws_s3_bucket_{kind}"),
        "aws_dynamodb_table",
    ]


def test_suspended_versioning_is_there() -> None:
    found = of_bucket(versioning=Known(Versioning(status=VersioningStatus.SUSPENDED)))
    assert "aws_s3_bucket_versioning" in types(found)


def test_a_setting_that_could_not_be_read_is_said() -> None:
    found = of_bucket(policy=DENIED)
    assert "aws_s3_bucket_policy" not in types(found)
    assert found.not_known == (
        f"whether bucket `{BUCKET}` has a policy: permission `s3:Get` is missing",
    )


def test_what_was_not_asked_is_not_known() -> None:
    found = existing(settings_of(observed(bucket=OFFLINE, tables=())))
    assert found == Existing(
        resources=(),
        not_known=(
            f"whether bucket `{BUCKET}` exists: the cloud was not read (`--offline`)",
            f"whether table `{TABLE}` exists: table `{TABLE}` was not asked for",
        ),
    )


def test_a_bucket_of_somebody_else_is_in_the_way() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account=ACCOUNT, region=None)
    found = existing(settings_of(observed(bucket=foreign)))
    assert types(found) == ["aws_dynamodb_table"]
    assert found.not_known == (
        f"bucket `{BUCKET}` belongs to another account: this module cannot create it",
    )


def test_a_table_that_no_lock_fits_in_is_not_taken_over() -> None:
    found = of_tables([healthy_table(hash_key=TableKey(name="ID", type="S"))])
    assert types(found) == ALL_OF_BUCKET
    assert found.not_known == (
        (
            f"table `{TABLE}` exists with the key ID (S), and no lock fits in it:"
            " `holdfast explain lock-table-schema-wrong`"
        ),
    )


def test_indexes_that_would_go_are_said() -> None:
    found = of_tables([healthy_table(indexes=("by-who",))])
    assert types(found)[-1] == "aws_dynamodb_table"
    assert [each.partition(":")[0] for each in found.not_known] == [
        f"table `{TABLE}` has indexes (by-who), which locks do not use"
    ]
