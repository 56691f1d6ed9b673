"""How findings, ignores and unknown facts become an audit's result and its verdicts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.app.audit import audit_fleet
from holdfast.core.cloud import Bucket, BucketAbsent, ObservedBackend, TableAbsent
from holdfast.core.declaration import Declaration, Ignore
from holdfast.core.facts import Known, Withheld, need
from holdfast.core.findings import (
    BackendRule,
    BucketRule,
    Finding,
    FleetRule,
    Hit,
    Rule,
    Severity,
    TableRule,
    Unjudged,
)
from holdfast.core.fleet import Fleet
from holdfast.core.source import SourceSpan
from holdfast.core.verdicts import IgnoredFinding, Verdict
from tests.rules.fleets import BUCKET, DENIED, backend, fleet, healthy_bucket, observed

PAGE = "Something is wrong.\n\n## Why it matters\nIt breaks. It hurts.\n"


def saying(slug: str, severity: Severity, *hits: Hit) -> FleetRule:
    def check(looked_at: Fleet) -> Iterator[Hit]:
        del looked_at
        yield from hits

    return FleetRule(slug=slug, severity=severity, page=PAGE, check=check)


def needing_versioning(severity: Severity) -> BucketRule:
    def check(bucket: Bucket, of: ObservedBackend) -> Iterator[Hit]:
        del of
        need(bucket.versioning)
        yield from ()

    return BucketRule(slug="needs-versioning", severity=severity, page=PAGE, check=check)


def finding(slug: str, severity: Severity, hit: Hit) -> Finding:
    return Finding(
        rule=slug,
        severity=severity,
        backend=hit.backend,
        title="Something is wrong.",
        why="It breaks.",
        hit=hit,
    )


def verdict(looked_at: Fleet, *rules: Rule) -> Verdict:
    (row,) = audit_fleet(looked_at, rules).rows
    return row.verdict


def declared(looked_at: Fleet, *ignores: Ignore) -> Fleet:
    return replace(looked_at, declaration=Declaration(path="holdfast.yaml", ignores=ignores))


# Verdicts ----------------------------------------------------------------------------------------


def test_a_backend_without_findings_is_good() -> None:
    assert verdict(fleet(observed=[observed()])) is Verdict.GOOD


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.NOTE, Verdict.GOOD),
        (Severity.MEDIUM, Verdict.GOOD),
        (Severity.HIGH, Verdict.NEEDS_FIX),
        (Severity.CRITICAL, Verdict.NEEDS_FIX),
    ],
)
def test_high_and_critical_findings_need_a_fix(severity: Severity, expected: Verdict) -> None:
    rule = saying("some-rule", severity, Hit(message="no", backend=BUCKET))
    assert verdict(fleet(observed=[observed()]), rule) is expected


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(Severity.MEDIUM, Verdict.GOOD), (Severity.HIGH, Verdict.UNKNOWN)],
)
def test_what_could_not_be_judged_is_unknown_as_far_as_it_would_have_counted(
    severity: Severity, expected: Verdict
) -> None:
    looked_at = fleet(observed=[observed(bucket=healthy_bucket(versioning=DENIED))])
    assert verdict(looked_at, needing_versioning(severity)) is expected


def test_a_bucket_that_we_were_not_let_into_is_never_good() -> None:
    assert verdict(fleet(observed=[observed(bucket=DENIED)])) is Verdict.UNKNOWN


def test_what_is_known_to_be_wrong_comes_before_what_is_unknown() -> None:
    rule = saying("some-rule", Severity.HIGH, Hit(message="no", backend=BUCKET))
    assert verdict(fleet(observed=[observed(bucket=DENIED)]), rule) is Verdict.NEEDS_FIX


def test_offline_no_backend_is_good_and_rules_over_the_cloud_are_named() -> None:
    looked_at = replace(fleet(observed=[observed()]), observed=(), online=False)
    result = audit_fleet(looked_at, [needing_versioning(Severity.HIGH)])
    assert [row.verdict for row in result.rows] == [Verdict.UNKNOWN]
    assert (result.rules_run, result.rules_not_run) == (0, ("needs-versioning",))


# Scopes ------------------------------------------------------------------------------------------


def never_called(*subjects: object) -> Iterator[Hit]:
    if subjects:
        pytest.fail(f"called with {subjects}")
    yield Hit(message="never")


def test_rules_over_settings_are_not_applicable_to_what_is_absent() -> None:
    absent = observed(
        bucket=BucketAbsent(name=BUCKET), tables=[TableAbsent(name="locks", elsewhere=Known(()))]
    )
    looked_at = fleet(observed=[absent])
    rules: list[Rule] = [
        BucketRule(slug="of-bucket", severity=Severity.HIGH, page=PAGE, check=never_called),
        TableRule(slug="of-table", severity=Severity.HIGH, page=PAGE, check=never_called),
    ]
    result = audit_fleet(looked_at, rules)
    assert (result.findings, result.unjudged) == ((), ())


def test_rules_over_settings_are_unknown_where_presence_is() -> None:
    rule = BucketRule(slug="of-bucket", severity=Severity.LOW, page=PAGE, check=never_called)
    result = audit_fleet(fleet(observed=[observed(bucket=DENIED)]), [rule])
    assert result.unjudged == (
        Unjudged(rule="of-bucket", severity=Severity.LOW, backend=BUCKET, withheld=DENIED),
    )


def test_a_hit_before_an_unknown_fact_stays() -> None:
    def check(of: ObservedBackend, looked_at: Fleet) -> Iterator[Hit]:
        del of, looked_at
        yield Hit(message="seen")
        need(DENIED)

    rule = BackendRule(slug="half", severity=Severity.LOW, page=PAGE, check=check)
    result = audit_fleet(fleet(observed=[observed()]), [rule])
    assert [each.hit.message for each in result.findings] == ["seen"]
    assert [each.rule for each in result.unjudged] == ["half"]


# Ignores, examples, order ------------------------------------------------------------------------


def test_an_accepted_finding_is_listed_with_its_reason_and_counts_for_nothing() -> None:
    hit = Hit(message="no", backend=BUCKET)
    ignore = Ignore(rule="some-rule", reason="known", span=SourceSpan("holdfast.yaml", 3))
    looked_at = declared(fleet(observed=[observed()]), ignore)
    result = audit_fleet(looked_at, [saying("some-rule", Severity.HIGH, hit)])
    assert result.ignored == (
        IgnoredFinding(finding=finding("some-rule", Severity.HIGH, hit), ignore=ignore),
    )
    assert (result.findings, result.ignores_unused) == ((), ())
    assert result.rows[0].verdict is Verdict.GOOD


@pytest.mark.parametrize(
    "ignore",
    [
        Ignore(rule="other", reason="r", span=SourceSpan("h", 1)),
        Ignore(rule="some-rule", reason="r", span=SourceSpan("h", 1), backend="elsewhere"),
        Ignore(rule="some-rule", reason="r", span=SourceSpan("h", 1), root="elsewhere"),
    ],
)
def test_an_ignore_of_something_else_leaves_the_finding_and_is_unused(ignore: Ignore) -> None:
    rules = [
        saying("some-rule", Severity.HIGH, Hit(message="no", backend=BUCKET, subject="network")),
        saying("other", Severity.HIGH),
    ]
    result = audit_fleet(declared(fleet(observed=[observed()]), ignore), rules)
    assert (len(result.findings), result.ignores_unused) == (1, (ignore,))


def test_an_ignore_is_not_called_unused_when_its_rule_was_not_run() -> None:
    ignore = Ignore(rule="some-rule", reason="r", span=SourceSpan("h", 1))
    rules = [saying("some-rule", Severity.HIGH), saying("other", Severity.HIGH)]
    result = audit_fleet(declared(fleet(observed=[observed()]), ignore), rules, only=["other"])
    assert (result.ignores_unused, result.rules_not_run) == ((), ("some-rule",))


@pytest.mark.parametrize("only", [(), ("some-rule",)])
def test_an_ignore_of_a_rule_that_does_not_exist_is_unused(only: tuple[str, ...]) -> None:
    ignore = Ignore(rule="some-rle", reason="r", span=SourceSpan("h", 1))
    rules = [saying("some-rule", Severity.HIGH)]
    result = audit_fleet(declared(fleet(observed=[observed()]), ignore), rules, only=only)
    assert result.ignores_unused == (ignore,)


def test_an_ignore_is_not_called_unused_where_its_rule_could_not_be_judged() -> None:
    ignore = Ignore(rule="needs-versioning", reason="r", span=SourceSpan("h", 1), backend=BUCKET)
    unreadable = observed(bucket=healthy_bucket(versioning=DENIED))
    rules = [needing_versioning(Severity.LOW)]
    assert audit_fleet(declared(fleet(observed=[unreadable]), ignore), rules).ignores_unused == ()


def test_an_ignore_may_name_the_bucket_of_a_declared_backend() -> None:
    ignore = Ignore(rule="some-rule", reason="r", span=SourceSpan("h", 1), backend=BUCKET)
    looked_at = declared(fleet(observed=[observed(backend(name="dev"))]), ignore)
    rules = [saying("some-rule", Severity.HIGH, Hit(message="no", backend="dev"))]
    result = audit_fleet(looked_at, rules)
    assert (result.findings, len(result.ignored)) == ((), 1)


# Choices ------------------------------------------------------------------------------------------


def test_a_verdict_speaks_of_every_rule_whichever_is_reported() -> None:
    rules = [
        saying("reported", Severity.LOW),
        saying("other", Severity.CRITICAL, Hit(message="no", backend=BUCKET)),
    ]
    result = audit_fleet(fleet(observed=[observed()]), rules, only=["reported"])
    assert (result.findings, result.rules_run) == ((), 1)
    assert result.rows[0].verdict is Verdict.NEEDS_FIX


def test_of_two_backends_the_chosen_one_is_reported() -> None:
    other = backend(name="other", bucket="other", uses=())
    both = fleet(observed=[observed()], backends=[backend(), other])
    rule = saying(
        "some-rule",
        Severity.HIGH,
        Hit(message="here", backend=BUCKET),
        Hit(message="there", backend="other"),
    )
    result = audit_fleet(replace(both, chosen=frozenset({BUCKET})), [rule])
    assert [each.hit.message for each in result.findings] == ["here"]
    assert [each.backend for each in result.rows] == [BUCKET]


@pytest.mark.parametrize("of", ["other", None])
def test_an_ignore_is_not_called_unused_when_its_backend_was_not_chosen(of: str | None) -> None:
    ignore = Ignore(rule="some-rule", reason="r", span=SourceSpan("h", 1), backend=of)
    both = fleet(observed=[observed()], backends=[backend(), backend(name="other")])
    looked_at = declared(replace(both, chosen=frozenset({BUCKET})), ignore)
    assert audit_fleet(looked_at, [saying("some-rule", Severity.HIGH)]).ignores_unused == ()


def test_findings_in_examples_are_set_apart_and_count_for_nothing() -> None:
    hit = Hit(message="no", backend=BUCKET, apart=True)
    result = audit_fleet(
        fleet(observed=[observed()]), [saying("some-rule", Severity.CRITICAL, hit)]
    )
    assert (result.findings, len(result.apart)) == ((), 1)
    assert result.rows[0].verdict is Verdict.GOOD


def test_the_most_severe_findings_come_first() -> None:
    rules = [
        saying("low-one", Severity.LOW, Hit(message="b"), Hit(message="a")),
        saying("critical-one", Severity.CRITICAL, Hit(message="c")),
    ]
    result = audit_fleet(fleet(observed=[observed()]), rules)
    assert [each.hit.message for each in result.findings] == ["c", "a", "b"]
    assert [result.count(severity) for severity in (Severity.CRITICAL, Severity.LOW)] == [1, 2]


def test_presence_is_said_in_words() -> None:
    absent = observed(
        bucket=BucketAbsent(name=BUCKET), tables=[TableAbsent(name="locks", elsewhere=Known(()))]
    )
    (row,) = audit_fleet(fleet(observed=[absent]), []).rows
    assert (row.bucket_words, row.table_words) == ("missing", "missing")
    (row,) = audit_fleet(fleet(observed=[observed(bucket=Withheld(reason=DENIED.reason))]), []).rows
    assert (row.bucket_words, row.table_words) == ("unknown", "exists")
