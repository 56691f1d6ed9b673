"""Real Terraform for tests: run it, start it, and hold it in the middle of an apply."""

import os
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.engines import DEVELOPMENT_ENGINE, RealEngine

SCRIPT = Path(__file__).with_name("terraform_process.py")
RUN_SECONDS = 120.0
HOLDING_FILE = "holding.tf"
# The first line says that the lock is held and the apply runs; the second waits for the test.
HOLDING_CODE = """\
resource "terraform_data" "holding" {
  provisioner "local-exec" {
    command = "echo started > started.fifo; read released < release.fifo"
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a run left behind."""

    status: int
    output: str
    errors: str


class Terraform:
    """Real Terraform of one version in one directory, with one environment.

    `environment` is that of `Sandbox.child_environment`; the user's own Terraform settings are left out of it.
    """

    def __init__(
        self,
        directory: Path,
        environment: Mapping[str, str],
        *,
        engine: RealEngine = DEVELOPMENT_ENGINE,
    ) -> None:
        self.directory = directory
        self.engine = engine
        self._environment = {
            **{name: value for name, value in environment.items() if not name.startswith("TF_")},
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_IN_AUTOMATION": "1",
        }

    def run(self, *arguments: str) -> Finished:
        """Run to the end, at most two minutes."""
        with self.start(*arguments) as process:
            return finished(process)

    def succeed(self, *arguments: str) -> Finished:
        """Run to the end; a failure is a failed assertion that shows what Terraform said."""
        result = self.run(*arguments)
        assert result.status == 0, f"terraform {' '.join(arguments)}: {result.errors}"
        return result

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a run in a process group of its own, which ends with the `with` block at the latest."""
        with subprocess.Popen(
            [str(self.engine.interpreter), str(SCRIPT), *arguments],
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                # Of a finished run, what it left running in its group, such as a provisioner's shell.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    @contextmanager
    def held_apply(self, *arguments: str) -> Iterator["HeldApply"]:
        """Start an apply and wait until it holds its lock; it stays there until it is released.

        The directory must be initialised. A resource is added to it, in `holding.tf`. With the argument
        `-lock=false` the apply runs all the same, and holds nothing.
        """
        (self.directory / HOLDING_FILE).write_text(HOLDING_CODE, encoding="utf-8")
        with ExitStack() as resources:
            started = resources.enter_context(_fifo(self.directory / "started.fifo"))
            release = resources.enter_context(_fifo(self.directory / "release.fifo"))
            process = resources.enter_context(
                self.start("apply", "-auto-approve", "-input=false", "-no-color", *arguments)
            )
            _wait_for_start(process, started)
            yield HeldApply(process, release)


class HeldApply:
    """An apply that runs, holds its lock and waits."""

    def __init__(self, process: subprocess.Popen[str], release: int) -> None:
        self.process = process
        self._release = release

    def release(self) -> Finished:
        """Let the apply go on, and wait for its end."""
        os.write(self._release, b"go\n")
        return finished(self.process)

    def kill(self) -> None:
        """End the engine and its provisioner at once, as a lost machine would: the lock stays."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def finished(process: subprocess.Popen[str]) -> Finished:
    """Wait for the end of a run, at most two minutes."""
    output, errors = process.communicate(timeout=RUN_SECONDS)
    return Finished(status=process.returncode, output=output, errors=errors)


def write_terraform_command(directory: Path) -> Path:
    """Write an executable `terraform` for programs that look it up on `PATH`, and return its path."""
    path = directory / "terraform"
    command = shlex.join([sys.executable, str(SCRIPT)])
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@contextmanager
def _fifo(path: Path) -> Iterator[int]:
    """Make a named pipe and open both ends of it, so that neither side ever waits to open it."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _wait_for_start(process: subprocess.Popen[str], started: int) -> None:
    deadline = time.monotonic() + RUN_SECONDS
    while not select.select([started], [], [], 0.1)[0]:
        if process.poll() is not None:
            result = finished(process)
            message = f"the apply ended before it was held: {result.errors or result.output}"
            raise AssertionError(message)
        assert time.monotonic() < deadline, "the apply did not get as far as its provisioner"
