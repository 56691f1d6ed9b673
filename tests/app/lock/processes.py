"""Run `tests.app.lock.holder` as a process of its own, and end it at any point."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.aws_operations import Request
from tests.support.fault_rules import Predicate
from tests.support.locking import Site
from tests.support.source_tree import ROOT

END_SECONDS = 60.0


@contextmanager
def holder(place: Site, trick: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start a process that takes the lock and holds it until its input ends."""
    arguments = (place.url, place.bucket, place.table, *((trick,) if trick else ()))
    with subprocess.Popen(
        [sys.executable, "-m", "tests.app.lock.holder", *arguments],
        cwd=ROOT,
        env={**place.account.environment(), "PYTHONPATH": f"{ROOT}/src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_held(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "held\n", process.stderr.read() if process.stderr else ""


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """End the input of the process; return its status, its output and its errors."""
    output, errors = process.communicate(timeout=END_SECONDS)
    return process.returncode, output, errors


def signals(process: subprocess.Popen[str], number: signal.Signals) -> Predicate:
    """Return a predicate that is true of every request, and sends the signal when it is asked."""

    def send(request: Request) -> bool:
        del request
        process.send_signal(number)
        if number is signal.SIGKILL:
            process.wait(END_SECONDS)
        return True

    return send
