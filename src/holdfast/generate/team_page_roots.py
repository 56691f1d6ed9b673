"""How each root is initialised: the exact command line, as far as the code decides it. Pure."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from holdfast.core.engine_pins import has_tofu, may_run_tofu
from holdfast.core.engines import EngineName
from holdfast.core.repository import (
    SENSITIVE_ARGUMENTS,
    Certainty,
    Configuration,
    Literal,
    Origin,
    Place,
    Repository,
    Root,
)

FILES_SEPARATOR = " + "  # between the files of one configuration, in its label


@dataclass(frozen=True, slots=True, kw_only=True)
class InitLine:
    """One way in which a root is initialised: a command line, or a comment where a script decides."""

    root: str
    bucket: str | None
    line: str


def init_lines(repository: Repository) -> Iterator[InitLine]:
    """Yield the ways of every live root with an S3 backend, in order of path."""
    files = {file.path for file in repository.partial_files}
    tofu = has_tofu(repository)
    for root in repository.roots:
        if root.place is not Place.LIVE or root.backend_type != "s3":
            continue
        certain = [each for each in root.configurations if each.certainty is Certainty.CERTAIN]
        for configuration in certain:
            yield InitLine(
                root=root.path,
                bucket=configuration.text("bucket"),
                line=_line(root, configuration, files, tofu_in_repository=tofu),
            )


def engine_of(root: Root, *, tofu_in_repository: bool) -> EngineName:
    """Return the engine that a root is run with, as far as its pins say."""
    if may_run_tofu(root, tofu_in_repository=tofu_in_repository):
        return EngineName.TOFU
    return EngineName.TERRAFORM


def init_command(engine: EngineName, root: str, *arguments: str) -> str:
    """Return the command line that initialises a root, run at the top of the repository."""
    where = () if root == "." else (f"-chdir={root}",)
    return shlex.join((engine.value, *where, "init", *arguments))


def _line(
    root: Root, configuration: Configuration, files: Collection[str], *, tofu_in_repository: bool
) -> str:
    if any(block.terragrunt for block in root.blocks):
        return (
            "terragrunt init"
            if root.path == "."
            else f"(cd {shlex.quote(root.path)} && terragrunt init)"
        )
    paths = configuration.label.split(FILES_SEPARATOR) if configuration.label else []
    given = [each for each in configuration.attributes if each.origin is Origin.ARGUMENT]
    values = [(each.name, each.value) for each in given]
    by_script = any(each.origin is Origin.ENVIRONMENT for each in configuration.attributes) or any(
        name in SENSITIVE_ARGUMENTS
        or not isinstance(value, Literal)
        or not isinstance(value.value, str | bool | int)
        for name, value in values
    )
    if by_script or not all(path in files for path in paths):
        return f"# {root.path}: as {configuration.label} does"
    arguments = [f"-backend-config={_relative(path, root.path)}" for path in paths]
    arguments += [
        f"-backend-config={name}={_text(value.value)}"
        for name, value in values
        if isinstance(value, Literal)
    ]
    engine = engine_of(root, tofu_in_repository=tofu_in_repository)
    return init_command(engine, root.path, *arguments)


def _relative(path: str, root: str) -> str:
    return posixpath.relpath(path, root)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
