"""What has to be right before roots are given a lock file at all: engines, bucket, roles, the store. Pure.

Rules of the audit and the judge of roles are asked about the fleet as it will be; here their answers become checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from holdfast.core.access_judging import AccessVerdict
from holdfast.core.access_report import AccessReport
from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, existing_bucket
from holdfast.core.counting import counted
from holdfast.core.facts import OFFLINE, UnknownFactError, Withheld, need
from holdfast.core.findings import Evidence, Finding, Judgement, Unjudged
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_evidence import StateEvidence
from holdfast.core.locking_state_checks import state_lines
from holdfast.core.locks import LockKind
from holdfast.core.policy_locking import statements_that_break_locking
from holdfast.core.proof import Proof, ProofVerdict, Undecided, Violated
from holdfast.core.requesters import requester_of
from holdfast.core.stored_policy import stored_policy
from holdfast.core.whereabouts import partition_name_of

POLICY_BREAKS_LOCKING = "bucket-policy-breaks-locking"
ROLE_CANNOT_LOCK = "role-cannot-lock"
ROLE_NOT_CHECKED = "role-not-checked"
STORE_NOT_PROVEN = "store-not-proven"
LOCK_ACTIVE = "lock-active"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """A rule of the audit that speaks of lock files, and how much a hit of it matters to them.

    What leaves locking as it is and costs something for good is unknown: a person has to accept it by name.
    """

    slug: str
    outcome: CheckOutcome
    passed: str
    hint: str


RULE_CHECKS = (
    RuleCheck(
        slug="bucket-key-unhealthy",
        outcome=CheckOutcome.REFUSED,
        passed="the KMS key of the bucket can be used",
        hint="No lock file could be written with this key: mend it first.",
    ),
    RuleCheck(
        slug="bucket-versioning-off",
        outcome=CheckOutcome.UNKNOWN,
        passed="versioning is on",
        hint="Without versions nobody can tell who takes the lock file: `holdfast plan` and `apply` switch it on.",
    ),
    RuleCheck(
        slug="bucket-object-lock-compliance",
        outcome=CheckOutcome.UNKNOWN,
        passed="Object Lock keeps no lock file longer than anybody may remove it",
        hint="Locking works, and every plan leaves a version that nobody can remove before its time.",
    ),
    RuleCheck(
        slug="lockfile-versions-unbounded",
        outcome=CheckOutcome.PASSED,
        passed="the lifecycle bounds the old versions of lock files",
        hint="Every plan leaves a version and a delete marker: `holdfast plan` adds a lifecycle rule.",
    ),
)


def rule_checks(judgements: Mapping[str, Sequence[Judgement]]) -> tuple[Check, ...]:
    """Return what rules say of the fleet as it will be; `judgements` are by slug, those of one backend."""
    return tuple(
        _rule_check(each, judgements[each.slug]) for each in RULE_CHECKS if each.slug in judgements
    )


def _rule_check(rule: RuleCheck, judgements: Sequence[Judgement]) -> Check:
    hits = [each.hit for each in judgements if isinstance(each, Finding)]
    unjudged = [each.withheld for each in judgements if isinstance(each, Unjudged)]
    if hits:
        return Check(
            slug=rule.slug,
            outcome=rule.outcome,
            words="; ".join(hit.message for hit in hits),
            evidence=tuple(line for hit in hits for line in hit.evidence),
            hint=rule.hint,
        )
    return judged_check(
        rule.slug,
        [Evidence(label="not read", text=str(each)) for each in unjudged],
        bad=CheckOutcome.UNKNOWN,
        words="it could not be read",
        passed=rule.passed,
        hint="See who may read it: `holdfast generate iam --role audit` writes the policy.",
    )


def policy_check(observed: ObservedBackend | None) -> Check:
    """Return whether the bucket policy lets the lock files of these roots through, with the headers that are sent."""
    if observed is None:
        return _policy_unread(OFFLINE)
    hint = "Exempt `*.tflock`, or the roles that run the engines, from the statement."
    try:
        bucket = need(existing_bucket(observed))
        policy = stored_policy(bucket.policy) if bucket is not None else None
    except UnknownFactError as unknown:
        return _policy_unread(unknown.withheld)
    refusals = (
        statements_that_break_locking(
            policy,
            bucket=observed.backend.bucket,
            partition=partition_name_of(observed),
            uses=observed.backend.uses,
            requester=requester_of(observed),
        )
        if policy is not None
        else ()
    )
    found = list(refusals)
    certain = any(each.certain for each in found)
    return judged_check(
        POLICY_BREAKS_LOCKING,
        [
            line
            for each in found
            for line in (
                Evidence(label="statement", text=printable(each.statement.document)),
                Evidence(label="reason", text=each.reason),
                *(Evidence(label="refuses", text=request) for request in each.requests),
            )
        ],
        bad=CheckOutcome.REFUSED if certain else CheckOutcome.UNKNOWN,
        words="the bucket policy refuses what engines send to lock"
        if certain
        else "the bucket policy may refuse what engines send to lock, depending on who asks",
        passed="no statement of the bucket policy refuses lock files",
        hint=hint,
    )


def _policy_unread(withheld: Withheld) -> Check:
    return Check(
        slug=POLICY_BREAKS_LOCKING,
        outcome=CheckOutcome.UNKNOWN,
        words="the bucket policy could not be read",
        evidence=(Evidence(label="not read", text=str(withheld)),),
        hint="See who may read it: `holdfast generate iam --role audit` writes the policy.",
    )


# Roles ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUnchecked:
    """A role that could not be judged for a state at all, and why."""

    role: str
    reason: str


def role_checks(
    reports: Sequence[AccessReport], unchecked: Sequence[RoleUnchecked]
) -> tuple[Check, ...]:
    """Return whether each role that was checked can put, read and delete lock files; with no role nobody knows."""
    cannot = [each for each in reports if each.verdict is AccessVerdict.CANNOT]
    maybe = [each for each in reports if each.verdict is AccessVerdict.UNKNOWN]
    doubts = [line for each in maybe for line in _in_the_way(each)]
    doubts += [
        Evidence(label="role", text=f"`{printable(each.role)}`: {each.reason}")
        for each in unchecked
    ]
    if not reports and not unchecked:
        doubts = [Evidence(label="role", text="none is named, in the code or by `--role`")]
    return (
        judged_check(
            ROLE_CANNOT_LOCK,
            [line for each in cannot for line in _in_the_way(each)],
            bad=CheckOutcome.REFUSED,
            words=f"{_roles(cannot)} cannot lock with a lock file",
            passed="no role is known to be kept from lock files",
            hint="`holdfast generate iam` writes the policies that they need.",
        ),
        judged_check(
            ROLE_NOT_CHECKED,
            doubts,
            bad=CheckOutcome.UNKNOWN,
            words="whether everybody may put, read and delete lock files is not known",
            passed="every role that is named may put, read and delete lock files",
            hint="Name the roles that run the engines with `--role ARN`; `holdfast iam check` says more.",
        ),
    )


def _roles(reports: Sequence[AccessReport]) -> str:
    return counted(len({each.role for each in reports}), "role")


def _in_the_way(report: AccessReport) -> Iterator[Evidence]:
    seen: set[str] = set()
    for verb in report.verbs:
        for judged in verb.in_the_way:
            text = f"`{printable(report.role)}`: {judged.action} on {printable(judged.resource)}"
            reasons = "; ".join(judged.reasons)
            if text not in seen:
                yield Evidence(label="role", text=f"{text}: {reasons}" if reasons else text)
            seen.add(text)
        for problem in verb.problems:
            yield Evidence(label="role", text=f"`{printable(report.role)}`: {problem}")


# The store, and who uses it now -----------------------------------------------------------------


def probe_check(proof: Proof | None) -> Check:
    """Return whether the store was seen to keep the conditions on which locking rests; None: nobody tried."""
    hint = "`holdfast prove` shows every step; a store that ignores conditions cannot lock with a lock file."
    if proof is None:
        return Check(
            slug=STORE_NOT_PROVEN,
            outcome=CheckOutcome.UNKNOWN,
            words="whether the store keeps conditions was not tried",
            hint=hint,
        )
    steps = [step for mode in proof.modes for step in mode.steps]
    broken = [step for step in steps if isinstance(step, Violated)]
    open_steps = [step for step in steps if isinstance(step, Undecided)]
    match proof.verdict:
        case ProofVerdict.EXCLUDES:
            outcome, words = CheckOutcome.PASSED, "scratch locks excluded each other in this store"
        case ProofVerdict.UNSAFE:
            outcome, words = CheckOutcome.REFUSED, "this store does not exclude a second writer"
        case ProofVerdict.CANNOT_TELL:
            outcome, words = CheckOutcome.UNKNOWN, "whether this store excludes could not be shown"
        case _:
            assert_never(proof.verdict)
    return Check(
        slug=STORE_NOT_PROVEN,
        outcome=outcome,
        words=words,
        evidence=(
            *(Evidence(label=step.step.value, text=step.words) for step in broken),
            *(Evidence(label=step.step.value, text=str(step.withheld)) for step in open_steps),
        ),
        hint="" if outcome is CheckOutcome.PASSED else hint,
    )


def active_lock_check(states: Sequence[StateEvidence]) -> Check:
    """Return whether anybody holds a lock now, in the bucket or in any table."""
    found = [each for each in states if any(each.locks_of(kind) for kind in LockKind)]
    return judged_check(
        LOCK_ACTIVE,
        state_lines(found),
        bad=CheckOutcome.UNKNOWN,
        words=f"{counted(len(found), 'state')} locked at this moment: those runs go on as they began",
        passed="nobody holds a lock",
        hint="Let these runs end first, or accept that they end as they began: `holdfast locks`.",
    )
