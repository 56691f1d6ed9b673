"""`holdfast states move`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, identity, onlooker_now
from holdfast.cli.moved_states import show_moved
from holdfast.cli.moves import MovesOptions, carry_out, moves_options, planned_moves
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.core.move_patterns import MoveRename, rename_of
from holdfast.core.state_naming import path_of
from holdfast.errors import (
    ApprovalMissingError,
    MovePatternInvalidError,
    MovePatternUnmatchedError,
    UsageError,
)

if TYPE_CHECKING:
    pass


@click.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@code_options
@connection_options
@click.option("--all", "is_pattern", is_flag=True, help="FROM and TO are patterns of many states.")
@moves_options
def states_move(
    *,
    source: str,
    target: str,
    request: FleetRequest,
    timeout_seconds: float,
    is_pattern: bool,
    moves_options: MovesOptions,
) -> int:
    """Move a state with its workspaces to another key, bucket, region or account; or many, with `--all`.

    FROM is as for `show`; TO is a key, or `<bucket>/<key>` of another backend of the fleet. The bytes are copied and
    verified under the locks of both places, the code is edited, and the old place stays locked and says where its state
    went. Running it again goes on where it was stopped.

    With `--all` both are patterns: `old/*` to `new/*`, or with fields, `{component}/{environment}.tfstate` to
    `{environment}/{component}.tfstate`. Every mistake is told before anything is done; then one state moves after the
    other. `--orphans`, `--check` and `--diff` are for `--all`.
    """
    if is_pattern:
        return move_all(source, target, request, timeout_seconds, moves_options)
    given = (moves_options.orphans, moves_options.checks, moves_options.shows_code)
    if any(given):
        raise UsageError(
            "`--orphans`, `--check` and `--diff` are for `--all`",
            world="nothing was read or changed",
        )
    return move_one(source, target, request, timeout_seconds, moves_options)


def move_all(
    source: str,
    target: str,
    request: FleetRequest,
    timeout_seconds: float,
    options: MovesOptions,
) -> int:
    """Move every state that fits a pattern."""
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.move_candidates import states_that_may_move, ways_by_pattern
    from holdfast.app.state_move_planning import moving_fleet

    rename = rename_of(source.removeprefix("s3://"), target)
    if not isinstance(rename, MoveRename):
        raise MovePatternInvalidError(rename)
    code = read_code(request)
    with connect(timeout_seconds) as connections:
        states = states_that_may_move(code.backends_chosen, connections=connections)
        ways, mistakes = ways_by_pattern(states, rename, backends=code.backends)
        if not ways and not mistakes:
            raise MovePatternUnmatchedError(source, [path_of(each) for each in states])
        named = {
            each.name: each for way in ways for each in (way.source.backend, way.target.backend)
        }
        for backend in named.values():
            check_account(backend, connections=connections)
        fleet = moving_fleet(
            code.repository,
            code.backends,
            directory=request.directory,
            connections=connections,
            customer_key=customer_key_in(os.environ),
        )
        moves = planned_moves(ways, fleet, options=options, mistakes=mistakes)
        return carry_out(moves, request, options=options)


def move_one(
    source: str,
    target: str,
    request: FleetRequest,
    timeout_seconds: float,
    options: MovesOptions,
) -> int:
    """Move one state."""
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.state_lookup import state_for
    from holdfast.app.state_move_planning import moving_fleet, plan_move, target_named
    from holdfast.app.state_move_source import source_of_move
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
        new = target_named(target, old, code.backends, may_be_source=True)
        if (new.backend.name, new.key) == (old.backend.name, old.key):
            # FROM may be a root, whose code names the new place since a move that was stopped.
            stopped = source_of_move(
                new,
                code.backends,
                connections=connections,
                onlooker=onlooker_now(None),
                customer_key=customer_key,
            )
            old = stopped or old
            new = target_named(target, old, code.backends)
        for backend in {each.backend.name: each.backend for each in (old, new)}.values():
            check_account(backend, connections=connections)
        fleet = moving_fleet(
            code.repository,
            code.backends,
            directory=request.directory,
            connections=connections,
            customer_key=customer_key,
        )
        plan = plan_move(old, new, fleet)
        print(move_text(plan.outlook, ink=ink_for(sys.stdout)), flush=True)
        if not options.auto_approve:
            if not is_interactive():
                raise ApprovalMissingError(1)
            if not asked_for("Type `yes` to move it", "yes"):
                raise click.Abort
        worker = Worker(identity=identity(), process=os.getpid())
        done = move(plan, connections=connections, worker=worker, on_moved=show_moved)
    print("\n".join(move_end_lines(plan.outlook, files=len(done.files))), flush=True)
    return initialise_roots(request, plan.outlook.roots, initialises=options.initialises)
