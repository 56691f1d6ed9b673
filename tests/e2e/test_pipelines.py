"""The commands of a generated pipeline, run by real Terraform in the order in which a runner runs them."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from holdfast.sandbox.scenarios.shared_table import BUCKET, COMPONENTS, REGION
from tests.support.real_terraform import Terraform
from tests.support.worlds import World, running_world

PACKAGE = ("--package", "holdfast>=0.1,<0.2")
AKS = COMPONENTS[1]
PIPELINE = "azure-aks-dev-aks-msdp-dev-01"


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[World]:
    """The fleet whose components share one table, with its declaration."""
    with running_world("shared-table-declared", tmp_path / "repository") as world:
        (world.repository / ".terraform-version").write_text("1.15.5\n", encoding="utf-8")
        yield world


def lines_of(world: World, job: str, program: str) -> list[list[str]]:
    """Return the lines of a job that call a program, as words without its name."""
    path = world.repository / ".gitlab" / "ci" / f"terraform-{PIPELINE}.yml"
    script = yaml.safe_load(path.read_text(encoding="utf-8"))[f"terraform-{PIPELINE}-{job}"][
        "script"
    ]
    return [shlex.split(line)[1:] for line in script if line.startswith(f"{program} ")]


def run_lines(engine: Terraform, lines: list[list[str]]) -> list[str]:
    return [engine.succeed(*arguments).output for arguments in lines]


def generate(world: World) -> None:
    for command in (("backend", "--force"), ("ci", *PACKAGE, "--system", "gitlab")):
        done = world.holdfast("generate", *command, "--write")
        assert done.status == 0, done.errors


def serial(world: World) -> bytes:
    body = world.clients.s3(REGION).get_object(Bucket=BUCKET, Key=AKS.key)["Body"].read()
    assert isinstance(body, bytes)
    return body


def test_the_audit_of_the_code_needs_no_credentials_and_fails_when_a_file_was_edited(
    declared: World,
) -> None:
    generate(declared)
    lines = lines_of(declared, "audit", "holdfast")
    assert len(lines) == 2
    none = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    assert [declared.holdfast(*line, **none).status for line in lines] == [0, 0]
    file = declared.repository / AKS.directory / "backend.hcl"
    file.write_text(file.read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8")
    assert [declared.holdfast(*line, **none).status for line in lines] == [0, 4]


def test_a_proposed_change_is_planned_while_somebody_holds_the_lock(declared: World) -> None:
    generate(declared)
    before = serial(declared)
    held = declared.holdfast("locks", "hold", AKS.key, "--reason", "a test")
    assert held.status == 0, held.errors
    output = run_lines(declared.terraform(AKS.directory), lines_of(declared, "plan", "terraform"))[
        -1
    ]
    assert "No changes." in output
    assert serial(declared) == before


def test_the_branch_applies_exactly_what_was_planned(declared: World) -> None:
    generate(declared)
    main = declared.repository / AKS.directory / "main.tf"
    main.write_text(main.read_text(encoding="utf-8").replace('"aks"', '"aks2"'), encoding="utf-8")
    outputs = run_lines(declared.terraform(AKS.directory), lines_of(declared, "apply", "terraform"))
    assert "Apply complete! Resources: 0 added, 1 changed, 0 destroyed." in outputs[-1]
    assert b'"aks2"' in serial(declared)


def test_a_profile_of_the_declaration_is_not_looked_for_on_a_runner(declared: World) -> None:
    path = declared.repository / "holdfast.yaml"
    text = path.read_text(encoding="utf-8")
    account = 'id: "111111111111"'
    assert account in text
    path.write_text(text.replace(account, f"{account}, profile: on-no-runner"), encoding="utf-8")
    generate(declared)
    engine = declared.terraform(AKS.directory)
    alone = engine.run("init", "-input=false", "-backend-config=backend.hcl")
    assert (alone.status, "on-no-runner" in alone.errors) == (1, True)
    assert "No changes." in run_lines(engine, lines_of(declared, "plan", "terraform"))[-1]
