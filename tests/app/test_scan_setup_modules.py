from pathlib import Path

import pytest

from holdfast.core.repository import CreatedKind, Creation, Repository, SetupModule
from holdfast.core.source import SourceSpan
from tests.hcl.trees import scanned

SETUP = """variable "region" {
  default = "af-south-1"
}
locals {
  prefix = "acme"
  name   = "${local.prefix}-state-${var.region}"
}
provider "aws" {
  region = var.region
}
provider "aws" {
  alias  = "other"
  region = "us-east-1"
}
resource "aws_s3_bucket" "state" {
  bucket = local.name
}
resource "aws_s3_bucket" "computed" {
  bucket = "terraform-state-${data.aws_caller_identity.current.account_id}"
}
resource "aws_dynamodb_table" "locks" {
  name     = join("-", ["locks", var.region])
  hash_key = "LockID"
}
"""
LAYER = 'terraform {\n  backend "s3" {\n    bucket = "plain"\n    key = "k"\n  }\n}\n'


def created(repository: Repository) -> dict[str, list[tuple[str, str, str | None, str]]]:
    return {
        module.path: [
            (each.kind.value, each.address, each.name, each.expression) for each in module.creations
        ]
        for module in repository.setup_modules
    }


def test_a_setup_module_is_read_with_its_names_and_region(tmp_path: Path) -> None:
    repository = scanned(tmp_path, {"regions/af-south-1/backend-setup/main.tf": SETUP})
    (module,) = repository.setup_modules
    path = "regions/af-south-1/backend-setup/main.tf"
    assert (module.path, module.files, module.backend_type, module.region) == (
        "regions/af-south-1/backend-setup",
        (path,),
        "local",
        "af-south-1",
    )
    assert module.creations == (
        Creation(
            kind=CreatedKind.BUCKET,
            address="aws_s3_bucket.state",
            name="acme-state-af-south-1",
            expression="",
            span=SourceSpan(path, 15, 1),
        ),
        Creation(
            kind=CreatedKind.BUCKET,
            address="aws_s3_bucket.computed",
            name=None,
            expression='"terraform-state-${data.aws_caller_identity.current.account_id}"',
            span=SourceSpan(path, 18, 1),
        ),
        Creation(
            kind=CreatedKind.LOCK_TABLE,
            address="aws_dynamodb_table.locks",
            name="locks-af-south-1",
            expression="",
            span=SourceSpan(path, 21, 1),
        ),
    )


def test_a_parallel_directory_without_code_is_an_empty_setup_module(tmp_path: Path) -> None:
    files = {
        "regions/af-south-1/infra/main.tf": SETUP,
        "regions/us-east-1/infra/": "",
        "regions/eu-west-1/infra/README.md": "soon",
        "regions/us-east-1/layers/": "",
        "regions/us-east-2/infra/main.tf": 'resource "aws_sqs_queue" "q" {}',
        "elsewhere/backend-setup/.gitkeep": "",
        "elsewhere/more/": "",
    }
    repository = scanned(tmp_path, files)
    assert [(module.path, module.empty) for module in repository.setup_modules] == [
        ("elsewhere/backend-setup", True),
        ("regions/af-south-1/infra", False),
        ("regions/eu-west-1/infra", True),
        ("regions/us-east-1/infra", True),
    ]
    assert repository.setup_modules[0] == SetupModule(
        path="elsewhere/backend-setup",
        place=repository.setup_modules[0].place,
        creations=(),
        files=(),
        backend_type="local",
        region=None,
    )


