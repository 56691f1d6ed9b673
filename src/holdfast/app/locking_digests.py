"""The digests of a state while its roots leave the lock table, or come back to it; the caller holds the locks.

The old digest is in the journal before it is gone. After a lost answer only the item can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.app.journal import DigestNote
from holdfast.app.lock_removal import Ledger
from holdfast.app.state_places import StatePlace
from holdfast.app.state_writing import digest_at, read_state, write_digests
from holdfast.aws.connections import Connections
from holdfast.aws.digest_items import DigestAddress, DigestChanged, remove_digest
from holdfast.core.digests import (
    EMPTY_MD5,
    DigestRepair,
    DigestVerdict,
    StoredDigest,
    judged,
)
from holdfast.errors import DigestNotWrittenError, LockingDigestUnfitError, StateChangedError

LOST = frozenset({DigestVerdict.STATE_MISSING})
UNFIT = LOST | {DigestVerdict.STALE}
WRITES_MAX = 3
UNSETTLED = "its code is as it was, and no digest is left that would refuse it"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDigest:
    """The digest of a state in one table, and the MD5 of its bytes (None: there are none)."""

    place: StatePlace
    address: DigestAddress
    stored: StoredDigest | None
    md5: str | None

    @property
    def verdict(self) -> DigestVerdict:
        """Return how the two fit together."""
        return judged(self.stored, self.md5)


def remove_digests(place: StatePlace, *, connections: Connections, ledger: Ledger) -> int:
    """Remove the digest of a state from every table, and return how many there were.

    Raises `LockingDigestUnfitError` for one that is not that of the bytes, before any is removed, `JournalNotWrittenError`,
    `StateUnreadError`, and `DigestNotWrittenError`.
    """
    return _remove_all(place, connections, ledger, unfit=UNFIT)


def clear_digests(place: StatePlace, *, connections: Connections, ledger: Ledger) -> int:
    """Remove the digests that are left of an earlier time from every table, and return how many there were.

    One that is not that of the bytes is nothing to wonder at: they were written without the table since. Raises
    `LockingDigestUnfitError` for a digest without a state, before any is removed, and the errors of `remove_digests`.
    """
    return _remove_all(place, connections, ledger, unfit=LOST)


def refresh_digests(place: StatePlace, *, connections: Connections, ledger: Ledger) -> int:
    """Make the digest of a state in every table that of its bytes, and return how many were not.

    The state is read again after a digest was written: who does not lock may have written it in between, and a digest
    that does not fit refuses it to everybody, which one that is not there does not. Raises `StateChangedError` when it
    does not hold still, `LockingDigestUnfitError` for a digest without a state, `JournalNotWrittenError`,
    `StateUnreadError`, and `DigestNotWrittenError`.
    """
    refreshed: set[str] = set()
    wrong = _wrong(place, connections)
    for _ in range(WRITES_MAX):
        if not wrong:
            return len(refreshed)
        for each in wrong:
            _note(each, DigestRepair.WRITE_DIGEST, ledger)
        refreshed.update(write_digests(place, wrong[0].md5 or EMPTY_MD5, connections))
        wrong = _wrong(place, connections)
    if not wrong:
        return len(refreshed)
    for each in wrong:
        if each.stored is not None:
            _note(each, DigestRepair.REMOVE_DIGEST, ledger)
            _remove(each, connections)
    raise StateChangedError(place.key, world=UNSETTLED)


def _wrong(place: StatePlace, connections: Connections) -> list[SeenDigest]:
    """Return the digests that are not those of the bytes; none where there are no bytes that one could fit."""
    seen = _seen(place, connections)
    for each in seen:
        _refuse(each, unfit=LOST)
    return [
        each
        for each in seen
        if each.md5 not in {None, EMPTY_MD5} and each.verdict is not DigestVerdict.RIGHT
    ]


def _remove_all(
    place: StatePlace,
    connections: Connections,
    ledger: Ledger,
    *,
    unfit: frozenset[DigestVerdict],
) -> int:
    seen = [each for each in _seen(place, connections) if each.stored is not None]
    for each in seen:
        _refuse(each, unfit=unfit)
    for each in seen:
        _note(each, DigestRepair.REMOVE_DIGEST, ledger)
        _remove(each, connections)
    return len(seen)


def _seen(place: StatePlace, connections: Connections) -> list[SeenDigest]:
    state = read_state(place, connections)
    md5 = state.read.md5 if state is not None else None
    return [
        SeenDigest(
            place=place, address=address, stored=digest_at(place, address, connections), md5=md5
        )
        for address in place.digests
    ]


def _refuse(seen: SeenDigest, *, unfit: frozenset[DigestVerdict]) -> None:
    if seen.verdict in unfit and seen.stored is not None:
        raise LockingDigestUnfitError(
            seen.place.key,
            table=seen.address.table.table,
            stored=seen.stored.text or "",
            actual=seen.md5 or "there is no state",
        )


def _remove(seen: SeenDigest, connections: Connections) -> None:
    if seen.stored is None:
        return
    refused = remove_digest(connections, seen.address, before=seen.stored)
    if refused is None or digest_at(seen.place, seen.address, connections) is None:
        return
    by_others = "somebody else wrote it although the lock is held"
    reason = by_others if isinstance(refused, DigestChanged) else str(refused)
    raise DigestNotWrittenError(seen.place.key, table=seen.address.table.table, reason=reason)


def _note(seen: SeenDigest, repair: DigestRepair, ledger: Ledger) -> None:
    backend, stored = seen.place.backend, seen.stored
    ledger.journal.note_digest(
        DigestNote(
            moment=ledger.clock(),
            remover=ledger.remover,
            backend=backend.name,
            bucket=backend.bucket,
            key=seen.place.key,
            table=seen.address.table.table,
            before=(stored.text or stored.typed) if stored is not None else None,
            repair=repair.value,
        )
    )
