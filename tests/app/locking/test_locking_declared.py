"""Stages of a declared fleet: its generated files are those of the new declaration, which changes last; roots by hand are edited."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from holdfast.app.locking_switching import SwitchedGroup
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.errors import CodeRefusedError
from tests.app.locking.ground import Ground
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    FILE,
    TABLE,
    TO_BOTH,
    TO_LOCKFILE,
    Stage,
    seen_in,
)
from tests.support.worlds import run_holdfast

DECLARATION = """\
version: 1  # ours
organization: acme

naming:
  bucket: "BUCKET"
  lock_table: "TABLE"
  key: "{component}/{environment}/terraform.tfstate"

accounts:
  dev: {id: "ACCOUNT"}

backends:
  dev: {account: dev, region: us-east-1, locking: dynamodb}  # on its way

environments: {dev: dev}

layout:
  roots: ["roots/{component}/{environment}"]
  file: backend.hcl
  except: [legacy]

components:
  - {component: network, environment: dev}
  - {component: app, environment: dev}
"""
ROOT = 'terraform {\n  required_version = "1.15.5"\n  backend "s3" {}\n}\n'
ROOTS = ("roots/network/dev", "roots/app/dev")
LEGACY_KEY = "legacy/terraform.tfstate"
KEYS = (
    "network/dev/terraform.tfstate",
    "app/dev/terraform.tfstate",
    "env:/blue/app/dev/terraform.tfstate",
    LEGACY_KEY,
)
ARGUMENTS = {Locking.DYNAMODB: (TABLE,), Locking.BOTH: (TABLE, FILE), Locking.LOCKFILE: (FILE,)}


def declaration(ground: Ground, locking: Locking) -> str:
    text = DECLARATION.replace("ACCOUNT", ground.account.id)
    return ground.filled(text).replace("locking: dynamodb", f"locking: {locking}")


def generate(ground: Ground, directory: Path, *arguments: str) -> None:
    done = run_holdfast(
        *("generate", "backend", *arguments),
        directory=directory,
        environment=ground.account.environment(),
    )
    assert done.status == 0, done.errors


def declared(ground: Ground, locking: Locking, *, legacy: bool = True) -> None:
    """Write a fleet of two components, and a root by hand, that lock in one way."""
    ground.write("holdfast.yaml", declaration(ground, locking))
    for path in ROOTS:
        ground.write(f"{path}/main.tf", ROOT)
    if legacy:
        ground.write("legacy/main.tf", ground.block(LEGACY_KEY, *ARGUMENTS[locking]))
    generate(ground, ground.directory, "--write")


def generated_for(ground: Ground, locking: Locking, directory: Path) -> Mapping[str, bytes]:
    """Return what is generated for the fleet when it is declared to lock in one way."""
    directory.mkdir()
    (directory / "holdfast.yaml").write_text(declaration(ground, locking), encoding="utf-8")
    for path in ROOTS:
        (directory / path).mkdir(parents=True)
        (directory / path / "main.tf").write_text(ROOT, encoding="utf-8")
    generate(ground, directory, "--write")
    return {
        f"{path}/backend.hcl": (directory / path / "backend.hcl").read_bytes() for path in ROOTS
    }


@pytest.mark.parametrize("stage", [TO_BOTH, TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB], ids=str)
def test_each_stage_of_a_declared_fleet(
    ground: Ground, connections: Connections, tmp_path: Path, stage: Stage
) -> None:
    declared(ground, stage.before)
    bodies = stage.written(ground, *KEYS)
    before = ground.files()["holdfast.yaml"]
    seen_meanwhile: list[bytes] = []

    def look(switched: SwitchedGroup) -> None:
        del switched
        seen_meanwhile.append(ground.files()["holdfast.yaml"])

    planned = ground.plan(stage.goal, connections)
    files = ground.switch(planned, connections, on_switched=look)

    # The declaration changes last: nobody who generates meanwhile takes a lock away.
    assert files[-1] == "holdfast.yaml"
    assert sorted(files[:-1]) == [
        "legacy/main.tf",
        "roots/app/dev/backend.hcl",
        "roots/network/dev/backend.hcl",
    ]
    assert seen_meanwhile == [before] * 3
    seen = ground.look()
    expected = {
        **generated_for(ground, stage.after, tmp_path / "fresh"),
        "holdfast.yaml": declaration(ground, stage.after).encode(),
        "legacy/main.tf": ground.block(LEGACY_KEY, *stage.new).encode(),
        **{f"{path}/main.tf": ROOT.encode() for path in ROOTS},
    }
    assert seen.files == expected
    generate(ground, ground.directory, "--check")
    kept = stage.after if stage.before.uses_table else Locking.LOCKFILE
    assert seen.digests == seen_in(ground, {}, bodies, kept).digests
    assert (seen.states, seen.locks) == (bodies, {})
    assert {each["backend"] for each in ground.journal()} <= {"dev"}


def test_there_and_back(ground: Ground, connections: Connections) -> None:
    declared(ground, Locking.DYNAMODB, legacy=False)
    TO_BOTH.written(ground, *KEYS[:3])
    before = ground.look()
    for goal in (Locking.LOCKFILE, Locking.LOCKFILE, Locking.DYNAMODB, Locking.DYNAMODB):
        ground.stage(goal, connections)
    assert ground.look() == before


def test_a_generated_file_that_is_not_as_it_would_be_written_is_refused(
    ground: Ground, connections: Connections
) -> None:
    declared(ground, Locking.DYNAMODB)
    ground.write(
        "holdfast.yaml",
        declaration(ground, Locking.DYNAMODB).replace("{component}/{env", "x/{component}/{env"),
    )
    before = ground.look()
    with pytest.raises(CodeRefusedError) as caught:
        ground.plan(Locking.LOCKFILE, connections)
    assert [place.partition(":")[0] for place, _ in caught.value.facts] == [
        f"{path}/backend.hcl" for path in sorted(ROOTS)
    ]
    assert ground.look() == before
