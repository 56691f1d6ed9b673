"""What every write has in common: look first, write once, read back.

A write asks whether its goal is there before it changes anything, so it can be repeated at any time: by
botocore after a lost answer, by a second `apply`, after a kill. Afterwards it reads the setting back, for as
long as S3 and DynamoDB may take to show it, and compares what it means.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from holdfast.aws.errors import AWS_ERRORS, error_code, raised
from holdfast.core.cleaning import printable
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.errors import (
    CredentialsError,
    EndpointUnreachableError,
    HoldfastError,
    NotVerifiedError,
    PermissionMissingError,
    ServiceError,
)

Value = TypeVar("Value")

# S3 shows a changed bucket configuration within seconds, and does not promise to (S3 user guide, "Amazon S3
# data consistency model": bucket configurations are eventually consistent).
SETTLE_SECONDS = 20.0
PAUSE_FIRST_SECONDS = 0.1
PAUSE_MAX_SECONDS = 3.0

# Another change of the same bucket is under way (S3 API, error responses, 409).
CONFLICTS = frozenset({"OperationAborted", "ConflictException"})
CONFLICT_SECONDS = 60.0

# A write whose answer is lost is sent once more, after a look at what became of the first one.
LOST_ATTEMPTS_MAX = 2

# What the SDK would repeat by itself (S3 API, error responses, 5xx and "Slow Down").
TRANSIENT = frozenset(
    {"500", "502", "503", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"}
)


class Change(StrEnum):
    """Say what became of a write."""

    WRITTEN = "written"
    ALREADY_THERE = "already there"


def pauses(seconds: float) -> Iterator[float]:
    """Give the seconds that passed: at once, then after growing pauses, until `seconds` are over."""
    started = time.monotonic()
    pause = PAUSE_FIRST_SECONDS
    yield 0.0
    while (passed := time.monotonic() - started) < seconds:
        time.sleep(min(pause, seconds - passed))
        pause = min(pause * 2, PAUSE_MAX_SECONDS)
        yield time.monotonic() - started


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """For how long which error codes are waited out."""

    codes: frozenset[str] = CONFLICTS
    seconds: float = CONFLICT_SECONDS


def sent(call: Callable[[], Value], *, permission: str, resource: str, patience: Patience) -> Value:
    """Send a request; an error of AWS becomes one of ours, after the patience is over."""
    for passed in pauses(patience.seconds):
        try:
            return call()
        except AWS_ERRORS as error:
            if error_code(error) not in patience.codes or passed >= patience.seconds:
                raise raised(error, permission=permission, resource=resource) from error
    message = "`pauses` gives its last turn when the time is over"
    raise AssertionError(message)


def known(read: Callable[[], Fact[Value]], *, resource: str, patience: Patience) -> Value:
    """Return the value of a fact that a write cannot do without, or raise why it is withheld."""
    for passed in pauses(patience.seconds):
        match read():
            case Known(value):
                return value
            case Withheld() as withheld:
                # `errors.detail_of` puts the service's code first.
                code = withheld.detail.partition(":")[0]
                if code not in patience.codes or passed >= patience.seconds:
                    raise withheld_error(withheld, resource=resource)
    message = "`pauses` gives its last turn when the time is over"
    raise AssertionError(message)


def withheld_error(withheld: Withheld, *, resource: str) -> HoldfastError:
    """Return the error that a withheld fact is to somebody who needs it."""
    match withheld.reason:
        case Reason.PERMISSION:
            return PermissionMissingError(withheld.permission, resource, detail=withheld.detail)
        case Reason.CREDENTIALS:
            return CredentialsError(resource, withheld.detail)
        case Reason.UNREACHABLE:
            endpoint, _, detail = withheld.detail.partition(": ")
            return EndpointUnreachableError(endpoint, detail)
        case _:
            return ServiceError(
                "reading", resource, code=withheld.reason.value, detail=withheld.detail
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[Value]):
    """One setting of a bucket or table: how it is read, when it is as it should be, how it is written.

    `write` gets what was read just before it, and returns nothing: what counts is what is read afterwards.
    `replaces_whole` is for a document that holds what others wrote: its `write` must be sent with the SDK's
    retries off, because a repetition of an old document would undo what somebody wrote in between.
    """

    subject: str  # `versioning of bucket `x``
    resource: str  # `bucket `x``
    permission: str
    read: Callable[[], Fact[Value]]
    fulfilled: Callable[[Value], bool]
    write: Callable[[Value], object]
    wanted: str
    words: Callable[[Value], str]
    patience: Patience = Patience()
    settle_seconds: float = SETTLE_SECONDS
    replaces_whole: bool = False


def ensure(setting: Setting[Value]) -> Change:
    """Bring a setting about: read, write unless it is there, read back until it shows.

    Raises `NotVerifiedError` when it does not show in time, and the error of whatever AWS refused.
    """
    attempts = _Attempts(setting)
    while True:
        try:
            change = sent(
                attempts.once,
                permission=setting.permission,
                resource=setting.resource,
                patience=attempts.patience,
            )
        except EndpointUnreachableError:
            if not attempts.written:
                raise
            # The answer is lost, and the request need not be: what is there now decides.
            after = setting.read()
            if isinstance(after, Known) and setting.fulfilled(after.value):
                return Change.WRITTEN
            if not setting.replaces_whole or attempts.written >= LOST_ATTEMPTS_MAX:
                raise
        else:
            return change if change is Change.ALREADY_THERE else _shown(setting)


class _Attempts(Generic[Value]):
    """The attempts to write one setting: each reads anew what it changes."""

    def __init__(self, setting: Setting[Value]) -> None:
        self._setting = setting
        self.written = 0
        patience = setting.patience
        again = TRANSIENT if setting.replaces_whole else frozenset[str]()
        self.patience = Patience(codes=patience.codes | again, seconds=patience.seconds)

    def once(self) -> Change:
        """Read the setting, and write it unless it is as it should be."""
        setting = self._setting
        before = known(setting.read, resource=setting.resource, patience=setting.patience)
        if setting.fulfilled(before):
            return Change.WRITTEN if self.written else Change.ALREADY_THERE
        self.written += 1
        setting.write(before)
        return Change.WRITTEN


def _shown(setting: Setting[Value]) -> Change:
    """Read a setting back until it is as it was written."""
    words = ""
    for _ in pauses(setting.settle_seconds):
        found = known(setting.read, resource=setting.resource, patience=setting.patience)
        if setting.fulfilled(found):
            return Change.WRITTEN
        words = setting.words(found)
    raise NotVerifiedError(setting.subject, wanted=setting.wanted, found=printable(words))
