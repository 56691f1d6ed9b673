"""Plan files on disk."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from holdfast.core.plan_file import plan_from_text, plan_text
from holdfast.core.plans import Plan
from holdfast.errors import FileNotWrittenError, PlanFileError

PLAN_BYTES_MAX = 64 * 1024 * 1024


def write_plan_file(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all; raise `FileNotWrittenError`.

    It is written beside its name and then renamed, so that a killed command leaves the old file or the
    new one, never half of one.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            try:
                file.write(plan_text(plan))
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise FileNotWrittenError(str(path), error.strerror or type(error).__name__) from error


def read_plan_file(path: Path) -> Plan:
    """Read a plan; raise `PlanFileError` for a file that is not one."""
    try:
        if path.stat().st_size > PLAN_BYTES_MAX:
            raise PlanFileError(str(path), "it is too large")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanFileError(str(path), error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise PlanFileError(str(path), "it is not UTF-8 text") from error
    return plan_from_text(text, path=str(path))
