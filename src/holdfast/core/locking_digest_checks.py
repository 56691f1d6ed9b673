"""Checks over the digests of a backend's states: whether who wrote them uses the table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.digests import DigestVerdict
from holdfast.core.exclusion import table_name
from holdfast.core.findings import Evidence
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence
from holdfast.core.locking_state_checks import after_text, state_lines, state_name, written_since

STATE_WITHOUT_DIGEST = "state-without-digest"
CLIENT_NOT_SEEN = "client-not-seen"
DIGEST_STALE = "digest-stale"


def digest_checks(evidence: FleetEvidence, backend: Backend) -> tuple[Check, ...]:
    """Return whether every state was last written by a client that uses the table too."""
    states = evidence.states_of(backend.name)
    wrong = {DigestVerdict.STALE, DigestVerdict.STATE_MISSING}
    stale = [
        (each, digest) for each in states for digest in each.digests if digest.verdict in wrong
    ]
    without = [
        each
        for each in states
        if each.is_there
        and not any(digest.verdict is not DigestVerdict.INVALID for digest in each.digests)
    ]
    asked = {each.key for each in without} | {each.key for each, _ in stale}
    return (
        judged_check(
            DIGEST_STALE,
            [
                Evidence(
                    label="digest",
                    text=f"{state_name(each)} in table `{printable(digest.table)}`: {digest.verdict.value}",
                )
                for each, digest in stale
            ],
            bad=CheckOutcome.REFUSED,
            words=f"{counted(len({each.name for each, _ in stale}), 'state')} last written by somebody who does not"
            " use the table",
            passed="no digest is stale",
            hint="Whoever uses the table could not even `init`: `holdfast states check --repair` writes them anew.",
        ),
        judged_check(
            STATE_WITHOUT_DIGEST,
            state_lines(without),
            bad=CheckOutcome.UNKNOWN,
            words=f"{counted(len(without), 'state')} without a digest: who wrote last may not use the table",
            passed="every state has a digest",
            hint="Run `apply` with both locks there, or see that no client uses the lock file alone.",
        ),
        _client_check(
            [each for each in states if each.is_there and each.key not in asked],
            backend,
            evidence.since,
        ),
    )


def _client_check(
    states: Sequence[StateEvidence], backend: Backend, since: datetime | None
) -> Check:
    """Return whether each state with a digest was written with the table since everybody was given it.

    A digest from before says nothing of a client that has taken the lock file alone since, and has not written yet. The
    stage that led back to the table has removed what was left (`DigestWork.CLEAR`), so that a right one is of an engine.
    """
    found = [
        each
        for each in states
        if since is None or not _has_right_digest(each, backend) or not written_since(each, since)
    ]
    return judged_check(
        CLIENT_NOT_SEEN,
        state_lines(found),
        bad=CheckOutcome.UNKNOWN,
        words=f"no write with the table was seen of {counted(len(found), 'state')}{after_text(since)}"
        + ("" if since is not None else ", as nothing says since when everybody has both locks"),
        passed=f"every state with a digest was written with the table{after_text(since)}",
        hint="Run `apply` wherever these states are used, and give with `--since TIME` when every root had both"
        " locks; or see that no client uses the lock file alone.",
    )


def _has_right_digest(state: StateEvidence, backend: Backend) -> bool:
    """Tell whether a digest fits in a table of the state's roots; in any table where no root names one."""
    named = {table_name(use.table) for use in backend.uses_of(state.key) if use.table is not None}
    return any(
        digest.verdict is DigestVerdict.RIGHT and (not named or table_name(digest.table) in named)
        for digest in state.digests
    )
