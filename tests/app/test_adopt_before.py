"""What was declared before is taken over, and a convention renames nothing."""

from pathlib import Path

from holdfast.app.declared_fleet import read_declared_fleet
from holdfast.core.declaration import DECLARATION_NAME
from tests.app.adoption import (
    proposed,
    write,
    write_roots,
    write_scenario,
)


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
    assert (
        "tf-state-msdp-dev-euw1",
        "only the written convention gives this name: no root uses it",
    ) in [(each.subject, each.reason) for each in found.misfits]


def test_a_written_pattern_for_keys_makes_room_for_the_one_in_use(tmp_path: Path) -> None:
    write_scenario("shared-table-declared", tmp_path)
    file = tmp_path / DECLARATION_NAME
    text = file.read_text(encoding="utf-8")
    key = "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
    file.write_text(
        text.replace(key, "{environment}/{component}/{platform}[/{instance}].x"), encoding="utf-8"
    )
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
    # The layout finds the others.
    assert [each.fields for each in found.components] == [
        each.fields for each in declared.components if "instance" in dict(each.fields)
    ]


def test_backends_keep_the_names_that_they_were_given(tmp_path: Path) -> None:
    roots = {
        f"infra/{region}/{part}": {
            "bucket": f"states-{region}",
            "key": f"{region}/{part}.tfstate",
            "region": region,
        }
        for region in ("eu-west-1", "us-east-1")
        for part in ("net", "db")
    }
    write_roots(tmp_path, roots)
    write(
        tmp_path,
        DECLARATION_NAME,
        'version: 1\naccounts: {a: {id: "111111111111"}}\nbackends:\n'
        "  europe: {account: a, region: eu-west-1, locking: none, bucket: states-eu-west-1}\n"
        "  america: {account: a, region: us-east-1, locking: none, bucket: states-us-east-1}\n",
    )
    found = proposed(tmp_path, accounts=())
    assert [(each.name, each.bucket) for each in found.declaration.backends] == [
        ("europe", "states-eu-west-1"),
        ("america", "states-us-east-1"),
    ]
    assert [str(each) for each in found.declaration.layout.roots] == [
        "infra/{environment}/{component}"
    ]
    assert len(found.roots) == len(roots)
    assert found.misfits == ()
