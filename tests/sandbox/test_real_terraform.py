"""Real Terraform in the sandbox, with backend blocks that say nothing about endpoints."""

import json
from pathlib import Path

import pytest

from tests.support.fixtures import FreshAccount
from tests.support.real_terraform import Terraform, write_terraform_command

REGION = "eu-west-1"
KEY = "layers/network/terraform.tfstate"
LOCKINGS = {"dynamodb": 'dynamodb_table = "{table}"', "lockfile": "use_lockfile = true"}


@pytest.fixture
def bucket(account: FreshAccount) -> str:
    return account.clients.create_bucket(account.name("states"), region=REGION, versioning=True)


@pytest.fixture
def table(account: FreshAccount) -> str:
    return account.clients.create_lock_table(account.name("locks"), region=REGION)


def checkout(
    account: FreshAccount, directory: Path, *, bucket: str, locking: str, more: str = ""
) -> Terraform:
    directory.mkdir()
    (directory / "main.tf").write_text(
        f"""\
terraform {{
  backend "s3" {{
    bucket  = "{bucket}"
    key     = "{KEY}"
    region  = "{REGION}"
    encrypt = true
    {locking}
    {more}
  }}
}}

resource "terraform_data" "network" {{
  input = "10.0.0.0/16"
}}
""",
        encoding="utf-8",
    )
    return account.terraform(directory, "us-east-1")


@pytest.mark.parametrize("locking", LOCKINGS)
def test_a_second_engine_is_refused_while_the_first_applies(
    account: FreshAccount, bucket: str, table: str, tmp_path: Path, locking: str
) -> None:
    argument = LOCKINGS[locking].format(table=table)
    first = checkout(account, tmp_path / "first", bucket=bucket, locking=argument)
    second = checkout(account, tmp_path / "second", bucket=bucket, locking=argument)
    first.succeed("init", "-input=false")
    second.succeed("init", "-input=false")
    with first.held_apply() as held:
        refused = second.run("plan", "-input=false", "-no-color")
        applied = held.release()
    assert (refused.status, applied.status) == (1, 0), refused.errors + applied.errors
    assert "Error acquiring the state lock" in refused.errors
    assert f"{bucket}/{KEY}" in refused.errors
    assert second.run("plan", "-input=false").status == 0


def test_a_killed_engine_leaves_its_lock(
    account: FreshAccount, bucket: str, table: str, tmp_path: Path
) -> None:
    engine = checkout(
        account,
        tmp_path / "root",
        bucket=bucket,
        locking=LOCKINGS["dynamodb"].format(table=table),
    )
    engine.succeed("init", "-input=false")
    with engine.held_apply() as held:
        held.kill()
    item = account.clients.dynamodb(REGION).get_item(
        TableName=table, Key={"LockID": {"S": f"{bucket}/{KEY}"}}, ConsistentRead=True
    )["Item"]
    assert json.loads(item["Info"]["S"])["Operation"] == "OperationTypeApply"


@pytest.mark.parametrize("more", ["", "use_path_style = true"])
def test_buckets_are_reached_in_the_host_and_in_the_path(
    account: FreshAccount, bucket: str, tmp_path: Path, more: str
) -> None:
    engine = checkout(
        account, tmp_path / "root", bucket=bucket, locking="use_lockfile = true", more=more
    )
    engine.succeed("init", "-input=false")
    engine.succeed("apply", "-auto-approve", "-input=false")
    found = account.clients.s3(REGION).get_object(Bucket=bucket, Key=KEY)
    state = json.load(found["Body"])
    assert [resource["name"] for resource in state["resources"]] == ["network"]


def test_the_wrong_region_is_refused_with_the_right_one(
    account: FreshAccount, bucket: str, tmp_path: Path
) -> None:
    engine = checkout(account, tmp_path / "root", bucket=bucket, locking="")
    code = (tmp_path / "root" / "main.tf").read_text(encoding="utf-8")
    (tmp_path / "root" / "main.tf").write_text(code.replace(REGION, "us-east-1"), encoding="utf-8")
    refused = engine.run("init", "-input=false", "-no-color")
    assert refused.status == 1
    assert f'requested bucket from "us-east-1", actual location "{REGION}"' in refused.errors


def test_the_terraform_on_the_path_is_real(tmp_path: Path, account: FreshAccount) -> None:
    command = write_terraform_command(tmp_path)
    assert command.stat().st_mode & 0o111
    version = Terraform(tmp_path, account.environment()).succeed("version", "-json").output
    assert json.loads(version)["terraform_version"] == "1.15.5"
