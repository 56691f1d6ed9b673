"""What tests of the stages of locking do with the code under test: plan a stage, do it, and do it as the command does."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_removal import Ledger
from holdfast.app.locking_planning import LockingRequest, PlannedLocking, plan_locking
from holdfast.app.locking_switching import (
    SwitchedGroup,
    Switching,
    ignore_switched,
    remove_left,
    switch_locking,
)
from holdfast.app.state_places import place_of
from holdfast.app.working_locks import Worker
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from tests.support.locking import NOW_NANOSECONDS

MADE_AT = "2026-11-21T14:00:00+00:00"
WHO = "ann@laptop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """A directory with roots, and the names of the bucket and the lock table of their states."""

    bucket: str
    table: str
    directory: Path

    @property
    def journal_path(self) -> Path:
        return self.directory.with_name(f"{self.directory.name}-journal.jsonl")

    def plan(
        self, goal: Locking, connections: Connections, *, table: str | None = None
    ) -> PlannedLocking:
        request = LockingRequest(
            goal=goal,
            directory=self.directory,
            made_at=MADE_AT,
            holdfast_version="0.1.0",
            table=table,
        )
        code = read_code(FleetRequest(directory=self.directory))
        return plan_locking(code, request, connections=connections)

    def switching(self, connections: Connections, *, timeout_seconds: float = 0) -> Switching:
        return Switching(
            connections=connections,
            worker=Worker(
                identity=LockIdentity(
                    who=WHO,
                    version="0.1.0",
                    clock=lambda: NOW_NANOSECONDS,
                    random=os.urandom,
                ),
                process=os.getpid(),
                late_seconds=0,
            ),
            ledger=Ledger(
                journal=Journal(path=self.journal_path),
                remover=Remover(who=WHO, caller=None, version="0.1.0"),
                clock=lambda: MADE_AT,
                random=os.urandom,
            ),
            timeout_seconds=timeout_seconds,
        )

    def switch(
        self,
        planned: PlannedLocking,
        connections: Connections,
        *,
        timeout_seconds: float = 0,
        on_switched: Callable[[SwitchedGroup], None] = ignore_switched,
    ) -> tuple[str, ...]:
        switching = self.switching(connections, timeout_seconds=timeout_seconds)
        return switch_locking(planned, switching, on_switched=on_switched)

    def stage(
        self, goal: Locking, connections: Connections, *, table: str | None = None
    ) -> tuple[str, ...]:
        """Plan the next stage and do it; return the files that were written."""
        return self.switch(self.plan(goal, connections, table=table), connections)

    def run(
        self,
        goal: Locking,
        connections: Connections,
        keys: Iterable[str],
        *,
        table: str | None = None,
    ) -> None:
        """Do what the command does: remove what killed runs have left at these states, and do the next stage."""
        code = read_code(FleetRequest(directory=self.directory))
        (backend,) = code.backends
        backend = replace(backend, tables=(self.table,))
        switching = self.switching(connections)
        remove_left([place_of(backend, key) for key in keys], switching)
        self.stage(goal, connections, table=table)
