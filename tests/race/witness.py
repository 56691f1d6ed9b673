"""A witness that sees two holders of one lock at once, whatever the lock itself says.

It knows nothing of AWS. Everybody who believes to hold the lock enters: a lock of the kernel on a file shows that
somebody is in already, and a number in the file, read on entering and written back on leaving, comes out
too small when two were in at once, as a Terraform state would. The kernel lets go of a process that is killed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NUMBER_BYTES = 8


def new_witness(path: Path) -> Path:
    """Make the file of a witness that has seen nobody."""
    path.write_bytes(bytes(NUMBER_BYTES))
    return path


def entries_seen(path: Path) -> int:
    """Return how many entries the number in the file has kept."""
    return int.from_bytes(path.read_bytes())


@contextmanager
def entered(path: Path) -> Iterator[bool]:
    """Enter, and leave at the end of the block; yields whether nobody else was in."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        alone = _alone(descriptor)
        number = int.from_bytes(os.pread(descriptor, NUMBER_BYTES, 0))
        yield alone
        os.pwrite(descriptor, (number + 1).to_bytes(NUMBER_BYTES), 0)
    finally:
        os.close(descriptor)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
