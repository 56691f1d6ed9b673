"""Where `holdfast migrate locking` has no root left to change: leftovers, and the table that nobody needs any more."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locking_options import LockingOptions, ask
from holdfast.cli.locking_stored_plan import refuse_stale
from holdfast.cli.plan_files import write_locking_plan_file
from holdfast.cli.terminal import ink_for
from holdfast.core.backends import Locking
from holdfast.core.counting import counted
from holdfast.core.locking_plans import LockingPlan
from holdfast.errors import ExitCode

if TYPE_CHECKING:
    from holdfast.app.locking_checking import LookedAtFleet, Looking
    from holdfast.app.locking_planning import LockingRequest
    from holdfast.app.locking_switching import Switching


def after_the_files(
    looked: LookedAtFleet,
    stored: LockingPlan,
    request: FleetRequest,
    options: LockingOptions,
    switching: Switching,
) -> int:
    """Finish a plan whose files are as it makes them, whoever changed them: remove the digests that are still there."""
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.locking_leftovers import left_digests, remove_left_digests
    from holdfast.app.locking_planning import roots_of
    from holdfast.cli.roots_to_initialise import initialise_roots

    print("every file is as the plan makes it; nothing to change")
    left = left_digests(looked, stored, customer_key=customer_key_in(os.environ))
    if left:
        print(
            f"{counted(len(left), 'state')} of it with digests in the table that nobody will write"
        )
        ask(options)
        print(f"{counted(remove_left_digests(left, switching), 'digest')} removed", flush=True)
    return initialise_roots(request, roots_of(stored.stages), initialises=options.initialises)


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


def _empty_plan(request: LockingRequest) -> LockingPlan:
    return LockingPlan(
        made_at=request.made_at,
        holdfast_version=request.holdfast_version,
        goal=request.goal,
        stages=(),
    )
