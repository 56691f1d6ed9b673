"""Files that wait beside others to take their place, and what a killed run leaves of them."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY_NAME = re.compile(r"\.holdfast-[0-9a-f]{16}")
DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def temporary_beside(target: Path) -> Path:
    """Return a name in the directory of a file that nothing has."""
    return target.with_name(f".holdfast-{secrets.token_hex(8)}")


@contextmanager
def writing_below(top: Path, targets: Iterable[Path]) -> Iterator[None]:
    """Remove what killed runs have left beside these files, and keep other runs from doing it to this one.

    Every run that writes below `top` holds it in common. Only a run that has it alone removes anything: then no other
    goes on whose files they could be. Where the file system knows no locks nothing is removed.
    """
    try:
        descriptor = os.open(top, DIRECTORY_FLAGS)
    except OSError:  # whoever cannot open it cannot write below it either, and says so better
        yield
        return
    try:
        if _locked(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for directory in dict.fromkeys(each.parent for each in targets):
                _remove_left_files(directory)
        _locked(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation)
    except OSError:
        return False
    return True


def _remove_left_files(directory: Path) -> None:
    """Remove the plain files of exactly our form; one that cannot be removed is in nobody's way."""
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if TEMPORARY_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    Path(entry.path).unlink(missing_ok=True)
