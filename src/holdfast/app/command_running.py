"""Run a command of the user's as a child process, with signals passed on, until it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from holdfast.errors import CommandNotFoundError

# The terminal sends these to the whole foreground process group, so the command gets them by itself.
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
FROM_PROCESSES = (signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)


def run_passing_signals(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> int:
    """Run the command and return its exit status; `environment` is that of this process unless given.

    Signals are passed on, and none of them ends this process before the command has ended. A command that a
    signal ended gives 128 plus the signal's number, as in a shell. Must be called from the main thread.
    Raises `CommandNotFoundError` for a command that does not exist or cannot be executed.
    """
    children: list[subprocess.Popen[bytes]] = []
    with _passing_signals_to(children) as early:
        try:
            child = subprocess.Popen(list(command), env=environment)
        except (OSError, ValueError) as error:  # ValueError: a NUL inside an argument
            problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise CommandNotFoundError(command[0], problem) from error
        children.append(child)
        for number in early:
            child.send_signal(number)
        status = child.wait()
    return status if status >= 0 else 128 - status


@contextmanager
def _passing_signals_to(children: Sequence[subprocess.Popen[bytes]]) -> Iterator[list[int]]:
    """Pass signals on to the children, and keep them from ending this process first.

    Terraform takes a second interrupt as "give up now": what the terminal sends to the whole group must not
    be sent again. Yields a list: signals that came while there was no child yet.
    """
    in_terminal = _owns_terminal()
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        if in_terminal and number in FROM_TERMINAL:
            return
        if not children:
            early.append(number)
        for child in children:
            child.send_signal(number)

    signals = (*FROM_TERMINAL, *FROM_PROCESSES)
    # A signal that is ignored stays ignored, here and in the child (`nohup` does that with SIGHUP).
    before = [
        (number, signal.signal(number, pass_on))
        for number in signals
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    try:
        yield early
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _owns_terminal() -> bool:
    """Return whether this process is in the foreground group of a terminal on its standard input."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
