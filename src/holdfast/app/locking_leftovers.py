"""Digests that a stage should have removed, where its code arrived without it: by hand, or from somebody else's commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from holdfast.app.lock_signals import signals_unwinding
from holdfast.app.locking_checking import LookedAtFleet
from holdfast.app.locking_digests import remove_digests
from holdfast.app.locking_switching import Switching, lock_of
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.working_locks import all_taken
from holdfast.core.locking_plans import LockingPlan
from holdfast.core.locking_stages import DigestWork


def left_digests(
    looked: LookedAtFleet, stored: LockingPlan, *, customer_key: bytes | None
) -> tuple[StatePlace, ...]:
    """Return the states of a plan whose digests were to be removed, and are still there."""
    with_digest = {(each.backend, each.key) for each in looked.evidence.states if each.digests}
    return tuple(
        place_of(
            replace(looked.backend(stage.backend), tables=stage.tables),
            key,
            customer_key=customer_key,
        )
        for stage in stored.stages
        for group in stage.groups
        if group.digests is DigestWork.REMOVE
        for key in group.states
        if (stage.backend, key) in with_digest
    )


def remove_left_digests(places: Iterable[StatePlace], switching: Switching) -> int:
    """Remove the digests of states, each under its locks, and return how many; raises what `remove_digests` does."""
    removed = 0
    for place in places:
        with signals_unwinding(), all_taken([lock_of(place, switching)]):
            removed += remove_digests(
                place, connections=switching.connections, ledger=switching.ledger
            )
    return removed
