"""`holdfast generate setup`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from holdfast.app.declared_fleet import nearest_declaration
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.generate_setup import (
    SetupFormat,
    SetupRequest,
    make_setups,
    to_compare,
)
from holdfast.app.setup_results import LeftSetup, MadeSetup
from holdfast.cli.generate_options import Destination, GenerateRequest, deliver, generate_options
from holdfast.cli.options import connect, connection_options, read_fleet, region_of_environment
from holdfast.cli.terminal import show_warning
from holdfast.core.cleaning import printable
from holdfast.errors import DeclarationMissingError, ExitCode


@click.command()
@click.argument("backends", nargs=-1, metavar="[BACKEND]...")
@generate_options
@connection_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice([each.value for each in SetupFormat]),
    default=SetupFormat.TERRAFORM.value,
    show_default=True,
)
@click.option(
    "--own-structure",
    is_flag=True,
    help="Write the whole baseline in Holdfast's structure, and follow no other module.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Read the code alone: nothing is then known to exist, and nothing imported.",
)
def generate_setup(
    *,
    backends: tuple[str, ...],
    request: GenerateRequest,
    timeout_seconds: float,
    output_format: str,
    own_structure: bool,
    offline: bool,
) -> int:
    """Write the Terraform module that owns a backend's bucket and lock table.

    Without BACKEND, for every backend that has none. A module follows the structure of one that is there;
    else it has the whole baseline. What exists already, by the cloud, gets `import` blocks. No declaration is
    needed where the code says enough.
    """
    fleet_request = FleetRequest(
        directory=directory_of(request),
        declaration=request.declaration,
        backends=backends,
        region_default=region_of_environment(),
        on_warning=show_warning,
    )
    if offline:
        fleet = read_code(fleet_request)
    else:
        with connect(timeout_seconds) as connections:
            fleet = read_fleet(fleet_request, connections)
    setups = make_setups(
        fleet,
        fleet_request.directory,
        SetupRequest(
            output_format=SetupFormat(output_format),
            named=bool(backends),
            on_disk=request.destination is not Destination.STDOUT,
            own_structure=own_structure,
        ),
    )
    say(setups, remarks=request.destination is not Destination.COMPARISON)
    files = tuple(file for each in setups if isinstance(each, MadeSetup) for file in each.files)
    if request.destination is Destination.COMPARISON:
        files = to_compare(files, fleet_request.directory)
    code = deliver(files, fleet_request.directory, request) if files else ExitCode.DONE
    unknown = any(isinstance(each, LeftSetup) and each.unknown for each in setups)
    return ExitCode.INCOMPLETE if unknown and code is ExitCode.DONE else code


def directory_of(request: GenerateRequest) -> Path:
    """Return the directory of the declaration, or the current one where there is none."""
    if request.declaration is not None:
        return request.declaration.parent
    try:
        return nearest_declaration(Path()).parent
    except DeclarationMissingError:
        return Path()


def say(setups: Sequence[MadeSetup | LeftSetup], *, remarks: bool) -> None:
    """Say on standard error what each module follows, what to look at, and what was left as it is."""
    for each in setups:
        match each:
            case LeftSetup():
                print(f"{each.backend}: {each.words}; left as it is", file=sys.stderr)
            case MadeSetup(pattern=pattern) if pattern is not None:
                print(f"{each.backend}: follows `{pattern}`", file=sys.stderr)
            case MadeSetup():
                pass
    if remarks:
        made = [each for each in setups if isinstance(each, MadeSetup)]
        for remark in dict.fromkeys(remark for each in made for remark in each.remarks):
            print(f"note: {printable_lines(remark)}", file=sys.stderr)


def printable_lines(text: str) -> str:
    """Return a text of several lines without what a terminal would obey."""
    return "\n".join(printable(line) for line in text.splitlines())
