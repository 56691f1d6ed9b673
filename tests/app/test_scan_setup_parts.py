from pathlib import Path

from holdfast.core.repository import SetupPart
from holdfast.core.source import SourceSpan
from tests.hcl.trees import scanned

SETUP = """variable "name" {
  default = "acme-terraform-state"
}
resource "aws_s3_bucket" "state" {
  bucket = var.name
  lifecycle {
    prevent_destroy = true
  }
}
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration {
    status = "Suspended"
  }
}
resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = false
  restrict_public_buckets = var.restrict
}
resource "aws_dynamodb_table" "locks" {
  name     = "locks"
  hash_key = "LockID"
  point_in_time_recovery {
    enabled = true
  }
}
resource "aws_kms_key" "state" {}
module "logs" {
  source = "terraform-aws-modules/s3-bucket/aws"
}
"""
PATH = "backend-setup/main.tf"
STATE = "acme-terraform-state"


def parts(tmp_path: Path, files: dict[str, str]) -> list[tuple[str, str, str | None, str]]:
    (module,) = scanned(tmp_path, files).setup_modules
    return [(each.kind, each.address, each.owner, str(each.span)) for each in module.parts]


def test_a_setup_module_says_what_it_sets_and_for_which_bucket_or_table(tmp_path: Path) -> None:
    block = "aws_s3_bucket_public_access_block"
    assert parts(tmp_path, {PATH: SETUP}) == [
        ("aws_s3_bucket", "aws_s3_bucket.state", STATE, f"{PATH}:4"),
        ("aws_s3_bucket.lifecycle.prevent_destroy", "aws_s3_bucket.state", STATE, f"{PATH}:7"),
        # Suspended versioning is not what hardens a bucket.
        ("aws_s3_bucket_versioning", "aws_s3_bucket_versioning.state", STATE, f"{PATH}:10"),
        (block, f"{block}.state", STATE, f"{PATH}:16"),
        (f"{block}.block_public_acls", f"{block}.state", STATE, f"{PATH}:18"),
        # What is an expression counts as right.
        (f"{block}.restrict_public_buckets", f"{block}.state", STATE, f"{PATH}:20"),
        ("aws_dynamodb_table", "aws_dynamodb_table.locks", "locks", f"{PATH}:22"),
        (
            "aws_dynamodb_table.point_in_time_recovery.enabled",
            "aws_dynamodb_table.locks",
            "locks",
            f"{PATH}:26",
        ),
        ("aws_kms_key", "aws_kms_key.state", None, f"{PATH}:29"),
        ("module terraform-aws-modules/s3-bucket/aws", "module.logs", None, f"{PATH}:30"),
    ]


def test_what_stands_inside_the_bucket_counts_as_the_resource_of_today(tmp_path: Path) -> None:
    code = """resource "aws_s3_bucket" "state" {
  bucket = "acme-terraform-state"
  versioning {
    enabled = true
  }
}
"""
    assert parts(tmp_path, {PATH: code}) == [
        ("aws_s3_bucket", "aws_s3_bucket.state", STATE, f"{PATH}:1"),
        ("aws_s3_bucket_versioning", "aws_s3_bucket.state", STATE, f"{PATH}:3"),
    ]


def test_what_a_local_module_sets_is_set_by_its_caller(tmp_path: Path) -> None:
    library = """variable "name" {}
resource "aws_s3_bucket" "tfstate" {
  bucket = var.name
}
"""
    call = """module "backend" {
  source = "../../modules/state"
  name   = "dev-tfstate"
}
"""
    (module,) = scanned(
        tmp_path, {"modules/state/main.tf": library, "accounts/dev/main.tf": call}
    ).setup_modules
    assert module.parts == (
        SetupPart(
            kind="aws_s3_bucket",
            address="module.backend.aws_s3_bucket.tfstate",
            span=SourceSpan("accounts/dev/main.tf", 1, 1),
            owner="dev-tfstate",
        ),
    )


def test_local_modules_that_call_each_other_are_read_once(tmp_path: Path) -> None:
    first = 'resource "aws_s3_bucket" "state" {}\nmodule "b" {\n  source = "../b-tfstate"\n}\n'
    second = 'resource "aws_s3_bucket" "state" {}\nmodule "a" {\n  source = "../a-tfstate"\n}\n'
    files = {"a-tfstate/main.tf": first, "b-tfstate/main.tf": second}
    modules = scanned(tmp_path, files).setup_modules
    assert [[part.address for part in module.parts] for module in modules] == [
        ["aws_s3_bucket.state", "module.b.aws_s3_bucket.state"],
        ["aws_s3_bucket.state", "module.a.aws_s3_bucket.state"],
    ]


def test_what_is_there_any_number_of_times_belongs_to_nothing_in_particular(
    tmp_path: Path,
) -> None:
    code = """resource "aws_s3_bucket" "state" {
  count  = var.enabled ? 1 : 0
  bucket = "acme-terraform-state"
}
module "versions" {
  source   = "../versioning"
  for_each = var.names
}
"""
    library = """resource "aws_s3_bucket_versioning" "each" {
  bucket = "acme-terraform-state"
}
"""
    assert parts(tmp_path, {PATH: code, "versioning/main.tf": library}) == [
        ("aws_s3_bucket", "aws_s3_bucket.state", None, f"{PATH}:1"),
        (
            "aws_s3_bucket_versioning",
            "module.versions.aws_s3_bucket_versioning.each",
            None,
            f"{PATH}:5",
        ),
    ]
