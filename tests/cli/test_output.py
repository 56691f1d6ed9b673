"""What is written where: data to standard output, everything else to standard error, in the form that is described."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import CommandLine
from tests.support.source_tree import PACKAGE
from tests.support.worlds import World, holdfast_command

SCHEMAS = PACKAGE / "report" / "schemas"
DOCUMENTS = {
    "audit": ("audit", "--format", "json"),
    "audit of states": ("audit", "--states", "--format", "json"),
    "audit offline": ("audit", "--offline", "--format", "json"),
    "audit in another region": (
        "audit",
        "--backend",
        "usest1-terraform-state-ezra",
        "--format",
        "json",
    ),
    "plan": ("plan", "--format", "json"),
    "proof": ("prove", "--rounds", "1", "--contenders", "2", "--format", "json"),
}


def closed(schema: object) -> object:
    """Return a schema that also refuses members it does not know, so that none is left undescribed."""
    match schema:
        case dict():
            inner = {name: closed(value) for name, value in schema.items()}
            is_object = schema.get("type") == "object" and "properties" in schema
            return {**inner, "additionalProperties": False} if is_object else inner
        case list():
            return [closed(value) for value in schema]
        case _:
            return schema


def validate(document: object, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}-v1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    described = closed(schema)
    assert isinstance(described, Mapping)
    jsonschema.validate(document, described, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_json_is_as_its_schema_says_and_alone_on_standard_output(
    own_fleet: World, cli: CommandLine, name: str
) -> None:
    cli.join(own_fleet)
    done = cli(*DOCUMENTS[name])
    assert done.errors == ""
    validate(json.loads(done.output), name.partition(" ")[0])


def test_a_plan_file_is_as_its_schema_says(in_fleet: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    assert in_fleet("plan", "--out", str(out)).status == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    validate(document, "plan")
    assert document["backends"]


def test_ignored_findings_and_examples_are_described_too(
    in_fleet: CommandLine, fleet: World, tmp_path: Path
) -> None:
    for file in fleet.scenario.files:
        for name in (file.path, f"examples/{file.path}"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    (tmp_path / "broken.tf").write_text('terraform { backend "s3" {', encoding="utf-8")
    (tmp_path / "holdfast.yaml").write_text(
        "version: 1\nignore:\n"
        '  - {rule: lock-table-missing, reason: "tomorrow"}\n'
        '  - {rule: bucket-public, reason: "never matches"}\n',
        encoding="utf-8",
    )
    document = json.loads(in_fleet("audit", str(tmp_path), "--format", "json").output)
    validate(document, "audit")
    assert [each["finding"]["rule"] for each in document["ignored"]] == ["lock-table-missing"]
    assert [each["rule"] for each in document["ignores_unused"]] == ["bucket-public"]
    assert {each["path"] for each in document["unreadable"]} == {"broken.tf"}


# Exit codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("audit",), 3),
        (("audit", "--fail-on", "critical"), 3),
        (("audit", "--fail-on", "never"), 0),
        (("audit", "--backend", "cptwn-terraform-state-ezra"), 0),
        (("audit", "--backend", "cptwn-terraform-state-ezra", "--fail-on", "low"), 3),
        (("audit", "--only", "lock-table-schema-wrong"), 0),
        (("audit", "--offline", "--fail-on", "critical"), 0),
        (("plan",), 0),
        (("plan", "--check"), 4),
        (("plan", "--check", "--only", "lock-table-schema-wrong"), 0),
        (("explain",), 0),
        (("explain", "lock-table-missing"), 0),
        (("explain", "plan-stale"), 0),
        (("sandbox", "--", "sh", "-c", "exit 7"), 7),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_exit_codes_are_as_documented(
    in_fleet: CommandLine, arguments: tuple[str, ...], status: int
) -> None:
    assert in_fleet(*arguments).status == status


# Colour --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": ""}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("arguments", [("audit",), ("plan",), ("explain",)], ids=" ".join)
def test_colour_is_as_the_environment_says_and_says_nothing_itself(
    in_fleet: CommandLine, arguments: tuple[str, ...], variables: Mapping[str, str], coloured: bool
) -> None:
    plain = in_fleet(*arguments).output
    for name, value in variables.items():
        in_fleet.environment.setenv(name, value)
    shown = in_fleet(*arguments).output
    assert ("\x1b[" in shown) is coloured
    without = "".join(
        part.partition("m")[2] if index else part for index, part in enumerate(shown.split("\x1b["))
    )
    assert without == plain


def test_an_error_is_coloured_too(in_fleet: CommandLine) -> None:
    in_fleet.environment.setenv("FORCE_COLOR", "1")
    assert in_fleet("explain", "no-such-thing").errors.startswith(
        "\x1b[31;1merror[slug-unknown]\x1b[0m"
    )


# Pipes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [("audit",), ("plan",), ("explain",), ("--help",)], ids=" ".join
)
def test_a_reader_that_goes_away_is_no_error_to_talk_about(
    fleet: World, arguments: tuple[str, ...]
) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            holdfast_command(*arguments),
            cwd=fleet.repository,
            env=dict(fleet.environment()),
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("explain",), ("audit", "--offline", "--format", "json")],
    ids=" ".join,
)
def test_a_report_that_was_cut_short_does_not_pass_for_a_whole_one(
    fleet: World, arguments: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            holdfast_command(*arguments),
            cwd=fleet.repository,
            env=dict(fleet.environment()),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error[output-not-written]: the output cannot be written: No space left on device",
        "what was written of it is incomplete",
        "",
        "hint: make room, and run the same command again",
    ]
