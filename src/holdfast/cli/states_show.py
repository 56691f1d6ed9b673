"""`holdfast states show`."""

from __future__ import annotations

import sys

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import state_options
from holdfast.cli.options import connect, connection_options
from holdfast.cli.states_options import found_place
from holdfast.cli.terminal import ink_for
from holdfast.core.lock_board import uses_of, workspace_of
from holdfast.errors import ExitCode


@click.command("show")
@state_options
@connection_options
def states_show(*, name: str, request: FleetRequest, timeout_seconds: float) -> int:
    """Show one state: what its head says, its digest in every table, its versions.

    KEY is as for `versions`. The state is read whole, and no value of it is kept or shown. Nothing is changed.
    """
    from holdfast.app.state_digests import check_digests
    from holdfast.app.state_history import versions_of
    from holdfast.app.state_writing import read_state
    from holdfast.report.state_show_text import state_text

    with connect(timeout_seconds) as connections:
        place = found_place(name, request, connections=connections)
        current = read_state(place, connections)
        cases = check_digests(place, connections=connections)
        versions = versions_of(place, connections)
    backend = place.backend
    text = state_text(
        f"{backend.bucket}/{place.key}",
        roots=tuple(dict.fromkeys(use.root_path for use in uses_of(backend, place.key))),
        workspace=workspace_of(backend, place.key),
        state=current.read if current is not None else None,
        written=current.written if current is not None else None,
        digests=tuple((each.address.table.table, each.finding) for each in cases),
        versions=versions,
        ink=ink_for(sys.stdout),
    )
    sys.stdout.write(text)
    return ExitCode.DONE
