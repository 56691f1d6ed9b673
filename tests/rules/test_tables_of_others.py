"""A table in which no lock can be taken may be somebody's data: no rule wants to change it."""

import pytest

from holdfast.core.cloud import BillingMode, Table, TableKey, TimeToLive
from holdfast.core.facts import Known
from holdfast.core.findings import Finding, Severity
from holdfast.rules import all_rules
from tests.rules.fleets import healthy_table, judged, observed


def with_every_setting_wrong(table_key: TableKey, range_key: TableKey | None) -> Table:
    return healthy_table(
        hash_key=table_key,
        range_key=range_key,
        billing=BillingMode.PROVISIONED,
        deletion_protection=False,
        point_in_time_recovery=Known(value=False),
        time_to_live=Known(TimeToLive(enabled=True, attribute="Expires")),
    )


def findings(table: Table) -> dict[str, Finding]:
    return {
        each.rule: each
        for rule in all_rules()
        for each in judged(rule, observed(tables=(table,)))
        if isinstance(each, Finding)
    }


def test_a_lock_table_with_every_setting_wrong_is_changed_in_each() -> None:
    found = findings(with_every_setting_wrong(TableKey(name="LockID", type="S"), None))
    assert {rule for rule, finding in found.items() if finding.hit.fix} == {
        "lock-table-pitr-off",
        "lock-table-throttles",
        "lock-table-ttl-on",
        "lock-table-unprotected",
    }


@pytest.mark.parametrize(
    ("hash_key", "range_key", "rule"),
    [
        ("PK", TableKey(name="SK", type="S"), "lock-table-not-a-lock-table"),
        ("user", None, "lock-table-schema-wrong"),
        ("LockId", None, "lock-table-schema-wrong"),
    ],
)
def test_any_other_table_is_said_once_and_not_changed(
    hash_key: str, range_key: TableKey | None, rule: str
) -> None:
    found = findings(with_every_setting_wrong(TableKey(name=hash_key, type="S"), range_key))
    assert [(each, finding.severity, finding.hit.fix) for each, finding in found.items()] == [
        (rule, Severity.CRITICAL, ())
    ]
