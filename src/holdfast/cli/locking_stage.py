"""One stage of `holdfast migrate locking`: look, show, ask, do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.fleet import FleetRequest
from holdfast.cli.locking_end import after_the_files, at_the_goal
from holdfast.cli.locking_options import LockingOptions, ask, moment_after, moment_now
from holdfast.cli.locking_stored_plan import is_done, refuse_stale
from holdfast.cli.locks_options import identity, ledger_of
from holdfast.cli.plan_files import write_locking_plan_file
from holdfast.cli.terminal import activity, ink_for
from holdfast.core.counting import counted
from holdfast.core.locking_check_names import CHECK_NAMES
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_plans import LockingGroup, LockingPlan
from holdfast.errors import (
    ExitCode,
    HoldfastError,
    LockingChecksError,
    UsageError,
)

if TYPE_CHECKING:
    from holdfast.app.locking_checking import LookedAtFleet, Looking
    from holdfast.app.locking_planning import LockingRequest, PlannedLocking
    from holdfast.app.locking_switching import SwitchedGroup, Switching
    from holdfast.aws.connections import Connections
    from holdfast.core.fleet import Fleet


def run_stage(
    code: Fleet, request: FleetRequest, options: LockingOptions, connections: Connections
) -> int:
    """Look, show, ask, and do one stage; where every root is there, describe what becomes of the table."""
    from holdfast.app.locking_checking import stage_checks
    from holdfast.app.locking_planning import LockingRequest, plan_locking
    from holdfast.report.locking_checks_text import checks_lines
    from holdfast.report.locking_text import locking_text

    wanted = LockingRequest(
        goal=options.goal,
        directory=request.directory,
        made_at=moment_now(),
        holdfast_version=holdfast.__version__,
        table=options.table or stored_table(options.stored),
    )
    looking = _looking(options, connections)
    switching = _switching(code, options, connections)
    looked = _looked_at(code, wanted, looking, switching, removes=options.out is None)
    if options.stored is not None and is_done(options.stored, request.directory):
        return after_the_files(looked, options.stored, request, options, switching)
    planned = plan_locking(code, wanted, connections=connections, customer_key=looking.customer_key)
    if not planned.edits:
        return at_the_goal(looked, wanted, looking, options)
    checks = stage_checks(looked, planned.switches, looking)
    refuse_stale(planned.plan, options.stored, request.directory)
    ink = ink_for(sys.stdout)
    lines = [*checks_lines(checks, ink=ink), locking_text(planned.plan, planned.edits, ink=ink)]
    print("\n".join(lines), flush=True)
    if options.out is not None:
        write_locking_plan_file(options.out, planned.plan)
        print(f"\nnothing was changed; do it with `holdfast migrate locking --plan {options.out}`")
        return ExitCode.DONE
    refuse_unsafe(checks, options.accepted)
    ask(options)
    return carry_out(planned, request, options, switching)


def carry_out(
    planned: PlannedLocking,
    request: FleetRequest,
    options: LockingOptions,
    switching: Switching,
) -> int:
    """Do a stage and show each group; where it stops, say which roots are changed and which are not."""
    from holdfast.app.locking_planning import roots_of_groups
    from holdfast.app.locking_switching import switch_locking
    from holdfast.cli.roots_to_initialise import initialise_roots
    from holdfast.report.locking_text import locking_end_lines, stopped_lines, switched_line

    done: list[LockingGroup] = []

    def show(switched: SwitchedGroup) -> None:
        group = switched.planned.group
        done.append(group)
        files, digests = len(switched.files), switched.digests
        print(switched_line(group, files=files, digests=digests), flush=True)

    try:
        files = switch_locking(planned, switching, on_switched=show)
    except BaseException as error:
        if done:
            print("\n".join(stopped_lines(planned.plan, done)), flush=True)
            initialise_roots(request, roots_of_groups(done), initialises=False)
            if isinstance(error, HoldfastError):
                error.world = f"roots before this one are changed; at this one: {error.world}"
        raise
    end = locking_end_lines(planned.plan, files=len(files), moment=moment_after())
    print("\n".join(end), flush=True)
    return initialise_roots(request, planned.roots, initialises=options.initialises)


def stored_table(stored: LockingPlan | None) -> str | None:
    """Return the table of a stored plan, which the code may not name any more."""
    tables = {table for stage in (stored.stages if stored else ()) for table in stage.tables}
    return min(tables, default=None)


def refuse_unsafe(checks: Sequence[Checks], accepted: Sequence[str]) -> None:
    """Raise `LockingChecksError` unless every check has passed, or is unknown and accepted by name."""
    names = {name for each in checks for name in each.unused(accepted)}
    unused = sorted(name for name in names if all(name in each.unused(accepted) for each in checks))
    for name in unused:
        words = f"there is nothing to accept by the name `{name}`"
        if name not in CHECK_NAMES:
            hint = "only a check that is unknown can be accepted"
            raise UsageError(words, world="nothing was changed", hints=(hint,))
        click.echo(f"note: {words}", err=True)
    blocking = [(each, check) for each in checks for check in each.blocking(accepted)]
    if not blocking:
        return
    refused = any(check.outcome is CheckOutcome.REFUSED for _, check in blocking)
    raise LockingChecksError(
        [(f"{each.backend} {check.slug}", check.words) for each, check in blocking],
        acceptable=() if refused else tuple(dict.fromkeys(check.slug for _, check in blocking)),
    )


def _looked_at(
    code: Fleet,
    wanted: LockingRequest,
    looking: Looking,
    switching: Switching,
    *,
    removes: bool,
) -> LookedAtFleet:
    """Look at the fleet, and again after the locks that a killed run had left are removed."""
    from holdfast.app.locking_checking import left_places, look_at_fleet
    from holdfast.app.locking_switching import remove_left

    with activity("looking at who writes"):
        looked = look_at_fleet(code, wanted, looking)
        removed = remove_left(left_places(looked, looking), switching) if removes else 0
        if removed:
            looked = look_at_fleet(code, wanted, looking)
    if removed:
        print(f"removed {counted(removed, 'lock')} that a killed run had left")
    return looked


def _looking(options: LockingOptions, connections: Connections) -> Looking:
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.locking_checking import Looking
    from holdfast.rules import all_rules

    return Looking(
        connections=connections,
        now=datetime.now(UTC),
        since=options.since,
        quiet_days=options.quiet_days,
        rules=all_rules(),
        roles=options.roles,
        identity=identity(),
        customer_key=customer_key_in(os.environ),
    )


def _switching(code: Fleet, options: LockingOptions, connections: Connections) -> Switching:
    """Return what it takes to do a stage, once the account of every backend is known to be the right one."""
    from holdfast.app.account_checking import check_account
    from holdfast.app.locking_switching import Switching
    from holdfast.app.working_locks import Worker

    callers = [check_account(each, connections=connections) for each in code.backends_chosen]
    return Switching(
        connections=connections,
        worker=Worker(identity=identity(), process=os.getpid()),
        ledger=ledger_of(options.journal_file, next(iter(callers), None)),
        timeout_seconds=options.wait_seconds,
    )
