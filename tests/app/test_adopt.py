"""Declarations inferred from whole repositories, read back and held against every root."""

from pathlib import Path

import pytest

from holdfast.app.declared_fleet import read_declared_fleet
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.core.settings import settings_of as code_settings
from holdfast.errors import AccountsMissingError, BackendsUnusableError
from holdfast.generate.backend_arguments import BackendArguments, backend_arguments
from holdfast.sandbox.scenarios.shared_table import OLD_ROOT
from tests.app.adoption import (
    ACCOUNT,
    proposed,
    settings_of,
    write,
    write_roots,
    write_scenario,
)

SHARED_TABLE = """\
version: 1
organization: msdp
naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
accounts:
  dev:
    id: "111111111111"
backends:
  dev:
    account: dev
    region: eu-west-1
    locking: dynamodb
environments:
  dev: dev
layout:
  roots:
    - infrastructure/{platform}/{component}/{environment}
  except:
    - infrastructure/addons/aws-dev
  file: backend.hcl
components:
  - platform: azure
    component: aks
    environment: dev
    instance: aks-msdp-dev-01
"""
TWO_REGIONS = """\
version: 1
naming:
  lock_table: terraform-locks-{region}
  key: providers/{platform}/regions/{region}/layers/{component}/{environment}/terraform.tfstate
accounts:
  production:
    id: "111111111111"
backends:
  af-south-1:
    account: production
    region: af-south-1
    locking: dynamodb
    bucket: cptwn-terraform-state-ezra
    lock_table: terraform-locks-af-south
  us-east-1:
    account: production
    region: us-east-1
    locking: dynamodb
    bucket: usest1-terraform-state-ezra
environments:
  production:
    af-south-1: af-south-1
    us-east-1: us-east-1
layout:
  roots:
    - terraform/providers/{platform}/regions/{region}/layers/{component}/{environment}
  setup: terraform/providers/aws/regions/{region}/backend-setup
  file: backend.hcl
"""
SINGLE = """\
version: 1
naming:
  key: terraform.tfstate
accounts:
  main:
    id: "111111111111"
backends:
  main:
    account: main
    region: us-east-1
    locking: dynamodb
    bucket: ajaz-unique-terraform-bucket-for-state
    lock_table: terraform_lock
layout:
  roots:
    - "."
  file: backend.tf
components:
  - backend: main
"""


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
        each.root.path: {one.name: each.configuration.literal(one.name) for one in each.configuration.attributes}
        for each in code_settings(fleet.repository)
    }  # fmt: skip
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


def test_the_old_root_does_not_fit_and_its_bucket_and_table_are_not_declared(
    tmp_path: Path,
) -> None:
    found = proposed(write_scenario("shared-table", tmp_path))
    facts = (
        ("bucket", "msdp-terraform-state"),
        ("key", "addons/aws-dev/terraform.tfstate"),
        ("lock table", "msdp-terraform-locks"),
    )
    assert [(each.subject, each.facts, each.reason) for each in found.misfits] == [
        (
            OLD_ROOT,
            facts,
            (
                "its key is not of the form"
                " `{platform}/{component}/{environment}[/{instance}]/terraform.tfstate`"
            ),
        ),
        (
            "msdp-terraform-state",
            (facts[0], facts[2]),
            "no root that uses it fits the patterns, and the cloud did not say whether it exists",
        ),
    ]
    tables = {each.table for each in found.declaration.backends}
    assert tables == {"msdp-terraform-locks-dev"}


def test_a_written_convention_stays_for_what_is_to_come_and_renames_nothing(
    tmp_path: Path,
) -> None:
    write_scenario("shared-table-declared", tmp_path)
    file = tmp_path / DECLARATION_NAME
    text = file.read_text(encoding="utf-8")
    bucket = "tf-state-{organization}-{account}-{region_code}"
    table = "tf-locks-{organization}-{account}-{region_code}"
    text = text.replace("{organization}-terraform-state-{account}", bucket)
    file.write_text(
        text.replace("{organization}-terraform-locks-{account}", table), encoding="utf-8"
    )
    found = proposed(tmp_path, accounts=())
    assert [(each.name, each.bucket, each.table) for each in found.declaration.backends] == [
        ("dev", "msdp-terraform-state-dev", "msdp-terraform-locks-dev")
    ]
    assert str(found.declaration.naming.bucket) == bucket
    assert [(each.subject, each.reason) for each in found.disagreements] == [
        (
            "msdp-terraform-state-dev",
            "the written convention gives `tf-state-msdp-dev-euw1`; what exists keeps its name",
        ),
        (
            "msdp-terraform-locks-dev",
            "the written convention gives `tf-locks-msdp-dev-euw1`; what exists keeps its name",
        ),
    ]
    assert ("tf-state-msdp-dev-euw1", "only the written convention gives this name: no root uses it") in [
        (each.subject, each.reason) for each in found.misfits
    ]  # fmt: skip


