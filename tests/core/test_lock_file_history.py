"""Which writes of a state had a lock file beside them, as far as versions can tell."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_file_history import (
    History,
    Period,
    Write,
    WrittenUnder,
    history_of,
    lock_file_history,
)
from holdfast.core.state_versions import StateVersion

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FOR_EVER: Fact[int | None] = Known(None)
DENIED: Fact[int | None] = Withheld(reason=Reason.PERMISSION, permission="s3:GetLifecycle")
WITH, WITHOUT, UNKNOWN = (
    WrittenUnder.LOCK_FILE,
    WrittenUnder.NO_LOCK_FILE,
    WrittenUnder.UNKNOWN,
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def version(
    seconds: float, *, deleted: bool = False, current: bool = False, identifier: str = ""
) -> StateVersion:
    return StateVersion(
        identifier=identifier or f"v{seconds}{'d' if deleted else ''}",
        written=at(seconds),
        size_bytes=0 if deleted else 100,
        tag="" if deleted else '"tag"',
        current=current,
        deleted=deleted,
    )


def lock_files(*periods: tuple[float, float | None]) -> tuple[StateVersion, ...]:
    """Return the versions of a lock file that was there in these times."""
    found = []
    for start, end in periods:
        found.append(version(start))
        if end is not None:
            found.append(version(end, deleted=True))
    return tuple(found)


def judged(
    write: float,
    locks: tuple[StateVersion, ...],
    *,
    since: float | None = None,
    kept: Fact[int | None] = FOR_EVER,
    now: float = 100_000,
    identifier: str = "",
) -> WrittenUnder:
    """Return what is made of the only write of a state."""
    found = history_of(
        [version(write, current=True, identifier=identifier)],
        locks,
        since=at(since) if since is not None else None,
        kept=kept,
        now=at(now),
    )
    assert found.last_write is not None
    return found.last_write.under


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (-2, UNKNOWN),  # from before the oldest lock file that is left
        (-1, WITH),  # a second of grace
        (0, WITH),
        (5, WITH),
        (10, WITH),
        (11, WITH),
        (12, WITHOUT),
        (18, WITHOUT),
        (20, WITH),
        (50, WITH),  # it is still there
    ],
)
def test_a_write_is_with_a_lock_file_while_that_is_there(
    write: float, expected: WrittenUnder
) -> None:
    assert judged(write, lock_files((0, 10), (20, None))) is expected


def test_a_write_without_a_version_is_never_without_a_lock_file() -> None:
    locks = lock_files((0, 10))
    assert judged(30, locks, identifier="null") is UNKNOWN
    assert judged(5, locks, identifier="null") is WITH


@pytest.mark.parametrize(
    ("kept", "since", "age_hours", "expected"),
    [
        (FOR_EVER, None, 1, WITHOUT),  # no lifecycle removes a version on its first day
        (FOR_EVER, None, 25, UNKNOWN),
        (FOR_EVER, 0, 25, WITHOUT),
        (DENIED, 0, 23, WITHOUT),
        (DENIED, 0, 25, UNKNOWN),
        (Known(7), 0, 24 * 7 - 1, WITHOUT),
        (Known(7), 0, 24 * 7 + 1, UNKNOWN),
        (Known(0), 0, 23, WITHOUT),
    ],
)
def test_where_no_lock_file_is_left_it_depends_on_how_long_they_are_kept(
    kept: Fact[int | None], since: float | None, age_hours: float, expected: WrittenUnder
) -> None:
    now = 3600 * age_hours + 10
    assert judged(10, (), since=since, kept=kept, now=now) is expected


def test_cycles_of_one_second_come_in_turns() -> None:
    locks = (version(0), version(0, deleted=True), version(0), version(5, deleted=True), version(5))
    found = lock_file_history(locks)
    assert found.held == (Period(at(0), at(0)), Period(at(0), at(5)), Period(at(5), None))
    assert (found.first_seen, found.last_seen, found.doubtful) == (at(0), at(5), ())


def test_a_lock_file_put_over_another_was_there_all_the_time() -> None:
    found = lock_file_history((version(0), version(10), version(20, deleted=True)))
    assert found.held == (Period(at(0), at(20)),)


def test_a_delete_marker_without_its_lock_file_makes_the_time_before_it_doubtful() -> None:
    locks = (version(0), version(5, deleted=True), version(30, deleted=True), version(60))
    assert lock_file_history(locks).doubtful == (Period(at(5), at(30)),)
    assert [judged(each, locks) for each in (3, 20, 40)] == [WITH, UNKNOWN, WITHOUT]


def test_a_delete_marker_alone_tells_nothing() -> None:
    assert lock_file_history((version(0, deleted=True),)).held == ()
    assert judged(-5, (version(0, deleted=True),)) is UNKNOWN


def test_the_newest_write_of_each_kind_since_a_moment_is_kept() -> None:
    writes = [
        version(300, current=True),
        version(250, deleted=True),
        version(200),
        version(150),
        version(5),
        version(-100),
    ]
    found = history_of(
        writes,
        lock_files((0, 10), (290, 310)),
        since=at(100.5),
        kept=FOR_EVER,
        now=at(1000),
    )
    assert found == History(
        last_write=Write(moment=at(300), version="v300", under=WITH),
        unlocked=Write(moment=at(250), version="v250d", under=WITHOUT, removed=True),
        untold=None,
        lock_file_first=at(0),
        lock_file_last=at(290),
    )


def test_without_a_moment_writes_count_from_the_oldest_lock_file_on() -> None:
    found = history_of(
        [version(20, current=True), version(-50)],
        lock_files((0, 10)),
        since=None,
        kept=FOR_EVER,
        now=at(1000),
    )
    assert (found.unlocked, found.untold) == (
        Write(moment=at(20), version="v20", under=WITHOUT),
        None,
    )


def test_a_write_in_the_second_of_the_moment_counts() -> None:
    found = history_of([version(7)], (), since=at(7.9), kept=FOR_EVER, now=at(60))
    assert found.unlocked == Write(moment=at(7), version="v7", under=WITHOUT)


def test_without_a_moment_and_a_lock_file_no_write_counts() -> None:
    found = history_of([version(7)], (), since=None, kept=FOR_EVER, now=at(60))
    assert found.last_write == Write(moment=at(7), version="v7", under=WITHOUT)
    assert (found.unlocked, found.untold) == (None, None)


def test_nothing_at_all_is_no_history() -> None:
    assert history_of([], [], since=None, kept=FOR_EVER, now=NOON) == History(
        last_write=None, unlocked=None, untold=None, lock_file_first=None, lock_file_last=None
    )


# Any sequence of clients ------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One run of a client: whether it takes the lock file, the pause before it, and when it writes."""

    locks: bool
    pause: float
    length: float
    writes: tuple[float, ...]  # as parts of the length


