"""What both lock stores have in common: sorting out failed requests, and looking after a lost answer.

An SDK that repeats a conditional write by itself meets its own lock and takes it for somebody else's
(measured with Terraform 1.11.4; opentofu/opentofu#4405). So acquiring requests are made with the SDK's
retries off, and repeated here, where our own id is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TypeAlias

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NewConnectionError, ProxyError

from holdfast.aws.errors import (
    AwsError,
    detail_of,
    error_code,
    http_status,
    reason_of,
    withheld,
)
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_outcomes import is_ours
from holdfast.core.locks import (
    Acquired,
    AcquireOutcome,
    CannotLock,
    Changed,
    ConditionUnsupported,
    Held,
    Obstacle,
    Refused,
    Released,
    ReleaseOutcome,
    StoredLock,
    Unclear,
    Vanished,
)

ATTEMPTS_MAX = 3
PAUSE_FIRST_SECONDS = 0.2
PAUSE_FACTOR = 4

# No connection came about, so the server saw nothing.
NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError)
STORE_MISSING_CODES = frozenset({"NoSuchBucket", "ResourceNotFoundException"})
SCHEMA_CODES = frozenset({"ValidationException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicted:
    """The condition did not hold; `lock` is what is there, where the answer itself says so."""

    detail: str
    lock: StoredLock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """There was no answer, or none that says whether the server acted."""

    withheld: Withheld


Failure: TypeAlias = Lost | CannotLock | Refused
WriteAnswer: TypeAlias = Acquired | Conflicted | Failure
DeleteAnswer: TypeAlias = Released | Conflicted | ConditionUnsupported | Failure


def failure_of(error: AwsError, *, permission: str) -> Failure:
    """Sort a failed write or delete whose condition was not the cause."""
    reason = withheld(error, permission=permission)
    status = http_status(error)
    if was_never_sent(error):
        return Refused(withheld=reason)
    if reason.reason is Reason.UNSUPPORTED:
        return CannotLock(obstacle=Obstacle.UNSUPPORTED, detail=detail_of(error))
    if reason.reason is Reason.UNREACHABLE or isinstance(error, ResponseParserError):
        return Lost(withheld=reason)
    if status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Lost(withheld=reason)
    if reason_of(error) is not Reason.ERROR or not isinstance(error, ClientError):
        return Refused(withheld=reason)
    return CannotLock(obstacle=_obstacle(error_code(error)), detail=detail_of(error))


def was_never_sent(error: AwsError) -> bool:
    """Tell whether the server cannot have seen the request.

    Of a proxy for plain HTTP urllib3 2.8 says that it could not be connected to even when it had passed the request on
    and then hung up: only a connection that never came about is certain.
    """
    if isinstance(error, ProxyConnectionError):
        cause = error.kwargs.get("error")
        return isinstance(cause, ProxyError) and isinstance(
            cause.original_error, NewConnectionError
        )
    return isinstance(error, NEVER_SENT)


def _obstacle(code: str) -> Obstacle:
    if code in STORE_MISSING_CODES:
        return Obstacle.STORE_MISSING
    return Obstacle.SCHEMA if code in SCHEMA_CODES else Obstacle.REJECTED


def acquire_outcome(
    write: Callable[[], WriteAnswer],
    read: Callable[[], Fact[StoredLock | None]],
    info: LockInfo,
    *,
    pause: Callable[[float], None],
) -> AcquireOutcome:
    """Write until the answer is clear, at most `ATTEMPTS_MAX` times.

    Repeating is safe: the write is conditional and carries one id, so a write that did arrive shows itself
    as a conflict with our own id. A conflict with a lock that is gone when it is looked at is tried again.
    """
    lost: Withheld | None = None
    silent = 0  # writes that no answer came to: unlike one that failed, each may still be under way
    conflict = ""
    for attempt in range(ATTEMPTS_MAX):
        pause_before(attempt, pause)
        answer = write()
        match answer:
            case Acquired():
                return replace(answer, late=silent > 0)
            case CannotLock():
                return answer
            case Refused() if _busy(answer) and attempt + 1 < ATTEMPTS_MAX:
                continue
            case Refused():
                return answer if lost is None else Unclear(write=lost)
            case Lost():
                lost = answer.withheld
                silent += lost.reason is Reason.UNREACHABLE
            case Conflicted(lock=StoredLock() as lock):
                return _recognised(lock, info, silent)
            case Conflicted():
                conflict = answer.detail
        match read():
            case Known(StoredLock() as lock):
                return _recognised(lock, info, silent)
            case Known(_):
                continue
            case Withheld() as unread:
                return Held(holder=unread) if lost is None else Unclear(write=lost, read=unread)
    return Vanished(detail=conflict) if lost is None else Unclear(write=lost)


def pause_before(attempt: int, pause: Callable[[float], None]) -> None:
    """Wait before a request is repeated: not at all, 0.2 s, 0.8 s."""
    if attempt:
        pause(PAUSE_FIRST_SECONDS * PAUSE_FACTOR ** (attempt - 1))


def _busy(answer: Refused) -> bool:
    """Tell whether the service only wants to be asked later: the SDK's own retries are off here."""
    return answer.withheld.reason is Reason.THROTTLED


def _recognised(lock: StoredLock, info: LockInfo, silent: int) -> Acquired | Held:
    """Tell our own lock, which one of the silent writes must have made, from somebody else's."""
    if is_ours(lock, info):
        return Acquired(lock=lock, recognised=True, late=silent > 1)
    return Held(holder=Known(lock), late=silent > 0)


def release_outcome(
    delete: Callable[[], DeleteAnswer],
    read: Callable[[], Fact[StoredLock | None]],
    lock: StoredLock,
    *,
    pause: Callable[[float], None],
) -> ReleaseOutcome:
    """Delete until the answer is clear, at most `ATTEMPTS_MAX` times.

    Repeating is safe: the delete is conditional on this very lock. After a lost answer, a store that holds
    anything else but this lock has let go of it.
    """
    lost: Withheld | None = None
    for attempt in range(ATTEMPTS_MAX):
        pause_before(attempt, pause)
        answer = delete()
        match answer:
            case Released() | ConditionUnsupported():
                return answer
            case Refused() if _busy(answer) and attempt + 1 < ATTEMPTS_MAX:
                continue
            case CannotLock():
                return Refused(withheld=Withheld(reason=Reason.ERROR, detail=answer.detail))
            case Refused():
                return answer if lost is None else Unclear(write=lost)
            case Lost():
                lost = answer.withheld
            case Conflicted(lock=StoredLock() as found) if lost is None:
                return Changed(current=Known(found))
            case Conflicted():
                pass
        current = read()
        match current:
            case Known(StoredLock(tag=tag)) if tag == lock.tag:
                continue
            case Known(_):
                return Changed(current=current) if lost is None else Released()
            case Withheld():
                return (
                    Changed(current=current) if lost is None else Unclear(write=lost, read=current)
                )
    return Unclear(write=lost or STILL_THERE)


STILL_THERE = Withheld(
    reason=Reason.ERROR,
    detail="the store refuses to delete the lock, and shows it unchanged when it is read",
)
