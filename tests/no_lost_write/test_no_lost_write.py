"""Twelve states go from the table to lock files and one stage back while real engines apply in the same roots."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from tests.app.locking.stages import TO_BOTH
from tests.no_lost_write.checkouts import working
from tests.no_lost_write.fleet import SINGLE_ROOTS, WorkedFleet

PATIENCE_SECONDS = 300.0
WAY = (
    ("has the table", None),
    ("gets both, and one checkout has the table still", Locking.LOCKFILE),
    ("gets lock files", Locking.LOCKFILE),
    ("goes back to both", Locking.BOTH),
)
EVENTS = ("applied", "initialised again", "lock gone meanwhile")


def test_no_write_is_lost_on_the_way_and_back(
    fleet: WorkedFleet,
    connections: Connections,
    applies: int,
    see: Callable[[Sequence[str]], None],
    tmp_path: Path,
) -> None:
    checkouts = fleet.build(TO_BOTH)
    first = SINGLE_ROOTS[0]
    # Somebody else's, who has not the new code yet: he works beside the first stage.
    old = fleet.checkout(tmp_path / "old", fleet.roots[first], TO_BOTH.old)
    rows: list[tuple[str, Counter[str]]] = []
    before = Counter[str]()
    for words, goal in WAY:
        beside = (old,) if len(rows) < 2 else ()
        with working((*checkouts, *beside), fleet.work):
            if goal is not None:
                planned = fleet.ground.plan(goal, connections, table=fleet.ground.table)
                assert planned.plan.root_count == len(checkouts)
                fleet.ground.switch(planned, connections, timeout_seconds=PATIENCE_SECONDS)
            fleet.work.wait_for_each(fleet.keys, count=applies)
        now = Counter(fleet.work.events)
        rows.append((words, now - before))
        before = now

    assert {key for key, _ in fleet.work.applied} == set(fleet.keys)
    fleet.assert_no_write_lost()
    seen = fleet.ground.look()
    assert seen.locks == {}
    right = fleet.right_digests()
    assert seen.digests == right
    for words, events in rows:
        see([words, *(str(events[each]) for each in EVENTS)])
    written = sum(each.token is not None for states in fleet.writes().values() for each in states)
    words = f"{written} writes in {len(seen.states)} states, {len(right)} digests right, {len(seen.locks)} locks left"
    see([words, *(str(fleet.work.events[each]) for each in EVENTS)])