def test_a_written_pattern_for_keys_makes_room_for_the_one_in_use(tmp_path: Path) -> None:
    write_scenario("shared-table-declared", tmp_path)
    file = tmp_path / DECLARATION_NAME
    text = file.read_text(encoding="utf-8")
    key = "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
    file.write_text(text.replace(key, "{environment}/{component}/{platform}[/{instance}].x"), encoding="utf-8")  # fmt: skip
    found = proposed(tmp_path)
    assert str(found.declaration.naming.key) == key
    assert [each.facts for each in found.disagreements] == [
        (("written", "{environment}/{component}/{platform}[/{instance}].x"), ("in use", key))
    ]


def test_what_was_declared_before_is_taken_over(tmp_path: Path) -> None:
    write_scenario("shared-table-declared", tmp_path)
    with (tmp_path / DECLARATION_NAME).open("a", encoding="utf-8") as file:
        file.write(
            "ignore:\n  - {rule: bucket-access-logging-off, reason: CloudTrail covers it}\n"
            "baseline: {noncurrent_versions: {keep: 50, days: 90}}\n"
        )
    before = read_declared_fleet(None, start=tmp_path)
    found = proposed(tmp_path, accounts=()).declaration
    declared = before.declaration
    assert found.baseline == declared.baseline
    assert [(each.rule, each.reason) for each in found.ignores] == [
        (each.rule, each.reason) for each in declared.ignores
    ]
    assert {each.name: each.account for each in found.accounts} == {
        each.name: each.account for each in declared.accounts
    }
    assert [(each.field, each.values) for each in found.fields] == [
        (each.field, each.values) for each in declared.fields
    ]
    assert {frozenset(each.fields) for each in found.components} == {
        frozenset(each.fields) for each in declared.components
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


def test_a_root_in_another_bucket_than_its_environment_is_listed_with_its_backend(
    tmp_path: Path,
) -> None:
    roots = {
        f"live/{part}/dev": {
            "bucket": "old-states" if part == "old" else "states",
            "key": f"{part}/dev.tfstate",
        }
        for part in ("net", "db", "old")
    }
    found = proposed(write_roots(tmp_path, roots)).declaration
    assert [each.fields for each in found.components] == [
        (("component", "old"), ("environment", "dev"), ("backend", "old-states"))
    ]


def test_roots_that_no_component_can_be_made_of_are_left_out_and_the_others_are_found(
    tmp_path: Path,
) -> None:
    key_in_common = {"live/a/net/dev": "net/dev", "live/b/net/dev": "net/dev"}
    keys = {**key_in_common, "live/a/app/dev": "app/dev", "live/c/web/dev": "web/dev"}
    roots = {
        path: {"bucket": "states", "key": f"{key}.tfstate", "use_lockfile": True}
        for path, key in keys.items()
    }
    write_roots(
        tmp_path, {**roots, "live/d/a@b/dev": {**roots["live/a/app/dev"], "key": "a@b/dev.tfstate"}}
    )
    write(tmp_path, "live/a/other/qa/main.tf", 'terraform {\n  backend "gcs" {}\n}\n')
    write(tmp_path, DECLARATION_NAME, (found := proposed(tmp_path)).text)
    assert found.declaration.layout.exceptions == (
        "live/a/net/dev",
        "live/a/other/qa",
        "live/b/net/dev",
        "live/d/a@b/dev",
    )
    components = read_declared_fleet(None, start=tmp_path).components
    assert [each.component.root for each in components] == ["live/a/app/dev", "live/c/web/dev"]


def test_arguments_that_generating_would_lose_or_change_are_told(tmp_path: Path) -> None:
    roots: dict[str, dict[str, object]] = {
        f"live/{part}/dev": {
            "bucket": "states",
            "key": f"{part}/dev.tfstate",
            "dynamodb_table": "locks",
        }
        for part in ("net", "db", "app")
    }
    roots["live/net/dev"] |= {"acl": "private", "encrypt": False, "dynamodb_table": "locks-2"}
    found = proposed(write_roots(tmp_path, roots))
    assert [(each.subject, each.reason) for each in found.differences] == [
        (
            "live/net/dev",
            (
                "`encrypt` would be `true` instead of `false`;"
                " `dynamodb_table` would be `locks` instead of `locks-2`; `acl` would be lost"
            ),
        )
    ]
    assert [(each.subject, each.reason) for each in found.misfits] == [
        ("locks-2", "it is a second lock table of one bucket; the backend has `locks`")
    ]


def test_an_account_that_nothing_names_is_asked_for(tmp_path: Path) -> None:
    write_scenario("two-regions", tmp_path)
    with pytest.raises(AccountsMissingError) as raised:
        proposed(tmp_path, accounts=())
    assert [bucket for bucket, _ in raised.value.facts] == [
        "cptwn-terraform-state-ezra",
        "usest1-terraform-state-ezra",
    ]
    with pytest.raises(AccountsMissingError, match="2 backends"):
        proposed(tmp_path, accounts=(ACCOUNT, "222222222222"))


def test_backends_that_cannot_be_declared_are_named_with_the_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        "main.tf",
        'terraform {\n  backend "s3" {\n    bucket = "Old_Bucket"\n    key = "a"\n'
        '    region = "us-east-1"\n  }\n}\n',
    )
    with pytest.raises(BackendsUnusableError) as raised:
        proposed(tmp_path)
    assert raised.value.facts[0][0] == "Old_Bucket"
    assert "a declaration takes no bucket whose name" in raised.value.facts[0][1]


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
