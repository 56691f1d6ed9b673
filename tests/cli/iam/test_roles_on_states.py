"""`holdfast generate iam` for the roles that work on states with Holdfast: to repair them, and to move one."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

ACCOUNT = "111111111111"
CODE = """\
terraform {
  backend "s3" {
    bucket         = "plain-states"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_table = "plain-locks"
  }
}
"""


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose code names no account, without a declaration."""
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "main.tf").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


KEY_KNOWN = ("--table-key", "plain-locks=none")


def statements_for(cli: CommandLine, *arguments: str) -> dict[str, dict[str, object]]:
    found = cli("generate", "iam", *arguments, "--account", ACCOUNT, *KEY_KNOWN)
    assert (found.status, found.errors) == (0, "")
    return {each["Sid"]: each for each in json.loads(found.output)["Statement"]}


def test_a_move_is_granted_its_old_place_and_its_new_one(plain: Path, cli: CommandLine) -> None:
    old, new = "network/terraform.tfstate", "net/terraform.tfstate"
    before = statements_for(cli, old, new, "--role", "move")
    arn = "arn:aws:s3:::plain-states"
    assert before["States"]["Action"] == ["s3:DeleteObject", "s3:GetObject"]
    assert before["States"]["Resource"] == f"{arn}/{old}"
    assert before["States2"]["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert before["States2"]["Resource"] == f"{arn}/{new}"
    assert (
        before["LockItems"]["Resource"] == f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/plain-locks"
    )
    # When the code is switched, no code names the old place; the policy is the same.
    code = plain / "network" / "main.tf"
    code.write_text(CODE.replace(old, new), encoding="utf-8")
    assert statements_for(cli, f"plain-states/{old}", new, "--role", "move") == before
    assert statements_for(cli, f"s3://plain-states/{old}", new, "--role", "move") == before


@pytest.mark.usefixtures("plain")
def test_a_role_that_moves_is_for_one_move(cli: CommandLine) -> None:
    for names in ((), ("network",), ("network", "a", "b")):
        found = cli("generate", "iam", *names, "--role", "move", "--account", ACCOUNT)
        assert (found.status, found.output) == (2, "")
        assert found.errors.startswith("error[usage]: a role that moves a state is for one move")
    nowhere = cli("generate", "iam", "netwrk", "net", "--role", "move", "--account", ACCOUNT)
    assert (nowhere.status, nowhere.output) == (2, "")
    assert "error[state-unknown]" in nowhere.errors
    there = cli("generate", "iam", "network", "network/terraform.tfstate", "--role", "move")
    assert (there.status, there.output) == (2, "")
    assert "error[move-target-invalid]" in there.errors


@pytest.mark.usefixtures("plain")
def test_a_repair_is_granted_for_the_states_of_the_code(cli: CommandLine) -> None:
    found = statements_for(cli, "network", "--role", "repair")
    key = "network/terraform.tfstate"
    assert found["States"] == {
        "Sid": "States",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::plain-states/{key}",
    }
    assert found["ListVersions"]["Condition"] == {"StringEquals": {"s3:prefix": key}}
    named = cli("generate", "iam", "network", "--role", "repair", "--account", ACCOUNT, "--write")
    assert (named.status, named.output) == (0, "")
    assert "written: iam/holdfast-repair-network.tf\n" in named.errors
