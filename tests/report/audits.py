"""An audit and a plan that show every part of a report once."""

from collections.abc import Iterator
from dataclasses import replace

from holdfast.app.audit import audit_fleet
from holdfast.core.cloud import TableAbsent
from holdfast.core.declaration import Declaration, Ignore
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, FleetRule, Hit, Rule, Severity
from holdfast.core.fleet import Fleet
from holdfast.core.planning import plan_of
from holdfast.core.plans import Plan
from holdfast.core.repository import FileProblem
from holdfast.core.source import SourceSpan
from holdfast.core.steps import CreateTable, EnableVersioning
from holdfast.core.verdicts import AuditResult
from holdfast.rules.bucket_versioning_off import bucket_versioning_off
from tests.rules.fleets import BUCKET, DENIED, REGION, TABLE, fleet, healthy_bucket, observed, root

PAGE = "Something is wrong.\n\n## Why it matters\nIt breaks at night. It hurts.\n"
HOSTILE = "ana\x1b[2J <b>|*bold*|"


def saying(slug: str, severity: Severity, *hits: Hit) -> FleetRule:
    """Return a rule that always finds these hits."""

    def check(looked_at: Fleet) -> Iterator[Hit]:
        del looked_at
        yield from hits

    return FleetRule(slug=slug, severity=severity, page=PAGE, check=check)


def a_fleet() -> Fleet:
    """Return a fleet with one backend, a file that is broken, and two ignores, one of them unused."""
    of = observed(
        bucket=healthy_bucket(versioning=DENIED),
        tables=[TableAbsent(name=TABLE, elsewhere=Known(("us-east-2",)))],
    )
    looked_at = fleet(root(), observed=[of])
    problem = FileProblem(span=SourceSpan("old/main.tf", 7), message="a block is not closed")
    ignores = (
        Ignore(rule="accepted-one", reason="known since May", span=SourceSpan("holdfast.yaml", 3)),
        Ignore(rule="table-gone", reason="never", span=SourceSpan("holdfast.yaml", 6), root="x"),
    )
    return replace(
        looked_at,
        repository=replace(looked_at.repository, problems=(problem,)),
        declaration=Declaration(path="holdfast.yaml", ignores=ignores),
    )


def a_result() -> AuditResult:
    """Return an audit with a fixable finding, a hostile one, an accepted one, one apart and unknowns."""
    rules: list[Rule] = [
        bucket_versioning_off,
        saying(
            "table-gone",
            Severity.CRITICAL,
            Hit(
                message=f"lock table `{TABLE}` is not there",
                evidence=(
                    Evidence(label="root", text="", span=SourceSpan("network/backend.tf", 4)),
                    Evidence(label="DescribeTable", text="ResourceNotFoundException"),
                ),
                fix=(CreateTable(table=TABLE, region=REGION),),
                advice="Let nobody apply until then.",
                backend=BUCKET,
            ),
        ),
        saying("hostile-words", Severity.LOW, Hit(message=f"locked by {HOSTILE}", subject=HOSTILE)),
        saying("accepted-one", Severity.HIGH, Hit(message="accepted", backend=BUCKET)),
        saying("shown-only", Severity.HIGH, Hit(message="in an example", apart=True)),
    ]
    return audit_fleet(a_fleet(), rules)


def a_plan() -> Plan:
    """Return a plan with a safe step and one that must be confirmed."""
    result = a_result()
    resume = saying(
        "versioning-paused",
        Severity.HIGH,
        Hit(
            message="paused",
            fix=(EnableVersioning(bucket=BUCKET, region=REGION, resume=True),),
            backend=BUCKET,
        ),
    )
    more = audit_fleet(a_fleet(), [resume])
    return plan_of(
        findings=(*result.findings, *more.findings),
        observed=result.fleet.observed,
        made_at="2026-11-20T10:00:00+00:00",
        holdfast_version="0.1.0",
    )
