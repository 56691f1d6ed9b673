"""Decide which backend arguments belong to which root, and how sure that is.

- A block that names bucket and key is a configuration on its own.
- A file that a script names for a root, both literally, is certain.
- Files in the root's own directory tree are the ways in which it is initialised: one each.
- Files elsewhere that could belong are candidates; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.repository import (
    Attribute,
    BackendBlock,
    Certainty,
    Configuration,
    PartialFile,
)
from holdfast.hcl.arguments import merged
from holdfast.hcl.invocations import Invocation
from holdfast.hcl.partial_files import BACKEND_DIRECTORIES
from holdfast.hcl.tree import parent, resolved

CANDIDATES_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The partial files and script lines of a tree, sorted by the root that they belong to."""

    own_files: Mapping[str, Sequence[PartialFile]]  # root's path → files in its directory tree
    loose_files: Mapping[str, Sequence[PartialFile]]  # directory → files that belong to no root
    invocations: Mapping[str, Sequence[Invocation]]  # root's path → script lines that name it
    files: Mapping[str, PartialFile]  # by path


def surroundings(
    roots: Collection[str], files: Iterable[PartialFile], scripts: Iterable[Invocation]
) -> Surroundings:
    """Sort partial files and script lines by the roots (with an S3 block) that they belong to."""
    own: dict[str, list[PartialFile]] = {}
    loose: dict[str, list[PartialFile]] = {}
    by_path: dict[str, PartialFile] = {}
    for file in files:
        by_path[file.path] = file
        owner = next((each for each in _upwards(parent(file.path)) if each in roots), None)
        if owner is not None:
            own.setdefault(owner, []).append(file)
        else:
            loose.setdefault(_anchor(file.path), []).append(file)
    named: dict[str, list[Invocation]] = {}
    for script in scripts:
        root = next((each for each in script.directories if each in roots), None)
        if root is not None:
            named.setdefault(root, []).append(script)
    return Surroundings(own_files=own, loose_files=loose, invocations=named, files=by_path)


def configurations(
    root: str, block: BackendBlock, around: Surroundings
) -> tuple[Configuration, ...]:
    """Return the ways in which a root with this block is initialised."""
    alone = Configuration(label="", certainty=Certainty.CERTAIN, attributes=block.attributes)
    if block.type != "s3":
        return (alone,)
    named = _named(root, block, around)
    own = _own(root, block, around, named=_named_paths(root, around))
    if _is_complete(block.attributes) and not named:
        return (alone, *own)
    if named or own:
        return (*named, *own)
    return _candidates(root, block, around) or (alone,)


def _named(root: str, block: BackendBlock, around: Surroundings) -> tuple[Configuration, ...]:
    """Return what scripts name for a root, alike ones once; two of one label bear their lines."""
    distinct: dict[tuple[tuple[str, str], ...], Configuration] = {}
    labels: set[str] = set()
    for script in around.invocations.get(root, ()):
        files = _files(root, script, around)
        if files is None or not (files or script.arguments):
            continue
        attributes = merged(
            script.environment,
            block.attributes,
            *(file.attributes for file in files),
            script.arguments,
        )
        label = " + ".join(file.path for file in files) or str(script.span)
        if label in labels:
            label = f"{label} ({script.span})"
        configuration = Configuration(
            label=label, certainty=Certainty.CERTAIN, attributes=attributes
        )
        if distinct.setdefault(_values(configuration), configuration) is configuration:
            labels.add(label)
    return tuple(distinct.values())


def _named_paths(root: str, around: Surroundings) -> frozenset[str]:
    scripts = around.invocations.get(root, ())
    return frozenset(file.path for script in scripts for file in _files(root, script, around) or ())


def _files(root: str, script: Invocation, around: Surroundings) -> tuple[PartialFile, ...] | None:
    """Return the files that a script names for a root; None when one is not known."""
    paths = [resolved(root, file) for file in script.files]
    files = tuple(around.files[path] for path in paths if path is not None and path in around.files)
    return files if script.decided and len(files) == len(paths) else None


def _own(
    root: str, block: BackendBlock, around: Surroundings, *, named: Collection[str]
) -> tuple[Configuration, ...]:
    files = around.own_files.get(root, ())
    complete_block = _is_complete(block.attributes)
    found: list[Configuration] = []
    for file in files:
        if file.path in named:
            continue
        attributes = merged(block.attributes, file.attributes)
        certain = not complete_block and (len(files) == 1 or _is_complete(attributes))
        found.append(
            Configuration(
                label=file.path,
                certainty=Certainty.CERTAIN if certain else Certainty.CANDIDATE,
                attributes=attributes,
            )
        )
    return tuple(found)


def _candidates(root: str, block: BackendBlock, around: Surroundings) -> tuple[Configuration, ...]:
    """Return what the nearest directory above a root offers; the root's own name narrows it down."""
    nearest = next(
        (around.loose_files[each] for each in _upwards(root) if each in around.loose_files), ()
    )
    name = root.rpartition("/")[2].lower()
    bearing_name = [each for each in nearest if name in each.path.rpartition("/")[2].lower()]
    return tuple(
        Configuration(
            label=file.path,
            certainty=Certainty.CANDIDATE,
            attributes=merged(block.attributes, file.attributes),
        )
        for file in (bearing_name or nearest)[:CANDIDATES_MAX]
    )


def _upwards(path: str | None) -> Iterable[str]:
    while path is not None:
        yield path
        path = parent(path)


def _anchor(path: str) -> str:
    """Return the directory whose roots a loose file can serve: above a `backends` directory."""
    directory = parent(path) or "."
    while directory.rpartition("/")[2].lower() in BACKEND_DIRECTORIES:
        directory = parent(directory) or "."
    return directory


def _is_complete(attributes: Iterable[Attribute]) -> bool:
    return {"bucket", "key"} <= {each.name for each in attributes}


def _values(configuration: Configuration) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((each.name, repr(each.value)) for each in configuration.attributes))
