"""Audit: run the rules over a fleet and say how each backend stands. Decides, reads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import assert_never

from holdfast.core.backends import Backend
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    ObservedBackend,
    ObservedTable,
    Table,
    TableAbsent,
    existing_bucket,
)
from holdfast.core.concerns import findings_of_chosen
from holdfast.core.declaration import Ignore
from holdfast.core.facts import Withheld
from holdfast.core.findings import (
    BackendRule,
    BucketRule,
    Finding,
    FleetRule,
    Judgement,
    Rule,
    StatesRule,
    TableRule,
    Unjudged,
    judge,
)
from holdfast.core.fleet import Fleet
from holdfast.core.setup_modules import setup_of, setup_words
from holdfast.core.verdicts import (
    VERDICT_SEVERITY,
    AuditResult,
    BackendVerdict,
    IgnoredFinding,
    Verdict,
)


def audit_fleet(fleet: Fleet, rules: Sequence[Rule], *, only: Sequence[str] = ()) -> AuditResult:
    """Judge the chosen backends by every rule, and report all that was found, or the rules in `only`.

    A verdict speaks of every rule that was run, whichever are reported. Without the cloud (`fleet.online` False) only
    rules over code are run; the others are named in `rules_not_run`, and no backend comes out as GOOD. Rules over states
    are run where those were asked for; else they are named there and in `rules_without_states`.
    """
    runnable = [rule for rule in rules if is_runnable(rule, fleet)]
    reported = [rule for rule in runnable if not only or rule.slug in only]
    names = {rule.slug for rule in reported}
    existing = {rule.slug for rule in rules}
    judgements = [each for rule in runnable for each in judgements_of(rule, fleet)]
    found = list(
        findings_of_chosen((each for each in judgements if isinstance(each, Finding)), fleet)
    )
    unjudged = [each for each in judgements if isinstance(each, Unjudged)]
    ignores = fleet.declaration.ignores if fleet.declaration else ()
    findings, ignored = split_ignored(
        [each for each in found if not each.hit.apart], ignores, fleet
    )
    return AuditResult(
        fleet=fleet,
        rows=tuple(row_of(backend, fleet, findings, unjudged) for backend in fleet.backends_chosen),
        findings=tuple(sorted((each for each in findings if each.rule in names), key=sort_key)),
        apart=tuple(
            sorted((each for each in found if each.hit.apart and each.rule in names), key=sort_key)
        ),
        ignored=tuple(each for each in ignored if each.finding.rule in names),
        ignores_unused=tuple(
            ignore
            for ignore in ignores
            if ignore.rule not in existing
            or (ignore.rule in names and is_unused(ignore, ignored, unjudged, fleet))
        ),
        unjudged=tuple(
            sorted(
                (each for each in unjudged if each.rule in names),
                key=lambda each: (-each.severity, each.backend, each.rule),
            )
        ),
        rules_run=len(reported),
        rules_not_run=tuple(rule.slug for rule in rules if rule not in reported),
        rules_without_states=tuple(
            rule.slug
            for rule in rules
            if isinstance(rule, StatesRule)
            and fleet.observed
            and rule not in runnable
            and (not only or rule.slug in only)
        ),
    )


def is_runnable(rule: Rule, fleet: Fleet) -> bool:
    """Tell whether everything that a rule looks at was asked for."""
    match rule:
        case FleetRule():
            return True
        case StatesRule():
            return fleet.states is not None
        case _:
            return fleet.online


def sort_key(finding: Finding) -> tuple[int, str, str, str]:
    """Order findings: most severe first, then by backend, rule and words."""
    return (-finding.severity, finding.backend, finding.rule, finding.hit.message)


def judgements_of(rule: Rule, fleet: Fleet) -> Iterator[Judgement]:
    """Run one rule over everything in its scope."""
    match rule:
        case FleetRule():
            yield from judge(rule, "", lambda: rule.check(fleet))
        case BackendRule():
            for observed in fleet.observed:
                name = observed.backend.name
                yield from judge(rule, name, partial(rule.check, observed, fleet))
        case BucketRule():
            for observed in fleet.observed:
                yield from bucket_judgements(rule, observed)
        case TableRule():
            for observed in fleet.observed:
                for table in observed.tables:
                    yield from table_judgements(rule, observed, table)
        case StatesRule():
            for states in fleet.states.backends if fleet.states is not None else ():
                yield from judge(rule, states.backend.name, partial(rule.check, states, fleet))
        case _:
            assert_never(rule)


def bucket_judgements(rule: BucketRule, observed: ObservedBackend) -> tuple[Judgement, ...]:
    """Run a bucket rule where there is a bucket; a bucket we were not let into is unknown."""
    name = observed.backend.name
    bucket = existing_bucket(observed)
    if isinstance(bucket, Withheld):
        return (unjudged_by(rule, name, bucket),)
    present = bucket.value
    if present is None:
        return ()  # absent or foreign: other rules say so
    return judge(rule, name, lambda: rule.check(present, observed))


def table_judgements(
    rule: TableRule, observed: ObservedBackend, table: ObservedTable
) -> tuple[Judgement, ...]:
    """Run a table rule where there is a table; a table that could not be read is unknown."""
    name = observed.backend.name
    if isinstance(table.presence, Withheld):
        return (unjudged_by(rule, name, table.presence),)
    match table.presence.value:
        case Table() as present:
            return judge(rule, name, lambda: rule.check(present, observed))
        case TableAbsent():
            return ()
        case _:
            assert_never(table.presence.value)


def unjudged_by(rule: Rule, backend: str, withheld: Withheld) -> Unjudged:
    """Say that a rule could not be judged for a backend."""
    return Unjudged(rule=rule.slug, severity=rule.severity, backend=backend, withheld=withheld)


def split_ignored(
    findings: Sequence[Finding], ignores: Sequence[Ignore], fleet: Fleet
) -> tuple[list[Finding], list[IgnoredFinding]]:
    """Set the findings apart that the declaration accepts with a reason."""
    kept: list[Finding] = []
    ignored: list[IgnoredFinding] = []
    for finding in findings:
        ignore = next((each for each in ignores if accepts(each, finding, fleet)), None)
        if ignore is None:
            kept.append(finding)
        else:
            ignored.append(IgnoredFinding(finding=finding, ignore=ignore))
    return kept, ignored


def is_unused(
    ignore: Ignore,
    ignored: Sequence[IgnoredFinding],
    unjudged: Sequence[Unjudged],
    fleet: Fleet,
) -> bool:
    """Tell whether an `ignore` entry matches nothing, where all that it could match was looked at."""
    if any(each.ignore is ignore for each in ignored):
        return False
    if fleet.chosen and not any(
        ignore.backend in {each.name, each.bucket} for each in fleet.backends_chosen
    ):
        return False
    return not any(
        each.rule == ignore.rule and speaks_of(ignore, each.backend, fleet) for each in unjudged
    )


def accepts(ignore: Ignore, finding: Finding, fleet: Fleet) -> bool:
    """Tell whether an `ignore` entry speaks of this finding."""
    return (
        ignore.rule == finding.rule
        and speaks_of(ignore, finding.backend, fleet)
        and ignore.root in {None, finding.hit.subject}
    )


def speaks_of(ignore: Ignore, backend: str, fleet: Fleet) -> bool:
    """Tell whether an `ignore` entry is about all backends, or about this one by its name or bucket."""
    return ignore.backend in {None, backend} or any(
        each.name == backend and each.bucket == ignore.backend for each in fleet.backends
    )


def row_of(
    backend: Backend, fleet: Fleet, findings: Sequence[Finding], unjudged: Sequence[Unjudged]
) -> BackendVerdict:
    """Write one backend's row of the status table."""
    observed = fleet.observation_of(backend)
    return BackendVerdict(
        backend=backend.name,
        region=(observed.region if observed else None) or backend.region or "unknown",
        bucket=backend.bucket,
        bucket_words=bucket_words(observed),
        table=", ".join(backend.tables),
        table_words=table_words(backend, observed),
        setup_words=setup_words(setup_of(backend, fleet.backends, fleet.repository)),
        locking=backend.locking.value,
        verdict=verdict_of(backend, observed, findings, unjudged),
    )


