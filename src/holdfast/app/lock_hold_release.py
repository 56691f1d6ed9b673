"""Give back what `holdfast locks hold` took, from any process: holds alone, and each only if it is still what was read.

Every one of them stands in the journal before the first is removed, as when a lock is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from holdfast.app.journal import RemovalCommand
from holdfast.app.lock_breaking import refuse_unseen
from holdfast.app.lock_errors import LockedState, release_error
from holdfast.app.lock_lookup import LookedAt, look_at
from holdfast.app.lock_removal import BrokenPart, Ledger, NotedTarget, Target
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.lock_board import Board
from holdfast.core.lock_holds import hold_of
from holdfast.core.lock_marks import Onlooker, holder_words
from holdfast.core.locks import StoredLock
from holdfast.core.state_naming import StateName
from holdfast.errors import (
    HoldfastError,
    HoldForeignError,
    HoldLeftError,
    HoldMissingError,
    LockLostError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """What became of the locks of one state."""

    state: StateName
    identifier: str
    parts: tuple[BrokenPart, ...]

    @property
    def error(self) -> HoldfastError | None:
        """Return the error of a release that did not go as it must; None when every lock is gone."""
        locked = LockedState(bucket=self.state.backend.bucket, key=self.state.key)
        return release_error(locked, self.identifier, [part.release for part in self.parts])


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRelease:
    """What a release did; `others` are locks on the same states that were not touched, with their holders.

    `journal_problem` is why an outcome is missing in the journal; what was removed stands there all the same.
    """

    identifier: str
    given_back: tuple[GivenBack, ...]
    others: tuple[tuple[str, str], ...]
    journal_problem: str = ""

    @property
    def error(self) -> HoldfastError | None:
        """Return the error of what was not given back as it must; None when every lock is gone."""
        failures = [
            (each.state.key, each.error) for each in self.given_back if each.error is not None
        ]
        if len(failures) == 1:
            return failures[0][1]
        if not failures:
            return None
        return HoldLeftError(
            self.identifier,
            left=[(key, error.headline) for key, error in failures],
            count=len(failures),
            total=len(self.given_back),
            remaining=not all(isinstance(error, LockLostError) for _, error in failures),
        )


def states_of_hold(
    board: Board, identifier: str, backends: Sequence[Backend]
) -> tuple[StateName, ...]:
    """Return every state of a fleet that has a lock of this hold.

    Raises `HoldMissingError`, which says what could not be read.
    """
    named = {backend.name: backend for backend in backends}
    found = tuple(
        StateName(backend=named[row.locks.backend], key=row.locks.key)
        for row in board.rows
        if any(is_of_hold(side.lock, identifier) for side in row.locks.held)
    )
    if not found:
        raise HoldMissingError(f"with the id `{identifier}`", unread=unread_of(board))
    return found


def unread_of(board: Board) -> tuple[str, ...]:
    """Return what could not be read, so that locks of the hold may be there."""
    stores = [f"{each.place}: {each.withheld}" for each in board.stores if each.withheld]
    sides = [
        f"{row.locks.key} in {side.place}: {side.seen}"
        for row in board.rows
        for side in row.locks.unknown
    ]
    return tuple(dict.fromkeys((*stores, *sides)))


def is_of_hold(lock: StoredLock | None, identifier: str) -> bool:
    """Tell whether a lock is one of this hold."""
    info = hold_of(lock)
    return info is not None and info.identifier == identifier


def release_hold(
    states: Sequence[StateName],
    *,
    identifier: str | None,
    ledgers: Mapping[str, Ledger],
    backends: Sequence[Backend],
    connections: Connections,
    onlooker: Onlooker,
    customer_key: bytes | None = None,
    on_looked: Callable[[StateName], None] | None = None,
) -> HoldRelease:
    """Give back the hold with this id on these states; without an id, the one hold of the onlooker's own there.

    Every state is looked at first, in every store. `ledgers` has one for the name of each backend. Raises
    `LockUnseenError`, `HoldForeignError`, `HoldMissingError` and `JournalNotWrittenError`: nothing was removed then.
    What the stores answer to the removal itself is in the result.
    """
    looked: list[tuple[StateName, LookedAt]] = []
    for state in states:
        seen = look_at(
            state,
            backends,
            connections=connections,
            onlooker=onlooker,
            customer_key=customer_key,
        )
        refuse_unseen(seen.view.locks)
        looked.append((state, seen))
        if on_looked is not None:
            on_looked(state)
    wanted = identifier or own_identifier([each for _, each in looked], onlooker.who)
    others: list[tuple[str, str]] = []
    chosen = [(state, targets_of(seen, wanted)) for state, seen in looked]
    for state, seen in looked:
        others += [(state.key, words) for words in other_holders(seen, wanted)]
    if not any(targets for _, targets in chosen):
        if others:
            raise HoldForeignError(others)
        raise HoldMissingError(f"with the id `{wanted}` on these states")
    noted: list[tuple[StateName, Ledger, tuple[NotedTarget, ...]]] = []
    for state, targets in chosen:
        if targets:
            ledger = ledgers[state.backend.name]
            noted.append((state, ledger, ledger.note(targets, RemovalCommand.RELEASE)))
    given_back: list[GivenBack] = []
    problems: list[str] = []
    for state, ledger, of_state in noted:
        removed = ledger.remove(of_state, on_part=ignore_part)
        given_back.append(GivenBack(state=state, identifier=wanted, parts=removed.parts))
        problems += [removed.journal_problem] if removed.journal_problem else []
    return HoldRelease(
        identifier=wanted,
        given_back=tuple(given_back),
        others=tuple(others),
        journal_problem=next(iter(problems), ""),
    )


def ignore_part(part: BrokenPart) -> None:
    """Show nothing."""
    del part


def own_identifier(looked: Sequence[LookedAt], who: str) -> str:
    """Return the id of the only hold that this user took on this host; raise when there is none, or more than one."""
    holds = {
        info.identifier: info
        for each in looked
        for side in each.view.locks.held
        if (info := hold_of(side.lock)) is not None
    }
    own = [identifier for identifier, info in holds.items() if info.who == who]
    if len(own) == 1:
        return own[0]
    if holds:
        facts = [(info.path, holder_words(info)) for info in holds.values()]
        raise HoldForeignError(facts)
    others = [
        (each.view.locks.key, words) for each in looked for words in other_holders(each, wanted="")
    ]
    if others:
        raise HoldForeignError(others)
    raise HoldMissingError("on these states")


def targets_of(looked: LookedAt, identifier: str) -> tuple[Target, ...]:
    """Return the locks of a hold on one state, in every store that has one."""
    return tuple(
        Target(backend=looked.view.locks.backend, store=store, place=place, lock=side.lock)
        for side, store, place in zip(
            looked.view.locks.sides, looked.stores, looked.view.places, strict=True
        )
        if side.lock is not None and is_of_hold(side.lock, identifier)
    )


def other_holders(looked: LookedAt, wanted: str) -> tuple[str, ...]:
    """Return who else has a lock on one state."""
    holders: dict[str, None] = {}
    for side in looked.view.locks.held:
        if side.lock is None or is_of_hold(side.lock, wanted):
            continue
        info = side.lock.holder
        words = holder_words(info) if info is not None else "a lock that cannot be read"
        kind = "a hold of " if hold_of(side.lock) is not None else "not a hold: "
        holders[f"{kind}{words}"] = None
    return tuple(holders)
