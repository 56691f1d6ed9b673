"""Digests are left in the lock table that do not fit, of states that no root locks there.

## What it checks
With `--states`: the digests in the tables of a backend whose state no root in this directory locks in that table,
because its key is used by none or its roots lock elsewhere. Of these, the ones whose state is not there or has other
bytes.

## Why it matters
Nobody notices until somebody comes back: an old branch, a rollback from lock files to the table, or a new root with the
old key ends at `init` with `state data in S3 does not have the expected content`. OpenTofu's guide for leaving the table
says that old digests must be removed by hand; Terraform's does not.

## Fix
`holdfast states check --repair` removes or renews them one by one, under the locks of their states. If code in another
repository uses the table, it is blocked now: ask there first.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, states_rule
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedState, ObservedStates

ADVICE = "`holdfast states check --repair` removes or renews them, under the locks of their states."
WORDS = {
    DigestVerdict.STALE: "its bytes are others",
    DigestVerdict.STATE_MISSING: "there is no such state",
}


@states_rule(Severity.LOW)
def digest_left_behind(states: ObservedStates, fleet: Fleet) -> Iterator[Hit]:
    """Look for wrong digests that no engine of this code compares, by table."""
    del fleet
    unused = list(states.digests(in_use=False))
    by_table: dict[str, list[tuple[ObservedState, str]]] = {}
    for state, digest in unused:
        if isinstance(digest.verdict, Known) and digest.verdict.value in WORDS:
            words = WORDS[digest.verdict.value]
            by_table.setdefault(digest.table, []).append((state, words))
    for table, wrong in by_table.items():
        count = "1 digest" if len(wrong) == 1 else f"{len(wrong)} digests"
        yield Hit(
            message=f"table `{table}` has {count} that no root here uses and that would refuse whoever did",
            evidence=tuple(
                Evidence(label="digest", text=printable(f"`{state.path}`: {words}"))
                for state, words in wrong
            ),
            advice=ADVICE,
            subject=wrong[0][0].found.key if len(wrong) == 1 else "",
        )
    for _, digest in unused:
        need(digest.verdict)
    states.need_listings()
