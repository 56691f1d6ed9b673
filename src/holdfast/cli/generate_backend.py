"""`holdfast generate backend`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from holdfast.app.appended_output import append_text
from holdfast.app.backend_generation import (
    GenerationNote,
    backend_files,
    file_name_for,
    generated_backends,
    without_profile,
)
from holdfast.app.backend_moves import BackendMove, backend_moves
from holdfast.app.component_choice import chosen_components
from holdfast.app.declared_fleet import DeclaredFleet, PlacedComponent
from holdfast.cli.generate_options import (
    Destination,
    GenerateRequest,
    deliver,
    generate_options,
    printed,
    show_odd_places,
)
from holdfast.core.cleaning import printable
from holdfast.core.generated import sealed
from holdfast.errors import (
    ExitCode,
    RootsUnreadableError,
    StateLeftBehindError,
    UsageError,
)
from holdfast.generate.backend_formats import (
    FILE_NAMES,
    BackendFormat,
    backend_text,
    format_of_file,
)
from holdfast.generate.backend_json import backend_list_json_text
from holdfast.generate.backend_settings import BackendSettings

GITHUB_VARIABLE = "GITHUB_OUTPUT"
PLACES_SHOWN_MAX = 3
LEFT_BEHIND = "the state is in another place than the generated backend says; `holdfast states move` moves it first"


@click.command("backend")
@click.argument("names", nargs=-1, metavar="[ROOT|COMPONENT]...")
@generate_options
@click.option(
    "--format",
    "format_name",
    type=click.Choice([each.value for each in BackendFormat]),
    help="What to write instead of the declaration's `layout.file`.",
)
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Generate for the one component with these fields; repeat it for each of them.",
)
@click.option(
    "--no-profile",
    is_flag=True,
    help="Leave out the account's profile: a CI job has credentials of its own.",
)
def generate_backend(
    *,
    request: GenerateRequest,
    names: tuple[str, ...],
    format_name: str | None,
    assignments: tuple[str, ...],
    no_profile: bool,
) -> int:
    """Write the backend of each component: bucket, key, region, locking and account.

    ROOT is a directory, COMPONENT the pipeline name of a component; without one, all components are meant. With
    `--write` each file goes into its root. `--format github-output --write` appends to the file that
    GITHUB_OUTPUT names. `--format dotenv` has no quotes around values, as GitLab and `docker run --env-file` need it;
    for a shell there is `--format arguments`.
    """
    fields = fields_of(assignments)
    if names and fields:
        raise UsageError("`--set` names a component by its fields; name no other beside it")
    fleet = request.read_fleet()
    backend_format = format_wanted(format_name, fleet)
    components = (
        (fleet.component_with(fields),) if fields else chosen_components(fleet, names, start=Path())
    )
    show_odd_places(fleet)
    if fields:
        note_undeclared(components[0], fleet)
    check_fitting(backend_format, request.destination, components, fleet)
    prints = request.destination is Destination.STDOUT or backend_format not in FILE_NAMES
    if no_profile:
        if not prints:
            raise UsageError("`--no-profile` is for stdout; files are the same for everybody")
        components = tuple(without_profile(each) for each in components)
    writes = request.destination is Destination.DISK and not prints
    if writes and not request.force:
        check_readable(components, fleet)
    made = generated_backends(components)
    report_notes(made.notes)
    layout_file = fleet.declaration.layout.file
    layout_format = format_of_file(layout_file) or BackendFormat.HCL
    file_format = backend_format if backend_format in FILE_NAMES else layout_format
    file_name = file_name_for(file_format, layout_file)
    moves = backend_moves(
        components,
        made.settings,
        directory=fleet.directory,
        every=fleet.components,
        file_format=file_format,
        file_name=file_name,
    )
    report_moves(moves, refused=writes and not request.force)
    if prints:
        one = bool(fields) or (len(names) == 1 and len(components) == 1)
        return print_or_append(made.settings, backend_format, request.destination, one=one)
    placed = backend_files(
        components,
        made.settings,
        directory=fleet.directory,
        backend_format=backend_format,
        file_name=file_name,
        every=fleet.components,
    )
    report_notes(placed.notes)
    if not placed.files and request.destination is Destination.COMPARISON:
        raise UsageError(
            "there is nothing to compare: no component that is meant has a directory",
            hints=("say where roots are with `layout.roots`",),
        )
    return deliver(placed.files, fleet.directory, request)


def note_undeclared(placed: PlacedComponent, fleet: DeclaredFleet) -> None:
    """Say on standard error when nothing declares a component with these fields, and which ones have more of them.

    A pipeline that forgets a field would begin with an empty state at a key that nobody has.
    """
    given = set(placed.component.fields)
    if any(set(each.component.fields) == given for each in fleet.components):
        return
    print("note: no component is declared or found with these fields alone", file=sys.stderr)
    for each in fleet.components:
        if given < set(each.component.fields):
            print(f"note: `{printable(each.component.pipeline)}` has more fields", file=sys.stderr)


def fields_of(assignments: Sequence[str]) -> dict[str, str]:
    """Read `field=value`s; raise `UsageError` for what is none and for a field that comes twice."""
    fields: dict[str, str] = {}
    for each in assignments:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise UsageError(
                f"`--set {each}` sets no field", hints=("give it as `--set environment=dev`",)
            )
        if name in fields:
            raise UsageError(f"`--set` gives the field `{name}` twice")
        fields[name] = value
    return fields


def format_wanted(name: str | None, fleet: DeclaredFleet) -> BackendFormat:
    """Return the format that was asked for, or else that of the declaration's file."""
    if name is not None:
        return BackendFormat(name)
    file = fleet.declaration.layout.file
    found = format_of_file(file)
    if found is None:
        raise UsageError(
            f"the name of `layout.file`, `{file}`, does not say which format it has",
            hints=("give it with `--format`, or call the file `backend.hcl` or `backend.tf`",),
        )
    return found


