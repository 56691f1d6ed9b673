from pathlib import Path

import pytest
import yaml

from holdfast.core.engines import EngineName
from holdfast.core.generated import is_generated
from holdfast.generate.ci_azure import azure_pipelines, environment_name
from holdfast.generate.ci_targets import CiTarget
from tests.generate.ci_pipelines import SETTINGS, TARGETS, target
from tests.support.ci_schemas import Schema, schema_mistakes

EXPECTED = Path(__file__).parent / "expected" / "azure.yml"

# Tasks of extensions, which each organization installs; the schema knows those that all have.
EXTENSIONS = {"AWSShellScript@1", "TerraformInstaller@1"}


def with_tasks_that_all_have(text: str) -> str:
    document = yaml.safe_load(text)
    for stage in document["stages"]:
        for job in stage["jobs"]:
            deployed = job.get("strategy", {}).get("runOnce", {}).get("deploy", {})
            for step in deployed.get("steps") or job["steps"]:
                if step.get("task") in EXTENSIONS:
                    assert set(step) <= {"task", "displayName", "inputs"}
                    step["task"], step["inputs"] = "Bash@3", {"script": "true"}
    return yaml.safe_dump(document)


def test_the_pipeline_of_a_component_is_exactly_this() -> None:
    (file,) = azure_pipelines((target(),), SETTINGS)
    assert file.path == ".azure/pipelines/terraform-azure-aks-dev-aks-msdp-dev-01.yml"
    assert file.text == EXPECTED.read_text(encoding="utf-8")
    assert is_generated(file.text)


@pytest.mark.parametrize("of", TARGETS, ids=lambda each: each.name + each.engine)
def test_the_official_schema_accepts_it(of: CiTarget, tmp_path: Path) -> None:
    (file,) = azure_pipelines((of,), SETTINGS)
    path = tmp_path / "azure.yml"
    path.write_text(with_tasks_that_all_have(file.content), encoding="utf-8")
    assert schema_mistakes(Schema.AZURE, path) == ""


def test_the_schema_notices_a_pipeline_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "azure.yml"
    path.write_text("stages: [{stage: a, lockBehaviour: sequential, jobs: []}]\n", encoding="utf-8")
    assert "lockBehaviour" in schema_mistakes(Schema.AZURE, path)


def test_applying_waits_for_the_lock_of_the_state_s_environment() -> None:
    (file,) = azure_pipelines((target(),), SETTINGS)
    *_, apply = yaml.safe_load(file.text)["stages"]
    (job,) = apply["jobs"]
    assert apply["lockBehavior"] == "sequential"
    assert job["environment"] == environment_name(target())
    assert "not(eq(variables['Build.Reason'], 'PullRequest'))" in apply["condition"]


def test_opentofu_is_installed_in_the_version_that_is_asked_for() -> None:
    (file,) = azure_pipelines((target(engine=EngineName.TOFU, engine_version="1.12.6"),), SETTINGS)
    assert "--opentofu-version 1.12.6\n" in file.text
    assert "TerraformInstaller" not in file.text
