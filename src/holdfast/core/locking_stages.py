"""The stages on the way from one way of locking to another: which comes next, and which roots it is for. Pure.

Two ways of locking that share no lock do not see each other (a client with the lock file alone and one with the table
alone both ran, measured). So every way between them leads over `both`, which excludes each of them.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from holdfast.core.backends import Locking

GOALS = (Locking.LOCKFILE, Locking.BOTH, Locking.DYNAMODB)


class DigestWork(StrEnum):
    """Say what a stage does with the digests of its states.

    A client without the table writes no digest, so that one which is left would refuse the state to everybody who comes
    back to the table (Terraform 1.11.4, `Get`: "state data in S3 does not have the expected content").
    """

    KEEP = "keep"  # whoever locks before and after writes them
    REFRESH = "refresh"  # everybody writes them already, and they become those of the bytes
    CLEAR = "clear"  # those that are left go: whoever still has the old code writes none
    REMOVE = "remove"  # nobody will write them any more


def next_stage(modes: Collection[Locking], goal: Locking, *, table_known: bool) -> Locking | None:
    """Return what the next roots become on the way to `goal`; None when all are there.

    A backend without a table has no `both`: whoever locks in no way then takes the lock file at once. A table that a root
    names is there, even if nobody can tell its name.
    """
    match goal:
        case Locking.LOCKFILE:
            behind = modes_behind(Locking.BOTH, goal)
            has_table = table_known or any(mode.uses_table for mode in modes)
            if has_table and any(mode in behind for mode in modes):
                return Locking.BOTH
        case Locking.DYNAMODB:
            behind = modes_behind(Locking.BOTH, goal)
            if any(mode in behind for mode in modes):
                return Locking.BOTH
        case _:
            pass
    return goal if any(mode is not goal for mode in modes) else None


def modes_behind(stage: Locking, goal: Locking) -> frozenset[Locking]:
    """Return the modes of the roots that a stage is for.

    On the way to the lock file a root that has it alone is not led back to `both`, and the other way round.
    """
    everything = frozenset(Locking) - {stage}
    if stage is Locking.BOTH and goal is not Locking.BOTH:
        return everything - {goal}
    return everything


def digest_work(stage: Locking, modes: Collection[Locking]) -> DigestWork:
    """Return what becomes of the digests of states whose roots have `modes` and take a stage.

    On the way back to the table no digest is written: an engine that was started with the old code a moment before takes
    its lock a moment after, and writes the state alone. A digest would then refuse the state to everybody, and one that is
    not there does not (both seen, Terraform 1.15.5). The next apply writes it.
    """
    if not stage.uses_table:
        return DigestWork.REMOVE
    if not all(mode.uses_table for mode in modes):
        return DigestWork.CLEAR
    return DigestWork.KEEP if stage is Locking.BOTH else DigestWork.REFRESH
