"""Move states: copy, verify, switch the code, and keep the source under a lock that says where it went.

If the process dies, running it again goes on: a copy that is there is the same bytes or refused, an edited file needs
no edit, a tombstone is recognised. The locks of the new places are given back before the code is switched, when the
copies are verified: from the switch on nothing but the tombstones is left to be held.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from holdfast.app.code_editing import staged_edits
from holdfast.app.lock_signals import signals_unwinding
from holdfast.app.state_move_code import WORLDS
from holdfast.app.state_move_listing import refuse_other_keys
from holdfast.app.state_move_locks import path_of_place, source_lock, target_lock
from holdfast.app.state_move_planning import MovePlan
from holdfast.app.state_move_reading import PlannedState, VacantState
from holdfast.app.state_restore import MEMORY_BYTES_MAX
from holdfast.app.state_writing import (
    LATE_SECONDS,
    read_state,
    stream_state,
    write_digests,
    write_state,
)
from holdfast.app.working_locks import LockOfWork, Worker, give_back, in_order
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, AwsError, withheld
from holdfast.aws.state_objects import (
    GET_PERMISSION,
    StateObject,
    StateStream,
    opened_state,
    pass_on,
)
from holdfast.core.state_moves import MoveStanding
from holdfast.core.state_uploads import UPLOAD_LIMITS, UploadLimits
from holdfast.errors import HoldfastError, StateChangedError, StateUnreadError

UNMOVED = "nothing was copied, and no code was changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedState:
    """What became of one state. `was_there`: an earlier run had copied it."""

    planned: PlannedState
    was_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did: its states, and the files of code that were written."""

    states: tuple[MovedState, ...]
    files: tuple[str, ...]


def ignore_moved(moved: MovedState) -> None:
    """Show nothing."""
    del moved


def move(
    plan: MovePlan,
    *,
    connections: Connections,
    worker: Worker,
    on_moved: Callable[[MovedState], None] = ignore_moved,
    limits: UploadLimits = UPLOAD_LIMITS,
) -> Moved:
    """Do what was planned, and leave the tombstones. `limits` say how much is sent in one request.

    Raises the errors of locks, `WorkspacesChangedError` when the workspaces are not those of the plan, `StateChangedError`
    when a state is not, the errors of `write_state` and those of `staged_edits`. After an error before the code is switched the locks that were taken are given back.
    """
    sources = [
        source_lock(source, target, connections=connections, worker=worker)
        for source, target in plan.ways
    ]
    in_use = {
        path_of_place(each.target) for each in plan.states if each.standing is MoveStanding.IN_USE
    } | {path_of_place(each.target) for each in plan.vacant if each.in_use}
    targets = [
        target_lock(source, target, connections=connections, worker=worker)
        for source, target in plan.ways
        if path_of_place(target) not in in_use
    ]
    with signals_unwinding(), ExitStack() as taken:
        locks: list[LockOfWork] = [*sources, *targets]
        held: list[LockOfWork] = []
        cause: list[HoldfastError] = []
        taken.callback(lambda: give_back(held, cause=next(iter(cause), None)))
        try:
            for lock in in_order(locks):
                held.append(lock)
                lock.take()
            for way in plan.listed:
                refuse_other_keys(way, connections, world=UNMOVED)
            moved = []
            for each in plan.states:
                moved.append(
                    copied(each, connections, late_seconds=worker.late_seconds, limits=limits)
                )
                on_moved(moved[-1])
            for vacant in plan.vacant:
                _refuse_occupied(vacant, connections)
            give_back(targets)
            held[:] = sources
            with staged_edits(plan.edits, plan.directory, worlds=WORLDS) as put_in_place:
                for source in sources:
                    source.check()
                for way in plan.listed:
                    refuse_other_keys(way, connections, world=WORLDS.changed)
                # From here on the code may name the new place: the tombstones stay, whatever happens.
                held.clear()
                files = put_in_place()
        except HoldfastError as error:
            cause.append(error)
            raise
    return Moved(states=tuple(moved), files=files)


