"""When the lock file of a state was there, and which writes of the state fall into that time. Pure.

A write of a state lies between the PUT of its lock file and the delete marker of that (Terraform 1.11.4, S3 client
`Lock` and `Unlock`; every cycle leaves one version and one delete marker). S3 gives times in whole seconds, and its
servers need not agree on them, so that a second of grace is given. What cannot be told is unknown and never
"without": a write from before the oldest lock file that is left, or one without a version.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from holdfast.core.facts import Fact, Known
from holdfast.core.lock_info import LockContent, LockInfo
from holdfast.core.state_versions import StateVersion

GRACE = timedelta(seconds=1)
WITHOUT_VERSIONING = "null"  # the id of what is written while a bucket keeps no versions
OWN_OPERATION_START = "holdfast-"  # of every lock that Holdfast takes
KEPT_DAYS_MIN = 1  # `NoncurrentDays` of a lifecycle rule is at least 1


class WrittenUnder(StrEnum):
    """Say whether the lock file of a state was there while the state was written."""

    LOCK_FILE = "with a lock file"
    NO_LOCK_FILE = "without a lock file"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write of a state; `removed` when it was a removal, which engines do under a lock as well."""

    moment: datetime
    version: str
    under: WrittenUnder
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """A time with both its ends; `end` None when it has none yet."""

    start: datetime
    end: datetime | None

    def includes(self, moment: datetime) -> bool:
        """Tell whether a moment lies within, with a second of grace on both sides."""
        return self.start - GRACE <= moment and (self.end is None or moment <= self.end + GRACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFileHistory:
    """When the lock file of a state was there, oldest first.

    `doubtful` are times of which a version is missing: a delete marker is left, and the lock file that it removed is
    not.
    """

    held: tuple[Period, ...]
    doubtful: tuple[Period, ...] = ()

    @property
    def first_seen(self) -> datetime | None:
        """Return when the oldest lock file that is left was put."""
        return self.held[0].start if self.held else None

    @property
    def last_seen(self) -> datetime | None:
        """Return when the newest lock file was put."""
        return self.held[-1].start if self.held else None

    def was_held(self, moment: datetime) -> bool:
        """Tell whether the lock file was there at a moment."""
        return _is_within(self.held, moment)

    def is_doubtful(self, moment: datetime) -> bool:
        """Tell whether a version is missing that would tell of a moment."""
        return _is_within(self.doubtful, moment)


def _is_within(periods: Sequence[Period], moment: datetime) -> bool:
    """Look a moment up in periods that are in order and do not overlap."""
    index = bisect_right(periods, moment + GRACE, key=lambda period: period.start)
    return index > 0 and periods[index - 1].includes(moment)


def lock_file_history(versions: Sequence[StateVersion]) -> LockFileHistory:
    """Read the versions and delete markers of a lock file, in any order.

    A lock file is put where there is none and removed where there is one, so that both come in turns: that decides
    between those of one second.
    """
    held: list[Period] = []
    doubtful: list[Period] = []
    start: datetime | None = None
    freed: datetime | None = None  # the last delete marker
    for event in _in_turns(versions):
        if not event.deleted:
            # One that was put over another: the lock file was there all the time.
            start = event.written if start is None else start
        elif start is not None:
            held.append(Period(start, event.written))
            start, freed = None, event.written
        else:
            if freed is not None and event.written > freed:
                doubtful.append(Period(freed, event.written))
            freed = event.written
    if start is not None:
        held.append(Period(start, None))
    return LockFileHistory(held=tuple(held), doubtful=tuple(doubtful))


def _in_turns(versions: Sequence[StateVersion]) -> Iterator[StateVersion]:
    """Yield the oldest first; of one moment, lock files and delete markers in turns as far as there are both."""
    moments: dict[datetime, tuple[list[StateVersion], list[StateVersion]]] = {}
    for version in sorted(versions, key=lambda each: each.written):
        moments.setdefault(version.written, ([], []))[version.deleted].append(version)
    is_held = False
    for puts, markers in moments.values():
        while puts or markers:
            chosen = markers if (is_held and markers) or not puts else puts
            is_held = chosen is puts
            yield chosen.pop()


def trusted_since(
    history: LockFileHistory,
    *,
    since: datetime | None,
    kept: Fact[int | None],
    now: datetime,
) -> datetime:
    """Return from when on a lock file that is not seen was not there.

    `kept` is for how many days the lifecycle keeps old lock files, None when for ever; where that is not known they
    are kept for a day at least. `since` is the moment from which on lock files are said to be taken.
    """
    days = KEPT_DAYS_MIN
    if isinstance(kept, Known) and kept.value is not None:
        days = max(days, kept.value)
    horizon = now - timedelta(days=days)
    if kept == Known(None) and since is not None:
        horizon = min(horizon, since)
    first_seen = history.first_seen
    return horizon if first_seen is None else min(first_seen, horizon)


def writes_of(
    versions: Sequence[StateVersion], history: LockFileHistory, *, trusted: datetime
) -> tuple[Write, ...]:
    """Return the writes of a state, the newest first, each with what is known of its lock file.

    `trusted` is that of `trusted_since`.
    """
    ordered = sorted(versions, key=lambda each: (not each.current, -each.written.timestamp()))
    return tuple(
        Write(
            moment=version.written,
            version=version.identifier,
            under=_under(version, history, trusted),
            removed=version.deleted,
        )
        for version in ordered
    )


def _under(version: StateVersion, history: LockFileHistory, trusted: datetime) -> WrittenUnder:
    if history.was_held(version.written):
        return WrittenUnder.LOCK_FILE
    if (
        version.identifier == WITHOUT_VERSIONING
        or version.written < trusted
        or history.is_doubtful(version.written)
    ):
        return WrittenUnder.UNKNOWN
    return WrittenUnder.NO_LOCK_FILE


def puts_since(
    lock_files: Sequence[StateVersion], since: datetime | None
) -> tuple[StateVersion, ...]:
    """Return the lock files that were put since a moment, the newest first."""
    first = since.replace(microsecond=0) if since is not None else None
    puts = [
        each for each in lock_files if not each.deleted and (first is None or each.written >= first)
    ]
    return tuple(sorted(puts, key=lambda each: each.written, reverse=True))


def is_of_engine(content: LockContent) -> bool:
    """Tell whether a lock is surely one that an engine took, and not this program."""
    return isinstance(content, LockInfo) and not content.operation.startswith(OWN_OPERATION_START)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the versions of one state and of its lock file tell.

    `unlocked` is the newest write without a lock file and `untold` the newest of which that is unknown, both of the
    writes since the moment that was asked about. `lock_file_first` and `lock_file_last` are when the oldest and the
    newest lock file that are left were put.
    """

    last_write: Write | None
    unlocked: Write | None
    untold: Write | None
    lock_file_first: datetime | None
    lock_file_last: datetime | None


def history_of(
    versions: Sequence[StateVersion],
    lock_files: Sequence[StateVersion],
    *,
    since: datetime | None,
    kept: Fact[int | None],
    now: datetime,
) -> History:
    """Judge the versions of a state beside those of its lock file.

    Without `since`, writes count from the oldest lock file that is left: whoever wrote before it is no news, and where
    none was ever seen nothing is said of any.
    """
    found = lock_file_history(lock_files)
    trusted = trusted_since(found, since=since, kept=kept, now=now)
    writes = writes_of(versions, found, trusted=trusted)
    first = since if since is not None else found.first_seen
    # S3 cuts the parts of a second off, and a moment that is compared with its times must be cut as well.
    counted = [
        each for each in writes if first is not None and each.moment >= first.replace(microsecond=0)
    ]
    newest = {each.under: each for each in reversed(counted)}
    return History(
        last_write=writes[0] if writes else None,
        unlocked=newest.get(WrittenUnder.NO_LOCK_FILE),
        untold=newest.get(WrittenUnder.UNKNOWN),
        lock_file_first=found.first_seen,
        lock_file_last=found.last_seen,
    )
