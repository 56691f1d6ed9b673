"""The way from one way of locking to another: which stage comes next, for which roots, and what becomes of the digests."""

from itertools import chain, combinations

import pytest

from holdfast.core.backends import Locking
from holdfast.core.locking_stages import GOALS, DigestWork, digest_work, modes_behind, next_stage

NONE, TABLE, FILE, BOTH = Locking.NONE, Locking.DYNAMODB, Locking.LOCKFILE, Locking.BOTH
SETS = [
    frozenset(modes)
    for modes in chain.from_iterable(combinations(Locking, count) for count in range(5))
]
EVERY_SET = pytest.mark.parametrize("modes", SETS, ids=lambda each: "+".join(sorted(each)) or "-")
EVERY_GOAL = pytest.mark.parametrize("goal", GOALS)


def excludes(one: Locking, other: Locking) -> bool:
    """Tell whether two ways of locking share a lock."""
    by_file = one.uses_lockfile and other.uses_lockfile
    return by_file or (one.uses_table and other.uses_table)


def after(modes: frozenset[Locking], stage: Locking, goal: Locking) -> frozenset[Locking]:
    behind = modes_behind(stage, goal)
    return frozenset(stage if each in behind else each for each in modes)


def tables_known(modes: frozenset[Locking]) -> tuple[bool, ...]:
    """Return whether a table can be known: it is where a root names one."""
    return (True,) if any(mode.uses_table for mode in modes) else (True, False)


@EVERY_GOAL
@EVERY_SET
def test_stage_after_stage_leads_to_the_goal(modes: frozenset[Locking], goal: Locking) -> None:
    for known in tables_known(modes):
        now, stages = modes, 0
        while (stage := next_stage(now, goal, table_known=known)) is not None:
            now, stages = after(now, stage, goal), stages + 1
            assert stages <= 2
        assert now <= {goal}
        assert (stages == 0) is (modes <= {goal})


@EVERY_GOAL
@EVERY_SET
def test_no_root_goes_to_a_way_of_locking_that_excludes_not_its_own(
    modes: frozenset[Locking], goal: Locking
) -> None:
    for known in tables_known(modes):
        now = modes
        while (stage := next_stage(now, goal, table_known=known)) is not None:
            changing = now & modes_behind(stage, goal)
            # A root that has no lock excludes nobody before either.
            assert all(excludes(each, stage) for each in changing - {NONE})
            # Whoever shares a lock with a root that changes shares one with it afterwards.
            for root in changing:
                for other in now - {NONE}:
                    assert excludes(stage, other) or not excludes(root, other)
            now = after(now, stage, goal)


def test_a_table_that_a_root_names_is_known_whatever_is_said() -> None:
    assert next_stage([TABLE], FILE, table_known=False) is BOTH
    assert next_stage([TABLE, NONE], FILE, table_known=False) is BOTH


@pytest.mark.parametrize(
    ("modes", "goal", "stage"),
    [
        ([], FILE, None),
        ([TABLE], FILE, BOTH),
        ([BOTH], FILE, FILE),
        ([FILE], FILE, None),
        ([TABLE, FILE], FILE, BOTH),
        ([BOTH, FILE], FILE, FILE),
        ([NONE], FILE, BOTH),
        ([FILE], TABLE, BOTH),
        ([BOTH], TABLE, TABLE),
        ([NONE, TABLE], TABLE, BOTH),
        ([TABLE], BOTH, BOTH),
        ([FILE], BOTH, BOTH),
        ([BOTH], BOTH, None),
    ],
)
def test_the_next_stage(modes: list[Locking], goal: Locking, stage: Locking | None) -> None:
    assert next_stage(modes, goal, table_known=True) is stage


def test_without_a_table_there_is_nothing_between_no_lock_and_the_lock_file() -> None:
    assert next_stage([NONE], FILE, table_known=False) is FILE


def test_the_roots_that_each_stage_is_for() -> None:
    assert {
        (stage, goal): modes_behind(stage, goal) for goal in GOALS for stage in (BOTH, goal)
    } == {
        (BOTH, FILE): {NONE, TABLE},
        (FILE, FILE): {NONE, TABLE, BOTH},
        (BOTH, BOTH): {NONE, TABLE, FILE},
        (BOTH, TABLE): {NONE, FILE},
        (TABLE, TABLE): {NONE, FILE, BOTH},
    }


@pytest.mark.parametrize("modes", [each for each in SETS if each])
def test_what_becomes_of_digests(modes: frozenset[Locking]) -> None:
    written = modes <= {TABLE, BOTH}
    assert {stage: digest_work(stage, modes) for stage in (FILE, BOTH, TABLE)} == {
        FILE: DigestWork.REMOVE,
        BOTH: DigestWork.KEEP if written else DigestWork.CLEAR,
        TABLE: DigestWork.REFRESH if written else DigestWork.CLEAR,
    }
