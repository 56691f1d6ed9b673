"""`holdfast locks show`."""

from __future__ import annotations

import sys

import click

import holdfast
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
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@click.option("--strict", is_flag=True, help="Exit with 6 when a store could not be read.")
def locks_show(
    *,
    name: str,
    request: FleetRequest,
    timeout_seconds: float,
    failed_at: str | None,
    output_format: str,
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
    if output_format == "json":
        from holdfast.report.lock_view_json import view_json

        text = view_json(view, now=onlooker.now, holdfast_version=holdfast.__version__)
    else:
        text = view_text(view, now=onlooker.now, ink=ink_for(sys.stdout))
    sys.stdout.write(text)
    return ExitCode.INCOMPLETE if strict and view.locks.unknown else ExitCode.DONE
