"""Run a command with one disturbance, and tell what it did and said."""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import assert_never

from tests.nothing_lost.stepped_process import Answer, Job, forking, run_stepped
from tests.nothing_lost.steps import (
    AnswerLost,
    Disturbance,
    Interfered,
    Killed,
    Refused,
    Step,
    Steps,
    subject,
)
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import (
    Action,
    DropAfter,
    DropBefore,
    access_denied,
)

END_SECONDS = 120.0
KILLED = -signal.SIGKILL
SLUG = re.compile(r"^error\[([a-z-]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: its status, what it said, and every step of it."""

    status: int
    output: str
    errors: str
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def slug(self) -> str:
        """The error that it ended with; empty when it did what it was asked for."""
        found = SLUG.search(self.errors)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """What it came to, in a cell of the table."""
        if self.status == 0:
            return "done"
        return f"`{self.slug}`" if self.slug else f"exit {self.status}"

    def assert_in_words(self) -> None:
        """Assert that it ended by itself, and in words of ours if it did not do all it was asked for."""
        assert self.status >= 0, self
        assert "Traceback" not in self.errors, self.errors
        assert "error[bug]" not in self.errors, self.errors
        assert self.status == 0 or self.slug or self.output, self


@dataclass(slots=True, kw_only=True)
class _Fate:
    """What befalls the steps of one process."""

    disturbance: Disturbance | None
    process: ForkServerProcess
    step_refused: Step | None = None
    acted: bool = False

    def of_request(self, step: Step) -> Action | None:
        match self.disturbance:
            case None:
                return None
            case Killed(after=after):
                if step.number <= after:
                    return None
                self.kill()
                return DropBefore()
            case AnswerLost(at=at):
                return DropAfter() if step.number == at else None
            case Refused(at=at):
                if step.number == at:
                    self.step_refused = step
                same = self.step_refused is not None and _same(self.step_refused, step)
                assert step.request is not None
                return access_denied(step.request.operation) if same else None
            case Interfered():
                self._interfere(step, self.disturbance)
                return None
            case _:
                assert_never(self.disturbance)

    def of_file(self, step: Step) -> Answer | None:
        """Return the answer to a process that asks; None when it is not there any more."""
        match self.disturbance:
            case Killed(after=after) if step.number > after:
                self.kill()
                return None
            case Refused(at=at) if step.number == at:
                return "refuse"
            case Interfered():
                self._interfere(step, self.disturbance)
                return "go on"
            case _:
                return "go on"

    def kill(self) -> None:
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert wait([self.process.sentinel], END_SECONDS)

    def _interfere(self, step: Step, interfered: Interfered) -> None:
        if step.number >= interfered.before and not self.acted:
            self.acted = True
            interfered.act()


def _same(first: Step, second: Step) -> bool:
    return (
        first.request is not None
        and second.request is not None
        and first.request.operation == second.request.operation
        and subject(first.request) == subject(second.request)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs commands behind a proxy; `scratch` is for what they print."""

    proxy: FaultProxy
    scratch: Path

    def run(
        self,
        arguments: tuple[str, ...],
        *,
        directory: Path,
        environment: Mapping[str, str],
        watched: tuple[Path, ...],
        names: Mapping[str, str],
        disturbance: Disturbance | None = None,
    ) -> Ended:
        """Run one command to its end, whatever befalls it."""
        job = Job(
            arguments=arguments,
            directory=directory,
            environment=environment,
            watched=watched,
            output=self.scratch / "output.txt",
            errors=self.scratch / "errors.txt",
        )
        context = forking()
        ours, theirs = context.Pipe()
        process = context.Process(target=run_stepped, args=(job, theirs))
        steps = Steps(names)
        fate = _Fate(disturbance=disturbance, process=process)
        self.proxy.decide(lambda request: fate.of_request(steps.begin_request(request)))
        process.start()
        theirs.close()
        _attend(process, ours, steps, fate)
        self.proxy.allow_all()
        status = process.exitcode
        process.close()
        assert status is not None
        return Ended(
            status=status,
            output=job.output.read_text(encoding="utf-8"),
            errors=job.errors.read_text(encoding="utf-8"),
            steps=tuple(steps.seen),
        )


def _attend(process: ForkServerProcess, channel: Connection, steps: Steps, fate: _Fate) -> None:
    """Answer the process until it has ended."""
    while True:
        ready = wait([process.sentinel, channel], END_SECONDS)
        assert ready, "it does not end"
        if channel in ready:
            try:
                change, path = channel.recv()
            except EOFError:
                assert wait([process.sentinel], END_SECONDS)
                return
            answer = fate.of_file(steps.begin_file(change, path))
            if answer is not None:
                channel.send(answer)
        elif process.sentinel in ready:
            return
