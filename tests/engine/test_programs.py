import sys
from pathlib import Path

import pytest

from holdfast.core.engines import Engine, EngineName, Version
from holdfast.engine.programs import EngineProgram, installed_engine


def program(directory: Path, code: str) -> str:
    path = directory / "terraform"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{code}\n")
    path.chmod(0o755)
    return str(path)


def test_the_version_is_what_the_program_says(tmp_path: Path) -> None:
    path = program(
        tmp_path,
        "assert sys.argv[1:] == ['version', '-json'] and os.environ['CHECKPOINT_DISABLE'] == '1'\n"
        'print(\'{"terraform_version": "1.11.4"}\')',
    )
    found = installed_engine(EngineName.TERRAFORM, search_path=str(tmp_path))
    assert found == EngineProgram(path, Engine(EngineName.TERRAFORM, Version(1, 11, 4)))


@pytest.mark.parametrize(
    "code", ["sys.exit(1)", "print('hello')", "print('[]')", "print('{}')", "time.sleep(60)"]
)
def test_a_program_that_does_not_say_has_no_version(tmp_path: Path, code: str) -> None:
    path = program(tmp_path, code)
    found = installed_engine(EngineName.TERRAFORM, search_path=str(tmp_path), timeout_seconds=1.0)
    assert found == EngineProgram(path, Engine(EngineName.TERRAFORM))


def test_an_engine_that_is_not_installed_is_none(tmp_path: Path) -> None:
    assert installed_engine(EngineName.TOFU, search_path=str(tmp_path)) is None
