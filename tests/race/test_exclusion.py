"""Processes contend for one lock, in each mode: never two holders, and no lock is left that nobody reports."""

from pathlib import Path

import pytest

from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind
from tests.race.faults import Strikes
from tests.race.figures import Figures
from tests.race.job import Job
from tests.race.running import race
from tests.race.witness import entries_seen, new_witness
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, Site

PROCESSES = 4
ATTEMPTS_PER_LOCK = 200
LIMIT_SECONDS = 3600.0
MODES = (Locking.DYNAMODB, Locking.LOCKFILE, Locking.BOTH)
by_mode = pytest.mark.parametrize("locking", MODES, ids=lambda locking: locking.value)


@by_mode
def test_processes_never_hold_one_lock_at_once(
    place: Site, tmp_path: Path, locking: Locking, figures: Figures
) -> None:
    witness = new_witness(tmp_path / "witness")
    share = figures.plain // PROCESSES

    result = race(
        jobs(place, locking, witness, share), place.account.environment(), seconds=LIMIT_SECONDS
    )

    tally = result.tally
    left = identifiers_left(place)
    figures.show(locking, result, unreported=len(left - set(tally.reported)))
    assert (tally.crowded, tally.foreign) == (0, 0)
    assert tally.acquired == entries_seen(witness) == share * PROCESSES
    assert set(tally.refusals) <= {"lock-held"}
    assert (tally.reported, left) == ([], set())


@by_mode
def test_lost_late_and_refused_requests_make_no_second_holder_and_no_secret_orphan(
    faulty: Site, fault_proxy: FaultProxy, tmp_path: Path, locking: Locking, figures: Figures
) -> None:
    witness = new_witness(tmp_path / "witness")
    share = figures.faulty // PROCESSES
    strikes = Strikes(fault_proxy)

    result = race(
        jobs(faulty, locking, witness, share), faulty.account.environment(), seconds=LIMIT_SECONDS
    )

    fault_proxy.allow_all()
    tally = result.tally
    left = identifiers_left(faulty)
    unreported = left - set(tally.reported)
    figures.show(locking, result, unreported=len(unreported), strikes=strikes.counts)
    assert min(strikes.counts.values()) > 0
    assert (tally.crowded, tally.foreign) == (0, 0)
    assert tally.acquired == entries_seen(witness) == share * PROCESSES
    assert unreported == set()
    # Whatever was reported could be removed by its owner as well.
    assert (tally.unsettled, left) == ([], set())


@by_mode
def test_the_witness_sees_two_holders_of_a_lock_that_does_not_exclude(
    place: Site, tmp_path: Path, locking: Locking
) -> None:
    witness = new_witness(tmp_path / "witness")

    result = race(
        jobs(place, locking, witness, 15, careless=True),
        place.account.environment(),
        seconds=LIMIT_SECONDS,
    )

    assert result.tally.crowded > 0
    assert entries_seen(witness) < result.tally.acquired == 15 * PROCESSES


def jobs(
    place: Site, locking: Locking, witness: Path, share: int, *, careless: bool = False
) -> list[Job]:
    """Return a job for each process."""
    return [
        Job(
            name=f"contender-{number}",
            url=place.url,
            bucket=place.bucket,
            table=place.table,
            key=KEY,
            locking=locking,
            witness=witness,
            acquisitions=share,
            attempts_max=share * ATTEMPTS_PER_LOCK,
            careless=careless,
        )
        for number in range(PROCESSES)
    ]


def identifiers_left(place: Site) -> set[str]:
    """Return the ids of the locks that are still there."""
    current = [place.store(kind).read(KEY) for kind in LockKind]
    held = [each.value for each in current if isinstance(each, Known) and each.value is not None]
    assert place.is_empty() == (held == [])
    return {lock.content.identifier for lock in held if isinstance(lock.content, LockInfo)}
