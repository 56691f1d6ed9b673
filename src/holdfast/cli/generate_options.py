"""What the commands of `holdfast generate` share: where they read, and where their files go."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import click

from holdfast.app.declared_fleet import DeclaredFleet, read_declared_fleet
from holdfast.app.generated_files import compare_files, write_files
from holdfast.cli.options import Command
from holdfast.cli.terminal import ink_for, show_warning
from holdfast.core.cleaning import printable
from holdfast.core.generated import GeneratedFile, Standing
from holdfast.errors import ExitCode, FilesRefusedError, UsageError
from holdfast.report.generated_files_text import difference_text, standing_text

ODD_PLACES_SHOWN_MAX = 10


class Destination(Enum):
    """Say what is to be done with what was generated."""

    STDOUT = auto()
    DISK = auto()  # --write
    COMPARISON = auto()  # --check


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """The options that all these commands have."""

    declaration: Path | None
    destination: Destination
    force: bool

    def read_fleet(self) -> DeclaredFleet:
        """Read the declaration, the code below its directory and the components of both."""
        fleet = read_declared_fleet(self.declaration, start=Path())
        for warning in fleet.declaration.warnings:
            show_warning(warning)
        return fleet


def generate_options(command: Command) -> Command:
    """Add `--declaration`, `--check`, `--write` and `--force`; the command gets them as one `GenerateRequest`."""

    @click.option(
        "--declaration",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The declaration to use instead of the nearest holdfast.yaml, here or above.",
    )
    @click.option(
        "--check", is_flag=True, help="Exit with 4 and a diff when a file is not up to date."
    )
    @click.option("--write", is_flag=True, help="Write the files in their places.")
    @click.option(
        "--force",
        is_flag=True,
        help="With --write: replace files by hand too, and keep them as NAME.orig.",
    )
    @functools.wraps(command)
    def with_request(
        *args: object,
        declaration: Path | None,
        check: bool,
        write: bool,
        force: bool,
        **options: object,
    ) -> object:
        if check and write:
            raise UsageError("`--check` and `--write` exclude each other", world="nothing was read")
        if force and not write:
            raise UsageError("`--force` is for `--write`", world="nothing was read")
        destination = Destination.DISK if write else Destination.STDOUT
        request = GenerateRequest(
            declaration=declaration,
            destination=Destination.COMPARISON if check else destination,
            force=force,
        )
        return command(*args, request=request, **options)

    return with_request


def show_odd_places(fleet: DeclaredFleet) -> None:
    """Say which roots and files of the repository are left out, and why; what was asked for does not need them."""
    places = fleet.odd_places
    for place, words in places[:ODD_PLACES_SHOWN_MAX]:
        print(f"warning: {printable(place)}: {printable(words)}", file=sys.stderr)
    if len(places) > ODD_PLACES_SHOWN_MAX:
        print(f"warning: and {len(places) - ODD_PLACES_SHOWN_MAX} more", file=sys.stderr)


def deliver(files: Sequence[GeneratedFile], directory: Path, request: GenerateRequest) -> ExitCode:
    """Print, write or compare the files, as the request says, and return the exit code."""
    match request.destination:
        case Destination.STDOUT:
            return printed([(each.path, each.content) for each in files])
        case Destination.DISK:
            return written(files, directory, force=request.force)
        case Destination.COMPARISON:
            return checked(files, directory)


def printed(texts: Sequence[tuple[str, str]]) -> ExitCode:
    """Print texts; each of several below its heading."""
    if len(texts) == 1:
        sys.stdout.write(texts[0][1])
    else:
        sys.stdout.write("\n".join(f"==> {heading} <==\n{text}" for heading, text in texts))
    return ExitCode.DONE


def written(files: Sequence[GeneratedFile], directory: Path, *, force: bool) -> ExitCode:
    """Write the files, and say on standard error what became of each."""
    found = write_files(files, directory, force=force)
    for each in found:
        match each.standing:
            case Standing.CURRENT:
                continue
            case Standing.MISSING:
                print(f"written: {each.path}", file=sys.stderr)
            case _:
                kept = f" (the one before is {each.copy})" if each.copy is not None else ""
                print(f"replaced: {each.path}{kept}", file=sys.stderr)
    current = sum(each.standing is Standing.CURRENT for each in found)
    print(
        f"{len(found) - current} of {len(found)} files written, {current} up to date before",
        file=sys.stderr,
    )
    return ExitCode.DONE


def checked(files: Sequence[GeneratedFile], directory: Path) -> ExitCode:
    """Print how the disk differs from the files; return 4 when it does."""
    compared = compare_files(files, directory)
    blocked = [(each.file.path, each.problem) for each in compared if each.problem]
    if blocked:
        raise FilesRefusedError(blocked, forceable=False)
    sys.stdout.write(difference_text(compared, ink=ink_for(sys.stdout)))
    sys.stderr.write(standing_text(compared))
    if all(each.standing is Standing.CURRENT for each in compared):
        return ExitCode.DONE
    return ExitCode.CHANGES_PENDING
