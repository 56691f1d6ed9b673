"""What a declaration may say and more often than not should not: told beside the data, and no error."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

DECLARATION = """\
version: 1
accounts: {dev: {id: "111111111111"}}
backends:
  dev: {account: dev, region: eu-west-7, locking: lockfile, bucket: states.dev}
naming: {key: "{component}/terraform.tfstate"}
components: [{component: vpc}]
"""
WARNINGS = """\
warning: holdfast.yaml:4:31: `region` of backend `dev`: this version does not know `eu-west-7`; did you mean `eu-west-1`?
warning: holdfast.yaml:4:69: `bucket` of backend `dev`: `states.dev` holds a dot: its virtual-hosted address does not match the TLS certificate
"""


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "--offline"),
        ("generate", "backend", "--set", "component=vpc"),
        ("generate", "setup", "--offline"),
        ("generate", "iam", "--role", "plan"),
    ],
    ids=" ".join,
)
def test_warnings_stand_beside_the_data(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (tmp_path / "holdfast.yaml").write_text(DECLARATION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shown = cli(*command)
    assert shown.status == 0
    assert shown.errors == WARNINGS
    assert "warning" not in shown.output


def test_a_declaration_without_a_doubt_has_no_warnings(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = DECLARATION.replace("eu-west-7", "eu-west-1").replace("states.dev", "states-dev")
    (tmp_path / "holdfast.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli("audit", "--offline").errors == ""
