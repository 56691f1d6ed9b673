"""A process is killed at every request of taking, holding and giving back: what stays is its own, and is shown as that."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

import pytest

from holdfast.app.lock_taking import HeldPart, Shortfall, release_parts, take_lock
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.lock_outcomes import Standing
from holdfast.core.locks import Held, LockKind, LockStore, StoredLock
from tests.race.job import Job
from tests.race.running import started
from tests.race.witness import new_witness
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, DropBefore, Rule
from tests.support.locking import KEY, Site

END_SECONDS = 60.0
OBJECT, ITEM = LockKind.OBJECT, LockKind.ITEM
BOTH = (OBJECT, ITEM)


@dataclass(frozen=True, slots=True)
class Death:
    """The request with which a process dies, whether the server still acts on it, and what is left."""

    locking: Locking
    operation: str
    is_served: bool
    left: tuple[LockKind, ...]

    def __str__(self) -> str:
        return f"{self.locking.value}-{self.operation}-{'served' if self.is_served else 'unserved'}"


DEATHS = (
    Death(Locking.DYNAMODB, "dynamodb:PutItem", False, ()),
    Death(Locking.DYNAMODB, "dynamodb:PutItem", True, (ITEM,)),
    Death(Locking.DYNAMODB, "dynamodb:GetItem", False, (ITEM,)),
    Death(Locking.DYNAMODB, "dynamodb:DeleteItem", False, (ITEM,)),
    Death(Locking.DYNAMODB, "dynamodb:DeleteItem", True, ()),
    Death(Locking.LOCKFILE, "s3:PutObject", False, ()),
    Death(Locking.LOCKFILE, "s3:PutObject", True, (OBJECT,)),
    Death(Locking.LOCKFILE, "s3:GetObject", False, (OBJECT,)),
    Death(Locking.LOCKFILE, "s3:DeleteObject", False, (OBJECT,)),
    Death(Locking.LOCKFILE, "s3:DeleteObject", True, ()),
    Death(Locking.BOTH, "dynamodb:PutItem", False, (OBJECT,)),
    Death(Locking.BOTH, "dynamodb:PutItem", True, BOTH),
    Death(Locking.BOTH, "s3:GetObject", False, BOTH),
    Death(Locking.BOTH, "s3:DeleteObject", False, BOTH),
    Death(Locking.BOTH, "s3:DeleteObject", True, (ITEM,)),
    Death(Locking.BOTH, "dynamodb:DeleteItem", False, (ITEM,)),
)


@pytest.mark.parametrize("death", DEATHS, ids=str)
def test_a_killed_process_leaves_its_own_lock_for_everybody_to_see(
    place: Site, tmp_path: Path, death: Death
) -> None:
    run_until_killed(place, death, new_witness(tmp_path / "witness"))

    stores = [place.store(kind) for kind in BOTH]
    locks = locks_of(stores)
    assert tuple(locks) == death.left
    # Every part of it says whose it is, with one id.
    holders = {lock.content for lock in locks.values()}
    assert len(holders) == min(1, len(death.left))
    for holder in holders:
        assert isinstance(holder, LockInfo)
        assert (holder.who, holder.path) == ("contender@race", lock_path(place.bucket, KEY))

    # It stays until somebody breaks it, and keeps everybody out until then.
    ours = place.sign()
    taken = take_lock(stores, KEY, ours)
    if death.left:
        assert isinstance(taken, Shortfall)
        assert taken.outcome == Held(holder=Known(locks[death.left[0]]))
        assert locks_of(stores) == locks
        broken = release_parts(
            [HeldPart(store=place.store(kind), lock=lock) for kind, lock in locks.items()], KEY
        )
        assert [each.standing for each in broken] == [Standing.GONE] * len(death.left)
        taken = take_lock(stores, KEY, ours)
    assert not isinstance(taken, Shortfall)
    assert [each.standing for each in release_parts(taken, KEY)] == [Standing.GONE] * 2
    assert place.is_empty()


def run_until_killed(place: Site, death: Death, witness: Path) -> None:
    """Run a process that takes the lock once; it is killed with its first request of the operation.

    The proxy is closed before anybody looks: it has then done with every request.
    """
    with ExitStack() as resources:
        proxy = resources.enter_context(FaultProxy(place.url))
        job = Job(
            name="contender",
            url=proxy.url,
            bucket=place.bucket,
            table=place.table,
            key=KEY,
            locking=death.locking,
            witness=witness,
            acquisitions=1,
            attempts_max=1,
        )
        process = resources.enter_context(started(job, place.account.environment()))

        def kill(_: Request) -> bool:
            process.popen.kill()
            return True

        process.wait_until_ready()
        action = Delay() if death.is_served else DropBefore()
        proxy.add(Rule(action=action, operation=death.operation, when=kill, times=1))
        process.go()
        assert process.popen.wait(END_SECONDS) == -SIGKILL


def locks_of(stores: Sequence[LockStore]) -> dict[LockKind, StoredLock]:
    """Read the locks; what cannot be read is a failure."""
    found = {}
    for store in stores:
        current = store.read(KEY)
        assert isinstance(current, Known)
        if current.value is not None:
            found[store.kind] = current.value
    return found