@dataclass
class World:
    """What S3 has after some runs: times in whole seconds, as it gives them."""

    writes: list[tuple[float, bool]]
    periods: list[tuple[float, float]]
    now: float


RUNS = st.lists(
    st.builds(
        Run,
        locks=st.booleans(),
        pause=st.floats(0, 20_000),
        length=st.floats(0, 30),
        writes=st.lists(st.floats(0, 1), max_size=3).map(tuple),
    ),
    max_size=12,
)


def lived(runs: list[Run], after: float) -> World:
    clock, writes, periods = 0.0, [], []
    for run in runs:
        clock += run.pause
        writes += [(clock + run.length * part, run.locks) for part in run.writes]
        if run.locks:
            periods.append((clock, clock + run.length))
        clock += run.length
    return World(writes=writes, periods=periods, now=clock + after)


def seen(world: World, removed: int) -> tuple[list[StateVersion], list[StateVersion]]:
    """Return what is listed; the lifecycle has removed the oldest versions of the lock file."""
    writes = [
        version(moment // 1, identifier=f"w{n}") for n, (moment, _) in enumerate(world.writes)
    ]
    locks = [
        each
        for start, end in world.periods
        for each in (version(start // 1), version(end // 1, deleted=True))
    ]
    return writes, locks[removed:]


@given(RUNS, st.floats(0, 100_000), st.integers(0, 30), st.data())
def test_a_client_with_the_lock_file_is_never_taken_for_one_without(
    runs: list[Run], after: float, removed: int, data: st.DataObject
) -> None:
    world = lived(runs, after)
    # A version that is not the current one is kept for a day at least.
    old = [end for _, end in world.periods if end < world.now - 86_400]
    removed = min(removed, 2 * len(old))
    writes, locks = seen(world, removed)
    kept = data.draw(
        st.sampled_from([DENIED, Known(1)] if removed else [DENIED, Known(1), FOR_EVER])
    )
    since = data.draw(st.none() | st.floats(0, world.now)) if not removed else None
    found = history_of(
        data.draw(st.permutations(writes)),
        data.draw(st.permutations(locks)),
        since=at(since) if since is not None else None,
        kept=kept,
        now=at(world.now),
    )
    if found.unlocked is not None:
        assert not world.writes[int(found.unlocked.version[1:])][1]


@given(RUNS, st.floats(0, 100_000))
def test_a_client_without_it_is_found_after_the_oldest_that_is_left(
    runs: list[Run], after: float
) -> None:
    world = lived(runs, after)
    writes, locks = seen(world, 0)
    found = history_of(writes, locks, since=None, kept=DENIED, now=at(world.now))
    first = min((start for start, _ in world.periods), default=float("inf"))
    alone = [
        moment
        for moment, locked in world.writes
        if not locked
        and moment > first
        and all(moment < start - 3 or moment > end + 3 for start, end in world.periods)
    ]
    if alone:
        assert found.unlocked is not None
        assert found.unlocked.moment >= at(max(alone) // 1)
