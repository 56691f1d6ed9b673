"""What the lock of a work in progress says: which work it is, and the process that does it. Pure.

A run that was killed leaves its locks. The next run of the same work on the same machine can tell from the words that
they are nobody's any more, and removes them.
"""

from __future__ import annotations

import re

from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import StoredLock

WORKING_FORM = re.compile(
    r"(?P<work>.+), by process (?P<process>\d{1,10})(?: on (?P<machine>[0-9a-f]+))?"
)


def working_reason(work: str, process: int, machine: str) -> str:
    """Return what engines print to whoever is refused while the work goes on; `machine` may be empty."""
    return f"{work}, by process {process}" + (f" on {machine}" if machine else "")


def process_of_work(
    lock: StoredLock | None, *, operation: str, work: str | None, who: str, machine: str
) -> int | None:
    """Return the process of this user on this machine that took a lock for this very work; None for others.

    Where `work` is None, any work of the operation is meant.
    """
    match lock:
        case StoredLock(content=LockInfo(operation=found, info=info, who=owner)) if (
            found == operation and owner == who
        ):
            said = WORKING_FORM.fullmatch(info)
            if said is None or (said["machine"] or "") != machine:
                return None
            return int(said["process"]) if work in (None, said["work"]) else None
        case _:
            return None
