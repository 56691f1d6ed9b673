"""Scenario `single`: one state by the book, and nothing in the cloud yet."""

from holdfast.sandbox.scenarios.model import RepositoryFile, Scenario
from holdfast.sandbox.scenarios.terraform_code import backend_settings

REGION = "us-east-1"
BUCKET = "ajaz-unique-terraform-bucket-for-state"
TABLE = "terraform_lock"
KEY = "terraform.tfstate"


def single() -> Scenario:
    """Return the scenario."""
    settings = backend_settings(bucket=BUCKET, key=KEY, region=REGION, table=TABLE)
    inside = "".join(f"    {line}\n" for line in settings.splitlines())
    backend = f'terraform {{\n  backend "s3" {{\n{inside}  }}\n}}\n'
    main = 'resource "terraform_data" "component" {\n  input = "one state, by the book"\n}\n'
    return Scenario(
        name="single",
        account="111111111111",
        region=REGION,
        files=(
            RepositoryFile(path="backend.tf", text=backend),
            RepositoryFile(path="main.tf", text=main),
        ),
    )
