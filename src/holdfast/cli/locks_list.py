"""`holdfast locks list`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import failed_at_option, listed, onlooker_now
from holdfast.cli.options import connect, connection_options, fleet_options
from holdfast.cli.terminal import ink_for
from holdfast.core.lock_board import Board
from holdfast.core.lock_marks import Onlooker
from holdfast.errors import ExitCode, UsageError

WATCH_SECONDS_DEFAULT = 5.0


@click.command("list")
@fleet_options
@connection_options
@failed_at_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.option("--strict", is_flag=True, help="Exit with 6 when a store could not be read.")
@click.option(
    "--watch",
    "watch_seconds",
    is_flag=False,
    flag_value=WATCH_SECONDS_DEFAULT,
    type=click.FloatRange(min=1, max=3600),
    metavar="[SECONDS]",
    help=f"List again every {WATCH_SECONDS_DEFAULT:.0f} or so many seconds, on a terminal.",
)
def locks_list(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    failed_at: str | None,
    output_format: str,
    strict: bool,
    watch_seconds: float | None,
) -> int:
    """Show every lock of the fleet.

    Looks through the buckets and the lock tables of all roots below PATH. Nothing is changed, and no state is
    read. What could not be read is said, and is never taken for free.
    """
    if watch_seconds is not None and (output_format != "text" or not sys.stdout.isatty()):
        raise UsageError("`--watch` is for text on a terminal", world="nothing was read")
    backends = read_code(request).backends_chosen
    with connect(timeout_seconds) as connections:

        def look() -> tuple[Board, Onlooker]:
            onlooker = onlooker_now(failed_at)
            return listed(backends, connections=connections, onlooker=onlooker), onlooker

        if watch_seconds is not None:
            return exit_code(watched(look, seconds=watch_seconds), strict=strict)
        board, onlooker = look()
    sys.stdout.write(formatted(board, onlooker, output_format))
    return exit_code(board, strict=strict)


def watched(look: Callable[[], tuple[Board, Onlooker]], *, seconds: float) -> Board:
    """Show the board again and again until Ctrl-C, and return the last one that was shown."""
    last: Board | None = None
    try:
        while True:
            board, onlooker = look()
            text = formatted(board, onlooker, "text")
            click.clear()
            print(f"{text}\n{onlooker.now:%H:%M:%S} UTC; end it with Ctrl-C", flush=True)
            last = board
            time.sleep(seconds)
    except KeyboardInterrupt:
        if last is None:
            raise
        return last


def formatted(board: Board, onlooker: Onlooker, output_format: str) -> str:
    """Lay out the board in the format that was asked for."""
    match output_format:
        case "json":
            from holdfast.report.locks_json import board_json

            return board_json(board, now=onlooker.now, holdfast_version=holdfast.__version__)
        case "markdown":
            from holdfast.report.locks_markdown import board_markdown

            return board_markdown(board, now=onlooker.now)
        case _:
            from holdfast.report.locks_text import board_text

            return board_text(board, now=onlooker.now, ink=ink_for(sys.stdout))


def exit_code(board: Board, *, strict: bool) -> ExitCode:
    """Choose the exit code: a lock is no failure, and what is unknown is one with `--strict`."""
    return ExitCode.INCOMPLETE if strict and not board.is_complete else ExitCode.DONE
