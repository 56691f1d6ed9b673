"""Check and repair digests: what each lock table says of a state, against the bytes that are there.

A repair is made under the locks of the state, on the condition that both the bytes and the digest are still what was
shown, and the old digest is in the journal before it is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from holdfast.app.journal import DigestNote, Journal, Remover
from holdfast.app.state_places import StatePlace
from holdfast.app.state_restore import (
    WithIdentifier,
    plan_restore,
    restore,
    versions_of,
)
from holdfast.app.state_writing import read_state
from holdfast.aws.connections import Connections
from holdfast.aws.digest_items import (
    DigestAddress,
    DigestChanged,
    put_digest,
    remove_digest,
    stored_digest,
)
from holdfast.aws.state_objects import StateObject, state_object
from holdfast.core.digests import (
    DigestFinding,
    DigestRepair,
    DigestVerdict,
    StoredDigest,
    judged,
)
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.state_versions import StateVersion
from holdfast.errors import (
    DigestNotWrittenError,
    StateChangedError,
    StateUnreadError,
    VersioningOffError,
)

VERSIONS_READ_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCase:
    """The digest of one state in one table, and what is there.

    `older` is the version that the digest names, as it was read; None when none of those that were looked at fits.
    """

    place: StatePlace
    address: DigestAddress
    current: StateObject | None
    finding: DigestFinding
    older: StateObject | None = None


def check_digests(place: StatePlace, *, connections: Connections) -> tuple[DigestCase, ...]:
    """Read a state whole, and its digest in every table; look for the version that a wrong one names.

    Raises `StateUnreadError`.
    """
    current = read_state(place, connections)
    md5 = current.read.md5 if current is not None else None
    return tuple(_case(place, address, current, md5, connections) for address in place.digests)


def _case(
    place: StatePlace,
    address: DigestAddress,
    current: StateObject | None,
    md5: str | None,
    connections: Connections,
) -> DigestCase:
    stored = _stored(place, address, connections)
    verdict = judged(stored, md5)
    version, older = None, None
    if verdict in {DigestVerdict.STALE, DigestVerdict.STATE_MISSING} and stored is not None:
        version, older = _named_version(place, stored.text or "", connections)
    return DigestCase(
        place=place,
        address=address,
        current=current,
        finding=DigestFinding(verdict=verdict, stored=stored, md5=md5, matches=version),
        older=older,
    )


def _stored(
    place: StatePlace, address: DigestAddress, connections: Connections
) -> StoredDigest | None:
    match stored_digest(connections, address):
        case Known(stored):
            return stored
        case Withheld() as withheld:
            raise StateUnreadError(place.key, what="digest", reason=str(withheld))


def _named_version(
    place: StatePlace, md5: str, connections: Connections
) -> tuple[StateVersion | None, StateObject | None]:
    """Find the older version whose bytes have a digest, the newest first.

    The ETag of an object in one part that no KMS key encrypts is its MD5 (S3 API, Object), which saves reading it.
    """
    try:
        versions = [each for each in versions_of(place, connections) if not each.deleted]
    except StateUnreadError:
        return None, None  # the verdict stands without it; what is unknown is no match
    likely = sorted(versions[:VERSIONS_READ_MAX], key=lambda each: each.tag.strip('"') != md5)
    for version in likely:
        read: Fact[StateObject | None] = state_object(
            connections, place.object(version=version.identifier)
        )
        match read:
            case Known(StateObject() as found) if found.read.md5 == md5:
                return version, found
            case _:
                continue
    return None, None


def repair(
    case: DigestCase,
    choice: DigestRepair,
    *,
    connections: Connections,
    journal: Journal,
    remover: Remover,
    clock: Callable[[], str],
) -> str:
    """Make a digest and its state fit again, and say what was done; the caller holds the locks of the state.

    Raises `StateChangedError` when state or digest are not what was shown, `JournalNotWrittenError` before anything is
    changed, and the errors of writing.
    """
    place, address = case.place, case.address
    now = check_digests(place, connections=connections)
    same = next(each for each in now if each.address == address)
    if (same.finding.stored, same.finding.md5) != (case.finding.stored, case.finding.md5):
        raise StateChangedError(place.key)
    if choice not in case.finding.repairs:
        raise ValueError(f"{choice} does not repair a digest that is {case.finding.verdict}")
    stored = case.finding.stored
    journal.note_digest(
        DigestNote(
            moment=clock(),
            remover=remover,
            backend=place.backend.name,
            bucket=place.backend.bucket,
            key=place.key,
            table=address.table.table,
            before=stored.text if stored is not None else None,
            repair=choice.value,
        )
    )
    match choice:
        case DigestRepair.WRITE_DIGEST:
            md5 = case.finding.md5 or ""
            _done(place, address, put_digest(connections, address, md5, before=stored))
            return f"the digest is {md5} now, that of the bytes"
        case DigestRepair.REMOVE_DIGEST:
            if stored is not None:
                _done(place, address, remove_digest(connections, address, before=stored))
            return "the digest is gone"
        case DigestRepair.RESTORE_VERSION:
            version = case.finding.matches
            if version is None:
                raise VersioningOffError(place.key, place.backend.bucket)
            plan = plan_restore(place, WithIdentifier(version.identifier), connections=connections)
            restore(plan, connections=connections)
            return f"version {version.identifier} is restored, with serial {plan.serial}"
        case _:
            assert_never(choice)


def _done(
    place: StatePlace, address: DigestAddress, outcome: DigestChanged | Withheld | None
) -> None:
    match outcome:
        case None:
            return
        case DigestChanged():
            raise StateChangedError(place.key)
        case Withheld() as withheld:
            raise DigestNotWrittenError(place.key, table=address.table.table, reason=str(withheld))
