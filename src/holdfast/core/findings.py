"""Rules, hits, findings and verdicts: what a check is and what it found.

A rule is a generator over one subject. `judge` runs it: a hit becomes a finding, a withheld fact
becomes an `Unjudged` with the reason, and a rule that yields nothing is satisfied. A rule's author cannot
forget the unknown case, because `need()` raises it and the bare fact has no truth value that type-checks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import TypeAlias

from holdfast.core.cloud import Bucket, ObservedBackend, Table
from holdfast.core.facts import UnknownFactError, Withheld
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedStates
from holdfast.core.source import SourceSpan
from holdfast.core.steps import Step


class Severity(IntEnum):
    """Order findings by what can happen; fixed words, see DESIGN and `docs/reference/rules.md`."""

    NOTE = 0  # worth saying, nothing to do
    LOW = 1  # tidiness
    MEDIUM = 2  # a mistake would go unnoticed
    HIGH = 3  # one more mistake and it is critical
    CRITICAL = 4  # state can be lost, mixed up or read by strangers, or two writers can run at once

    @property
    def word(self) -> str:
        """Return the severity in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact that proves a hit: a label, the fact, and its place in a file where it has one."""

    label: str
    text: str
    span: SourceSpan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule yields: one thing that is wrong.

    `fix` are the steps that would repair it, `advice` is what to do where no step can. `subject` names what is
    hit when it is smaller than the rule's own subject (a root, a key). `apart` sets findings in examples,
    fixtures and docs apart: they are shown, and count for nothing.
    """

    message: str
    evidence: tuple[Evidence, ...] = ()
    fix: tuple[Step, ...] = ()
    advice: str = ""
    subject: str = ""
    backend: str = ""  # set by repository rules that speak of one backend
    apart: bool = False


class Scope(StrEnum):
    """Name what a rule looks at; the scope decides its signature and when it is not applicable."""

    FLEET = "code"  # (Fleet): reads code only
    BACKEND = "backend"  # (ObservedBackend, Fleet): existence, owner, region
    BUCKET = "bucket"  # (Bucket, ObservedBackend): only where the bucket exists
    TABLE = "table"  # (Table, ObservedBackend): only where the table exists
    STATES = "states"  # (ObservedStates, Fleet): only where states were asked for


FleetCheck: TypeAlias = Callable[[Fleet], Iterator[Hit]]
BackendCheck: TypeAlias = Callable[[ObservedBackend, Fleet], Iterator[Hit]]
BucketCheck: TypeAlias = Callable[[Bucket, ObservedBackend], Iterator[Hit]]
TableCheck: TypeAlias = Callable[[Table, ObservedBackend], Iterator[Hit]]
StatesCheck: TypeAlias = Callable[[ObservedStates, Fleet], Iterator[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRule:
    """A rule over code: every root and backend at once."""

    slug: str
    severity: Severity
    page: str
    check: FleetCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRule:
    """A rule over one observed backend as a whole."""

    slug: str
    severity: Severity
    page: str
    check: BackendCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketRule:
    """A rule over the settings of an existing bucket."""

    slug: str
    severity: Severity
    page: str
    check: BucketCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """A rule over the settings of an existing lock table."""

    slug: str
    severity: Severity
    page: str
    check: TableCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesRule:
    """A rule over the states of one backend; it is run where states were asked for."""

    slug: str
    severity: Severity
    page: str
    check: StatesCheck


Rule: TypeAlias = FleetRule | BackendRule | BucketRule | TableRule | StatesRule


def slug_of(check: Callable[..., object]) -> str:
    """Return the slug of a check: its module's last name with hyphens."""
    return check.__module__.rpartition(".")[2].replace("_", "-")


def page_of(check: Callable[..., object]) -> str:
    """Return the page of a check: the docstring of its module."""
    module = inspect.getmodule(check)
    return inspect.cleandoc(module.__doc__ or "") if module is not None else ""


def fleet_rule(severity: Severity) -> Callable[[FleetCheck], FleetRule]:
    """Register a check over the code of the whole fleet."""
    return lambda check: FleetRule(
        slug=slug_of(check), severity=severity, page=page_of(check), check=check
    )


def backend_rule(severity: Severity) -> Callable[[BackendCheck], BackendRule]:
    """Register a check over one backend."""
    return lambda check: BackendRule(
        slug=slug_of(check), severity=severity, page=page_of(check), check=check
    )


def bucket_rule(severity: Severity) -> Callable[[BucketCheck], BucketRule]:
    """Register a check over an existing bucket."""
    return lambda check: BucketRule(
        slug=slug_of(check), severity=severity, page=page_of(check), check=check
    )


def table_rule(severity: Severity) -> Callable[[TableCheck], TableRule]:
    """Register a check over an existing lock table."""
    return lambda check: TableRule(
        slug=slug_of(check), severity=severity, page=page_of(check), check=check
    )


def states_rule(severity: Severity) -> Callable[[StatesCheck], StatesRule]:
    """Register a check over the states of one backend."""
    return lambda check: StatesRule(
        slug=slug_of(check), severity=severity, page=page_of(check), check=check
    )


def rule_title(rule: Rule) -> str:
    """Return the first line of a rule's page."""
    return rule.page.partition("\n")[0]


def rule_section(rule: Rule, heading: str) -> str:
    """Return the text of one section of a rule's page, on one line."""
    _, _, rest = rule.page.partition(f"## {heading}\n")
    return " ".join(rest.partition("\n## ")[0].split())


def rule_why(rule: Rule) -> str:
    """Return the first sentence of "Why it matters"."""
    text = rule_section(rule, "Why it matters")
    first, dot, _ = text.partition(". ")
    return first + dot.strip() if dot else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One hit of one rule, with the backend it speaks of (empty when it speaks of none)."""

    rule: str
    severity: Severity
    backend: str
    title: str
    why: str
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A rule that could not be judged, because a fact it needs was withheld."""

    rule: str
    severity: Severity
    backend: str
    withheld: Withheld


Judgement: TypeAlias = Finding | Unjudged


def judge(rule: Rule, backend: str, hits: Callable[[], Iterable[Hit]]) -> tuple[Judgement, ...]:
    """Run one rule on one subject: its findings, and that it could not be judged to the end.

    Hits that were yielded before a fact was missing stay: what is known to be wrong is wrong.
    """
    judgements: list[Judgement] = []
    try:
        for hit in hits():
            judgements.append(  # noqa: PERF401 - what was yielded before an unknown fact must stay
                Finding(
                    rule=rule.slug,
                    severity=rule.severity,
                    backend=hit.backend or backend,
                    title=rule_title(rule),
                    why=rule_why(rule),
                    hit=replace(hit, backend=hit.backend or backend),
                )
            )
    except UnknownFactError as unknown:
        judgements.append(
            Unjudged(
                rule=rule.slug, severity=rule.severity, backend=backend, withheld=unknown.withheld
            )
        )
    return tuple(judgements)
