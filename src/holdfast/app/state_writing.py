"""Write a state while its lock is held: on the condition of what was read, verified, then its digests.

If the process dies before the write, nothing has changed. Between the write and the digest the digest is stale:
engines with the table refuse the state and say so, and running the same command again, or `states check
--repair`, completes it. The order is that of the engines (Terraform 1.11.4, S3 client `Put`, then `putMD5`).
"""

from __future__ import annotations

import os
from typing import IO, assert_never

from holdfast.app.state_places import StatePlace
from holdfast.aws.connections import Connections
from holdfast.aws.digest_items import (
    DigestAddress,
    DigestChanged,
    put_digest,
    remove_digest,
    stored_digest,
)
from holdfast.aws.state_objects import (
    StateChanged,
    StateObject,
    StateWritten,
    WriteOutcome,
    put_state,
    state_object,
)
from holdfast.aws.state_uploads import Readable, upload_state
from holdfast.aws.writing import pauses
from holdfast.core.digests import EMPTY_MD5, StoredDigest
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.state_uploads import UPLOAD_LIMITS, UploadLimits
from holdfast.errors import (
    DigestNotWrittenError,
    StateChangedError,
    StateNotVerifiedError,
    StateNotWrittenError,
    StateUnreadError,
)

LATE_SECONDS = 10.0
CHANGED_AFTER = "it was changed by somebody else after it was written"


def read_state(place: StatePlace, connections: Connections) -> StateObject | None:
    """Return the state as it is; raise `StateUnreadError`."""
    match state_object(connections, place.object()):
        case Known(found):
            return found
        case Withheld() as withheld:
            raise StateUnreadError(place.key, what="state", reason=str(withheld))


def write_state(
    place: StatePlace,
    body: IO[bytes],
    *,
    md5: str,
    before: StateObject | None,
    connections: Connections,
    late_seconds: float = LATE_SECONDS,
    limits: UploadLimits = UPLOAD_LIMITS,
) -> StateObject:
    """Write a state over `before` (None: there is none) and return it as it was read back.

    A write that got no answer is looked for during `late_seconds`, while the lock is held: it may arrive late.
    Raises `StateChangedError` when it is not `before` any more, `StateNotWrittenError` when it could not be written,
    `StateNotVerifiedError` when it is not known what is there now, and `DigestNotWrittenError`.
    """
    size_bytes = body.seek(0, os.SEEK_END)
    body.seek(0)
    outcome: WriteOutcome
    if size_bytes > limits.single_bytes_max:
        part_bytes = limits.part_size(size_bytes)
        outcome = upload_state(
            connections, place.object(), body, tag=_tag(before), part_bytes=part_bytes
        )
    else:
        outcome = put_state(connections, place.object(), body, tag=_tag(before))
    return _concluded(outcome, place, md5, before, connections, late_seconds=late_seconds)


def stream_state(
    place: StatePlace,
    body: Readable,
    *,
    md5: str,
    size_bytes: int,
    before: StateObject | None,
    connections: Connections,
    late_seconds: float = LATE_SECONDS,
    limits: UploadLimits = UPLOAD_LIMITS,
) -> StateObject:
    """Write a state as `write_state` does, in parts, from bytes that come in and are kept nowhere.

    `body` raises when its bytes turn out not to be those of `md5`; then nothing was written.
    """
    outcome = upload_state(
        connections,
        place.object(),
        body,
        tag=_tag(before),
        part_bytes=limits.part_size(size_bytes),
    )
    return _concluded(outcome, place, md5, before, connections, late_seconds=late_seconds)


def _tag(state: StateObject | None) -> str | None:
    return state.tag if state is not None else None


def _concluded(
    outcome: WriteOutcome,
    place: StatePlace,
    md5: str,
    before: StateObject | None,
    connections: Connections,
    *,
    late_seconds: float,
) -> StateObject:
    """Find out what became of a write, then write the digests."""
    match outcome:
        case StateWritten():
            after = _verified(place, md5, connections)
        case StateChanged():
            # A lost answer can have been ours, if a proxy sent the request twice: the bytes tell.
            after = _ours_or_changed(place, md5, connections)
        case Withheld():
            after = _after_silence(
                place, md5, before, outcome, connections, late_seconds=late_seconds
            )
        case _:
            assert_never(outcome)
    write_digests(place, md5, connections)
    return after


def write_digests(place: StatePlace, md5: str, connections: Connections) -> tuple[str, ...]:
    """Make every digest that is there, or that an engine would write, that of the bytes; return changed tables.

    Raises `DigestNotWrittenError`.
    """
    return tuple(
        address.table.table
        for address in place.digests
        if _write_digest(place, address, md5, connections)
    )


def _write_digest(
    place: StatePlace, address: DigestAddress, md5: str, connections: Connections
) -> bool:
    before = digest_at(place, address, connections)
    # Bytes that are none are no state to the engines, which no digest fits.
    wanted = None if md5 == EMPTY_MD5 else StoredDigest(text=md5)
    if before == wanted or (before is None and not place.wants_digest):
        return False
    if before is not None and wanted is None:
        refused = remove_digest(connections, address, before=before)
    else:
        refused = put_digest(connections, address, md5, before=before)
    # After a lost answer only the item can tell.
    if refused is None or digest_at(place, address, connections) == wanted:
        return True
    by_others = "somebody else wrote it although the lock is held"
    reason = by_others if isinstance(refused, DigestChanged) else str(refused)
    raise DigestNotWrittenError(place.key, table=address.table.table, reason=reason)


def digest_at(
    place: StatePlace, address: DigestAddress, connections: Connections
) -> StoredDigest | None:
    """Read the digest of a state in one table; raise `DigestNotWrittenError`."""
    match stored_digest(connections, address):
        case Known(stored):
            return stored
        case Withheld() as withheld:
            raise DigestNotWrittenError(place.key, table=address.table.table, reason=str(withheld))


def _verified(place: StatePlace, md5: str, connections: Connections) -> StateObject:
    match state_object(connections, place.object()):
        case Known(StateObject() as after) if after.read.md5 == md5:
            return after
        case Known(_):
            raise StateNotVerifiedError(place.key, CHANGED_AFTER)
        case Withheld() as withheld:
            raise StateNotVerifiedError(place.key, str(withheld))


def _ours_or_changed(place: StatePlace, md5: str, connections: Connections) -> StateObject:
    match state_object(connections, place.object()):
        case Known(StateObject() as after) if after.read.md5 == md5:
            return after
        case _:
            raise StateChangedError(place.key)


def _after_silence(
    place: StatePlace,
    md5: str,
    before: StateObject | None,
    refused: Withheld,
    connections: Connections,
    *,
    late_seconds: float,
) -> StateObject:
    """Find out what became of a write that was refused or got no answer."""
    answered = refused.reason is not Reason.UNREACHABLE
    for _ in pauses(0 if answered else late_seconds):
        match state_object(connections, place.object()):
            case Known(StateObject() as after) if after.read.md5 == md5:
                return after
            case Known(after) if _tag(after) == _tag(before):
                continue
            case Known(_):
                raise StateChangedError(place.key)
            case Withheld() as withheld:
                raise StateNotVerifiedError(place.key, f"{refused}; {withheld}")
    late = "" if answered else f"; it had not arrived {late_seconds:.0f} s later"
    raise StateNotWrittenError(place.key, f"{refused}{late}")
