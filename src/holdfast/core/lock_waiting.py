"""How long to wait before the next try for a lock that somebody holds. Pure.

The delays are the engines': 1, 2, 4, 8, 16, 16 … seconds (Terraform 1.11.4, `statemgr.LockWithContext`). Unlike
theirs, the last wait is cut to what is left of the time, and a last try is made at its end.
"""

from __future__ import annotations

DELAY_FIRST_SECONDS = 1.0
DELAY_MAX_SECONDS = 16.0
DOUBLINGS_MAX = 4  # 1 s doubled four times is the longest delay


def delay_seconds(tries: int) -> float:
    """Return how long to wait after that many tries (1 or more) have failed."""
    doublings = min(max(tries, 1) - 1, DOUBLINGS_MAX)
    return min(DELAY_FIRST_SECONDS * 2.0**doublings, DELAY_MAX_SECONDS)


def wait_seconds(tries: int, *, left_seconds: float) -> float | None:
    """Return how long to wait before the next try, or None when no time is left for one."""
    if left_seconds <= 0:
        return None
    return min(delay_seconds(tries), left_seconds)
