"""Declarations inferred from whole repositories, read back and held against every root."""

from pathlib import Path

import pytest

from holdfast.app.declared_fleet import read_declared_fleet
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.core.settings import settings_of as code_settings
from holdfast.generate.backend_arguments import BackendArguments, backend_arguments
from holdfast.sandbox.scenarios.shared_table import OLD_ROOT
from tests.app.adopted_declarations import SHARED_TABLE, SINGLE, TWO_REGIONS
from tests.app.adoption import (
    ACCOUNT,
    proposed,
    settings_of,
    write,
    write_roots,
    write_scenario,
)


@pytest.mark.parametrize(
    ("scenario", "declaration"),
    [("shared-table", SHARED_TABLE), ("two-regions", TWO_REGIONS), ("single", SINGLE)],
)
def test_the_fleets_are_declared_as_they_are(
    scenario: str, declaration: str, tmp_path: Path
) -> None:
    assert settings_of(proposed(write_scenario(scenario, tmp_path)).text) == declaration


@pytest.mark.parametrize(
    ("scenario", "roots"), [("shared-table", 3), ("two-regions", 16), ("single", 1)]
)
def test_every_root_that_fits_gets_the_arguments_that_it_has(
    scenario: str, roots: int, tmp_path: Path
) -> None:
    write(write_scenario(scenario, tmp_path), DECLARATION_NAME, proposed(tmp_path).text)
    fleet = read_declared_fleet(None, start=tmp_path)
    existing = {
        each.root.path: {
            one.name: each.configuration.literal(one.name) for one in each.configuration.attributes
        }
        for each in code_settings(fleet.repository)
    }
    existing.pop(OLD_ROOT, None)
    generated = {}
    for each in fleet.components:
        arguments = backend_arguments(each.component.backend, each.component.key, each.engines)
        assert isinstance(arguments, BackendArguments)
        generated[each.component.root] = dict(arguments.values)
    assert len(generated) == roots
    assert generated == {
        path: {**arguments, "allowed_account_ids": (ACCOUNT,)}
        for path, arguments in existing.items()
    }


def test_accounts_come_from_the_code_where_it_names_them(tmp_path: Path) -> None:
    accounts = {"dev": ACCOUNT, "prod": "222222222222"}
    roots = {
        f"live/{name}/{region}/{part}": {
            "bucket": f"acme-tfstate-{name}-{region}",
            "key": f"{name}/{region}/{part}/terraform.tfstate",
            "region": region,
            "use_lockfile": True,
            "allowed_account_ids": [identity],
        }
        for name, identity in accounts.items()
        for region in ("eu-west-1", "us-east-1")
        for part in ("net", "db")
    }
    found = proposed(write_roots(tmp_path, roots), accounts=()).declaration
    assert {each.name: each.account for each in found.accounts} == accounts
    assert str(found.naming.bucket) == "{organization}-tfstate-{account}-{region}"
    assert [(each.name, each.backends) for each in found.environments] == [
        (name, tuple((region, f"{name}-{region}") for region in ("eu-west-1", "us-east-1")))
        for name in accounts
    ]
    assert found.components == ()


def test_without_an_environment_the_directory_that_decides_is_the_backend(tmp_path: Path) -> None:
    roots = {
        f"infra/{region}/{part}": {
            "bucket": f"states-{region}",
            "key": f"{region}/{part}.tfstate",
            "region": region,
        }
        for region in ("eu-west-1", "us-east-1")
        for part in ("net", "db")
    }
    found = proposed(write_roots(tmp_path, roots)).declaration
    assert [str(each) for each in found.layout.roots] == ["infra/{backend}/{component}"]
    assert [each.name for each in found.backends] == ["eu-west-1", "us-east-1"]
    assert found.environments == ()


def test_the_same_repository_gives_the_same_text(tmp_path: Path) -> None:
    write_scenario("two-regions", tmp_path)
    assert proposed(tmp_path).text == proposed(tmp_path).text


def test_the_number_of_roots_makes_no_trouble(tmp_path: Path) -> None:
    roots = {
        f"live/{number % 7}/c{number}/{env}": {
            "bucket": f"acme-states-{env}",
            "key": f"{number % 7}/c{number}/{env}/terraform.tfstate",
        }
        for number in range(150)
        for env in ("dev", "prod")
    }
    found = proposed(write_roots(tmp_path, roots))
    assert len(found.roots) == len(roots)
    assert found.misfits == ()
    assert read_code(FleetRequest(directory=tmp_path)).declaration is None


def test_files_of_several_environments_beside_a_root_are_listed_components(tmp_path: Path) -> None:
    for part in ("net", "db"):
        write(tmp_path, f"stacks/{part}/main.tf", 'terraform {\n  backend "s3" {}\n}\n')
        for name in ("dev", "prod"):
            text = (
                f'bucket = "states-{name}"\nkey = "{name}/{part}.tfstate"\nregion = "eu-west-1"\n'
            )
            write(tmp_path, f"stacks/{part}/{name}.tfbackend", text)
    found = proposed(tmp_path)
    assert found.misfits == ()
    assert [(each.name, each.bucket) for each in found.declaration.backends] == [
        ("dev", "states-dev"),
        ("prod", "states-prod"),
    ]
    assert found.declaration.layout.file == "backend.tfbackend"
    assert [each.fields for each in found.declaration.components] == [
        (("environment", name), ("component", part))
        for part in ("db", "net")
        for name in ("dev", "prod")
    ]


def test_the_prefix_of_workspaces_is_one_that_the_generated_backend_has(tmp_path: Path) -> None:
    roots = {
        f"live/{part}/dev": {
            "bucket": "states",
            "key": f"{part}/dev.tfstate",
            "workspace_key_prefix": part,
        }
        for part in ("net", "db")
    }
    found = proposed(write_roots(tmp_path, roots))
    assert ([each.path for each in found.roots], found.differences) == ([*sorted(roots)], ())


def test_a_prefix_that_is_an_expression_would_be_lost_and_is_told(tmp_path: Path) -> None:
    write_roots(tmp_path, {"live/net/dev": {"bucket": "states", "key": "net/dev.tfstate"}})
    file = tmp_path / "live/net/dev/backend.tf"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    key", "    workspace_key_prefix = var.a\n    key"), "utf-8")
    (difference,) = proposed(tmp_path).differences
    assert difference.reason == "`workspace_key_prefix` would be lost"
