"""Real Terraform finds the same states with the files that are generated from an adopted declaration."""

from pathlib import Path

from holdfast.sandbox.scenarios.shared_table import COMPONENTS, OLD_ROOT
from tests.support.worlds import running_world

NO_CHANGES = "No changes. Your infrastructure matches the configuration."


def test_adopted_and_generated_roots_have_nothing_to_change(tmp_path: Path) -> None:
    with running_world("shared-table", tmp_path / "repository") as world:
        untouched = (world.repository / OLD_ROOT / "main.tf").read_bytes()
        assert world.holdfast("init").status == 0
        written = world.holdfast("generate", "backend", "--write", "--force")
        assert written.status == 0, written.errors
        for component in COMPONENTS:
            engine = world.terraform(component.directory)
            engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
            assert NO_CHANGES in engine.succeed("plan", "-input=false", "-no-color").output
        assert (world.repository / OLD_ROOT / "main.tf").read_bytes() == untouched
        assert world.holdfast("init", "--check").status == 0
