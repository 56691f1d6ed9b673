"""`holdfast locks show`."""

from __future__ import annotations

import sys

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import failed_at_option, found_state, onlooker_now, state_options
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import ink_for
from holdfast.errors import ExitCode
from holdfast.report.locks_show_text import view_text


@click.command("show")
@state_options
@connection_options
@failed_at_option
@click.option("--strict", is_flag=True, help="Exit with 6 when a store could not be read.")
def locks_show(
    *,
    name: str,
    request: FleetRequest,
    timeout_seconds: float,
    failed_at: str | None,
    strict: bool,
) -> int:
    """Show the locks of one state in full, and how to remove them.

    KEY is the key of a state, `<bucket>/<key>` as engines print it, the directory of a root, or a pattern that
    fits exactly one state. Nothing is changed.
    """
    onlooker = onlooker_now(failed_at)
    with connect(timeout_seconds) as connections:
        found = found_state(name, request, connections=connections, onlooker=onlooker)
    view = found.looked.view
    sys.stdout.write(view_text(view, now=onlooker.now, ink=ink_for(sys.stdout)))
    return ExitCode.INCOMPLETE if strict and view.locks.unknown else ExitCode.DONE
