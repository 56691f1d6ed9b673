"""What does not fit is told, with the reason, and keeps nothing else from being adopted."""

from pathlib import Path

import pytest

from holdfast.app.declared_fleet import read_declared_fleet
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.errors import AccountsMissingError, BackendsUnusableError
from holdfast.sandbox.scenarios.shared_table import OLD_ROOT
from tests.app.adoption import (
    ACCOUNT,
    proposed,
    write,
    write_roots,
    write_scenario,
)


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
