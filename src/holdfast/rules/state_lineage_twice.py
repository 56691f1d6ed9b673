"""One lineage is under two keys.

## What it checks
With `--states`: the lineages of all states that were looked at, in every bucket. A state with the tombstone of
`holdfast states move` is the old place of a move, and nobody can write there: it does not count. What OpenTofu has
encrypted may show no lineage; then nobody knows. Only the backends that are looked at are compared.

## Why it matters
Whoever applies at one key changes or destroys what the state at the other believes to be there, and no lock keeps
the two apart: both describe the same resources. An engine leaves such a copy behind by `init -migrate-state`, and so
does whoever copies an object.

## Fix
`holdfast states diff A B` shows what differs. Let all code use one of the two. Where both are still alike,
`holdfast states move OLD NEW` puts the tombstone at the old key, and refuses whoever comes there with old code;
`holdfast states forget OLD` removes it later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.facts import Known, Reason, Withheld, need
from holdfast.core.findings import Hit, Severity, states_rule
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import ObservedState, ObservedStates
from holdfast.core.state_content import LINEAGE_SHOWN, EncryptedState
from holdfast.core.states_evidence import state_evidence

ADVICE = (
    "Let nobody apply at either key until it is known which one is right:"
    " `holdfast states diff A B` shows what differs."
)


@states_rule(Severity.CRITICAL)
def state_lineage_twice(states: ObservedStates, fleet: Fleet) -> Iterator[Hit]:
    """Look for states of this backend that share their lineage with another state that can be written."""
    twins = fleet.states.twins if fleet.states is not None else ()
    groups = [
        group for group in twins if any(each.found.backend == states.backend.name for each in group)
    ]
    for group in groups:
        written = [each for each in group if each.moved_to == Known(None)]
        if len(written) > 1 and any(each.found.backend == states.backend.name for each in written):
            yield _hit(written, states.backend.name)
    for group in groups:
        if sum(each.moved_to == Known(None) for each in group) < len(group):
            _need_tombstones(group)
    for each in states.states:
        _need_lineage(each)
    if states.bucket_unread is not None:
        need(states.bucket_unread)


def _hit(group: Sequence[ObservedState], backend: str) -> Hit:
    own = next(each for each in group if each.found.backend == backend)
    return Hit(
        message=f"the lineage {own.found.lineage[:LINEAGE_SHOWN]} is under {len(group)} keys",
        evidence=tuple(state_evidence(each, users=True) for each in group),
        advice=ADVICE,
        subject=own.found.key,
    )


def _need_tombstones(group: Sequence[ObservedState]) -> None:
    """Raise where a state may be written or not, and the answer decides."""
    unknown = [each.moved_to for each in group if isinstance(each.moved_to, Withheld)]
    moved = sum(
        isinstance(each.moved_to, Known) and each.moved_to.value is not None for each in group
    )
    if unknown and len(group) - moved > 1:
        need(unknown[0])


def _need_lineage(state: ObservedState) -> None:
    if not state.found.is_there:
        return
    content = need(state.found.content)
    if isinstance(content, EncryptedState) and not content.lineage:
        words = f"`{state.path}` is encrypted, and does not show its lineage"
        need(Withheld(reason=Reason.UNSUPPORTED, detail=words))
