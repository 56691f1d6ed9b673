"""Real engines run with generated backends: they share one table and disturb nobody but whom they must."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.shared_table import BUCKET, COMPONENTS, REGION, TABLE
from tests.support.real_terraform import Finished, Terraform
from tests.support.worlds import World, running_world

APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
KEYS = {each.name: each.key for each in COMPONENTS}
ADDITION = 'resource "terraform_data" "addition" {\n  input = "by hand"\n}\n'


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[World]:
    """The fleet whose components share a table, with generated backend files in place of those by hand."""
    with running_world("shared-table-declared", tmp_path / "repository") as world:
        written = world.holdfast("generate", "backend", "--write", "--force")
        assert written.status == 0, written.errors
        yield world


def engine_of(fleet: World, component: str) -> Terraform:
    """Return the engine of a component, initialised as people do it, with a resource to add."""
    (directory,) = [each.directory for each in COMPONENTS if each.name == component]
    engine = fleet.terraform(directory)
    (engine.directory / "addition.tf").write_text(ADDITION, encoding="utf-8")
    engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
    return engine


def resources(fleet: World) -> dict[str, set[str]]:
    """Return the resources in each state, as they are in the bucket."""
    s3 = fleet.clients.s3(REGION)
    bodies = {
        name: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for name, key in KEYS.items()
    }
    return {
        name: {resource["name"] for resource in json.loads(body)["resources"]}
        for name, body in bodies.items()
    }


def items(fleet: World) -> set[str]:
    """Return the names of everything in the table."""
    found = fleet.clients.dynamodb(REGION).scan(TableName=TABLE, ConsistentRead=True)["Items"]
    return {item["LockID"]["S"] for item in found}


def keys_in_bucket(fleet: World) -> set[str]:
    found = fleet.clients.s3(REGION).list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {each["Key"] for each in found}


def test_three_engines_apply_and_two_of_them_at_once(fleet: World) -> None:
    network, aks, addons = (engine_of(fleet, name) for name in ("network", "aks", "addons"))
    digests = {f"{BUCKET}/{key}-md5" for key in KEYS.values()}
    with network.held_apply() as held:
        # Its lock is in the table that the others use as well.
        assert items(fleet) == digests | {f"{BUCKET}/{KEYS['network']}"}
        beside = aks.run(*APPLY)
        assert (beside.status, beside.errors) == (0, "")
        assert items(fleet) == digests | {f"{BUCKET}/{KEYS['network']}"}
        first = held.release()
    assert (first.status, first.errors) == (0, "")
    after = addons.run(*APPLY)
    assert (after.status, after.errors) == (0, "")

    assert resources(fleet) == {
        "network": {"component", "addition", "holding"},
        "aks": {"component", "addition"},
        "addons": {"component", "addition"},
    }
    assert items(fleet) == digests
    assert keys_in_bucket(fleet) == set(KEYS.values())


def test_a_second_run_on_a_component_is_refused_while_the_first_holds_its_lock(
    fleet: World,
) -> None:
    first, second = engine_of(fleet, "aks"), engine_of(fleet, "aks")
    with first.held_apply() as held:
        refused = second.run("plan", "-input=false", "-no-color")
        finished = held.release()
    assert refused.status == 1
    assert "Error acquiring the state lock" in refused.errors
    assert f"Path:      {BUCKET}/{KEYS['aks']}" in refused.errors
    assert "Operation: OperationTypeApply" in refused.errors
    assert (finished.status, finished.errors) == (0, "")
    again = second.run("plan", "-input=false", "-no-color", "-detailed-exitcode")
    assert (again.status, again.errors) == (0, "")


def test_an_engine_with_the_credentials_of_another_account_is_refused(fleet: World) -> None:
    (directory,) = [each.directory for each in COMPONENTS if each.name == "network"]
    stranger = Terraform(
        fleet.repository / directory, fleet.environment(AWS_ACCESS_KEY_ID="222222222222")
    )
    found: Finished = stranger.run("init", "-input=false", "-backend-config=backend.hcl")
    assert found.status == 1
    assert "AWS account ID not allowed: 222222222222" in found.errors
