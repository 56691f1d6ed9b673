"""Restore an older version of a state: copy its bytes forward, with a serial above all that came before.

First everything is read and shown: which version, both serials, both lineages. Then, under the locks of every
store, the state has to be what was shown, and is written on the condition that it still is. A run that was killed
is completed by running it again: a state that holds the old bytes already gets its digest and nothing else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TypeAlias, assert_never

from holdfast.app.state_history import read_contents, versions_of
from holdfast.app.state_places import StatePlace
from holdfast.app.state_writing import LATE_SECONDS, read_state, write_digests, write_state
from holdfast.aws.bucket_reads import bucket_versioning
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, withheld
from holdfast.aws.state_objects import (
    GET_VERSION_PERMISSION,
    PIECE_BYTES,
    StateObject,
    pass_on,
    state_object,
)
from holdfast.core.cloud import VersioningStatus
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_content import ReadState, StateHead, serial_of
from holdfast.core.state_reading import StateReader
from holdfast.core.state_serials import HEAD_BYTES, with_serial
from holdfast.core.state_uploads import UPLOAD_LIMITS, UploadLimits
from holdfast.core.state_versions import (
    RestoreOutlook,
    StateVersion,
    version_at,
    version_named,
)
from holdfast.errors import (
    SerialNotRaisedError,
    StateChangedError,
    StateUnreadError,
    VersioningOffError,
    VersionMissingError,
)

MEMORY_BYTES_MAX = 16 << 20  # a larger state goes through a file that has no name


@dataclass(frozen=True, slots=True)
class WithIdentifier:
    """The version with this identifier."""

    identifier: str


@dataclass(frozen=True, slots=True)
class WithSerial:
    """The newest version whose serial this is."""

    serial: int


@dataclass(frozen=True, slots=True)
class AtTime:
    """The version that was current at this moment."""

    moment: datetime


VersionChoice: TypeAlias = WithIdentifier | WithSerial | AtTime


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """What a restore would do, as in `RestoreOutlook`, with what it takes to do it."""

    place: StatePlace
    current: StateObject | None
    target: StateVersion
    old: StateObject
    serial: int | None

    @property
    def outlook(self) -> RestoreOutlook:
        """Return what a person is shown."""
        return RestoreOutlook(
            bucket=self.place.backend.bucket,
            key=self.place.key,
            current=self.current.read if self.current is not None else None,
            target=self.target,
            old=self.old.read,
            serial=self.serial,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did. `was_there`: an earlier run had written the state; only digests were left to write."""

    state: StateObject
    was_there: bool


def plan_restore(
    place: StatePlace, choice: VersionChoice, *, connections: Connections
) -> RestorePlan:
    """Find the version that is meant, and read it and the state as it is; nothing is changed.

    Raises `StateUnreadError`, `VersioningOffError` and `VersionMissingError`.
    """
    _refuse_unversioned(place, connections)
    versions = versions_of(place, connections)
    target = _chosen(place, versions, choice, connections)
    old = _version(place, target, connections)
    current = read_state(place, connections)
    return RestorePlan(
        place=place,
        current=current,
        target=target,
        old=old,
        serial=_next_serial(place, versions, old, connections),
    )


def _refuse_unversioned(place: StatePlace, connections: Connections) -> None:
    """Raise `VersioningOffError` unless a write keeps what it replaces: suspended versioning loses `null` versions."""
    match bucket_versioning(connections, place.bucket):
        case Known(versioning) if versioning.status is VersioningStatus.ENABLED:
            return
        case Known(_):
            raise VersioningOffError(place.key, place.backend.bucket)
        case Withheld() as withheld:
            raise StateUnreadError(place.key, what="versioning", reason=str(withheld))


def restore(
    plan: RestorePlan,
    *,
    connections: Connections,
    late_seconds: float = LATE_SECONDS,
    limits: UploadLimits = UPLOAD_LIMITS,
) -> Restored:
    """Write the old bytes as a new version; the caller holds the locks of the state. The others as for `write_state`.

    Raises `StateChangedError` when the state is not the one of the plan, `SerialNotRaisedError`, and the errors of
    `write_state`.
    """
    place = plan.place
    current = read_state(place, connections)
    done = _done_before(plan, current, connections)
    if done is not None:
        write_digests(place, done.read.md5 or "", connections)
        return Restored(state=done, was_there=True)
    if (current.tag if current else None) != (plan.current.tag if plan.current else None):
        raise StateChangedError(place.key)
    with _old_bytes(plan, plan.serial, connections) as (body, read):
        after = write_state(
            place,
            body,
            md5=read.md5 or "",
            before=current,
            connections=connections,
            late_seconds=late_seconds,
            limits=limits,
        )
    return Restored(state=after, was_there=False)


