"""`holdfast migrate status`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.locking_declaration import with_tables_known
from holdfast.cli.options import connect, connection_options, fleet_options
from holdfast.cli.terminal import activity, ink_for
from holdfast.core.backends import Locking
from holdfast.core.facts import OFFLINE
from holdfast.core.fleet import Fleet
from holdfast.core.locking_stages import GOALS
from holdfast.core.locking_status import FleetStatus, fleet_status
from holdfast.errors import ExitCode

if TYPE_CHECKING:
    from holdfast.app.lock_listing_stores import Counted
    from holdfast.core.locking_evidence import FleetEvidence


@click.command("status")
@fleet_options
@connection_options
@click.option("--offline", is_flag=True, help="Read code and caches alone.")
@click.option(
    "--to",
    "goal",
    type=click.Choice([each.value for each in GOALS]),
    default=Locking.LOCKFILE.value,
    show_default=True,
    help="Where the fleet is on its way to.",
)
@click.option("--table", metavar="NAME", help="The lock table of roots that name none.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@click.option("--strict", is_flag=True, help="Exit with 6 when something could not be told.")
def migrate_status(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    offline: bool,
    goal: str,
    table: str | None,
    output_format: str,
    strict: bool,
) -> int:
    """Show where every root stands on its way from one kind of locking to another.

    Each root below PATH with the mode in its code and in its cache of `init`, the last write of its states with what is
    known of the locks of that writer, the digest in the table, and the stage that comes next. Nothing is changed.
    """
    fleet = with_tables_known(read_code(request), request.directory, table=table)
    evidence = None if offline else read_writers(fleet, timeout_seconds)
    status = fleet_status(fleet, evidence, goal=Locking(goal), offline=OFFLINE)
    sys.stdout.write(formatted(status, output_format))
    return ExitCode.INCOMPLETE if strict and not status.is_complete else ExitCode.DONE


def read_writers(fleet: Fleet, timeout_seconds: float) -> FleetEvidence:
    """Read what tells of the writers, with progress on a terminal."""
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.locking_evidence import read_evidence

    with connect(timeout_seconds) as connections, activity("reading states") as show:

        def count(total: Counted) -> None:
            show(f"{total.keys:,} keys, {total.items:,} items")

        return read_evidence(
            fleet.backends_chosen,
            connections=connections,
            now=datetime.now(UTC),
            customer_key=customer_key_in(os.environ),
            reads_lock_files=False,
            on_progress=count,
        )


def formatted(status: FleetStatus, output_format: str) -> str:
    """Lay the status out in the format that was asked for."""
    if output_format == "json":
        from holdfast.report.locking_status_json import locking_status_json

        return locking_status_json(status, holdfast_version=holdfast.__version__)
    from holdfast.report.locking_status_text import locking_status_text

    return locking_status_text(status, ink=ink_for(sys.stdout))
