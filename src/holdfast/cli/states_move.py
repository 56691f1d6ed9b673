"""`holdfast states move`."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, identity
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.errors import ApprovalMissingError, ExitCode

if TYPE_CHECKING:
    from holdfast.app.state_moving import MovedState
    from holdfast.core.state_moves import RootToInitialise

ENGINES = ("terraform ", "tofu ")


@click.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@code_options
@connection_options
@click.option("--init", "initialises", is_flag=True, help="Run `init -reconfigure` in the roots.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def states_move(
    *,
    source: str,
    target: str,
    request: FleetRequest,
    timeout_seconds: float,
    initialises: bool,
    auto_approve: bool,
) -> int:
    """Move a state with its workspaces to another key, bucket, region or account.

    FROM is as for `show`; TO is a key, or `<bucket>/<key>` of another backend of the fleet. The bytes are copied and
    verified under the locks of both places, the code is edited, and the old place stays locked and says where its state
    went. Running it again goes on where it was stopped.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.state_lookup import state_for
    from holdfast.app.state_move_planning import plan_move, target_named
    from holdfast.app.state_moving import move
    from holdfast.app.working_locks import Worker
    from holdfast.report.state_move_text import move_end_lines, move_text

    code = read_code(request)
    customer_key = customer_key_in(os.environ)
    with connect(timeout_seconds) as connections:
        old = state_for(
            source, code.backends_chosen, connections=connections, customer_key=customer_key
        )
        new = target_named(target, old, code.backends)
        for backend in {each.backend.name: each.backend for each in (old, new)}.values():
            check_account(backend, connections=connections)
        plan = plan_move(
            old,
            new,
            repository=code.repository,
            backends=code.backends,
            directory=request.directory,
            connections=connections,
            customer_key=customer_key,
        )
        print(move_text(plan.outlook, ink=ink_for(sys.stdout)), flush=True)
        if not auto_approve:
            if not is_interactive():
                raise ApprovalMissingError(1)
            if not asked_for("Type `yes` to move it", "yes"):
                raise click.Abort
        worker = Worker(identity=identity(), process=os.getpid())
        done = move(plan, connections=connections, worker=worker, on_moved=show_moved)
    print("\n".join(move_end_lines(plan.outlook, files=len(done.files))), flush=True)
    return after_move(request, plan.outlook.roots, initialises=initialises)


def show_moved(moved: MovedState) -> None:
    """Say what became of one state as soon as it is known."""
    from holdfast.app.state_move_locks import path_of_place
    from holdfast.report.state_move_text import moved_line

    planned = moved.planned
    line = moved_line(
        planned.source.key,
        path_of_place(planned.target),
        standing=planned.standing,
        was_there=moved.was_there,
    )
    print(line, flush=True)


def after_move(
    request: FleetRequest, roots: Sequence[RootToInitialise], *, initialises: bool
) -> int:
    """Run `init -reconfigure` in the roots, or print the commands; return the exit code."""
    from holdfast.app.command_running import run_passing_signals

    status = int(ExitCode.DONE)
    commands = reconfiguring(request, {each.path for each in roots})
    if commands and not initialises:
        print("initialise the roots before they are used:")
    for command in commands:
        if not initialises:
            print(f"  {command}")
        elif not command.startswith(ENGINES):
            print(f"not run, do it yourself: {command}", file=sys.stderr)
            status = status or ExitCode.INCOMPLETE
        else:
            status = run_passing_signals(_in_place(command, request.directory)) or status
    return status


def reconfiguring(request: FleetRequest, roots: set[str]) -> list[str]:
    """Return the command lines that initialise roots as the code says now, with `-reconfigure`."""
    from holdfast.generate.team_page_roots import init_lines

    repository = read_code(request).repository
    lines = [each.line for each in init_lines(repository) if each.root in roots]
    return [_with_reconfigure(each) for each in dict.fromkeys(lines)]


def _with_reconfigure(line: str) -> str:
    if not line.startswith(ENGINES):
        return line.replace(" init", " init -reconfigure", 1)
    words = shlex.split(line)
    place = words.index("init") + 1
    return shlex.join([*words[:place], "-reconfigure", *words[place:]])


def _in_place(command: str, directory: Path) -> list[str]:
    """Return the words of a command line that is meant for the directory of the code."""
    program, *rest = shlex.split(command)
    root = "."
    if rest[0].startswith("-chdir="):
        root = rest.pop(0).removeprefix("-chdir=")
    return [program, f"-chdir={directory / root}", *rest]
