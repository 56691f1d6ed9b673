"""One stage of `holdfast migrate locking`: look, show, ask, do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import identity, ledger_of
from holdfast.cli.plan_files import write_locking_plan_file
from holdfast.cli.terminal import activity, asked_for, ink_for, is_interactive
from holdfast.core.backends import Locking
from holdfast.core.counting import counted
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_plans import LockingPlan, content_digest, differences
from holdfast.errors import (
    ApprovalMissingError,
    ExitCode,
    LockingChecksError,
    LockingPlanStaleError,
    UsageError,
)

if TYPE_CHECKING:
    from holdfast.app.locking_checking import LookedAtFleet, Looking
    from holdfast.app.locking_planning import LockingRequest
    from holdfast.app.locking_switching import SwitchedGroup, Switching
    from holdfast.aws.connections import Connections
    from holdfast.core.fleet import Fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingOptions:
    """What was said on the command line, besides where the code is."""

    goal: Locking
    stored: LockingPlan | None
    table: str | None
    out: Path | None
    accepted: tuple[str, ...]
    roles: tuple[str, ...]
    since: datetime | None
    quiet_days: int
    wait_seconds: float
    initialises: bool
    auto_approve: bool
    journal_file: Path | None


def run_stage(
    code: Fleet, request: FleetRequest, options: LockingOptions, connections: Connections
) -> int:
    """Look, show, ask, and do one stage; where every root is there, describe what becomes of the table."""
    from holdfast.app.locking_checking import stage_checks
    from holdfast.app.locking_planning import LockingRequest, plan_locking, switches_of
    from holdfast.app.locking_switching import switch_locking
    from holdfast.cli.roots_to_initialise import initialise_roots
    from holdfast.report.locking_checks_text import checks_lines
    from holdfast.report.locking_text import locking_end_lines, locking_text

    wanted = LockingRequest(
        goal=options.goal,
        directory=request.directory,
        made_at=moment_now(),
        holdfast_version=holdfast.__version__,
        table=options.table,
    )
    looking = _looking(options, connections)
    switching = _switching(code, options, connections)
    looked = _looked_at(code, wanted, looking, switching, removes=options.out is None)
    if is_done(options.stored, request.directory):
        print("every file is as the plan makes it; nothing to change")
        return ExitCode.DONE
    switches = switches_of(code, wanted)
    if not switches:
        return at_the_goal(looked, wanted, looking, options)
    checks = stage_checks(looked, switches, looking)
    planned = plan_locking(code, wanted, connections=connections, customer_key=looking.customer_key)
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
    files = switch_locking(planned, switching, on_switched=show_switched)
    end = locking_end_lines(planned.plan, files=len(files), moment=moment_now())
    print("\n".join(end), flush=True)
    return initialise_roots(request, planned.roots, initialises=options.initialises)


def moment_now() -> str:
    """Return the time as it is written into plans and command lines."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def is_done(stored: LockingPlan | None, directory: Path) -> bool:
    """Tell whether every file of a stored plan is what the plan makes of it."""
    if stored is None or not stored.files:
        return False
    contents = contents_of(stored, directory)
    return all(contents.get(path) == file.after for path, file in stored.files.items())


def contents_of(stored: LockingPlan, directory: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a stored plan that can be read."""
    from holdfast.app.code_editing import file_content

    contents = {path: file_content(path, directory) for path in stored.files}
    return {
        path: content_digest(content)
        for path, content in contents.items()
        if isinstance(content, bytes)
    }


def at_the_goal(
    looked: LookedAtFleet, request: LockingRequest, looking: Looking, options: LockingOptions
) -> int:
    """Say that every root is there, and what a person may do about the tables that nobody uses any more."""
    from holdfast.app.locking_checking import retirement_checks
    from holdfast.core.table_retirement import table_retirement
    from holdfast.report.locking_checks_text import checks_lines
    from holdfast.report.table_retirement_text import retirement_lines

    ink = ink_for(sys.stdout)
    refuse_stale(_empty_plan(request), options.stored, request.directory)
    print(f"every root locks with `{request.goal}`; nothing to change")
    if request.goal is Locking.LOCKFILE and not any(each.tables for each in looked.fleet.backends):
        print("name the table that was left with `--table NAME` to see whether it can be retired")
    retirements = []
    for backend, table, checks in retirement_checks(looked, request, looking):
        print("\n".join(["", *checks_lines([checks], ink=ink)]).rstrip("\n"))
        if checks.blocking(options.accepted):
            print(f"the table {table} is still needed, or may be")
            continue
        retirements.append(table_retirement(backend, table, looked.fleet.repository))
        print("\n".join(["", *retirement_lines(retirements[-1], ink=ink)]))
    if options.out is not None:
        plan = replace(_empty_plan(request), retirements=tuple(retirements))
        write_locking_plan_file(options.out, plan)
    return ExitCode.CHANGES_PENDING if retirements else ExitCode.DONE


def refuse_stale(now: LockingPlan, stored: LockingPlan | None, directory: Path) -> None:
    """Raise `LockingPlanStaleError` when a stored plan is not what would be planned now."""
    if stored is None:
        return
    found = differences(stored, now, contents_of(stored, directory))
    if found:
        raise LockingPlanStaleError(found)


def refuse_unsafe(checks: Sequence[Checks], accepted: Sequence[str]) -> None:
    """Raise `LockingChecksError` unless every check has passed, or is unknown and accepted by name."""
    names = {name for each in checks for name in each.unused(accepted)}
    unused = sorted(name for name in names if all(name in each.unused(accepted) for each in checks))
    if unused:
        raise UsageError(
            f"there is nothing to accept by the name `{unused[0]}`",
            world="nothing was changed",
            hints=("only a check that is unknown can be accepted",),
        )
    blocking = [(each, check) for each in checks for check in each.blocking(accepted)]
    if not blocking:
        return
    refused = any(check.outcome is CheckOutcome.REFUSED for _, check in blocking)
    raise LockingChecksError(
        [(f"{each.backend} {check.slug}", check.words) for each, check in blocking],
        acceptable=() if refused else tuple(dict.fromkeys(check.slug for _, check in blocking)),
    )


def ask(options: LockingOptions) -> None:
    """Ask whether the stage is to be done; raise `ApprovalMissingError` where nobody can answer."""
    if options.auto_approve:
        return
    if not is_interactive():
        raise ApprovalMissingError(1)
    if not asked_for("Type `yes` to change it", "yes"):
        raise click.Abort


def show_switched(switched: SwitchedGroup) -> None:
    """Say what became of one group as soon as it is known."""
    from holdfast.report.locking_text import switched_line

    group = switched.planned.group
    print(switched_line(group, files=len(switched.files), digests=switched.digests), flush=True)


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


def _empty_plan(request: LockingRequest) -> LockingPlan:
    return LockingPlan(
        made_at=request.made_at,
        holdfast_version=request.holdfast_version,
        goal=request.goal,
        stages=(),
    )
