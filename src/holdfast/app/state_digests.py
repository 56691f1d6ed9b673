"""Check and repair digests: what each lock table says of a state, against the bytes that are there.

A repair is made under the locks of the state, on the condition that both the bytes and the digest are still what was
shown, and the old digest is in the journal before it is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from holdfast.app.journal import DigestNote, Journal, Remover
from holdfast.app.state_history import versions_of
from holdfast.app.state_places import StatePlace
from holdfast.app.state_restore import WithIdentifier, plan_restore, restore
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
    EMPTY_MD5,
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
LOOKS_MAX = 4
DOUBTFUL = frozenset({DigestVerdict.STALE, DigestVerdict.STATE_MISSING})


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
    return tuple(
        _with_version(case, connections) for case in settled_digests(place, connections=connections)
    )


def settled_digests(place: StatePlace, *, connections: Connections) -> tuple[DigestCase, ...]:
    """Read a state whole, and its digest in every table, until the two are not on their way any more.

    What does not fit is read again until two looks show the same: an engine writes the state first and its digest
    afterwards (Terraform 1.11.4, S3 client `Put`). Raises `StateUnreadError`.
    """
    looked = _look(place, connections)
    for _ in range(LOOKS_MAX - 1):
        if not any(case.finding.verdict in DOUBTFUL for case in looked):
            break
        again = _look(place, connections)
        if [_seen(each) for each in again] == [_seen(each) for each in looked]:
            break
        looked = again
    return looked


def _look(place: StatePlace, connections: Connections) -> tuple[DigestCase, ...]:
    current = read_state(place, connections)
    md5 = current.read.md5 if current is not None else None
    cases = []
    for address in place.digests:
        stored = _stored(place, address, connections)
        finding = DigestFinding(verdict=judged(stored, md5), stored=stored, md5=md5)
        cases.append(DigestCase(place=place, address=address, current=current, finding=finding))
    return tuple(cases)


def _seen(case: DigestCase) -> tuple[StoredDigest | None, str | None]:
    return case.finding.stored, case.finding.md5


def _with_version(case: DigestCase, connections: Connections) -> DigestCase:
    """Look for the version that a wrong digest names."""
    stored = case.finding.stored
    if case.finding.verdict not in DOUBTFUL or stored is None:
        return case
    if (stored.text or "").lower() == EMPTY_MD5:
        return case  # the digest of no bytes names no state
    try:
        version, older, unread = _named_version(
            case.place, (stored.text or "").lower(), connections
        )
    except StateUnreadError as error:
        version, older, unread = None, None, error.facts[0][1]
    finding = replace(case.finding, matches=version, unread=unread)
    return replace(case, finding=finding, older=older)


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
) -> tuple[StateVersion | None, StateObject | None, str]:
    """Find the older version whose bytes have a digest, the newest first, and say why some could not be read.

    The ETag of an object in one part that no KMS key encrypts is its MD5 (S3 API, Object): of all versions those with such
    an ETag are read first, and then the newest of the others, whose ETag says nothing. Only the bytes name a version.
    """
    versions = [each for each in versions_of(place, connections) if not each.deleted]
    tagged = [each for each in versions if each.tag.strip('"') == md5]
    others = [each for each in versions if each not in tagged]
    unread = ""
    for version in (*tagged, *others[:VERSIONS_READ_MAX]):
        read: Fact[StateObject | None] = state_object(
            connections, place.object(version=version.identifier)
        )
        match read:
            case Known(StateObject() as found) if found.read.md5 == md5:
                return version, found, ""
            case Withheld() as withheld:
                unread = str(withheld)
            case _:
                continue
    left = len(others) - VERSIONS_READ_MAX
    if left > 0 and not unread:
        unread = f"the oldest {left}, whose ETag is another one, which says nothing under a KMS key"
    return None, None, unread


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
            before=(stored.text or stored.typed) if stored is not None else None,
            repair=choice.value,
        )
    )
    match choice:
        case DigestRepair.WRITE_DIGEST:
            md5 = case.finding.md5 or ""
            written = put_digest(connections, address, md5, before=stored)
            _done(case, written, StoredDigest(text=md5), connections)
            return f"the digest is {md5} now, that of the bytes"
        case DigestRepair.REMOVE_DIGEST:
            if stored is not None:
                removed = remove_digest(connections, address, before=stored)
                _done(case, removed, None, connections)
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
    case: DigestCase,
    outcome: DigestChanged | Withheld | None,
    wanted: StoredDigest | None,
    connections: Connections,
) -> None:
    """Raise unless the digest is what was wanted: after a lost answer only the item can tell."""
    place, address = case.place, case.address
    if outcome is None or stored_digest(connections, address) == Known(wanted):
        return
    match outcome:
        case DigestChanged():
            raise StateChangedError(place.key)
        case Withheld() as withheld:
            raise DigestNotWrittenError(place.key, table=address.table.table, reason=str(withheld))
