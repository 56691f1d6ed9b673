"""Plan files on disk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from holdfast.core.locking_plan_file import locking_plan_from_text, locking_plan_text
from holdfast.core.locking_plans import LockingPlan
from holdfast.core.plan_file import plan_from_text, plan_text
from holdfast.core.plans import Plan
from holdfast.errors import FileNotWrittenError, PlanFileError

PLAN_BYTES_MAX = 64 * 1024 * 1024


def write_plan_file(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all; raise `FileNotWrittenError`."""
    _write(path, plan_text(plan))


def read_plan_file(path: Path) -> Plan:
    """Read a plan; raise `PlanFileError` for a file that is not one."""
    return plan_from_text(_read(path), path=str(path))


def write_locking_plan_file(path: Path, plan: LockingPlan) -> None:
    """Write the plan of a locking stage whole or not at all; raise `FileNotWrittenError`."""
    _write(path, locking_plan_text(plan))


def read_locking_plan_file(path: Path) -> LockingPlan:
    """Read the plan of a locking stage; raise `PlanFileError` for a file that is not one."""
    return locking_plan_from_text(_read(path), path=str(path))


def _write(path: Path, text: str) -> None:
    """Write a text whole or not at all.

    It is written beside its name and then renamed, so that a killed command leaves the old file or the
    new one, never half of one.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise FileNotWrittenError(str(path), error.strerror or type(error).__name__) from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > PLAN_BYTES_MAX:
            raise PlanFileError(str(path), "it is too large")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanFileError(str(path), error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise PlanFileError(str(path), "it is not UTF-8 text") from error
