"""Hold the locks of several states for a reason: all of them or none, while a command runs or until somebody releases.

Every lock of a hold has one id, so that all of it can be given back by that id, also by another process. They are taken
in one fixed order and never waited for: of two holds that want the same states, one meets the other at the first state
that both want and gives back what it has, so that they can neither wait for each other nor each hold a half.
Each state is tried once under the id, so that a late request can never meet a later lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_signals import signals_held_back, signals_unwinding
from holdfast.app.lock_stores import settings_for, stores_for
from holdfast.app.state_lock import StateLock
from holdfast.aws.connections import Connections
from holdfast.aws.endpoints import own_endpoint
from holdfast.core.lock_holds import HOLD_OPERATION
from holdfast.core.lock_info import IDENTIFIER_BYTES, lock_identifier
from holdfast.core.state_naming import StateName
from holdfast.errors import HoldfastError, HoldLeftError, LockLostError


def ignore_taken(state: StateName) -> None:
    """Show nothing."""
    del state


def in_fixed_order(states: Sequence[StateName]) -> tuple[StateName, ...]:
    """Return the states, each once, in the order in which every hold takes them, whatever was typed first."""
    unique = {(each.backend.name, each.key): each for each in states}
    return tuple(
        sorted(
            unique.values(),
            key=lambda each: (
                each.backend.bucket,
                each.key,
                each.backend.access.endpoints.s3 or "",
                each.backend.name,
            ),
        )
    )


class Hold:
    """Locks of several states with one id. Made by `holding`, which gives them back unless they are kept."""

    def __init__(
        self,
        states: Sequence[StateName],
        *,
        connections: Connections,
        identity: LockIdentity,
        reason: str,
        customer_key: bytes | None = None,
    ) -> None:
        chance = identity.random(IDENTIFIER_BYTES)
        shared = replace(identity, random=lambda size: chance[:size])
        self.identifier = lock_identifier(chance)
        self.states = in_fixed_order(states)
        self.kept = False
        proven: set[str] = set()
        locks: list[StateLock] = []
        for state in self.states:
            backend, key = state.backend, state.key
            settings = settings_for(backend, key, customer_key=customer_key)
            is_first = backend.name not in proven
            proven.add(backend.name)
            locks.append(
                StateLock(
                    stores=stores_for(backend, key, connections, settings),
                    bucket=backend.bucket,
                    key=key,
                    identity=shared,
                    operation=HOLD_OPERATION,
                    reason=reason,
                    # One state of a backend shows what its store does with conditions.
                    verify_conditions=is_first and own_endpoint(backend.access, "s3"),
                )
            )
        self._locks = tuple(locks)

    @property
    def count_held(self) -> int:
        """Return how many states are held."""
        return sum(bool(lock.parts) for lock in self._locks)

    def take(self, on_taken: Callable[[StateName], None] = ignore_taken) -> None:
        """Take every lock in order, without waiting; raises what `StateLock.acquire` raises for the first one refused.

        What was taken before it is still held then.
        """
        for state, lock in zip(self.states, self._locks, strict=True):
            lock.acquire()
            on_taken(state)

    def keep(self) -> None:
        """Leave the locks where they are when the block ends: from now on they are released by their id."""
        self.kept = True

    def give_back(self, *, cause: HoldfastError | None = None) -> None:
        """Give back every lock that is held, the last one first; one that fails keeps no other from being tried.

        Raises the error of a lock that was lost or could not be given back, and `HoldLeftError` for more than one
        or when there is a `cause` already.
        """
        total = self.count_held
        with signals_held_back():
            failures: list[tuple[str, HoldfastError]] = []
            for state, lock in reversed(list(zip(self.states, self._locks, strict=True))):
                try:
                    lock.release()
                except HoldfastError as error:
                    failures.append((state.key, error))
            if not failures:
                return
            if len(failures) == 1 and cause is None:
                raise failures[0][1]
            facts: list[tuple[str, str]] = []
            for key, failure in failures:
                facts.append((key, failure.headline))
                facts += [fact for fact in failure.facts if fact[0] != "lock ID"]
            raise HoldLeftError(
                self.identifier,
                left=facts,
                count=len(failures),
                total=total,
                cause=cause.headline if cause is not None else "",
                remaining=not all(isinstance(failure, LockLostError) for _, failure in failures),
            ) from (cause or failures[0][1])


@contextmanager
def holding(
    states: Sequence[StateName],
    *,
    connections: Connections,
    identity: LockIdentity,
    reason: str,
    customer_key: bytes | None = None,
    on_taken: Callable[[StateName], None] = ignore_taken,
) -> Iterator[Hold]:
    """Hold all of the states inside the block, or none: raises the error of the first one that cannot be locked.

    `reason` is what engines print to whoever is refused. Whatever ends the block gives the locks back, unless they are
    to be kept: errors, Ctrl-C, SIGTERM, SIGHUP. SIGKILL leaves them. Raises `HoldLeftError` for what could not be given
    back.
    """
    hold = Hold(
        states,
        connections=connections,
        identity=identity,
        reason=reason,
        customer_key=customer_key,
    )
    cause: HoldfastError | None = None
    with signals_unwinding():
        try:
            hold.take(on_taken)
            yield hold
        except HoldfastError as error:
            cause = error
            raise
        finally:
            if not hold.kept:
                hold.give_back(cause=cause)