def bucket_words(observed: ObservedBackend | None) -> str:
    """Say in a word whether the bucket is there."""
    if observed is None:
        return "not asked"
    if isinstance(observed.bucket, Withheld):
        return "unknown"
    match observed.bucket.value:
        case BucketAbsent():
            return "missing"
        case BucketForeign():
            return "foreign"
        case Bucket():
            return "exists"
        case _:
            assert_never(observed.bucket.value)


def table_words(backend: Backend, observed: ObservedBackend | None) -> str:
    """Say in a word whether the lock table is there."""
    if not backend.tables:
        return "none"
    if observed is None:
        return "not asked"
    words = {word_of_table(table) for table in observed.tables}
    return next((word for word in ("missing", "unknown", "exists") if word in words), "unknown")


def word_of_table(table: ObservedTable) -> str:
    """Say in a word whether one table is there."""
    if isinstance(table.presence, Withheld):
        return "unknown"
    match table.presence.value:
        case TableAbsent():
            return "missing"
        case Table():
            return "exists"
        case _:
            assert_never(table.presence.value)


def verdict_of(
    backend: Backend,
    observed: ObservedBackend | None,
    findings: Sequence[Finding],
    unjudged: Sequence[Unjudged],
) -> Verdict:
    """Give the verdict: what is known to be wrong first, what is not known second, GOOD last.

    A rule below the threshold that could not be judged leaves the verdict alone, as its finding would.
    """
    if any(each.severity >= VERDICT_SEVERITY and each.backend == backend.name for each in findings):
        return Verdict.NEEDS_FIX
    if observed is None or isinstance(observed.bucket, Withheld):
        return Verdict.UNKNOWN
    if any(
        each.severity >= VERDICT_SEVERITY and each.backend in {backend.name, ""}
        for each in unjudged
    ):
        return Verdict.UNKNOWN
    return Verdict.GOOD
