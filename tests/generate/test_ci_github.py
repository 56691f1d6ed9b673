import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.core.engines import EngineName
from holdfast.core.generated import is_generated
from holdfast.generate.ci_github import github_workflows
from holdfast.generate.ci_targets import CiSettings, CiTarget
from tests.generate.ci_pipelines import ROLES, SETTINGS, TARGETS, target
from tests.support.ci_schemas import Schema, schema_mistakes
from tests.support.workflow_linter import unsafe_places

# What YAML holds has no type.
Document = Any

EXPECTED = Path(__file__).parent / "expected" / "github.yml"


def workflow(of: CiTarget, settings: CiSettings = SETTINGS) -> Document:
    (file,) = github_workflows((of,), settings)
    return yaml.safe_load(file.text)


def test_the_workflow_of_a_component_is_exactly_this() -> None:
    (file,) = github_workflows((target(),), SETTINGS)
    assert file.path == ".github/workflows/terraform-azure-aks-dev-aks-msdp-dev-01.yml"
    assert file.text == EXPECTED.read_text(encoding="utf-8")
    assert is_generated(file.text)


@pytest.mark.parametrize("of", TARGETS, ids=lambda each: each.name + each.engine)
def test_the_official_schema_accepts_it(of: CiTarget, tmp_path: Path) -> None:
    (file,) = github_workflows((of,), SETTINGS)
    path = tmp_path / "workflow.yml"
    path.write_text(file.content, encoding="utf-8")
    assert schema_mistakes(Schema.GITHUB_WORKFLOW, path) == ""


def test_a_linter_finds_nothing_unsafe_in_it(tmp_path: Path) -> None:
    files = []
    for number, of in enumerate(TARGETS):
        (file,) = github_workflows((of,), SETTINGS)
        path = tmp_path / f"{number}.yml"
        path.write_text(file.content, encoding="utf-8")
        files.append(path)
    assert unsafe_places(*files, scratch=tmp_path) == ""


def test_the_linter_notices_a_workflow_that_is_unsafe(tmp_path: Path) -> None:
    (file,) = github_workflows((target(),), SETTINGS)
    path = tmp_path / "workflow.yml"
    unsafe = file.text.replace("terraform plan", "terraform plan ${{ github.head_ref }}")
    path.write_text(unsafe, encoding="utf-8")
    assert "template-injection" in unsafe_places(path, scratch=tmp_path)


def test_the_schema_notices_a_workflow_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text("on: push\njobs: {a: {runs_on: x}}\n", encoding="utf-8")
    assert "runs_on" in schema_mistakes(Schema.GITHUB_WORKFLOW, path)


def test_a_proposed_change_can_neither_lock_nor_apply() -> None:
    jobs = workflow(target())["jobs"]
    proposed = str(jobs["plan"]) + str(jobs["audit"])
    assert "terraform apply" not in proposed
    assert "-lock=false" in proposed
    assert "concurrency" not in jobs["plan"]
    assert "permissions" not in jobs["audit"]
    assert "github.event_name != 'pull_request'" in jobs["apply"]["if"]
    assert "github.ref == 'refs/heads/main'" in jobs["apply"]["if"]


def test_another_branch_may_be_the_one_that_applies() -> None:
    document = workflow(target(), CiSettings(branch="trunk", holdfast="holdfast"))
    assert document["on"]["push"]["branches"] == ["trunk"]
    assert document["jobs"]["apply"]["if"].endswith("github.ref == 'refs/heads/trunk'")


def test_roles_that_are_given_stand_in_the_place_of_variables() -> None:
    given = target(plan_role=f"{ROLES}/plan", apply_role=f"{ROLES}/apply")
    (file,) = github_workflows((given,), SETTINGS)
    roles = re.findall(r"role-to-assume: (.*)", file.text)
    assert roles == [f"{ROLES}/plan", f"{ROLES}/apply"]


def test_opentofu_is_set_up_by_its_own_action() -> None:
    (file,) = github_workflows((target(engine=EngineName.TOFU, engine_version="1.12.6"),), SETTINGS)
    assert 'tofu_version: "1.12.6"' in file.text
    assert "terraform apply" not in file.text
    assert "exec tofu apply -input=false -lock-timeout=10m tfplan" in file.text


def test_marks_in_a_directory_s_name_are_no_wildcards() -> None:
    paths = workflow(target(root="a[1]/b+c"))["on"]["push"]["paths"]
    assert paths[0] == r"a\[1\]/b\+c/**"


def test_other_paths_can_be_watched() -> None:
    settings = CiSettings(branch="main", holdfast="holdfast", watched=("modules/**",))
    assert workflow(target(root="."), settings)["on"]["push"]["paths"] == [
        "**",
        "modules/**",
        ".github/workflows/terraform-azure-aks-dev-aks-msdp-dev-01.yml",
    ]


def test_every_action_is_pinned_to_a_major_version() -> None:
    files = github_workflows(TARGETS, SETTINGS)
    used = {name for file in files for name in re.findall(r"uses: (\S+)", file.text)}
    assert len(used) == 5
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", name)] == []
