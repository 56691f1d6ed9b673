"""Start contenders as processes, let them go at one signal, and add up what they tell."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import add

from tests.race.job import Job, Tally
from tests.support.source_tree import ROOT

START_SECONDS = 60.0


class Process:
    """A contender in a process of its own, which ends with the `with` block at the latest."""

    def __init__(self, popen: subprocess.Popen[str], job: Job) -> None:
        self.popen = popen
        self.job = job
        self._tell(job.to_json())

    def wait_until_ready(self) -> None:
        """Wait until it has loaded everything and stands at the start."""
        assert self.popen.stdout is not None
        assert self.popen.stdout.readline() == "ready\n", self._said()

    def go(self) -> None:
        """Let it begin."""
        self._tell("go")

    def tally(self, seconds: float) -> Tally:
        """Wait for its end and return what it tells."""
        output, errors = self.popen.communicate(timeout=seconds)
        assert self.popen.returncode == 0, errors
        return Tally.from_json(output)

    def _tell(self, line: str) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{line}\n")
        self.popen.stdin.flush()

    def _said(self) -> str:
        self.popen.kill()
        return self.popen.communicate()[1]


@contextmanager
def started(job: Job, environment: Mapping[str, str]) -> Iterator[Process]:
    """Start a contender."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.race.contender"],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as popen:
        try:
            yield Process(popen, job)
        finally:
            popen.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a race came to."""

    processes: int
    tally: Tally
    seconds: float


def race(jobs: Sequence[Job], environment: Mapping[str, str], *, seconds: float) -> Result:
    """Run every job in a process of its own, all from one moment on, for at most so many seconds."""
    with ExitStack() as resources:
        processes = [resources.enter_context(started(job, environment)) for job in jobs]
        for process in processes:
            process.wait_until_ready()
        begin = time.monotonic()
        for process in processes:
            process.go()
        tallies = [process.tally(seconds) for process in processes]
        return Result(
            processes=len(jobs),
            tally=reduce(add, tallies),
            seconds=time.monotonic() - begin,
        )
