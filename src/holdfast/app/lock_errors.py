"""What a lock that was not taken, or not given back, is to the user: our typed errors, made of the stores' answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from holdfast.app.lock_taking import Shortfall
from holdfast.core.cleaning import printable
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_holds import hold_of
from holdfast.core.lock_info import LockInfo, UnreadableLock, lock_object_key, lock_path
from holdfast.core.lock_outcomes import REMAINING, PartRelease, Standing
from holdfast.core.locks import (
    CannotLock,
    Changed,
    Held,
    LockKind,
    Obstacle,
    Refused,
    StoredLock,
    Unclear,
    Vanished,
)
from holdfast.errors import (
    CredentialsError,
    EndpointUnreachableError,
    HalfLockError,
    HoldfastError,
    LockHeldError,
    LockImpossibleError,
    LockLostError,
    LockNotReleasedError,
    LockUnclearError,
    PermissionMissingError,
    ServiceError,
)

WORDS_MAX = 200
CAUSE_OF_OBSTACLE = {
    Obstacle.UNSUPPORTED: "it refuses conditional writes",
    Obstacle.STORE_MISSING: "it does not exist",
    Obstacle.SCHEMA: "its key is not `LockID` (S) alone",
    Obstacle.REJECTED: "it rejects the lock",
}
UNREADABLE = "cannot be read; it is not taken for free"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedState:
    """The state whose lock an error is about."""

    bucket: str
    key: str

    def address(self, kind: LockKind, place: str) -> str:
        """Return where its lock is in one store, so that a person finds it."""
        match kind:
            case LockKind.OBJECT:
                return f"s3://{self.bucket}/{lock_object_key(self.key)}"
            case LockKind.ITEM:
                return f"item `{lock_path(self.bucket, self.key)}` in {place}"
            case _:
                assert_never(kind)


def acquire_error(state: LockedState, shortfall: Shortfall) -> HoldfastError:
    """Return the error of a lock that was not taken; what is left of it counts for more than why."""
    cause = refusal_error(state, shortfall)
    if not any(each.standing in REMAINING for each in shortfall.given_back):
        if shortfall.late and isinstance(cause, LockHeldError):
            words = f"a write of lock {shortfall.info.identifier}; it was looked for and not seen"
            cause.facts = (*cause.facts, ("unanswered", words))
        return cause
    facts = [*part_facts(state, shortfall.given_back)]
    if shortfall.unseen is not None:
        store = shortfall.store
        address = state.address(store.kind, store.place)
        facts.append((store.kind.words, f"{address} may be there: {shortfall.unseen}"))
    identifier = shortfall.info.identifier
    error = (
        LockNotReleasedError(state.key, identifier=identifier, facts=facts)
        if len(shortfall.stores) == 1
        else HalfLockError(state.key, identifier=identifier, facts=facts, cause=cause.headline)
    )
    error.__cause__ = cause
    return error


def refusal_error(state: LockedState, shortfall: Shortfall) -> HoldfastError:
    """Return why a store did not give the lock."""
    store, outcome = shortfall.store, shortfall.outcome
    place, unseen = store.place, shortfall.unseen
    match outcome:
        case Held():
            return held_error(state, outcome.holder, kind=store.kind, place=place)
        case Vanished():
            gone = Withheld(
                reason=Reason.ERROR,
                detail=f"it was gone each time it was looked at: {outcome.detail}",
            )
            return held_error(state, gone, kind=store.kind, place=place)
        case CannotLock():
            return LockImpossibleError(
                state.key,
                place=place,
                cause=CAUSE_OF_OBSTACLE[outcome.obstacle],
                detail=outcome.detail,
            )
        case Refused():
            return refused_error(outcome.withheld, place=place)
        case Unclear():
            return LockUnclearError(
                state.key,
                identifier=shortfall.info.identifier,
                facts=(
                    (store.kind.words, state.address(store.kind, place)),
                    ("answer", str(outcome.write)),
                    *(() if unseen is None else (("looking for it", str(unseen)),)),
                ),
                seen=unseen is None,
            )
        case _:
            assert_never(outcome)


def held_error(
    state: LockedState, holder: Fact[StoredLock], *, kind: LockKind, place: str
) -> LockHeldError:
    """Return the error of a lock that somebody holds, with all that can be made out of it."""
    info = holder.value.holder if isinstance(holder, Known) else None
    facts = [
        *(holder_facts(info) if info is not None else ()),
        (kind.words, state.address(kind, place)),
    ]
    match holder:
        case Known(StoredLock(content=UnreadableLock() as unreadable)):
            facts.append(("its text", printable(unreadable.problem, length_max=WORDS_MAX)))
        case Withheld():
            facts.append(("its holder", f"{UNREADABLE}: {holder}"))
        case _:
            pass
    return LockHeldError(
        state.key,
        identifier=shown(info.identifier) if info is not None else "",
        who=shown(info.who) if info is not None else "",
        facts=facts,
        is_hold=isinstance(holder, Known) and hold_of(holder.value) is not None,
    )


def holder_facts(info: LockInfo) -> Iterator[tuple[str, str]]:
    """Yield what a lock says about itself, cleaned; empty fields are left out."""
    fields = (
        ("lock ID", info.identifier),
        ("operation", info.operation),
        ("reason", info.info),
        ("version", info.version),
        ("since", info.created if info.created_at is not None else ""),
    )
    yield from ((label, shown(text)) for label, text in fields if text)


def refused_error(withheld: Withheld, *, place: str) -> HoldfastError:
    """Return the error of a request for a lock that was not carried out."""
    match withheld.reason:
        case Reason.PERMISSION:
            return PermissionMissingError(withheld.permission, place, detail=withheld.detail)
        case Reason.CREDENTIALS:
            return CredentialsError(place, withheld.detail)
        case Reason.UNREACHABLE:
            endpoint, _, detail = withheld.detail.partition(": ")
            return EndpointUnreachableError(endpoint, detail)
        case _:
            return ServiceError(
                "locking",
                place,
                code=withheld.reason.value,
                detail=withheld.detail,
                world="nothing was changed",
            )


def release_error(
    state: LockedState, identifier: str, parts: Sequence[PartRelease]
) -> HoldfastError | None:
    """Return the error of a release that did not go as it must; None when every part is gone."""
    facts = tuple(part_facts(state, parts))
    remaining = [each for each in parts if each.standing in REMAINING]
    if remaining and len(remaining) == len(parts):
        return LockNotReleasedError(state.key, identifier=identifier, facts=facts)
    if remaining:
        cause = "the other one is gone, and this one was not released"
        return HalfLockError(state.key, identifier=identifier, facts=facts, cause=cause)
    if any(each.standing is Standing.LOST for each in parts):
        return LockLostError(state.key, identifier=identifier, facts=facts)
    return None


def part_facts(state: LockedState, parts: Sequence[PartRelease]) -> Iterator[tuple[str, str]]:
    """Yield what became of each part: where it is, whether it is there, and why."""
    for part in parts:
        address = state.address(part.kind, part.place)
        why = f": {part.reason}" if part.reason else ""
        yield part.kind.words, f"{address} {standing_words(part)}{why}"


def standing_words(part: PartRelease) -> str:
    """Say what is known of one part."""
    match part.standing:
        case Standing.GONE:
            return "is gone"
        case Standing.LEFT:
            return "is still there"
        case Standing.UNKNOWN:
            return "may still be there"
        case Standing.LOST:
            return f"was removed by somebody else{successor_words(part)}"
        case _:
            assert_never(part.standing)


def successor_words(part: PartRelease) -> str:
    """Say who holds the lock that took the place of ours, if there is one."""
    candidates = [part.after]
    if isinstance(part.outcome, Changed):
        candidates.append(part.outcome.current)
    for seen in candidates:
        match seen:
            case Known(StoredLock() as lock):
                holder = lock.holder
                if holder is None:
                    return "; a lock that cannot be read is there now"
                return f"; {shown(holder.identifier)} of {shown(holder.who)} is there now"
            case _:
                continue
    return ""


def shown(text: str) -> str:
    """Return a text of somebody else's, cleaned and not too long."""
    return printable(text, length_max=WORDS_MAX)