@pytest.mark.parametrize(
    ("code", "creations"),
    [
        (
            'resource "aws_s3_bucket" "b" { bucket = "plain" }',
            [("bucket", "aws_s3_bucket.b", "plain", "")],
        ),
        (
            'resource "aws_s3_bucket" "b" { bucket = "acme-tfstate" }',
            [("bucket", "aws_s3_bucket.b", "acme-tfstate", "")],
        ),
        (
            'resource "aws_s3_bucket" "terraform_state" {}',
            [("bucket", "aws_s3_bucket.terraform_state", None, "")],
        ),
        (
            'resource "aws_dynamodb_table" "t" {\n name = "t"\n hash_key = "LockID"\n}\nresource "aws_s3_bucket" "b" { bucket = var.name }',
            [
                ("lock table", "aws_dynamodb_table.t", "t", ""),
                ("bucket", "aws_s3_bucket.b", None, "var.name"),
            ],
        ),
        (
            'module "s" {\n source = "cloudposse/tfstate-backend/aws"\n s3_bucket_name = "acme"\n}',
            [("module", "module.s", "acme", "")],
        ),
        (
            'module "s" {\n source = "git::https://github.com/cloudposse/terraform-aws-tfstate-backend.git?ref=1.0"\n}',
            [("module", "module.s", None, "")],
        ),
        (
            'module "s" {\n source = "trussworks/bootstrap/aws"\n}',
            [
                ("module", "module.s", None, ""),
                ("lock table", "module.s", "terraform-state-lock", ""),
            ],
        ),
        (
            'module "s" {\n source = "terraform-aws-modules/s3-bucket/aws"\n bucket = "acme-terraform-state"\n}',
            [("bucket", "module.s", "acme-terraform-state", "")],
        ),
        (
            'module "t" {\n source = "terraform-aws-modules/dynamodb-table/aws"\n name = "t"\n hash_key = "LockID"\n}',
            [("lock table", "module.t", "t", "")],
        ),
    ],
)
def test_what_keeps_state_is_known_by_use_name_key_or_module(
    tmp_path: Path, code: str, creations: list[tuple[str, str, str | None, str]]
) -> None:
    repository = scanned(tmp_path, {"app/main.tf": LAYER, "infra/main.tf": code})
    assert created(repository) == {"infra": creations}


@pytest.mark.parametrize(
    "code",
    [
        'resource "aws_s3_bucket" "assets" { bucket = "assets" }',
        'resource "aws_dynamodb_table" "orders" {\n name = "orders-tf-lock"\n hash_key = "id"\n}',
        'resource "aws_s3_bucket" "platform_states" { bucket = "step-function-states" }',
        'module "s" {\n source = "terraform-aws-modules/s3-bucket/aws"\n bucket = "assets"\n}',
        '# terraform state\nresource "aws_sqs_queue" "q" {}',
    ],
)
def test_other_buckets_and_tables_make_no_setup_module(tmp_path: Path, code: str) -> None:
    assert scanned(tmp_path, {"app/main.tf": LAYER, "infra/main.tf": code}).setup_modules == ()


def test_a_local_module_is_followed_with_the_arguments_of_its_call(tmp_path: Path) -> None:
    library = """variable "name" {}
variable "table" {
  default = "locks"
}
resource "aws_s3_bucket" "tfstate" {
  bucket = "${var.name}-tfstate"
}
resource "aws_dynamodb_table" "lock" {
  name     = var.table
  hash_key = "LockID"
}
"""
    call = 'provider "aws" { region = "eu-west-1" }\nmodule "backend" {\n  source = "../../modules/state"\n  name   = "dev"\n}\n'
    files = {"modules/state/main.tf": library, "accounts/dev/main.tf": call}
    repository = scanned(tmp_path, files)
    assert created(repository) == {
        "accounts/dev": [
            ("bucket", "module.backend.aws_s3_bucket.tfstate", "dev-tfstate", ""),
            ("lock table", "module.backend.aws_dynamodb_table.lock", "locks", ""),
        ]
    }
    (module,) = repository.setup_modules
    assert (module.region, module.creations[0].span) == (
        "eu-west-1",
        SourceSpan("accounts/dev/main.tf", 2, 1),
    )


def test_a_setup_module_that_keeps_its_state_in_its_own_bucket_says_so(tmp_path: Path) -> None:
    code = LAYER + 'resource "aws_s3_bucket" "b" {\n  bucket = "plain"\n}\n'
    (module,) = scanned(tmp_path, {"infra/main.tf": code}).setup_modules
    assert (module.path, module.backend_type) == ("infra", "s3")
