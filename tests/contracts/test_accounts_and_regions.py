from pathlib import Path

from tests.contracts.conftest import DIVERGENCES, Cloud
from tests.contracts.errors import refused

HERE = Path(__file__).parent


def test_the_access_key_selects_the_account(cloud: Cloud) -> None:
    assert cloud.sts().get_caller_identity()["Account"] == cloud.account.id


def test_a_role_belongs_to_its_own_account(cloud: Cloud, stranger: Cloud) -> None:
    role = f"arn:aws:iam::{stranger.account.id}:role/terraform-backend"
    assumed = cloud.sts().assume_role(RoleArn=role, RoleSessionName="contract")
    arn = f"arn:aws:sts::{stranger.account.id}:assumed-role/terraform-backend/contract"
    assert assumed["AssumedRoleUser"]["Arn"] == arn


def test_a_bucket_is_in_its_region(cloud: Cloud) -> None:
    bucket = cloud.bucket(region="af-south-1")
    located = cloud.s3("af-south-1").get_bucket_location(Bucket=bucket)
    assert located["LocationConstraint"] == "af-south-1"
    assert cloud.raw_status("HEAD", f"/{bucket}", region="af-south-1") == (200, "af-south-1")


def test_a_request_for_another_region_is_redirected(cloud: Cloud) -> None:
    bucket = cloud.bucket(region="af-south-1")
    assert cloud.raw_status("HEAD", f"/{bucket}", region="us-east-1") == (301, "af-south-1")
    assert cloud.raw_status("GET", f"/{bucket}/key", region="us-east-1") == (301, "af-south-1")


def test_a_bucket_of_another_account_cannot_be_read(cloud: Cloud, stranger: Cloud) -> None:
    bucket = cloud.bucket()
    with refused("403"):
        stranger.s3().head_bucket(Bucket=bucket)
    with refused("AccessDenied"):
        stranger.s3().get_object(Bucket=bucket, Key="a.tfstate")


def test_a_bucket_of_another_account_is_not_listed(cloud: Cloud, stranger: Cloud) -> None:
    bucket = cloud.bucket()
    assert [found["Name"] for found in cloud.s3().list_buckets()["Buckets"]] == [bucket]
    assert stranger.s3().list_buckets()["Buckets"] == []


def test_a_name_that_another_account_has_is_taken(cloud: Cloud, stranger: Cloud) -> None:
    bucket = cloud.bucket()
    with refused("BucketAlreadyExists"):
        stranger.s3().create_bucket(Bucket=bucket)


def test_the_right_expected_owner_is_accepted(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    owner = cloud.account.id
    s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=owner)
    s3.put_object(Bucket=bucket, Key="a", Body=b"1", ExpectedBucketOwner=owner)
    assert s3.get_object(Bucket=bucket, Key="a", ExpectedBucketOwner=owner)["Body"].read() == b"1"


def test_a_wrong_expected_owner_is_refused(cloud: Cloud, stranger: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    with refused("403"):
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=stranger.account.id)
    with refused("AccessDenied"):
        s3.put_object(Bucket=bucket, Key="a", Body=b"2", ExpectedBucketOwner=stranger.account.id)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


def test_a_missing_bucket_is_missing_whoever_is_expected(cloud: Cloud) -> None:
    with refused("404"):
        cloud.s3().head_bucket(Bucket=cloud.name("missing"), ExpectedBucketOwner=cloud.account.id)


def test_every_divergence_names_a_test() -> None:
    named = {name for tests in DIVERGENCES.values() for name in tests}
    found = {
        line.removeprefix("def ").partition("(")[0]
        for path in sorted(HERE.glob("test_*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("def test_")
    }
    assert named - found == set()
