"""Run a command against the embedded AWS, as `holdfast sandbox -- COMMAND` does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from holdfast.errors import CommandNotFoundError
from holdfast.sandbox.embedded import DEFAULT_ACCOUNT, DEFAULT_REGION, Sandbox

# The terminal sends these to the whole foreground process group, so the command gets them by itself.
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_FROM_PROCESSES = (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)


def run_command(
    sandbox: Sandbox,
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    account: str = DEFAULT_ACCOUNT,
    region: str = DEFAULT_REGION,
) -> int:
    """Run the command with the sandbox's environment and return its exit status.

    Signals are passed on. A command that a signal ended gives 128 plus the signal's number, as in a shell.
    Must be called from the main thread.

    Raises:
        CommandNotFoundError: There is no such command, or it cannot be executed.

    """
    environment = dict(sandbox.child_environment(environ, account=account, region=region))
    children: list[subprocess.Popen[bytes]] = []
    with _passing_signals_to(children):
        try:
            child = subprocess.Popen(list(command), env=environment)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise CommandNotFoundError(command[0], problem) from error
        children.append(child)
        status = child.wait()
    return status if status >= 0 else 128 - status


@contextmanager
def _passing_signals_to(children: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Pass signals on to the children, and keep them from ending this process first.

    Terraform takes a second interrupt as "give up now": what the terminal sends to the whole group must not
    be sent again.
    """
    in_terminal = _owns_terminal()

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        if in_terminal and number in _FROM_TERMINAL:
            return
        for child in children:
            child.send_signal(number)

    signals = (*_FROM_TERMINAL, *_FROM_PROCESSES)
    before = [(number, signal.signal(number, pass_on)) for number in signals]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _owns_terminal() -> bool:
    """Return whether this process is in the foreground group of a terminal on its standard input."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
