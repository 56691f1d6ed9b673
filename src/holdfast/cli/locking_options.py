"""What `holdfast migrate locking` was told, and the questions it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from holdfast.cli.terminal import asked_for, is_interactive
from holdfast.core.backends import Locking
from holdfast.core.locking_plans import LockingPlan
from holdfast.errors import ApprovalMissingError


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingOptions:
    """What was said on the command line, besides where the code is."""

    goal: Locking
    stored: LockingPlan | None
    table: str | None
    out: Path | None
    accepted: tuple[str, ...]
    roles: tuple[str, ...]
    since: datetime | None
    quiet_days: int
    wait_seconds: float
    initialises: bool
    auto_approve: bool
    journal_file: Path | None


def ask(options: LockingOptions) -> None:
    """Ask whether the stage is to be done; raise `ApprovalMissingError` where nobody can answer."""
    if options.auto_approve:
        return
    if not is_interactive():
        raise ApprovalMissingError(1)
    if not asked_for("Type `yes` to change it", "yes"):
        raise click.Abort


def moment_now() -> str:
    """Return the time as it is written into plans."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def moment_after() -> str:
    """Return the next full second: S3 cuts the parts of a second off, so that of this one nobody can tell before from after."""
    return (datetime.now(UTC) + timedelta(seconds=1)).isoformat(timespec="seconds")
