"""`action.yml`: the schema accepts it, and its script does what it says in a runner's environment."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.two_regions import two_regions
from tests.support.ci_schemas import Schema, schema_mistakes
from tests.support.source_tree import ROOT
from tests.support.workflow_linter import unsafe_places

ACTION = ROOT / "action.yml"
SCRIPT_SECONDS = 60.0

# What YAML holds has no type.
Document = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a step left behind."""

    status: int
    output: str
    summary: str
    outputs: str


def action() -> Document:
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner's directory for temporary files, in which this very Holdfast is installed."""
    programs = tmp_path / "holdfast" / "bin"
    programs.mkdir(parents=True)
    program = programs / "holdfast"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m holdfast "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def run_audit(runner: Path, repository: Path, inputs: Mapping[str, str]) -> Ran:
    """Run the script of the step `audit` as a runner does, with defaults for the other inputs."""
    document = action()
    (step,) = [each for each in document["runs"]["steps"] if each.get("id") == "audit"]
    given = {name: each["default"] for name, each in document["inputs"].items()} | dict(inputs)
    environment = {
        name: given[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, expression in step["env"].items()
    }
    summary, outputs = runner / "summary", runner / "outputs"
    summary.touch()
    outputs.touch()
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=repository,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **environment,
            "RUNNER_TEMP": str(runner),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_OUTPUT": str(outputs),
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=SCRIPT_SECONDS,
    )
    return Ran(
        status=done.returncode,
        output=done.stdout,
        summary=summary.read_text(encoding="utf-8"),
        outputs=outputs.read_text(encoding="utf-8"),
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    directory = tmp_path / "repository"
    write_repository(two_regions(), directory)
    return directory


def test_the_official_schema_accepts_the_action() -> None:
    assert schema_mistakes(Schema.GITHUB_ACTION, ACTION) == ""


def test_a_linter_finds_nothing_unsafe_in_the_action(tmp_path: Path) -> None:
    assert unsafe_places(ACTION, scratch=tmp_path) == ""


def test_no_input_becomes_a_part_of_a_script() -> None:
    scripts = [step["run"] for step in action()["runs"]["steps"]]
    assert [script for script in scripts if "${{" in script] == []


def test_what_is_installed_is_the_source_of_the_action() -> None:
    install = action()["runs"]["steps"][0]
    assert install["env"] == {"HOLDFAST_SOURCE": "${{ github.action_path }}"}
    assert (ROOT / "requirements" / "runtime.txt").is_file()
    assert "$HOLDFAST_SOURCE/requirements/runtime.txt" in install["run"]


def test_findings_fail_the_step_and_stand_in_the_summary(runner: Path, repository: Path) -> None:
    ran = run_audit(runner, repository, {"offline": "true", "fail-on": "medium"})
    assert (ran.status, ran.outputs) == (3, "exit-code=3\n")
    assert ran.summary == ran.output
    assert "setup-module-missing" in ran.summary


def test_every_input_reaches_the_audit(runner: Path, repository: Path) -> None:
    inputs = {
        "path": "terraform",
        "offline": "true",
        "backend": "cptwn-terraform-state-ezra *",
        "summary": "false",
        "strict": "true",
        "fail-on": "never",
    }
    ran = run_audit(runner, repository, inputs)
    assert (ran.status, ran.summary) == (2, "")  # no backend is called `*`, and no file is either
    ran = run_audit(runner, repository, {**inputs, "backend": "cptwn-terraform-state-ezra"})
    assert ran.status == 0
    assert "usest1-terraform-state-ezra" not in ran.output


def test_a_wrong_input_fails_the_step(runner: Path, repository: Path) -> None:
    ran = run_audit(runner, repository, {"offline": "true", "fail-on": "$(touch pwned)"})
    assert ran.status == 2
    assert not (repository / "pwned").exists()