def check_fitting(
    backend_format: BackendFormat,
    destination: Destination,
    components: Sequence[PlacedComponent],
    fleet: DeclaredFleet,
) -> None:
    """Raise `UsageError` where what was asked for does not fit together."""
    if not components:
        raise UsageError(
            f"`{fleet.declaration.path}` has no component",
            world="nothing was written",
            hints=("list them below `components`, or say where roots are with `layout.roots`",),
        )
    if backend_format in FILE_NAMES:
        return
    appends = backend_format is BackendFormat.GITHUB_OUTPUT and destination is Destination.DISK
    if destination is not Destination.STDOUT and not appends:
        raise UsageError(
            f"`--format {backend_format}` is for stdout; no file has it",
            hints=(f"the formats of files are {', '.join(FILE_NAMES)}",),
        )
    if len(components) > 1:
        raise UsageError(
            f"`--format {backend_format}` is for one component, and {len(components)} are meant",
            hints=("name one, or give its fields with `--set`",),
        )


def check_readable(components: Sequence[PlacedComponent], fleet: DeclaredFleet) -> None:
    """Raise `RootsUnreadableError` where a file of a root could say something that is not known."""
    problems = fleet.unreadable_of(each.component for each in components)
    if problems:
        raise RootsUnreadableError([(str(each.span), each.message) for each in problems])


def print_or_append(
    every: Sequence[BackendSettings],
    backend_format: BackendFormat,
    destination: Destination,
    *,
    one: bool,
) -> ExitCode:
    """Print the backends; append outputs to the file of the job when that was asked for."""
    if destination is Destination.DISK:
        path = os.environ.get(GITHUB_VARIABLE)
        if not path:
            raise UsageError(
                f"`{GITHUB_VARIABLE}` is not set, so that there is no file to append to",
                world="nothing was written",
                hints=(
                    "GitHub sets it in the steps of a job; without `--write` it goes to stdout",
                ),
            )
        append_text(Path(path), backend_text(every[0], backend_format))
        return ExitCode.DONE
    if backend_format is BackendFormat.JSON and not one:
        sys.stdout.write(sealed(backend_list_json_text(every)))
        return ExitCode.DONE
    return printed([(heading(each), text_of(each, backend_format)) for each in every])


def text_of(settings: BackendSettings, backend_format: BackendFormat) -> str:
    """Return a backend as it is printed: as it would be written to a file, where it can be."""
    text = backend_text(settings, backend_format)
    return sealed(text) if backend_format in FILE_NAMES else text


def heading(settings: BackendSettings) -> str:
    """Return what stands above one of several backends."""
    component = settings.component
    return component.root if component.root is not None else component.pipeline


def report_moves(moves: Sequence[BackendMove], *, refused: bool) -> None:
    """Say which states would be left behind; raise `StateLeftBehindError` where that is refused."""
    if not moves:
        return
    if refused:
        raise StateLeftBehindError([(each.root, each.words) for each in moves])
    places = tuple(f"{each.root}  {each.words}" for each in moves)
    report_notes([GenerationNote(words=LEFT_BEHIND, places=places)])


def report_notes(notes: Sequence[GenerationNote]) -> None:
    """Say on standard error what is to be known, each with the first places that it is about."""
    for note in notes:
        print(f"note: {printable(note.words)}", file=sys.stderr)
        for place in note.places[:PLACES_SHOWN_MAX]:
            print(f"  {printable(place)}", file=sys.stderr)
        more = len(note.places) - PLACES_SHOWN_MAX
        if more > 0:
            print(f"  and {more} more", file=sys.stderr)
