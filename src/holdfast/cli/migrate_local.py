"""`holdfast migrate local`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, identity, journal_option, ledger_of
from holdfast.cli.options import connect, connection_options
from holdfast.cli.roots_to_initialise import initialise_roots
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.core.state_moves import RootToInitialise
from holdfast.errors import (
    ApprovalMissingError,
    ExitCode,
    HoldfastError,
    LocalMigrationRefusedError,
)

if TYPE_CHECKING:
    from holdfast.app.local_migration import MigratedState
    from holdfast.app.local_migration_planning import RootPlan
    from holdfast.app.local_migration_targets import LocalRoots
    from holdfast.app.lock_removal import Ledger
    from holdfast.aws.connections import Connections

NOTHING_TO_DO = "there is no local state to migrate"


@click.command("local")
@click.argument("names", nargs=-1, metavar="[ROOT]...")
@code_options
@connection_options
@journal_option
@click.option("--init", "initialises", is_flag=True, help="Run `init -reconfigure` in the roots.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def migrate_local(
    *,
    names: tuple[str, ...],
    request: FleetRequest,
    timeout_seconds: float,
    journal_file: Path | None,
    initialises: bool,
    auto_approve: bool,
) -> int:
    """Bring local states into the backends that their roots are to have, with lineage and serial.

    ROOT is a root, or a directory above roots; without one, every root with a local state is meant, but no setup module.
    The backend is the one that the code names, or the one that the declaration gives the root: then its file is written
    as by `generate backend --write`. The bytes are copied and verified under both locks, and the local files are kept
    under another name. Running it again goes on where it was stopped.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.local_migration_planning import plan_roots
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.report.local_migration_text import local_migration_text

    found = found_roots(names, request)
    if not found.roots:
        print(NOTHING_TO_DO)
        return ExitCode.DONE
    with connect(timeout_seconds) as connections:
        backends = {each.backend.name: each.backend for each in found.roots}
        callers = [check_account(each, connections=connections) for each in backends.values()]
        plans = plan_roots(
            found.roots,
            directory=request.directory,
            connections=connections,
            customer_key=customer_key_in(os.environ),
        )
        outlooks = [each.outlook for each in plans]
        print(local_migration_text(outlooks, ink=ink_for(sys.stdout)), flush=True)
        if not auto_approve:
            if not is_interactive():
                raise ApprovalMissingError(len(plans))
            if not asked_for("Type `yes` to migrate", "yes"):
                raise click.Abort
        ledger = ledger_of(journal_file, next(iter(callers), None))
        roots: list[RootToInitialise] = []
        try:
            for plan in plans:
                migrate_and_show(plan, connections=connections, ledger=ledger)
                root = plan.local
                roots.append(RootToInitialise(path=root.root.path, partial_file=root.partial_file))
        except HoldfastError:
            if roots:
                print(f"{len(roots)} of {len(plans)} roots were migrated before", file=sys.stderr)
                initialise_roots(request, roots, initialises=initialises)
            raise
    return initialise_roots(request, roots, initialises=initialises)


def migrate_and_show(plan: RootPlan, *, connections: Connections, ledger: Ledger) -> None:
    """Migrate one root, and say what was done."""
    from holdfast.app.local_migration import migrate_root
    from holdfast.app.working_locks import Worker
    from holdfast.report.local_migration_text import local_migration_end_lines

    done = migrate_root(
        plan,
        connections=connections,
        worker=Worker(identity=identity(), process=os.getpid()),
        ledger=ledger,
        on_migrated=show_migrated,
    )
    ends = local_migration_end_lines(plan.outlook, files=len(done.files), kept=done.kept)
    print("\n".join(ends), flush=True)


def found_roots(names: tuple[str, ...], request: FleetRequest) -> LocalRoots:
    """Find the roots that are meant, and say which are left alone; raise `LocalMigrationRefusedError`."""
    from holdfast.app.local_migration_targets import find_local_roots
    from holdfast.report.local_migration_text import left_alone_lines

    found = find_local_roots(
        read_code(request),
        names,
        directory=request.directory,
        file=request.declaration or request.directory / DECLARATION_NAME,
        start=Path(),
    )
    for line in left_alone_lines(found.left):
        print(line, file=sys.stderr)
    if found.obstacles:
        raise LocalMigrationRefusedError(found.obstacles)
    return found


def show_migrated(migrated: MigratedState) -> None:
    """Say what became of one state as soon as it is known."""
    from holdfast.app.state_move_locks import path_of_place
    from holdfast.report.state_move_text import moved_line

    planned = migrated.planned
    line = moved_line(
        planned.file.shown,
        path_of_place(planned.target),
        standing=planned.standing,
        was_there=migrated.was_there,
    )
    print(line, flush=True)
