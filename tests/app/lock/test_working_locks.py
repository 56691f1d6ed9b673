"""The lock of a work: whose it is can be told from its words, and nobody else's is taken for one that was left."""

from datetime import UTC, datetime

import pytest

from holdfast.app.left_locks import remove_left_locks
from holdfast.app.state_places import place_of
from holdfast.app.working_locks import Worker, machine_of_process, working_lock
from holdfast.core.backends import Locking
from holdfast.core.lock_marks import Onlooker
from holdfast.core.working_locks import working_reason
from holdfast.errors import LockHeldError
from tests.support.locking import KEY, Site

OPERATION, WORK = "holdfast-repair", "to write the digest"
DEAD, ALIVE, OURS = 41, 42, 43
MACHINE, ANOTHER_MACHINE = "0a1b2c3d", "4e5f6a7b"
LEFT = working_reason(WORK, DEAD, MACHINE)
OTHERS = [
    (OPERATION, working_reason(WORK, ALIVE, MACHINE)),
    (OPERATION, working_reason(WORK, DEAD, ANOTHER_MACHINE)),
    (OPERATION, working_reason(WORK, DEAD, "")),
    (OPERATION, WORK),
    ("holdfast-restore", LEFT),
    ("OperationTypeApply", LEFT),
]


def worker(place: Site) -> Worker:
    return Worker(
        identity=place.identity,
        process=OURS,
        is_running=lambda process: process == ALIVE,
        machine=MACHINE,
        late_seconds=0,
    )


def leave(place: Site, reason: str, *, operation: str = OPERATION) -> None:
    info = place.identity.sign(operation=operation, info=reason, path=f"{place.bucket}/{KEY}")
    place.put_object(f"{KEY}.tflock", info.body)
    place.put_item(f"{place.bucket}/{KEY}", info.text)


def hold(place: Site) -> None:
    lock = working_lock(
        place_of(place.backend(Locking.BOTH), KEY),
        operation=OPERATION,
        work=WORK,
        connections=place.connections,
        worker=worker(place),
    )
    with lock.held():
        assert place.lock_object_keys() == [f"{KEY}.tflock"]
        assert place.item_paths() == [f"{place.bucket}/{KEY}"]


def removed(place: Site) -> tuple[str, ...]:
    return remove_left_locks(
        [place.backend(Locking.BOTH)],
        operation=OPERATION,
        connections=place.connections,
        worker=worker(place),
        onlooker=Onlooker(who=place.identity.who, now=datetime.now(UTC)),
    )


def test_what_a_killed_run_has_left_is_removed_by_the_next_one(place: Site) -> None:
    leave(place, LEFT)
    hold(place)
    assert place.is_empty()


def test_a_run_that_was_killed_at_its_end_leaves_a_lock_that_is_looked_for(place: Site) -> None:
    leave(place, working_reason("to remove the digest", DEAD, MACHINE))
    assert removed(place) == (f"{place.bucket}/{KEY}",)
    assert place.is_empty()
    assert removed(place) == ()


@pytest.mark.parametrize(("operation", "reason"), OTHERS)
def test_every_other_lock_is_respected(place: Site, operation: str, reason: str) -> None:
    leave(place, reason, operation=operation)
    with pytest.raises(LockHeldError):
        hold(place)
    assert removed(place) == ()
    assert place.lock_object_keys() == [f"{KEY}.tflock"]
    assert place.item_paths() == [f"{place.bucket}/{KEY}"]


def test_a_machine_is_the_same_for_all_its_processes() -> None:
    assert machine_of_process() == machine_of_process()
