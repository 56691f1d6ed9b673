"""A stored plan of a locking stage beside what is there now."""

from __future__ import annotations

from pathlib import Path

from holdfast.core.locking_plans import LockingPlan, content_digest, differences
from holdfast.errors import LockingPlanStaleError


def is_done(stored: LockingPlan, directory: Path) -> bool:
    """Tell whether every file of a stored plan is what the plan makes of it."""
    if not stored.files:
        return False
    contents = contents_of(stored, directory)
    return all(contents.get(path) == file.after for path, file in stored.files.items())


def contents_of(stored: LockingPlan, directory: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a stored plan that can be read."""
    from holdfast.app.code_editing import file_content

    contents = {path: file_content(path, directory) for path in stored.files}
    return {
        path: content_digest(content)
        for path, content in contents.items()
        if isinstance(content, bytes)
    }


def refuse_stale(now: LockingPlan, stored: LockingPlan | None, directory: Path) -> None:
    """Raise `LockingPlanStaleError` when a stored plan is not what would be planned now."""
    if stored is None:
        return
    found = differences(stored, now, contents_of(stored, directory))
    if found:
        raise LockingPlanStaleError(found)
