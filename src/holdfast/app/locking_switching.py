"""Do one stage: the digests of each root's states and its code change together, while nobody else can lock them.

If the process dies, running it again goes on: code that was switched is left out, a digest that is gone is gone, and the
locks that were left are recognised and removed. Before the code of a group is switched its digests fit whoever still reads
them: a digest that is not there is not looked at by any engine (Terraform 1.11.4, `getMD5`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from holdfast.app.code_editing import EditWorlds, staged_edits
from holdfast.app.lock_removal import Ledger
from holdfast.app.lock_signals import signals_unwinding
from holdfast.app.locking_digests import clear_digests, refresh_digests, remove_digests
from holdfast.app.locking_groups import PlannedGroup
from holdfast.app.locking_planning import PlannedLocking
from holdfast.app.state_places import StatePlace
from holdfast.app.working_locks import Worker, WorkingLock, all_taken, working_lock
from holdfast.aws.connections import Connections
from holdfast.core.locking_stages import DigestWork
from holdfast.core.locks import LockKind
from holdfast.errors import LockingStatesChangedError

LOCKING_OPERATION = "holdfast-migrate"
WORK = "changing how this state is locked"
WORLDS = EditWorlds(
    changed="roots before this one are switched, and the digests of this one fit the code as it is",
    unstarted="roots before this one are switched, and the digests of this one fit the code as it is",
    started="roots before this one are switched; some files of this one are, and some are not",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedGroup:
    """What became of one group: the files that were written, and how many digests were removed or rewritten."""

    planned: PlannedGroup
    files: tuple[str, ...]
    digests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """What it takes to do a stage. `timeout_seconds` is how long a lock that somebody holds is waited for."""

    connections: Connections
    worker: Worker
    ledger: Ledger
    timeout_seconds: float = 0


def ignore_switched(switched: SwitchedGroup) -> None:
    """Show nothing."""
    del switched


def switch_locking(
    planned: PlannedLocking,
    switching: Switching,
    *,
    on_switched: Callable[[SwitchedGroup], None] = ignore_switched,
) -> tuple[str, ...]:
    """Do a stage, group by group and the declaration last; return the files that were written.

    Raises the errors of locks, of `remove_digests`, `clear_digests` and `refresh_digests`, and those of `staged_edits`. Groups that were
    done before stay done, and the one that failed gives its locks back.
    """
    files: list[str] = []
    for group in planned.groups:
        done = _switched(group, planned, switching)
        files += done.files
        on_switched(done)
    if planned.declaration is not None:
        with staged_edits([planned.declaration], planned.directory, worlds=WORLDS) as put_in_place:
            files += put_in_place()
    return tuple(files)


def _switched(group: PlannedGroup, planned: PlannedLocking, switching: Switching) -> SwitchedGroup:
    locks = [lock_of(place, switching) for place in group.places]
    with signals_unwinding(), all_taken(locks):
        _refuse_other_states(group, switching)
        digests = sum(_settle(place, group, switching) for place in group.places)
        with staged_edits(group.edits, planned.directory, worlds=WORLDS) as put_in_place:
            for each in locks:
                each.check()
            if group.group.digests is DigestWork.REMOVE:
                _leave_tables(locks)
            files = put_in_place()
    return SwitchedGroup(planned=group, files=files, digests=digests)


def _refuse_other_states(group: PlannedGroup, switching: Switching) -> None:
    """Raise `LockingStatesChangedError` when a workspace came or went since the plan was made."""
    if not group.places:
        return
    planned = {each.key for each in group.places}
    now = set(group.states.keys(switching.connections))
    if planned != now:
        raise LockingStatesChangedError(sorted(planned ^ now))


def _leave_tables(locks: Sequence[WorkingLock]) -> None:
    """Give the lock items back while the lock files still keep everybody out.

    Once the code is switched nothing names the table any more: a lock that a killed run left there nobody would find.
    """
    for lock in locks:
        lock.give_back(LockKind.ITEM)


def _settle(place: StatePlace, group: PlannedGroup, switching: Switching) -> int:
    """Make the digests of a state fit the code that is to come; return how many were changed."""
    connections, ledger = switching.connections, switching.ledger
    match group.group.digests:
        case DigestWork.REMOVE:
            return remove_digests(place, connections=connections, ledger=ledger)
        case DigestWork.CLEAR:
            return clear_digests(place, connections=connections, ledger=ledger)
        case DigestWork.REFRESH:
            return refresh_digests(place, connections=connections, ledger=ledger)
        case DigestWork.KEEP:
            return 0
        case _:
            assert_never(group.group.digests)


def lock_of(place: StatePlace, switching: Switching) -> WorkingLock:
    """Return the lock of a state for this work; nothing is taken yet."""
    return working_lock(
        place,
        operation=LOCKING_OPERATION,
        work=WORK,
        connections=switching.connections,
        worker=switching.worker,
        timeout_seconds=switching.timeout_seconds,
    )


def remove_left(places: Iterable[StatePlace], switching: Switching) -> int:
    """Remove the locks that killed runs have left at states, whether their roots are switched or not; return how many."""
    return sum(lock_of(place, switching).remove_left() for place in places)
