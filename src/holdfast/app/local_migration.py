"""Bring the local states of a root into its backend: copy, verify, switch the code, keep the local files.

The locks of both sides are held while a state is copied, that of the local file to the end. If the process dies, running
it again goes on: a copy that is there is the same bytes, or has them among its versions, or is refused; code that is
switched already names the new place; and a file is renamed last, when nothing looks for it any more. What an engine
that waited for the local lock writes then, it writes into the kept file, whose serial no longer is the one of its name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from holdfast.app.journal import KeptStateNote
from holdfast.app.local_migration_planning import PlannedFile, RootPlan
from holdfast.app.local_migration_targets import local_paths
from holdfast.app.lock_removal import Ledger
from holdfast.app.lock_signals import signals_unwinding
from holdfast.app.state_move_locks import path_of_place
from holdfast.app.state_restore import MEMORY_BYTES_MAX
from holdfast.app.state_writing import read_state, write_digests, write_state
from holdfast.app.working_locks import Worker, all_taken, working_lock
from holdfast.aws.connections import Connections
from holdfast.core.local_migration import MIGRATION_OPERATION
from holdfast.core.state_content import serial_of
from holdfast.core.state_moves import MoveStanding, moving_words, tombstone_reason
from holdfast.engine.local_state_files import HeldLocalState, Take, held_local_state, holds_anything
from holdfast.errors import LocalStateChangedError, StateChangedError

UNCOPIED = "nothing was changed"
UNSWITCHED = (
    "the other states were copied; no code was changed, and every local file has its name still"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedState:
    """What became of one state. `was_there`: an earlier run had copied it."""

    planned: PlannedFile
    was_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedRoot:
    """What was done for one root: its states, the files of code that were written, and the files that are kept."""

    states: tuple[MigratedState, ...]
    files: tuple[str, ...]
    kept: tuple[str, ...]


def ignore_migrated(migrated: MigratedState) -> None:
    """Show nothing."""
    del migrated


def migrate_root(
    plan: RootPlan,
    *,
    connections: Connections,
    worker: Worker,
    ledger: Ledger,
    on_migrated: Callable[[MigratedState], None] = ignore_migrated,
) -> MigratedRoot:
    """Do what was planned for one root.

    Raises the errors of both kinds of locks, `LocalStateChangedError` and `StateChangedError` when a state is not the one
    of the plan, those of `write_state`, `staged_edits` and `write_files`, and `JournalNotWrittenError`.
    """
    with signals_unwinding(), ExitStack() as local_locks:
        held = [local_locks.enter_context(_held(each, worker)) for each in plan.states]
        pairs = list(zip(plan.states, held, strict=True))
        for each, local in pairs:
            _pour(each, local, lambda _: None)
        refuse_unplanned(plan, world=UNCOPIED)
        for each in plan.states:
            _note(each, plan, ledger)
        locks = [
            working_lock(
                each.target,
                operation=MIGRATION_OPERATION,
                work=moving_words(each.file.shown),
                connections=connections,
                worker=worker,
            )
            for each in plan.states
        ]
        migrated = []
        with all_taken(locks):
            for each, local in pairs:
                migrated.append(_copied(each, local, connections, worker))
                on_migrated(migrated[-1])
        refuse_unplanned(plan, world=UNSWITCHED)
        files = plan.local.switch.make(plan.directory)
        kept = [_kept(each, local) for each, local in pairs]
    return MigratedRoot(states=tuple(migrated), files=files, kept=tuple(kept))


def refuse_unplanned(plan: RootPlan, *, world: str) -> None:
    """Raise `LocalStateChangedError` when there is a local state that is not of the plan: it would be left behind.

    A new workspace has a file, and so a lock, of its own. Nothing is opened: to close a file would end its lock.
    """
    local = plan.local
    planned = {each.file.path for each in plan.states}
    for _, path, shown in local_paths(local.root, local.places, plan.directory):
        if path not in planned and holds_anything(path):
            raise LocalStateChangedError(shown, world=world)


@contextmanager
def _held(planned: PlannedFile, worker: Worker) -> Iterator[HeldLocalState]:
    info = worker.identity.sign(
        operation=MIGRATION_OPERATION,
        info=tombstone_reason(path_of_place(planned.target)),
        path=planned.file.path.name,
    )
    with held_local_state(planned.file.path, info) as held:
        yield held


def _copied(
    planned: PlannedFile, local: HeldLocalState, connections: Connections, worker: Worker
) -> MigratedState:
    """Copy one state byte by byte, if its place is what was planned; the locks of both are held."""
    place, md5 = planned.target, planned.file.read.md5 or ""
    there = read_state(place, connections)
    if there is not None and there.read.md5 == md5:
        write_digests(place, md5, connections)
        return MigratedState(planned=planned, was_there=True)
    if planned.standing is MoveStanding.IN_USE and there is not None:
        return MigratedState(planned=planned, was_there=True)
    if (there.tag if there else None) != (planned.there.tag if planned.there else None):
        raise StateChangedError(place.key)
    with tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX) as body:
        _pour(planned, local, body.write)
        body.seek(0)
        write_state(
            place,
            body,
            md5=md5,
            before=there,
            connections=connections,
            late_seconds=worker.late_seconds,
        )
    return MigratedState(planned=planned, was_there=False)


def _pour(planned: PlannedFile, local: HeldLocalState, take: Take) -> None:
    """Read the local state; raise `LocalStateChangedError` unless it is still what was planned."""
    if local.pour(take).md5 != planned.file.read.md5:
        raise LocalStateChangedError(planned.file.shown)


def _note(planned: PlannedFile, plan: RootPlan, ledger: Ledger) -> None:
    ledger.journal.note_kept_state(
        KeptStateNote(
            moment=ledger.clock(),
            remover=ledger.remover,
            backend=plan.local.backend.name,
            bucket=plan.local.backend.bucket,
            key=planned.target.key,
            path=str(planned.file.path.resolve()),
            md5=planned.file.read.md5 or "",
        )
    )


def _kept(planned: PlannedFile, local: HeldLocalState) -> str:
    """Keep the local file under its other name, if its bytes still are those that were copied."""
    if local.pour(lambda _: None).md5 != planned.file.read.md5:
        raise LocalStateChangedError(planned.file.shown, copied=True)
    kept = local.keep(serial_of(planned.file.read.content))
    head, _, _ = planned.file.shown.rpartition("/")
    return f"{head}/{kept.name}" if head else kept.name
