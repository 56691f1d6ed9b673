"""`holdfast locks hold`."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, identity
from holdfast.cli.main import report_error
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import progress
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.lock_holds import announced
from holdfast.errors import ExitCode, HoldfastError, UsageError

if TYPE_CHECKING:
    from holdfast.app.lock_holding import Hold
    from holdfast.core.state_naming import StateName

REASON_LENGTH_MAX = 400
DURATION_PATTERN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
SECONDS_OF_UNITS = (86_400, 3_600, 60, 1)
DURATION_SECONDS_MAX = 30 * 86_400
LOOK_AT_CLOCK_SECONDS = 30.0
SHOWN_MAX = 20
COMMAND_IN_CONTEXT = "holdfast.command"


class Duration(click.ParamType[float]):
    """A time such as `30m` or `1h30m`, in seconds."""

    name = "duration"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds, and refuse what is no duration."""
        if isinstance(value, float):
            return value
        match = DURATION_PATTERN.fullmatch(value)
        parts = match.groups() if match else ()
        seconds = sum(
            int(part or 0) * unit for part, unit in zip(parts, SECONDS_OF_UNITS, strict=False)
        )
        if not 0 < seconds <= DURATION_SECONDS_MAX:
            self.fail(f"'{value}' is no duration up to 30 days: 30m, 8h, 1h30m.", param, ctx)
        return float(seconds)


class CommandWithCommand(click.Command):
    """Keep what follows `--` apart: it is a command of the user's, and not ours to read."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Divide the line at the first `--`."""
        if "--" in args:
            place = args.index("--")
            args, command = args[:place], args[place + 1 :]
            if not command:
                raise UsageError("there is no command after `--`", world="nothing was locked")
            ctx.meta[COMMAND_IN_CONTEXT] = tuple(command)
        return super().parse_args(ctx, args)


@click.command("hold", cls=CommandWithCommand, options_metavar="[OPTIONS]")
@click.argument("names", metavar="[KEY]... [-- COMMAND]", nargs=-1)
@code_options
@connection_options
@click.option(
    "--all",
    "whole",
    is_flag=True,
    help="Every state of the backends of `--backend` that the code names.",
)
@click.option("--reason", required=True, metavar="TEXT", help="What whoever is refused will read.")
@click.option(
    "--for",
    "seconds",
    type=Duration(),
    metavar="TIME",
    help="Say in the locks until when; without a COMMAND stay that long, then release.",
)
@click.pass_context
def locks_hold(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    request: FleetRequest,
    timeout_seconds: float,
    whole: bool,
    reason: str,
    seconds: float | None,
) -> int:
    """Lock states for a reason: a key, a pattern, or a whole backend (a freeze).

    KEY is as for `show`, and a pattern may fit many states. A pattern, a root and `--all` mean the workspaces that the
    code names; the state of any other workspace is locked by its whole key (`env:/blue/KEY`). All of them are locked or none, in both stores where a
    table is known, under one id. With COMMAND they are held while it runs, and its exit code is returned; an engine
    in COMMAND that works on a held state needs `-lock=false`. Without COMMAND the id is printed and the locks
    stay until `holdfast locks release --id ID`: a lock has no expiry. With `--for` and no COMMAND this process stays
    and releases at the end.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_holding import holding
    from holdfast.app.lock_stores import customer_key_in

    command: tuple[str, ...] = ctx.meta.get(COMMAND_IN_CONTEXT, ())
    me = identity()
    text = announced(checked_reason(reason), from_nanoseconds=me.clock(), seconds=seconds)
    states = chosen_states(names, request, whole=whole)
    status = int(ExitCode.DONE)
    with connect(timeout_seconds) as connections, ExitStack() as shown:
        for backend in {state.backend.name: state.backend for state in states}.values():
            check_account(backend, connections=connections)
        advance = shown.enter_context(progress("locking", len(states)))
        try:
            with holding(
                states,
                connections=connections,
                identity=me,
                reason=text,
                customer_key=customer_key_in(os.environ),
                on_taken=lambda state: advance(state.key),
            ) as hold:
                shown.close()
                status = held(hold, command, seconds)
        except HoldfastError as error:
            if status == ExitCode.DONE:
                raise
            report_error(error)  # the command failed too, and its exit code is what was asked for
    return status


def held(hold: Hold, command: Sequence[str], seconds: float | None) -> int:
    """Do what is to be done while the locks are held, and return the exit code."""
    from holdfast.app.command_running import run_passing_signals

    paths = [f"{state.backend.bucket}/{state.key}" for state in hold.states]
    more = [f"and {len(paths) - SHOWN_MAX} more"] if len(paths) > SHOWN_MAX else []
    lines = "".join(f"\n  {line}" for line in [*paths[:SHOWN_MAX], *more])
    count = counted(len(paths), "state")
    print(f"{count} held under {hold.identifier}:{lines}", file=sys.stderr, flush=True)
    if command:
        return run_passing_signals(command)
    print(hold.identifier, flush=True)
    if seconds is None:
        hold.keep()
        ending = f"they stay locked until `holdfast locks release --id {hold.identifier}`"
        print(ending, file=sys.stderr)
        return ExitCode.DONE
    print("end this process, or wait, to release them", file=sys.stderr, flush=True)
    end = time.time() + seconds
    # The clock on the wall counts while a laptop sleeps, and is what the locks announce.
    while (left := end - time.time()) > 0:
        time.sleep(min(left, LOOK_AT_CLOCK_SECONDS))
    return ExitCode.DONE


def checked_reason(reason: str) -> str:
    """Return the reason; raise `UsageError` for one that an engine could not print as one line."""
    text = reason.strip()
    if not text or printable(text) != text or len(text) > REASON_LENGTH_MAX:
        raise UsageError(
            f"`--reason` must be one line of text with 1 to {REASON_LENGTH_MAX} characters",
            world="nothing was locked",
        )
    return text


def chosen_states(
    names: Sequence[str], request: FleetRequest, *, whole: bool
) -> tuple[StateName, ...]:
    """Return the states that are meant; raise `UsageError` or an error of the lookup, and nothing is locked then."""
    from holdfast.core.state_naming import StateName, states_named

    if bool(names) == whole:
        raise UsageError(
            "give the states to lock, or `--all` with `--backend NAME`, and not both",
            world="nothing was locked",
        )
    if whole and not request.backends:
        raise UsageError(
            "`--all` needs `--backend NAME`: which backend is to be locked",
            world="nothing was locked",
        )
    backends = read_code(request).backends_chosen
    if not whole:
        return tuple(state for name in names for state in states_named(name, backends))
    empty = [backend.name for backend in backends if not backend.keys]
    if empty:
        raise UsageError(
            f"the code names no state of backend `{empty[0]}`", world="nothing was locked"
        )
    return tuple(StateName(backend=each, key=key) for each in backends for key in each.keys)
