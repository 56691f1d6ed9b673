"""`.pre-commit-hooks.yaml`: pre-commit accepts it, and its commands exist."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pre_commit.clientlib import load_manifest

from holdfast.cli.main import run
from holdfast.generate.pre_commit import FILES
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.shared_table import shared_table
from tests.support.source_tree import ROOT

MANIFEST = ROOT / ".pre-commit-hooks.yaml"


def entries() -> dict[str, str]:
    return {hook["id"]: hook["entry"] for hook in load_manifest(MANIFEST)}


def test_pre_commit_accepts_the_manifest() -> None:
    assert entries() == {
        "holdfast-audit": "holdfast audit --offline",
        "holdfast-generated": "holdfast generate backend --check",
    }


@pytest.mark.parametrize("entry", sorted(entries().values()))
def test_every_entry_is_a_command(entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(entry)
    assert program == "holdfast"
    assert run([*arguments, "--help"]) == 0
    assert "Usage: holdfast" in capsys.readouterr().out


def test_the_hooks_run_for_the_files_that_matter() -> None:
    (patterns,) = {hook["files"] for hook in load_manifest(MANIFEST)}
    assert patterns == FILES
    paths = ["a/main.tf", "main.tf.json", "a/backend.hcl", "dev.s3.tfbackend", "holdfast.yaml"]
    assert [path for path in paths if not re.search(patterns, path)] == []
    assert not re.search(patterns, "a/not-holdfast.yaml.md")


def test_the_audit_runs_in_a_repository_that_is_as_pre_commit_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_repository(shared_table(), tmp_path)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(entries()["holdfast-audit"])[1:]) == 0
    assert "2 backends, 4 roots" in capsys.readouterr().out
