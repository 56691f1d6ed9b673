"""The Terraform code of the scenarios, as text.

Components consist of `terraform_data` resources only: those are built into the engine, so nothing is
downloaded when a component is initialised.
"""

_COMPONENT = """\
terraform {{
  required_version = ">= 1.4"

  backend "s3" {{{backend}}}
}}

resource "terraform_data" "component" {{
  input = {{
{facts}
  }}
}}
"""

_SETUP = """\
# The bucket and the lock table that hold the states of {region}.
# This module comes first, so its own state is local.

terraform {{
  required_version = ">= 1.4"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }}
  }}
}}

provider "aws" {{
  region = "{region}"
}}

resource "aws_s3_bucket" "terraform_state" {{
  bucket = "{bucket}"

  lifecycle {{
    prevent_destroy = true
  }}

  tags = {{
    Name    = "Terraform state"
    Purpose = "terraform-backend"
  }}
}}

resource "aws_s3_bucket_versioning" "terraform_state" {{
  bucket = aws_s3_bucket.terraform_state.id

  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "terraform_state" {{
  bucket = aws_s3_bucket.terraform_state.id

  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm = "AES256"
    }}
  }}
}}

resource "aws_s3_bucket_public_access_block" "terraform_state" {{
  bucket = aws_s3_bucket.terraform_state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}}

resource "aws_dynamodb_table" "terraform_locks" {{
  name         = "{table}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"

  attribute {{
    name = "LockID"
    type = "S"
  }}

  tags = {{
    Name    = "Terraform locks"
    Purpose = "terraform-backend"
  }}
}}

output "state_bucket" {{
  value = aws_s3_bucket.terraform_state.bucket
}}

output "lock_table" {{
  value = aws_dynamodb_table.terraform_locks.name
}}
"""


def component_main(facts: dict[str, str], *, backend: str = "") -> str:
    """Return the `main.tf` of a component; `backend` is the inside of its backend block, if it has one."""
    width = max(len(name) for name in facts)
    lines = "\n".join(f'    {name:<{width}} = "{value}"' for name, value in facts.items())
    inside = f"\n{backend}  " if backend else ""
    return _COMPONENT.format(backend=inside, facts=lines)


def backend_settings(*, bucket: str, key: str, region: str, table: str) -> str:
    """Return the settings of a backend that locks with a table, as a `backend.hcl` holds them."""
    return (
        f'bucket         = "{bucket}"\n'
        f'key            = "{key}"\n'
        f'region         = "{region}"\n'
        "encrypt        = true\n"
        f'dynamodb_table = "{table}"\n'
    )


def setup_main(*, bucket: str, table: str, region: str) -> str:
    """Return the `main.tf` of a setup module: a bucket and a lock table, written with the AWS provider."""
    return _SETUP.format(bucket=bucket, table=table, region=region)
