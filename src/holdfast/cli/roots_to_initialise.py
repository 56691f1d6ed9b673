"""What is to be run in roots whose backend has changed, for the commands that change it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from holdfast.app.command_running import run_passing_signals
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.core.state_moves import RootToInitialise
from holdfast.errors import ExitCode
from holdfast.generate.team_page_roots import init_lines

ENGINES = ("terraform ", "tofu ")


def initialise_roots(
    request: FleetRequest, roots: Sequence[RootToInitialise], *, initialises: bool
) -> int:
    """Run `init -reconfigure` in the roots, or print the commands; return the exit code."""
    status = int(ExitCode.DONE)
    commands = reconfiguring(request, {each.path for each in roots})
    if commands and not initialises:
        print("initialise the roots before they are used:")
    for command in commands:
        if not initialises:
            print(f"  {command}")
        elif not command.startswith(ENGINES):
            print(f"not run, do it yourself: {command}", file=sys.stderr)
            status = status or ExitCode.INCOMPLETE
        else:
            status = run_passing_signals(_in_place(command, request.directory)) or status
    return status


def reconfiguring(request: FleetRequest, roots: set[str]) -> list[str]:
    """Return the command lines that initialise roots as the code says now, with `-reconfigure`."""
    repository = read_code(request).repository
    lines = [each.line for each in init_lines(repository) if each.root in roots]
    return [_with_reconfigure(each) for each in dict.fromkeys(lines)]


def _with_reconfigure(line: str) -> str:
    if not line.startswith(ENGINES):
        return line.replace(" init", " init -reconfigure", 1)
    words = shlex.split(line)
    place = words.index("init") + 1
    return shlex.join([*words[:place], "-reconfigure", *words[place:]])


def _in_place(command: str, directory: Path) -> list[str]:
    """Return the words of a command line that is meant for the directory of the code."""
    program, *rest = shlex.split(command)
    root = "."
    if rest[0].startswith("-chdir="):
        root = rest.pop(0).removeprefix("-chdir=")
    return [program, f"-chdir={directory / root}", *rest]
