"""`holdfast migrate status`: where every root stands, while real Terraform writes in each mode."""

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST
from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import REGION
from tests.support.observation import use_credentials
from tests.support.source_tree import ROOT
from tests.support.worlds import World

SCHEMA = ROOT / "src/holdfast/report/schemas/locking-status-v1.json"
MODES = {
    "dynamodb": 'dynamodb_table = "{table}"',
    "both": 'dynamodb_table = "{table}"\n    use_lockfile = true',
    "lockfile": "use_lockfile = true",
}


def documented(cli: CommandLine, *arguments: str) -> tuple[int, Mapping[str, object]]:
    """Run the command for a document, which has to fit its schema."""
    found = cli("migrate", "status", "--format", "json", *arguments)
    assert found.errors == ""
    document: Mapping[str, object] = json.loads(found.output)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return found.status, document


def test_every_root_of_the_fleet_has_a_row_and_the_last_line_counts(in_fleet: CommandLine) -> None:
    found = in_fleet("migrate", "status")
    assert (found.status, found.errors) == (0, "")
    lines = found.output.splitlines()
    assert [line for line in lines if not line.startswith(" ") and line][:-1] == [
        AF_SOUTH.bucket,
        US_EAST.bucket,
    ]
    assert (
        lines[-1]
        == "16 roots on the way to `lockfile`: 16 to `both` next, not everything could be told"
    )


def test_code_and_caches_alone_need_no_credentials(
    fleet: World, cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.join(fleet)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    found = cli("migrate", "status", "--offline", "--strict", "--to", "both")
    assert (found.status, found.errors) == (0, "")
    assert found.output.splitlines()[-1] == (
        "16 roots on the way to `both`: 16 to `both` next, the cloud was not read"
    )


def test_what_may_not_be_read_is_unknown_and_strict_says_so(
    own_fleet: World, proxy: FaultProxy, cli: CommandLine
) -> None:
    cli.join(own_fleet, through=proxy.url)
    only = ("--backend", AF_SOUTH.bucket)
    assert documented(cli, "--strict", *only)[0] == 0
    for denied in ("s3:ListObjectVersions", "s3:ListObjectsV2", "dynamodb:Scan"):
        proxy.allow_all()
        proxy.deny(denied)
        status, document = documented(cli, "--strict", *only)
        assert (status, document["complete"]) == (6, False), denied
        assert documented(cli, *only)[0] == 0
        assert "is missing" in cli("migrate", "status", *only).output


def test_real_writers_are_told_from_each_other(
    account: FreshAccount, cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = account.clients.create_bucket(account.name("states"), versioning=True)
    table = account.clients.create_lock_table(account.name("locks"))
    for name, mode in MODES.items():
        directory = tmp_path / name
        directory.mkdir()
        (directory / "main.tf").write_text(
            f"""\
terraform {{
  backend "s3" {{
    bucket = "{bucket}"
    key    = "{name}/terraform.tfstate"
    region = "{REGION}"
    {mode.format(table=table)}
  }}
}}

resource "terraform_data" "something" {{}}
""",
            encoding="utf-8",
        )
        engine = account.terraform(directory, REGION)
        engine.succeed("init", "-input=false", "-no-color")
        if name == "both":
            engine.succeed("workspace", "new", "dev", "-no-color")
            engine.succeed("apply", "-auto-approve", "-input=false", "-no-color")
            engine.succeed("workspace", "select", "default", "-no-color")
        engine.succeed("apply", "-auto-approve", "-input=false", "-no-color")
    use_credentials(monkeypatch, account.id)
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.sandbox.url)
    monkeypatch.chdir(tmp_path)

    status, document = documented(cli, "--strict")
    assert status == 0
    roots = document["roots"]
    assert isinstance(roots, list)
    assert {
        root["root"]: (
            root["code"],
            root["cache"],
            root["state_count"],
            root["last_write"]["writer"],
            root["digest"],
            root["next"],
        )
        for root in roots
    } == {
        "dynamodb": ("dynamodb", "dynamodb", 1, "table", "right", "both"),
        "both": ("both", "both", 2, "both", "right", "waits for others"),
        "lockfile": ("lockfile", "lockfile", 1, "lock file, table not known", None, "done"),
    }