def _refuse_occupied(vacant: VacantState, connections: Connections) -> None:
    """Raise `StateChangedError` when a state has been written where there was none."""
    for place in (vacant.source,) if vacant.in_use else (vacant.source, vacant.target):
        if read_state(place, connections) is not None:
            raise StateChangedError(place.key)


def copied(
    planned: PlannedState,
    connections: Connections,
    *,
    late_seconds: float = LATE_SECONDS,
    limits: UploadLimits = UPLOAD_LIMITS,
) -> MovedState:
    """Copy one state byte by byte, if it and its new place are what was planned; the caller holds both locks.

    What is more than one request takes is written in parts, and needs no room on this machine.
    """
    place = planned.target
    if planned.standing is MoveStanding.IN_USE:
        return MovedState(planned=planned, was_there=True)
    there = read_state(place, connections)
    md5 = planned.before.read.md5 or ""
    if there is not None and there.read.md5 == md5:
        _refuse_changed(planned, read_state(planned.source, connections))
        write_digests(place, md5, connections)
        return MovedState(planned=planned, was_there=True)
    if (there.tag if there else None) != (planned.there.tag if planned.there else None):
        raise StateChangedError(place.key)
    if planned.before.read.size_bytes > limits.single_bytes_max:
        _stream(planned, there, connections, late_seconds=late_seconds, limits=limits)
    else:
        _copy(planned, there, connections, late_seconds=late_seconds)
    return MovedState(planned=planned, was_there=False)


def _copy(
    planned: PlannedState,
    there: StateObject | None,
    connections: Connections,
    *,
    late_seconds: float,
) -> None:
    """Read the whole state, and write it if it is what was planned."""
    with tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX) as body:
        try:
            read = pass_on(connections, planned.source.object(), body.write)
        except AWS_ERRORS as error:
            raise _unread(planned, error) from error
        _refuse_changed(planned, read)
        write_state(
            planned.target,
            body,
            md5=planned.before.read.md5 or "",
            before=there,
            connections=connections,
            late_seconds=late_seconds,
        )


def _stream(
    planned: PlannedState,
    there: StateObject | None,
    connections: Connections,
    *,
    late_seconds: float,
    limits: UploadLimits,
) -> None:
    """Write the state in parts while it is read; it is completed only if it is what was planned."""
    try:
        opened = opened_state(connections, planned.source.object())
        with opened as stream:
            stream_state(
                planned.target,
                PlannedBytes(planned=planned, stream=stream),
                md5=planned.before.read.md5 or "",
                size_bytes=planned.before.read.size_bytes,
                before=there,
                connections=connections,
                late_seconds=late_seconds,
                limits=limits,
            )
    except AWS_ERRORS as error:  # of the opening: everything else is one of ours by then
        raise _unread(planned, error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBytes:
    """The bytes of a state that is moved. Their end is reached only if they are those that were planned."""

    planned: PlannedState
    stream: StateStream

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; raise `StateUnreadError`, and `StateChangedError` at their end."""
        try:
            piece = self.stream.read(size)
        except AWS_ERRORS as error:
            raise _unread(self.planned, error) from error
        if size and not piece:
            _refuse_changed(self.planned, self.stream.finish())
        return piece


def _unread(planned: PlannedState, error: AwsError) -> StateUnreadError:
    reason = str(withheld(error, permission=GET_PERMISSION))
    return StateUnreadError(planned.source.key, what="state", reason=reason)


def _refuse_changed(planned: PlannedState, now: StateObject | None) -> None:
    """Raise `StateChangedError` unless the source is still what was planned."""
    if now is None or (now.tag, now.read.md5) != (planned.before.tag, planned.before.read.md5):
        raise StateChangedError(planned.source.key)
