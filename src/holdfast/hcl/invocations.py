"""Read `-backend-config` out of Makefiles, shell scripts and CI workflows, as lines of text.

Only what is literal is used. A value with a variable in it is kept as an expression, a path with one
decides nothing, and no script is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.core.cleaning import printable
from holdfast.core.repository import Attribute, Computed, Literal, Origin
from holdfast.core.source import SourceSpan
from holdfast.hcl.arguments import S3_ARGUMENTS, argument
from holdfast.hcl.tree import parent, resolved

SCRIPT_NAMES = frozenset(
    [
        ".gitlab-ci.yml",
        ".travis.yml",
        "atlantis.yaml",
        "atlantis.yml",
        "bitbucket-pipelines.yml",
        "buildspec.yml",
        "buildspec.yaml",
        "gnumakefile",
        "jenkinsfile",
        "justfile",
        "makefile",
        "taskfile.yaml",
        "taskfile.yml",
    ]
)
SCRIPT_SUFFIXES = (".sh", ".bash", ".zsh", ".mk", ".make", ".jenkinsfile", ".ps1")
WORKFLOW_SUFFIXES = (".yml", ".yaml")
FLAG = re.compile(
    r"-?-backend-config(?:=|[ \t]+)"
    r"(?:\\?\"([^\"\n]*?)\\?\"|'([^'\n]*)'"
    r"|((?:\$\{\{[^}\n]*\}\}|[^\s\"'`;|&),\]])*(?:\"[^\"\n]*\"|'[^'\n]*')?))"
)
CHANGE = re.compile(r"(?:^|[\s;&|(\"'@-])(?:cd|pushd)[ \t]+([^\s;&|)]+)")
CHDIR = re.compile(r"-chdir(?:=|[ \t]+)(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+)")
WORKING_DIRECTORY = re.compile(r"working-?directory\s*:[ \t]*([^\n#]+)", re.IGNORECASE)
STEP = re.compile(r"^([ \t]*)-[ \t]")
COMMAND_ITEM = re.compile(r"^([ \t]*)-[ \t]+(?![\w-]+:(?:\s|$))")
BLANK_INDENT = 1000
PLAIN = re.compile(r"[\w./:@+=, \-]*")
ENVIRONMENT = re.compile(
    r"\b(AWS_REGION|AWS_DEFAULT_REGION|AWS_PROFILE)[ \t]*(?:[:?]?=|:)[ \t]*([^\s;&|,#]+)"
)
ENVIRONMENT_ARGUMENTS = {
    # The last one wins where a file sets both: AWS_REGION goes before AWS_DEFAULT_REGION.
    "AWS_PROFILE": "profile",
    "AWS_DEFAULT_REGION": "region",
    "AWS_REGION": "region",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One `init` with backend arguments, as far as the text says.

    `directories` are the places it may be run in, the likelier first; none when a variable decides.
    `files` are paths as written, relative to that place. `decided` is False when a path is not literal.
    """

    span: SourceSpan
    directories: tuple[str, ...]
    files: tuple[str, ...]
    arguments: tuple[Attribute, ...]
    environment: tuple[Attribute, ...]
    decided: bool


@dataclass(frozen=True, slots=True)
class _Command:
    """The lines of one command, joined; `first` and `last` are 0-based line numbers."""

    first: int
    last: int
    text: str


def may_invoke(path: str) -> bool:
    """Tell from its path whether a file is a script or a workflow."""
    name = path.rpartition("/")[2].lower()
    if name in SCRIPT_NAMES or name.endswith(SCRIPT_SUFFIXES):
        return True
    if not name.endswith(WORKFLOW_SUFFIXES):
        return False
    return "pipeline" in name or path.startswith((".github/", ".circleci/", ".buildkite/", "ci/"))


def invocations(path: str, content: bytes) -> tuple[Invocation, ...]:
    """Return the `init` commands with `-backend-config` that a script or workflow holds."""
    if b"-backend-config" not in content:
        return ()
    lines = content.decode("utf-8", "replace").splitlines()
    return tuple(_invocation(path, lines, command) for command in _commands(lines))


def _commands(lines: Sequence[str]) -> Iterator[_Command]:
    """Yield the commands with the flag: lines that a backslash joins, or that hold flags alone."""
    number = 0
    while number < len(lines):
        first = number
        text = lines[number]
        while number + 1 < len(lines) and _goes_on(lines[number], lines[number + 1]):
            number += 1
            text = text.rstrip().removesuffix("\\") + " " + lines[number].strip()
        number += 1
        if "-backend-config" in text and not text.lstrip().startswith("#"):
            yield _Command(first, number - 1, text)


def _goes_on(line: str, following: str) -> bool:
    if line.rstrip().endswith("\\"):
        return True
    bare = following.strip().lstrip("\"'")
    return bare.startswith(("-backend-config", "--backend-config")) and (
        "init" in line or "-backend-config" in line
    )


