"""The entry point: run a command, turn errors into words and exit codes.

This module imports next to nothing, so that `holdfast --version` is as fast as Python itself.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import holdfast

if TYPE_CHECKING:
    from types import TracebackType

    from holdfast.errors import HoldfastError

# What writing says of an output that is full or gone; everything else of the system is handled where it is used.
OUTPUT_LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def main() -> None:
    """Run the command line and exit."""
    sys.excepthook = report_bug  # the interpreter calls it for what nobody caught, and exits with 1
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no expected error leaves a traceback."""
    try:
        status = first_look(arguments)
        if status is None:
            status = run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`holdfast audit | head`). Nothing is left to say, and the interpreter
        # must not try to flush into the closed pipe when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno not in OUTPUT_LOST:
            raise
        # A full disk behind `> FILE`: what was buffered cannot be written by the interpreter either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return report_unwritten(error)
    return status


def first_look(arguments: Sequence[str]) -> int | None:
    """Answer `--version` and `--help` without importing click; return None for everything else."""
    if list(arguments) == ["--version"]:
        print(f"holdfast {holdfast.__version__}")
        return 0
    if list(arguments) in ([], ["--help"], ["-h"]):
        from holdfast.cli.overview import overview_text

        print(overview_text(), end="")
        return 0 if arguments else 2
    return None


def run_command(arguments: Sequence[str]) -> int:
    """Run a command with click, and turn what it raises into words and an exit code."""
    import click

    from holdfast.cli.group import commands
    from holdfast.errors import HoldfastError

    try:
        outcome = commands.main(args=list(arguments), prog_name="holdfast", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()  # a group without its command: the help, and nothing else to say
        return error.exit_code
    except click.ClickException as error:
        from holdfast.cli.usage_errors import usage_error

        return report_error(usage_error(error, arguments))
    except click.Abort:
        # Click makes this of an interrupt too, and has ended the line with `^C` already.
        print("interrupted", file=sys.stderr)
        return 130
    except HoldfastError as error:
        return report_error(error)
    return outcome if isinstance(outcome, int) else 0


def report_unwritten(error: OSError) -> int:
    """Say that the output was lost: a report that is cut short must not pass for a whole one."""
    from holdfast.errors import OutputNotWrittenError

    return report_error(OutputNotWrittenError(error.strerror or str(error)))


def report_error(error: HoldfastError) -> int:
    """Print an error to standard error, and return its exit code."""
    from holdfast.cli.terminal import ink_for
    from holdfast.report.error_text import error_text

    print(error_text(error, ink=ink_for(sys.stderr)), end="", file=sys.stderr)
    return int(error.exit_code)


def report_bug(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print what nobody expected with its traceback, as the bug that it is."""
    sys.__excepthook__(kind, error, trace)
    if not isinstance(error, Exception):
        return  # an interrupt is no bug
    print(
        f"error[bug]: this is a bug in holdfast {holdfast.__version__}\n\n"
        "hint: please report it with the lines above; look through them for names you want to hide",
        file=sys.stderr,
    )
