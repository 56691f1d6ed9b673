"""`holdfast states restore`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import state_options, time_of
from holdfast.cli.options import connect, connection_options
from holdfast.cli.states_options import found_place, locked
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.errors import ApprovalMissingError, ExitCode, UsageError

if TYPE_CHECKING:
    from holdfast.app.state_restore import VersionChoice

OPERATION = "holdfast-restore"


@click.command("restore")
@state_options
@connection_options
@click.option("--version", "identifier", metavar="ID", help="The version with this identifier.")
@click.option("--serial", type=click.IntRange(min=0), help="The newest version with this serial.")
@click.option("--at", "moment", metavar="TIME", help="The version of that time (RFC 3339).")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def states_restore(
    *,
    name: str,
    request: FleetRequest,
    timeout_seconds: float,
    identifier: str | None,
    serial: int | None,
    moment: str | None,
    auto_approve: bool,
) -> int:
    """Bring back an older version of one state, also of a deleted one.

    The old bytes are written as a new version, with a serial above all others so that old plans are refused, while the
    locks of the state are held; its digest follows. Nothing is removed: what was current stays as a version.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.state_restore import plan_restore, restore
    from holdfast.report.state_restore_text import restore_text, restored_line

    choice = chosen_version(identifier, serial, moment)
    with connect(timeout_seconds) as connections:
        place = found_place(name, request, connections=connections)
        check_account(place.backend, connections=connections)
        plan = plan_restore(place, choice, connections=connections)
        print(restore_text(plan.outlook, ink=ink_for(sys.stdout)), flush=True)
        if not auto_approve:
            if not is_interactive():
                raise ApprovalMissingError(1)
            if not asked_for("Type `yes` to restore it", "yes"):
                raise click.Abort
        reason = f"restoring version {plan.target.identifier}"
        with locked(place, connections=connections, operation=OPERATION, reason=reason):
            done = restore(plan, connections=connections)
    print(restored_line(place.key, done.state.read.content, was_there=done.was_there))
    return ExitCode.DONE


def chosen_version(identifier: str | None, serial: int | None, moment: str | None) -> VersionChoice:
    """Return which version is meant; raise `UsageError` unless exactly one way is used to say it."""
    from holdfast.app.state_restore import AtTime, WithIdentifier, WithSerial

    given = [each for each in (identifier, serial, moment) if each is not None]
    if len(given) != 1:
        raise UsageError(
            "say which version: `--version ID`, `--serial N` or `--at TIME`",
            world="nothing was read or changed",
            hints=("`holdfast states versions KEY` lists them",),
        )
    if identifier is not None:
        return WithIdentifier(identifier)
    if serial is not None:
        return WithSerial(serial)
    return AtTime(time_of(moment or ""))