def _invocation(path: str, lines: Sequence[str], command: _Command) -> Invocation:
    is_workflow = path.lower().endswith(WORKFLOW_SUFFIXES)
    around = _step(lines, command) if is_workflow else command.text
    files: list[str] = []
    arguments: list[Attribute] = []
    decided = True
    for match in FLAG.finditer(command.text):
        given = next((group for group in match.groups() if group is not None), "")
        name, equals, value = given.partition("=")
        span = _span(path, lines, command, match[0])
        if equals and name.strip() in S3_ARGUMENTS:
            arguments.append(_argument(name.strip(), value, span))
        elif given and PLAIN.fullmatch(given):
            files.append(given)
        else:
            decided = False
    return Invocation(
        span=SourceSpan(path, command.first + 1, 1),
        directories=_directories(path, lines, command, around, is_workflow=is_workflow),
        files=tuple(files),
        arguments=tuple(arguments),
        environment=_environment(path, lines, command, around),
        decided=decided,
    )


def _argument(name: str, value: str, span: SourceSpan) -> Attribute:
    bare = value.strip().strip("\\").strip("\"'").strip("\\")
    known = Literal(bare) if PLAIN.fullmatch(bare) else Computed(printable(bare, length_max=200))
    return argument(name, known, span=span, origin=Origin.ARGUMENT)


def _span(path: str, lines: Sequence[str], command: _Command, text: str) -> SourceSpan:
    for number in range(command.first, command.last + 1):
        column = lines[number].find(text.strip())
        if column >= 0:
            return SourceSpan(path, number + 1, column + 1)
    return SourceSpan(path, command.first + 1, 1)


def _step(lines: Sequence[str], command: _Command) -> str:
    """Return the text of the workflow step around a command: from its dash to the next one.

    Where the command itself is the item of a list, the list is one script, and all of it is the step.
    """
    item = COMMAND_ITEM.match(lines[command.first])
    if item is not None:
        first = last = command.first
        while first and _is_of_list(lines[first - 1], indent=len(item[1])):
            first -= 1
    else:
        first = next(
            (number for number in range(command.first, -1, -1) if _opens(lines, number, command)),
            command.first,
        )
        last = first
    while last + 1 < len(lines) and _indent(lines[last + 1]) > _indent(lines[first]):
        last += 1
    return "\n".join(lines[first : last + 1])


def _is_of_list(line: str, *, indent: int) -> bool:
    return _indent(line) > indent or (_indent(line) == indent and bool(COMMAND_ITEM.match(line)))


def _opens(lines: Sequence[str], number: int, command: _Command) -> bool:
    dash = STEP.match(lines[number])
    inside = _indent(lines[number]) < _indent(lines[command.first])
    return dash is not None and (inside or number == command.first)


def _indent(line: str) -> int:
    """Return the indentation of a line; an empty one belongs to whatever it stands in."""
    return len(line) - len(line.lstrip()) if line.strip() else BLANK_INDENT


def _directories(
    path: str, lines: Sequence[str], command: _Command, around: str, *, is_workflow: bool
) -> tuple[str, ...]:
    own = parent(path) or "."
    if is_workflow or "jenkinsfile" in path.lower():
        bases = [".", own] if not path.startswith(".") else ["."]
        named = _working_directories(around) or _working_directories("\n".join(lines))
        if len(set(named)) > 1:
            return ()
        changes = [*named[:1], *_changes(around)]
    elif path.rpartition("/")[2].lower().endswith(SCRIPT_SUFFIXES[:3]):
        bases = [own, "."]
        changes = _changes("\n".join(lines[: command.first])) + _changes(command.text)
    else:
        bases = [own, "."]  # each line of a Makefile has a shell of its own
        changes = _changes(command.text)
    changes += [match[1] for match in CHDIR.finditer(command.text)][:1]
    found = [_followed(base, changes) for base in bases]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _working_directories(text: str) -> list[str]:
    return [match[1].strip() for match in WORKING_DIRECTORY.finditer(text)]


def _changes(text: str) -> list[str]:
    return [match[1] for match in CHANGE.finditer(text)]


def _followed(base: str, changes: Sequence[str]) -> str | None:
    directory: str | None = base
    for change in changes:
        bare = change.strip("\"'")
        if directory is None or not bare or bare == "-" or not PLAIN.fullmatch(bare):
            return None
        directory = resolved(directory, bare)
    return directory


def _environment(
    path: str, lines: Sequence[str], command: _Command, around: str
) -> tuple[Attribute, ...]:
    """Return what the environment gives: set in the step itself, or to one value in the whole file."""
    found: dict[str, Attribute] = {}
    for variable, name in ENVIRONMENT_ARGUMENTS.items():
        values = _values(variable, around) or _values(variable, "\n".join(lines))
        if len(values) == 1 and PLAIN.fullmatch(values[0]):
            line = next((n for n, text in enumerate(lines) if variable in text), command.first)
            found[name] = argument(
                name,
                Literal(values[0]),
                span=SourceSpan(path, line + 1, lines[line].find(variable) + 1),
                origin=Origin.ENVIRONMENT,
            )
    return tuple(found.values())


def _values(variable: str, text: str) -> list[str]:
    values = (m[2].strip("\"'") for m in ENVIRONMENT.finditer(text) if m[1] == variable)
    return list(dict.fromkeys(value for value in values if value))