def _done_before(
    plan: RestorePlan, current: StateObject | None, connections: Connections
) -> StateObject | None:
    """Return the state when it holds the old bytes already, but for a serial that was raised."""
    if current is None or current.version == plan.target.identifier:
        return None
    if plan.serial is None:
        return current if current.read.md5 == plan.old.read.md5 else None
    serial, old_serial = serial_of(current.read.content), serial_of(plan.old.read.content) or 0
    if serial is None or serial <= old_serial:
        return None
    longer = len(str(serial)) - len(str(old_serial))
    if current.read.size_bytes != plan.old.read.size_bytes + longer:
        return None
    with _old_bytes(plan, serial, connections) as (_, read):
        return current if read.md5 == current.read.md5 else None


@contextmanager
def _old_bytes(
    plan: RestorePlan, serial: int | None, connections: Connections
) -> Iterator[tuple[IO[bytes], ReadState]]:
    """Give the bytes of the old version with a serial (None: as they are), ready to be read from the start."""
    address = plan.place.object(version=plan.target.identifier)
    with (
        tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX) as old,
        tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX) as new,
    ):
        try:
            pass_on(connections, address, old.write)
        except AWS_ERRORS as error:
            reason = str(withheld(error, permission=GET_VERSION_PERMISSION))
            raise StateUnreadError(plan.place.key, what="version", reason=reason) from error
        old.seek(0)
        head: bytes | None = old.read(HEAD_BYTES)
        if serial is not None:
            head = with_serial(head or b"", serial)
        if head is None:
            raise SerialNotRaisedError(plan.place.key)
        reader = StateReader()
        piece = head
        while piece:
            reader.feed(piece)
            new.write(piece)
            piece = old.read(PIECE_BYTES)
        read = reader.finish()
        if serial is not None and not _differs_in_serial(plan.old.read, read, serial):
            raise SerialNotRaisedError(plan.place.key)
        new.seek(0)
        yield new, read


def _differs_in_serial(old: ReadState, new: ReadState, serial: int) -> bool:
    """Tell whether a state is the old one but for its serial, as far as its head says."""
    match old.content, new.content:
        case StateHead() as before, StateHead() as after:
            return (
                after.serial == serial
                and (after.format_version, after.engine_version, after.lineage)
                == (before.format_version, before.engine_version, before.lineage)
                and after.resource_count == before.resource_count
            )
        case _:
            return False


def _next_serial(
    place: StatePlace,
    versions: Sequence[StateVersion],
    old: StateObject,
    connections: Connections,
) -> int | None:
    """Return a serial above those of all versions; None where there is none to raise.

    All of them, for the newest may be that of another state: a plan that was made against any is to be refused.
    """
    if not isinstance(old.read.content, StateHead):
        return None
    serials = [old.read.content.serial]
    for entry in read_contents(place, versions, connections=connections):
        match entry.content:
            case Known(content):
                serials.append(serial_of(content) or 0)
            case Withheld() as withheld if not entry.version.deleted:
                raise StateUnreadError(place.key, what="versions", reason=str(withheld))
            case Withheld():
                continue
    return max(serials) + 1


def _version(place: StatePlace, version: StateVersion, connections: Connections) -> StateObject:
    match state_object(connections, place.object(version=version.identifier)):
        case Known(StateObject() as found):
            return found
        case Known(_):
            raise VersionMissingError(place.key, version.identifier, known=())
        case Withheld() as withheld:
            raise StateUnreadError(place.key, what="version", reason=str(withheld))


def _chosen(
    place: StatePlace,
    versions: Sequence[StateVersion],
    choice: VersionChoice,
    connections: Connections,
) -> StateVersion:
    match choice:
        case WithIdentifier(identifier=identifier):
            found, wanted = version_named(versions, identifier), f"`{identifier}`"
        case AtTime(moment=moment):
            found, wanted = version_at(versions, moment), f"of {moment:%Y-%m-%dT%H:%M:%SZ}"
        case WithSerial(serial=serial):
            found = _with_serial(place, versions, serial, connections)
            wanted = f"with serial {serial}"
        case _:
            assert_never(choice)
    if found is None:
        raise VersionMissingError(
            place.key,
            wanted,
            known=[
                f"{each.identifier} of {each.written:%Y-%m-%dT%H:%M:%SZ}" for each in versions[:3]
            ],
        )
    return found


def _with_serial(
    place: StatePlace, versions: Sequence[StateVersion], serial: int, connections: Connections
) -> StateVersion | None:
    """Return the newest version with a serial; heads are read from the newest on, until it is found."""
    for version in versions:
        if version.deleted:
            continue
        address = place.object(version=version.identifier, head_bytes=HEAD_BYTES)
        match state_object(connections, address):
            case Known(StateObject() as found) if serial_of(found.read.content) == serial:
                return version
            case Known(_):
                continue
            case Withheld() as withheld:
                raise StateUnreadError(place.key, what="versions", reason=str(withheld))
    return None
