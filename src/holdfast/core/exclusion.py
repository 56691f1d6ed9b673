"""Which ways to lock exclude each other. Pure.

Source: two Terraform 1.11.4 processes on one state, in every pair of modes; in each pair that does not exclude
both ran, both exited with 0, and the first one's write was lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from holdfast.core.backends import Locking


def excludes(one: Locking, other: Locking) -> bool:
    """Tell whether two writers in these modes meet in a lock; a table counts as the same one for both."""
    return (one.uses_table and other.uses_table) or (one.uses_lockfile and other.uses_lockfile)


def all_exclude(modes: Iterable[Locking]) -> bool:
    """Tell whether every two different modes among these exclude each other."""
    return all(excludes(one, other) for one, other in combinations(set(modes), 2))


def table_name(table: str) -> str:
    """Return the name of a table that is given by name or by ARN (`arn:…:table/name`)."""
    return table.rpartition(":table/")[2]
