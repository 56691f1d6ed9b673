import re
from pathlib import Path

import pytest
import yaml

from holdfast.core.generated import is_generated
from holdfast.generate.ci_gitlab import gitlab_files
from holdfast.generate.ci_targets import CiTarget
from tests.generate.ci_pipelines import ROLES, SETTINGS, TARGETS, target
from tests.support.ci_schemas import Schema, schema_mistakes

EXPECTED = Path(__file__).parent / "expected" / "gitlab.yml"


def test_the_jobs_of_a_component_are_exactly_these() -> None:
    (file,) = gitlab_files((target(),), SETTINGS)
    assert file.path == ".gitlab/ci/terraform-azure-aks-dev-aks-msdp-dev-01.yml"
    assert file.text == EXPECTED.read_text(encoding="utf-8")
    assert is_generated(file.text)


@pytest.mark.parametrize("of", TARGETS, ids=lambda each: each.name + each.engine)
def test_the_official_schema_accepts_them(of: CiTarget, tmp_path: Path) -> None:
    (file,) = gitlab_files((of,), SETTINGS)
    path = tmp_path / "gitlab.yml"
    path.write_text(file.content, encoding="utf-8")
    assert schema_mistakes(Schema.GITLAB, path) == ""


def test_the_schema_notices_jobs_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "gitlab.yml"
    path.write_text("plan: {script: [a], rulez: []}\n", encoding="utf-8")
    assert "rulez" in schema_mistakes(Schema.GITLAB, path)


def test_only_the_job_that_applies_is_one_at_a_time() -> None:
    (file,) = gitlab_files((target(),), SETTINGS)
    jobs = yaml.safe_load(file.text)
    groups = {name.rpartition("-")[2]: job.get("resource_group") for name, job in jobs.items()}
    assert groups == {
        "audit": None,
        "plan": None,
        "apply": "tfstate/msdp-terraform-state-dev/azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
    }


def test_roles_that_are_given_stand_in_the_place_of_variables() -> None:
    (file,) = gitlab_files((target(apply_role=f"{ROLES}/apply"),), SETTINGS)
    roles = re.findall(r"export AWS_ROLE_ARN=(.*)", file.text)
    assert roles == ['"${AWS_PLAN_ROLE_DEV:?is the role to assume}"', f"{ROLES}/apply"]


def test_jobs_of_several_components_have_names_of_their_own() -> None:
    files = gitlab_files((target(name="a"), target(name="b")), SETTINGS)
    names = [name for file in files for name in yaml.safe_load(file.text)]
    assert len(names) == len(set(names)) == 6
