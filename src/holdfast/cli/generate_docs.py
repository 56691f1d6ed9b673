"""`holdfast generate docs`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from holdfast.app.audit import audit_fleet
from holdfast.app.declared_fleet import nearest_declaration
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.generate_options import GenerateRequest, deliver, generate_options
from holdfast.cli.options import connect, connection_options, read_fleet, region_of_environment
from holdfast.cli.terminal import show_warning
from holdfast.errors import DeclarationMissingError
from holdfast.generate.team_page import team_page
from holdfast.rules import all_rules

PAGE = "docs/terraform-backends.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The directory that the page is about, and its declaration if there is one."""

    directory: Path
    declaration: Path | None


@click.command("docs")
@generate_options
@connection_options
@click.option(
    "--offline", is_flag=True, help="Read the code alone; the page says what is not known then."
)
@click.option(
    "--file",
    "page",
    default=PAGE,
    show_default=True,
    metavar="FILE",
    help="The page, relative to the directory of the declaration.",
)
def generate_docs(
    *, request: GenerateRequest, timeout_seconds: float, offline: bool, page: str
) -> int:
    """Write the page of the team: status, states, and what to do with them.

    It is about the directory of the nearest declaration, here or above, or else about this one. The status is that
    of `holdfast audit`. Nothing in it depends on the day on which it is made.
    """
    place = place_of(request.declaration)
    asked = FleetRequest(
        directory=place.directory,
        declaration=place.declaration,
        region_default=region_of_environment(),
        on_warning=show_warning,
    )
    if offline:
        fleet = read_code(asked)
    else:
        with connect(timeout_seconds) as connections:
            fleet = read_fleet(asked, connections)
    result = audit_fleet(fleet, all_rules())
    return deliver([team_page(result, path=page)], place.directory, request)


def place_of(declaration: Path | None) -> Place:
    """Return where the declaration is that was named, or the nearest one; this directory without one."""
    try:
        file = declaration if declaration is not None else nearest_declaration(Path())
    except DeclarationMissingError:
        return Place(directory=Path(), declaration=None)
    return Place(directory=file.parent, declaration=file)
