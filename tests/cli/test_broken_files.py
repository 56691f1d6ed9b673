"""Code and declarations with mistakes: each has its place, and the rest is audited."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.support.worlds import World

READING_COMMANDS = ("audit", "plan", "prove")
BROKEN = {
    "an open block": (
        'terraform {\n  backend "s3" {\n    bucket = "usest1-terraform-state-ezra"\n',
        4,
    ),
    "a missing value": ('terraform {\n  backend "s3" {\n    bucket =\n  }\n}\n', 3),
    "a broken resource": (
        'resource "a" "b" {\n  name = = 1\n}\nterraform {\n  backend "s3" {}\n}\n',
        2,
    ),
}
BROKEN_RESOURCE = 'resource "null_resource" "broken" {\n  triggers = {\n    a = "oops\n}\n'


def copy_of(world: World, directory: Path) -> Path:
    """Write the fleet's repository once more, for a test that breaks it."""
    for file in world.scenario.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return directory


def test_a_backend_below_a_broken_resource_is_audited_and_the_file_is_reported(
    in_fleet: CommandLine, fleet: World, tmp_path: Path
) -> None:
    repository = copy_of(fleet, tmp_path)
    whole = json.loads(in_fleet("audit", str(repository), "--offline", "--format", "json").output)
    backends = [
        path
        for path in repository.rglob("*.tf")
        if 'backend "s3"' in path.read_text(encoding="utf-8")
    ]
    for path in backends:
        path.write_text(BROKEN_RESOURCE + path.read_text(encoding="utf-8"), encoding="utf-8")
    done = in_fleet("audit", str(repository), "--offline", "--format", "json")
    document = json.loads(done.output)
    assert document["backends"] == whole["backends"]
    assert {each["path"] for each in document["unreadable"]} == {
        path.relative_to(repository).as_posix() for path in backends
    }


@pytest.mark.parametrize("mistake", BROKEN)
def test_broken_code_has_its_place_and_the_rest_is_audited(
    in_fleet: CommandLine, fleet: World, tmp_path: Path, mistake: str
) -> None:
    text, line = BROKEN[mistake]
    repository = copy_of(fleet, tmp_path)
    broken = repository / "terraform/providers/aws/regions/us-east-1/layers/broken/main.tf"
    broken.parent.mkdir()
    broken.write_text(text, encoding="utf-8")
    name = broken.relative_to(repository).as_posix()

    done = in_fleet("audit", str(repository), "--format", "json")
    document = json.loads(done.output)
    places = [(each["path"], each["line"]) for each in document["unreadable"]]
    assert (name, line) in places
    assert {path for path, _ in places} == {name}
    rows = [(backend["bucket"], backend["verdict"]) for backend in document["backends"]]
    assert rows == [
        ("cptwn-terraform-state-ezra", "GOOD"),
        ("usest1-terraform-state-ezra", "NEEDS FIX"),
    ]
    assert f"{name}:{line}" in in_fleet("audit", str(repository)).output


def test_a_broken_partial_file_leaves_the_other_layers_alone(
    in_fleet: CommandLine, fleet: World, tmp_path: Path
) -> None:
    repository = copy_of(fleet, tmp_path)
    layer = "terraform/providers/aws/regions/af-south-1/layers/01-foundation/production"
    (repository / layer / "backend.hcl").write_text("bucket = \n= ]\n", encoding="utf-8")
    document = json.loads(in_fleet("audit", str(repository), "--format", "json").output)
    assert {each["path"] for each in document["unreadable"]} == {f"{layer}/backend.hcl"}
    assert [backend["bucket"] for backend in document["backends"]] == [
        "cptwn-terraform-state-ezra",
        "usest1-terraform-state-ezra",
    ]


DECLARATION = """\
version: 1
organization: ezra
accounts:
  main: {id: 111111111111}
  other: {id: "12345", profil: x}
backends:
  south: {account: mian, region: af-south-1, locking: dynamo}
  east: {account: main, region: us-east-1, locking: dynamodb, bucket: "Upper_Case"}
"""


@pytest.mark.parametrize("command", READING_COMMANDS)
def test_all_mistakes_of_a_declaration_are_told_at_once(
    in_fleet: CommandLine, fleet: World, tmp_path: Path, command: str
) -> None:
    repository = copy_of(fleet, tmp_path)
    (repository / "holdfast.yaml").write_text(DECLARATION, encoding="utf-8")
    done = in_fleet(command, str(repository))
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith("error[declaration-invalid]")
    places = [line for line in (4, 5, 7, 8) if f"holdfast.yaml:{line}" in done.errors]
    assert places == [4, 5, 7, 8]
    assert "nothing was read from AWS" in done.errors


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: 1\nbackends: [\n", "holdfast.yaml:3"),
        ("version: 1\nbackends: {a: 1, a: 2}\n", "holdfast.yaml:2"),
        ("- 1\n", "holdfast.yaml:1"),
        ("", "holdfast.yaml"),
        ("version: 2\n", "holdfast.yaml:1"),
        ("version: 1\nbackends: !!python/object:os.system x\n", "holdfast.yaml:2"),
    ],
)
def test_what_is_no_declaration_has_its_place(
    in_fleet: CommandLine, tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "holdfast.yaml").write_text(text, encoding="utf-8")
    done = in_fleet("audit", str(tmp_path))
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith("error[declaration-invalid]")
    assert place in done.errors


def test_a_declaration_that_is_no_text_is_refused(in_fleet: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "holdfast.yaml").write_bytes(b"version: 1\norganization: \xff\xfe\n")
    done = in_fleet("audit", str(tmp_path))
    assert (done.status, done.output) == (2, "")
    assert done.errors.startswith("error[declaration-invalid]")


@pytest.mark.parametrize("command", READING_COMMANDS)
def test_a_declaration_that_is_not_there_is_named(
    in_fleet: CommandLine, tmp_path: Path, command: str
) -> None:
    missing = tmp_path / "other.yaml"
    done = in_fleet(command, "--declaration", str(missing))
    assert (done.status, done.output) == (2, "")
    assert str(missing) in done.errors
