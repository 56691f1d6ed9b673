"""`holdfast states list`."""

from __future__ import annotations

import os
import sys

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.options import connect, connection_options, fleet_options
from holdfast.cli.terminal import activity, ink_for
from holdfast.errors import ExitCode


@click.command("list")
@fleet_options
@connection_options
@click.option("--no-read", is_flag=True, help="List the keys alone; open no state.")
@click.option(
    "--versions",
    "counts_versions",
    is_flag=True,
    help="Count the versions of each state: a request for each 1000 versions in a bucket.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@click.option("--strict", is_flag=True, help="Exit with 6 when something could not be read.")
def states_list(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    no_read: bool,
    counts_versions: bool,
    output_format: str,
    strict: bool,
) -> int:
    """Show every state of the fleet, beside the code that uses it.

    Looks through the buckets and the lock tables of all roots below PATH. Of a state its head is read and its bytes
    are counted; no value of it is kept or shown. The table is made for 120 columns: what all keys of a bucket have in common
    is shown once, above it. The JSON document has everything.
    """
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.states_listing import StatesCounted, list_states
    from holdfast.app.version_counting import with_versions

    backends = read_code(request).backends_chosen
    with connect(timeout_seconds) as connections, activity("listing states") as show:

        def count(total: StatesCounted) -> None:
            show(f"{total.keys:,} keys, {total.states:,} states")

        board = list_states(
            backends,
            connections=connections,
            read=not no_read,
            customer_key=customer_key_in(os.environ),
            on_progress=count,
        )
        if counts_versions:
            board = with_versions(
                board,
                backends,
                connections=connections,
                on_progress=lambda total: show(f"{total:,} versions"),
            )
    if output_format == "json":
        from holdfast.report.states_json import states_json

        sys.stdout.write(states_json(board, holdfast_version=holdfast.__version__))
    else:
        from holdfast.report.states_text import states_text

        sys.stdout.write(states_text(board, ink=ink_for(sys.stdout)))
    return ExitCode.INCOMPLETE if strict and not board.is_complete else ExitCode.DONE
