"""The lock table has a digest for a state that is not there.

## What it checks
With `--states`: for every digest in a table that a root here locks the state in, whether there is an object under its
key. An object of 0 bytes is none: the engines take it for no state. What is missing is looked for again until two
looks show the same, because a workspace that is deleted loses its state first and its digest afterwards.

## Why it matters
The state was removed without its engine, and it may be lost. No engine with the table can begin anew at this key either:
`init` itself ends with `state data in S3 does not have the expected content`.

## Fix
`holdfast states check` says whether the bucket still has the version that the digest names; with `--repair` it restores
that version or removes the digest, under the locks of the state.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.digests import DigestVerdict
from holdfast.core.evidence import quoted
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, states_rule
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedState, ObservedStates

ADVICE = (
    "`holdfast states check --repair` shows whether the version that the digest names can be restored,"
    " and does that or removes the digest."
)


@states_rule(Severity.HIGH)
def digest_without_state(states: ObservedStates, fleet: Fleet) -> Iterator[Hit]:
    """Look for digests that engines compare with nothing."""
    del fleet
    compared = list(states.digests(in_use=True))
    for state, digest in compared:
        if digest.verdict == Known(DigestVerdict.STATE_MISSING):
            yield Hit(
                message=f"table `{digest.table}` has a digest of `{state.found.key}`, and there is no such state",
                evidence=(
                    Evidence(label="table", text=f"`{digest.table}`"),
                    Evidence(label="state", text=_state_words(state)),
                    Evidence(label="used by", text=quoted(state.found.roots)),
                ),
                advice=ADVICE,
                subject=state.found.key,
            )
    for state, digest in compared:
        if not state.found.size_bytes:  # bytes that nobody may read are a state all the same
            need(digest.verdict)
    states.need_listings()


def _state_words(state: ObservedState) -> str:
    there = "an object of 0 bytes" if state.found.is_there else "no object"
    return f"`{state.path}`: {there}"
