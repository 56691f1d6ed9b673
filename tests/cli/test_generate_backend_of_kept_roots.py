"""What `holdfast generate backend` keeps of a root that has backends of its own: where its states are."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import DECLARATION

ROOT = "live/net"
BUCKET = "states-one"
DECLARED = f"""\
version: 1
naming:
  key: "{{component}}/{{environment}}/terraform.tfstate"
accounts:
  one: {{id: "111111111111"}}
backends:
  one: {{account: one, region: eu-west-1, locking: lockfile, bucket: {BUCKET}}}
environments: {{dev: one, prod: one, test: one}}
layout:
  roots: ["live/{{component}}"]
  file: backend.hcl
components:
  - {{component: net, environment: dev}}
  - {{component: net, environment: prod}}
"""
NO_PREFIX_WRITTEN = (
    "note: the root has several values of `workspace_key_prefix`, and none is written:"
    " say it in the code\n"
)


@pytest.fixture
def kept_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a partial file for each of two environments, one of them with a prefix of workspaces."""
    directory = tmp_path / ROOT
    directory.mkdir(parents=True)
    (tmp_path / DECLARATION).write_text(DECLARED, encoding="utf-8")
    (directory / "main.tf").write_text(
        'terraform {\n  required_version = "1.15.5"\n  backend "s3" {}\n}\n', encoding="utf-8"
    )
    write_partial_file(directory / "dev.tfbackend", "net/dev", 'workspace_key_prefix = "ws"\n')
    write_partial_file(directory / "prod.tfbackend", "net/prod")
    monkeypatch.chdir(tmp_path)
    return directory


def write_partial_file(path: Path, name: str, more: str = "") -> None:
    """Write one by hand."""
    text = f'bucket = "{BUCKET}"\nkey    = "{name}/terraform.tfstate"\nregion = "eu-west-1"\n'
    path.write_text(text + more, encoding="utf-8")


def prefix_lines(directory: Path) -> dict[str, list[str]]:
    """Return the prefix of workspaces in each generated file."""
    return {
        path.name: [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if "workspace_key_prefix" in line
        ]
        for path in sorted(directory.glob("*.backend.hcl"))
    }


def test_each_component_has_the_prefix_of_its_own_configuration(
    cli: CommandLine, kept_root: Path
) -> None:
    found = cli("generate", "backend", "--write")
    assert (found.status, "note:" in found.errors) == (0, False)
    assert prefix_lines(kept_root) == {
        "net-dev.backend.hcl": ['workspace_key_prefix = "ws"'],
        "net-prod.backend.hcl": [],
    }
    assert cli("generate", "backend", "--check").status == 0


def test_a_component_of_its_own_place_has_no_prefix_while_the_root_has_one_and_none(
    cli: CommandLine, kept_root: Path
) -> None:
    found = cli("generate", "backend", "--set", "component=net", "--set", "environment=test")
    assert found.status == 0
    assert "workspace_key_prefix" not in found.output
    assert NO_PREFIX_WRITTEN + f"  {ROOT}\n" in found.errors
    (kept_root / "prod.tfbackend").unlink()
    found = cli("generate", "backend", "--set", "component=net", "--set", "environment=test")
    assert 'workspace_key_prefix = "ws"\n' in found.output
