"""`holdfast states versions`."""

from __future__ import annotations

import sys

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import state_options
from holdfast.cli.options import connect, connection_options
from holdfast.cli.states_options import found_place
from holdfast.cli.terminal import ink_for
from holdfast.errors import ExitCode

VERSIONS_READ_DEFAULT = 20


@click.command("versions")
@state_options
@connection_options
@click.option(
    "--serials",
    "serials_max",
    type=click.IntRange(min=0),
    default=VERSIONS_READ_DEFAULT,
    show_default=True,
    help="Read the serials of so many of the newest versions.",
)
def states_versions(
    *, name: str, request: FleetRequest, timeout_seconds: float, serials_max: int
) -> int:
    """List the versions of one state, the newest first.

    KEY is a state's key, `<bucket>/<key>`, a root's directory, or a pattern that fits one. Delete markers are shown: from
    then on there was no state. Nothing is changed.
    """
    from holdfast.app.state_history import read_history
    from holdfast.report.state_history_text import history_text

    with connect(timeout_seconds) as connections:
        place = found_place(name, request, connections=connections)
        history = read_history(place, connections=connections, read_max=serials_max)
    sys.stdout.write(history_text(place.key, history, ink=ink_for(sys.stdout)))
    return ExitCode.DONE
