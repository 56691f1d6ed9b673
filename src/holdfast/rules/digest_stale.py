"""The lock table has another digest than the bytes of a state.

## What it checks
With `--states`: for every state that a root here locks in a table, the MD5 of its bytes against the item
`<bucket>/<key>-md5` in that table. What differs is read again until two looks show the same, because an engine
writes the state first and its digest afterwards.

## Why it matters
Every engine with the table refuses the state: `init`, `plan` and `apply` wait ten seconds and end with `state data
in S3 does not have the expected content`, holding the lock meanwhile. Either a write without the table went by, so
that there are writers who do not exclude each other, or a write was undone.

## Fix
`holdfast states check` says which older version the digest names, and with `--repair` it writes the digest of the
bytes or restores that version, under the locks of the state. Then find the writer: `locking-mixed-in-backend` and
`state-locking-split` name roots that lock in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, states_rule
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedStates
from holdfast.core.states_evidence import state_evidence

ADVICE = (
    "`holdfast states check --repair` shows which version the digest names, and makes the two fit"
    " under the locks of the state."
)


@states_rule(Severity.HIGH)
def digest_stale(states: ObservedStates, fleet: Fleet) -> Iterator[Hit]:
    """Compare the digests that engines compare."""
    del fleet
    compared = list(states.digests(in_use=True))
    for state, digest in compared:
        if digest.verdict == Known(DigestVerdict.STALE):
            yield Hit(
                message=f"the digest of `{state.found.key}` in table `{digest.table}` is not that of its bytes",
                evidence=(
                    Evidence(label="table", text=f"`{digest.table}`"),
                    state_evidence(state, users=True),
                ),
                advice=ADVICE,
                subject=state.found.key,
            )
    for _, digest in compared:
        need(digest.verdict)
    states.need_listings()
