"""`holdfast states move`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, identity
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.errors import ApprovalMissingError

if TYPE_CHECKING:
    from holdfast.app.state_moving import MovedState


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
    from holdfast.cli.roots_to_initialise import initialise_roots
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
    return initialise_roots(request, plan.outlook.roots, initialises=initialises)


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
