"""Rules over states: they are run where states were asked for, and named where they were not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.app.audit import audit_fleet
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.findings import BucketRule, Hit, Rule, Severity, StatesRule
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedStates
from holdfast.core.verdicts import Verdict
from tests.rules.fleets import BUCKET, fleet, observed
from tests.rules.states import looked_through, state

PAGE = "Something is wrong.\n\n## Why it matters\nIt breaks. It hurts.\n"


def counting_states(severity: Severity) -> StatesRule:
    def check(states: ObservedStates, looked_at: Fleet) -> Iterator[Hit]:
        assert looked_at.states is not None
        yield Hit(message=f"{len(states.states)} of {states.backend.name}")

    return StatesRule(slug="counts-states", severity=severity, page=PAGE, check=check)


def content_with_the_bucket() -> BucketRule:
    def check(bucket: Bucket, of: ObservedBackend) -> Iterator[Hit]:
        del bucket, of
        yield from ()

    return BucketRule(slug="content", severity=Severity.HIGH, page=PAGE, check=check)


def test_rules_over_states_are_run_where_states_were_asked_for() -> None:
    result = audit_fleet(looked_through(state()), [counting_states(Severity.HIGH)])
    assert [(each.backend, each.hit.message) for each in result.findings] == [
        (BUCKET, f"1 of {BUCKET}")
    ]
    assert [row.verdict for row in result.rows] == [Verdict.NEEDS_FIX]
    assert (result.rules_run, result.rules_not_run, result.rules_without_states) == (1, (), ())


@pytest.mark.parametrize("only", [(), ("counts-states",)])
def test_states_that_nobody_asked_for_leave_the_verdict_and_name_the_rules(
    only: tuple[str, ...],
) -> None:
    rules: list[Rule] = [counting_states(Severity.CRITICAL), content_with_the_bucket()]
    result = audit_fleet(fleet(observed=[observed()]), rules, only=only)
    assert [row.verdict for row in result.rows] == [Verdict.GOOD]
    assert "counts-states" in result.rules_not_run
    assert result.rules_without_states == ("counts-states",)


def test_what_a_choice_of_rules_or_no_cloud_leaves_out_is_not_said_of_the_states() -> None:
    rules: list[Rule] = [counting_states(Severity.HIGH), content_with_the_bucket()]
    online = fleet(observed=[observed()])
    assert audit_fleet(online, rules, only=["content"]).rules_without_states == ()
    nothing_there = replace(online, observed=(), backends=())
    assert audit_fleet(nothing_there, rules).rules_without_states == ()
    offline = replace(online, observed=(), online=False)
    assert audit_fleet(offline, rules).rules_without_states == ()
    assert audit_fleet(offline, rules).rules_not_run == ("counts-states", "content")
