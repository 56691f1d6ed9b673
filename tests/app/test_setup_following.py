"""Setup modules after the one that is there, and when it cannot be followed."""

from pathlib import Path

from holdfast.app.setup_results import LeftSetup, MadeSetup
from tests.app.setups import (
    AF_SETUP,
    OWN,
    OWN_NAMES,
    PATTERN,
    SETUP,
    TWO,
    made,
    names_in,
    root_of,
    the_new_one,
)


def test_the_other_module_is_followed_beside_it(tmp_path: Path) -> None:
    left, new = made(tmp_path, PATTERN)
    assert left == LeftSetup(
        backend="state-af", words="has its module in `regions/af-south-1/setup`"
    )
    assert isinstance(new, MadeSetup)
    assert (new.directory, new.pattern, names_in(new)) == (
        "regions/us-east-1/setup",
        "regions/af-south-1/setup",
        ["main.tf", "imports.tf", "README.md"],
    )
    expected = SETUP.format(region="us-east-1", bucket="state-us", table="locks-us")
    assert new.files[0].text.partition("\n\n")[2] == expected
    (remark,) = new.remarks
    assert remark.startswith("`regions/af-south-1/setup` lacks ")
    assert "\n  aws_s3_bucket_versioning\n" in remark


def test_the_whole_baseline_is_written_where_that_is_asked_for(tmp_path: Path) -> None:
    new = the_new_one(tmp_path, PATTERN, OWN)
    assert (new.pattern, new.remarks, names_in(new)) == (None, (), OWN_NAMES)


def test_names_in_variables_and_locals_are_followed(tmp_path: Path) -> None:
    setup = """variable "region" {
  default = "af-south-1"
}
locals {
  name = "state-${var.region}"
}
resource "aws_s3_bucket" "tf" {
  bucket = local.name
}
resource "aws_dynamodb_table" "tf" {
  name     = "locks-${var.region}"
  hash_key = "LockID"
}
"""
    files = {
        f"{region}/main.tf": root_of(f"state-{region}", region, table=f"locks-{region}")
        for region in ("af-south-1", "us-east-1")
    }
    new = the_new_one(tmp_path, {**files, "setup/af-south-1/main.tf": setup})
    assert new.directory == "setup/us-east-1"
    assert new.files[0].text.partition("\n\n")[2] == setup.replace("af-south-1", "us-east-1")


def test_a_module_whose_names_come_from_elsewhere_is_not_followed(tmp_path: Path) -> None:
    setup = 'locals {\n  org = "state"\n}\n' + AF_SETUP.replace('"state-af"', '"${local.org}-af"')
    new = the_new_one(tmp_path, {**TWO, "regions/af-south-1/setup/main.tf": setup})
    assert (new.pattern, names_in(new)) == (None, OWN_NAMES)
    assert new.remarks == (
        (
            "`regions/af-south-1/setup` is not followed: its text does not decide the names:"
            " the copy does not create `state-us`"
        ),
    )


def test_a_second_bucket_that_would_be_created_twice_is_a_reason_not_to_follow(
    tmp_path: Path,
) -> None:
    setup = AF_SETUP + 'resource "aws_s3_bucket" "logs" {\n  bucket = "terraform-state-logs"\n}\n'
    new = the_new_one(tmp_path, {**TWO, "regions/af-south-1/setup/main.tf": setup})
    assert new.pattern is None
    (remark,) = new.remarks
    assert remark == (
        "`regions/af-south-1/setup` is not followed:"
        " `aws_s3_bucket.logs` would be `terraform-state-logs` again"
    )


def test_names_in_tfvars_are_followed(tmp_path: Path) -> None:
    setup = AF_SETUP.replace('"state-af"', "var.bucket") + 'variable "bucket" {}\n'
    files = {
        **TWO,
        "regions/af-south-1/backend-setup/main.tf": setup,
        "regions/af-south-1/backend-setup/terraform.tfvars": 'bucket = "state-af"\n',
    }
    new = the_new_one(tmp_path, files)
    assert names_in(new) == ["main.tf", "terraform.tfvars", "imports.tf", "README.md"]
    assert new.files[1].text.endswith('bucket = "state-us"\n')


def test_a_module_that_calls_a_local_one_is_followed(tmp_path: Path) -> None:
    library = (
        'variable "name" {}\n'
        'resource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n'
        'resource "aws_dynamodb_table" "t" {\n  name = "locks-${var.name}"\n  hash_key = "LockID"\n}\n'
    )
    call = 'module "backend" {\n  source = "../../modules/state"\n  name   = "af"\n}\n'
    files = {
        "af.tf/main.tf": root_of(
            "af-terraform-state", "af-south-1", table="locks-af-terraform-state"
        ),
        "us.tf/main.tf": root_of(
            "us-terraform-state", "us-east-1", table="locks-us-terraform-state"
        ),
        "modules/state/main.tf": library,
        "accounts/af-south-1/main.tf": call.replace('"af"', '"af-terraform-state"'),
    }
    new = the_new_one(tmp_path, files)
    assert new.directory == "accounts/us-east-1"
    assert new.files[0].text.partition("\n\n")[2] == call.replace('"af"', '"us-terraform-state"')


def test_identities_that_the_pattern_makes_are_remarked(tmp_path: Path) -> None:
    setup = AF_SETUP + 'resource "aws_iam_role" "ci" {\n  name = "terraform"\n}\n'
    new = the_new_one(tmp_path, {**TWO, "regions/af-south-1/setup/main.tf": setup})
    assert new.remarks[0] == (
        "`aws_iam_role.ci` (regions/us-east-1/setup/main.tf:13) may have the name that it has in"
        " `regions/af-south-1/setup`; IAM knows no regions"
    )
