"""Holds: how a lock that `holdfast locks hold` took is told from all others, and what it says. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from holdfast.core.lock_info import NANOSECONDS_PER_SECOND, LockInfo
from holdfast.core.locks import StoredLock

HOLD_OPERATION = "holdfast-hold"


def hold_of(lock: StoredLock | None) -> LockInfo | None:
    """Return what a lock says when it is a hold and readable; None for every other lock, and for no lock."""
    match lock:
        case StoredLock(content=LockInfo(operation=operation) as info) if (
            operation == HOLD_OPERATION and info.identifier
        ):
            return info
        case _:
            return None


def announced(reason: str, *, from_nanoseconds: int, seconds: float | None) -> str:
    """Return a reason with the end that is planned, if there is one, as words.

    Nothing acts on these words: a lock has no expiry, neither in S3 nor in DynamoDB.
    """
    if seconds is None:
        return reason
    end = datetime.fromtimestamp(from_nanoseconds / NANOSECONDS_PER_SECOND + seconds, tz=UTC)
    return f"{reason} (planned until {end:%Y-%m-%d %H:%M} UTC)"
