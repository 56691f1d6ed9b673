"""Small repositories with setup modules, and what is made for them by their code alone."""

from collections.abc import Mapping
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.generate_setup import SetupFormat, SetupRequest, make_setups
from holdfast.app.setup_results import LeftSetup, MadeSetup
from tests.hcl.trees import written

SETUP = """provider "aws" {{
  region = "{region}"
}}
resource "aws_s3_bucket" "tf" {{
  bucket = "{bucket}"
}}
resource "aws_dynamodb_table" "tf" {{
  name     = "{table}"
  hash_key = "LockID"
}}
"""
TERRAFORM = SetupRequest(output_format=SetupFormat.TERRAFORM)
NAMED = SetupRequest(output_format=SetupFormat.TERRAFORM, named=True)
ON_DISK = SetupRequest(output_format=SetupFormat.TERRAFORM, named=True, on_disk=True)
OWN = SetupRequest(output_format=SetupFormat.TERRAFORM, own_structure=True)
Files = dict[str, str]


def root_of(bucket: str, region: str, *, table: str | None = "locks", more: str = "") -> str:
    lock = f'    dynamodb_table = "{table}"\n' if table is not None else ""
    place = f'    region = "{region}"\n' if region else ""
    return f'terraform {{\n  backend "s3" {{\n    bucket = "{bucket}"\n    key = "k"\n{place}{lock}{more}  }}\n}}\n'


AF = root_of("state-af", "af-south-1", table="locks-af")
US = root_of("state-us", "us-east-1", table="locks-us")
AF_SETUP = SETUP.format(region="af-south-1", bucket="state-af", table="locks-af")
TWO: Files = {"af/main.tf": AF, "us/main.tf": US}
PATTERN: Files = {**TWO, "regions/af-south-1/setup/main.tf": AF_SETUP}


def made(
    directory: Path,
    files: Mapping[str, str],
    request: SetupRequest = TERRAFORM,
    *,
    backends: tuple[str, ...] = (),
) -> tuple[MadeSetup | LeftSetup, ...]:
    written(directory, files)
    fleet = read_code(FleetRequest(directory=directory, backends=backends))
    return make_setups(fleet, directory, request)


def the_new_one(
    directory: Path, files: Mapping[str, str], request: SetupRequest = TERRAFORM
) -> MadeSetup:
    (found,) = [each for each in made(directory, files, request) if isinstance(each, MadeSetup)]
    return found


def names_in(setup: MadeSetup) -> list[str]:
    return [each.path.removeprefix(f"{setup.directory}/") for each in setup.files]


OWN_NAMES = ["versions.tf", "variables.tf", "main.tf", "outputs.tf", "imports.tf", "README.md"]
