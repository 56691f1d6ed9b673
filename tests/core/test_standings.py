"""Whether a step's goal is there: done, ready, or not known."""

import pytest

from holdfast.core.backends import Access, Endpoints
from holdfast.core.baseline import tls_statement
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
from holdfast.core.facts import Known, Reason
from holdfast.core.standings import Done, Ready, Unknown, standing
from holdfast.core.steps import BucketStep, CreateTable, Step
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    Changes,
    backend,
    healthy_bucket,
    healthy_table,
    observed,
    policy,
    withheld_bucket,
)
from tests.support.steps import (
    ADD_LIFECYCLE_RULES,
    ADD_POLICY_STATEMENTS,
    ALL_STEPS,
    BLOCK_PUBLIC_ACCESS,
    BUCKET_STEPS,
    CREATE_BUCKET,
    CREATE_TABLE,
    DISABLE_TIME_TO_LIVE,
    ENABLE_POINT_IN_TIME_RECOVERY,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENCRYPT_WITH_KEY,
    ENFORCE_BUCKET_OWNER,
    PROTECT_TABLE,
    SWITCH_TABLE_TO_ON_DEMAND,
)

NO_BLOCK = PublicAccessBlock(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=False,
)


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_a_healthy_backend_has_nothing_left_to_do(step: Step) -> None:
    assert standing(step, observed()) == Done()


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_what_is_absent_has_everything_left_to_do(step: Step) -> None:
    nothing = observed(
        bucket=BucketAbsent(name=BUCKET),
        tables=(TableAbsent(name=TABLE, elsewhere=Known(())),),
    )
    assert standing(step, nothing) == Ready()


def test_a_bucket_of_another_account_is_never_done() -> None:
    foreign = BucketForeign(name=BUCKET, expected_account="111111111111", region=None)
    assert standing(CREATE_BUCKET, observed(bucket=foreign)) == Ready()


def test_a_bucket_in_another_region_is_not_the_one_to_be_created() -> None:
    elsewhere = healthy_bucket(region=Known("us-west-2"))
    assert standing(CREATE_BUCKET, observed(bucket=elsewhere)) == Ready()
    # What else is wished for is asked for where the bucket is.
    assert standing(ENABLE_VERSIONING, observed(bucket=elsewhere)) == Done()


def test_a_bucket_whose_region_nobody_tells_is_neither_created_nor_missing() -> None:
    assert standing(CREATE_BUCKET, observed(bucket=healthy_bucket(region=DENIED))) == Unknown(
        DENIED
    )


def test_the_region_of_a_store_behind_an_endpoint_of_its_own_does_not_count() -> None:
    store = backend(access=Access(endpoints=Endpoints(s3="https://s3.example.com")))
    for region in (Known("us-west-2"), DENIED):
        bucket = healthy_bucket(region=region)
        assert standing(CREATE_BUCKET, observed(store, bucket=bucket)) == Done()


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (CREATE_BUCKET, {"tags": Known({"Owner": "somebody"})}),
        (BLOCK_PUBLIC_ACCESS, {"public_access_block": Known(NO_BLOCK)}),
        (
            ENABLE_VERSIONING,
            {"versioning": Known(Versioning(status=VersioningStatus.SUSPENDED))},
        ),
        (ENCRYPT_BUCKET, {"encryption": Known(None)}),
        (ENCRYPT_WITH_KEY, {"encryption": Known(Encryption(algorithm="AES256"))}),
        (ENFORCE_BUCKET_OWNER, {"ownership": Known(Ownership.PREFERRED)}),
        (ADD_POLICY_STATEMENTS, {"policy": Known(None)}),
        (ADD_POLICY_STATEMENTS, {"policy": Known(policy(tls_statement("another-bucket")))}),
        (ADD_LIFECYCLE_RULES, {"lifecycle": Known(())}),
    ],
    ids=str,
)
def test_a_setting_of_a_bucket_that_is_not_there_is_ready(step: Step, changes: Changes) -> None:
    assert standing(step, observed(bucket=healthy_bucket(**changes))) == Ready()


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (CREATE_TABLE, {"status": "CREATING"}),
        (CREATE_TABLE, {"hash_key": TableKey(name="lockid", type="S")}),
        (CREATE_TABLE, {"range_key": TableKey(name="Info", type="S")}),
        (ENABLE_POINT_IN_TIME_RECOVERY, {"point_in_time_recovery": Known(value=False)}),
        (PROTECT_TABLE, {"deletion_protection": False}),
        (SWITCH_TABLE_TO_ON_DEMAND, {"billing": BillingMode.PROVISIONED}),
        (
            DISABLE_TIME_TO_LIVE,
            {"time_to_live": Known(TimeToLive(enabled=True, attribute="Expires"))},
        ),
    ],
    ids=str,
)
def test_a_setting_of_a_table_that_is_not_there_is_ready(step: Step, changes: Changes) -> None:
    assert standing(step, observed(tables=(healthy_table(**changes),))) == Ready()


def test_stronger_encryption_than_wished_for_is_done() -> None:
    strong = healthy_bucket(encryption=Known(Encryption(algorithm="aws:kms", key="a-key")))
    assert standing(ENCRYPT_BUCKET, observed(bucket=strong)) == Done()


@pytest.mark.parametrize("step", BUCKET_STEPS[1:], ids=lambda step: type(step).__name__)
def test_a_setting_that_could_not_be_read_is_unknown(step: Step) -> None:
    assert standing(step, observed(bucket=withheld_bucket())) == Unknown(DENIED)


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_nothing_is_known_of_what_could_not_be_found(step: Step) -> None:
    unread = observed(bucket=DENIED, tables=())
    found = standing(step, unread)
    assert isinstance(found, Unknown)
    assert isinstance(step, BucketStep) is (found == Unknown(DENIED))


def test_a_policy_that_is_not_understood_is_unknown() -> None:
    odd = healthy_bucket(policy=Known('{"Statement": [{"Sid": "Other"}]}'))
    found = standing(ADD_POLICY_STATEMENTS, observed(bucket=odd))
    assert isinstance(found, Unknown)
    assert found.withheld.reason is Reason.ERROR


def test_a_bucket_whose_tags_cannot_be_read_is_created_all_the_same() -> None:
    assert standing(CREATE_BUCKET, observed(bucket=healthy_bucket(tags=DENIED))) == Done()


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        (ENABLE_POINT_IN_TIME_RECOVERY, {"point_in_time_recovery": DENIED}),
        (DISABLE_TIME_TO_LIVE, {"time_to_live": DENIED}),
    ],
    ids=str,
)
def test_a_setting_of_a_table_that_could_not_be_read_is_unknown(
    step: Step, changes: Changes
) -> None:
    assert standing(step, observed(tables=(healthy_table(**changes),))) == Unknown(DENIED)


def test_the_steps_of_one_table_say_nothing_of_another() -> None:
    other = CreateTable(table="another", region="eu-west-1")
    assert isinstance(standing(other, observed()), Unknown)
