import json
import os
from pathlib import Path

import pytest

from holdfast.errors import FileNotWrittenError, ServiceError
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios import SCENARIOS
from holdfast.sandbox.scenarios.two_regions import LAYERS, ORPHAN_KEY, layer_directory, two_regions
from holdfast.sandbox.seeding import seed
from tests.support.clients import Clients
from tests.support.real_terraform import Terraform


def tree(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_repository_is_written_file_by_file(name: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]()
    write_repository(scenario, tmp_path)
    assert scenario.name == name
    assert tree(tmp_path) == {file.path: file.text for file in scenario.files}


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("mine", encoding="utf-8")
    with pytest.raises(FileNotWrittenError):
        write_repository(SCENARIOS["single"](), tmp_path)
    assert (tmp_path / "main.tf").read_text(encoding="utf-8") == "mine"


def test_two_regions_have_the_names_of_the_team() -> None:
    scenario = two_regions()
    files = {file.path: file.text for file in scenario.files}
    assert [(bucket.name, bucket.region) for bucket in scenario.buckets] == [
        ("cptwn-terraform-state-ezra", "af-south-1"),
        ("usest1-terraform-state-ezra", "us-east-1"),
    ]
    assert [(table.name, table.region) for table in scenario.tables] == [
        ("terraform-locks-af-south", "af-south-1")
    ]
    assert files["terraform/providers/aws/regions/us-east-1/backend-setup/.gitkeep"] == ""
    settings = "terraform/providers/aws/regions/us-east-1/layers/03.5-observability/production"
    assert (
        files[f"{settings}/backend.hcl"]
        == """\
bucket         = "usest1-terraform-state-ezra"
key            = "providers/aws/regions/us-east-1/layers/03.5-observability/production/terraform.tfstate"
region         = "us-east-1"
encrypt        = true
dynamodb_table = "terraform-locks-us-east-1"
"""
    )
    assert len(files) == 2 + 2 * 2 * len(LAYERS)


def test_the_orphan_has_the_lineage_of_the_layer_that_moved() -> None:
    states = {state.key: json.loads(state.body) for state in two_regions().states}
    orphan = states.pop(ORPHAN_KEY)
    lineages = [state["lineage"] for state in states.values()]
    moved = states[
        "providers/aws/regions/af-south-1/layers/02-platform/production/terraform.tfstate"
    ]
    assert orphan["lineage"] == moved["lineage"]
    assert orphan["serial"] < moved["serial"]
    assert len(set(lineages)) == len(lineages) == 2 * len(LAYERS)


def test_components_of_the_shared_table_use_the_names_that_exist() -> None:
    scenario = SCENARIOS["shared-table"]()
    assert [(state.bucket, state.digest_table, state.key) for state in scenario.states] == [
        ("msdp-terraform-state-dev", "msdp-terraform-locks-dev", key)
        for key in (
            "azure/network/dev/terraform.tfstate",
            "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
            "azure/addons/dev/terraform.tfstate",
        )
    ]
    old = {file.path: file.text for file in scenario.files}["infrastructure/addons/aws-dev/main.tf"]
    assert '    bucket         = "msdp-terraform-state"\n' in old
    assert '    dynamodb_table = "msdp-terraform-locks"\n' in old
    assert '    key            = "addons/aws-dev/terraform.tfstate"\n' in old


def test_a_seeded_fleet_is_in_the_cloud_and_its_plans_are_empty(
    tmp_path: Path,
) -> None:
    scenario = two_regions()
    with Sandbox.start() as sandbox:
        seed(scenario, sandbox)
        clients = Clients(url=sandbox.url, access_key=scenario.account)
        found = {}
        for bucket in scenario.buckets:
            s3 = clients.s3(bucket.region)
            for state in s3.list_objects_v2(Bucket=bucket.name)["Contents"]:
                body = s3.get_object(Bucket=bucket.name, Key=state["Key"])["Body"].read()
                found[bucket.name, state["Key"]] = body.decode()
            versioning = s3.get_bucket_versioning(Bucket=bucket.name).get("Status")
            assert versioning == ("Enabled" if bucket.versioning else None)
        assert found == {(state.bucket, state.key): state.body for state in scenario.states}

        dynamodb = clients.dynamodb("af-south-1")
        items = dynamodb.scan(TableName="terraform-locks-af-south")["Items"]
        assert {item["LockID"]["S"]: item["Digest"]["S"] for item in items} == {
            f"{state.bucket}/{state.key}-md5": state.digest
            for state in scenario.states
            if state.digest_table
        }

        write_repository(scenario, tmp_path)
        environment = sandbox.child_environment(os.environ, account=scenario.account)
        for region in ("af-south-1", "us-east-1"):
            root = tmp_path / layer_directory(region, "02-platform")
            engine = Terraform(root, environment)
            engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
            engine.succeed("plan", "-input=false", "-lock=false", "-detailed-exitcode")

        with pytest.raises(ServiceError):
            seed(scenario, sandbox)
